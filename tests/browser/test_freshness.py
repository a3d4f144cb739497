"""Freshness in Chromium: samples, a check, a new version of a document, an adapter flagged, the alarm acknowledged."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.governance.principals import persona
from core.settings import Settings
from core.workbench import Workbench
from tests.browser.conftest import PATIENCE, ROOT, App

pytestmark = [pytest.mark.browser, pytest.mark.weights]
ADMIN = persona("administrator")
CHOSEN = ("service-faq.md", "onboarding.html")


@pytest.fixture
def samples(tmp_path: Path, make_app: Callable[[], App]) -> App:
    """An app on a workspace with two of the sample papers and their facts."""
    with Workbench(Settings(workspace=tmp_path / "workspace"), "a test") as bench:
        bench.ingest([each for each in bench.samples() if each.name in CHOSEN], ADMIN)
        kept = [fact.id for fact in bench.freshness.facts.all(ADMIN)]
        bench.freshness.facts.remove(
            [each for each in kept if each not in ("service-repair", "service-founded")], ADMIN
        )
    return make_app()


def test_an_adapter_that_learned_the_old_value_is_flagged(samples: App, page: Page, tmp_path: Path) -> None:
    new = tmp_path / "service-faq.md"
    text = (ROOT / "sample_docs" / "files" / "service-faq.md").read_text(encoding="utf-8")
    new.write_text(text.replace("24 euros per half hour", "27 euros per half hour"), encoding="utf-8")
    page.goto(f"{samples.url}/documents")
    page.locator("summary", has_text="Add documents").click()  # its label also stands in the tip of the sidebar
    page.locator("input[type=file]").set_input_files(str(new))
    expect(page.get_by_role("button", name=f"Remove {new.name}")).to_be_visible()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("1 replaced").first).to_be_visible(timeout=PATIENCE)
    page.goto(f"{samples.url}/freshness")
    expect(page.get_by_text("now say other values for 1 fact")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("combobox", name="Adapters, without documents").click()
    page.get_by_role("option", name="handbook").click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_text("1 fact drifted")).to_be_visible(timeout=PATIENCE)
    page.get_by_text("Alarms (1)").click()
    expect(page.get_by_text("adapter trained before the change")).to_be_visible()
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text("Seen by administrator")).to_be_visible()
    expect(page.get_by_text("1 fact drifted")).to_have_count(0)
