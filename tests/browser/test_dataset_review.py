"""The review of a dataset in Chromium: keys decide, what is decided is written, what is being typed stays."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.governance.principals import persona
from core.ingestion import Incoming
from core.settings import Settings
from core.workbench import Workbench
from tests.browser.conftest import ROOT, App

pytestmark = pytest.mark.browser
ADMIN = persona("administrator")


@pytest.fixture
def rows(tmp_path: Path, make_app: Callable[[], App]) -> App:
    """An app on a workspace with a draft of what one paper suggests."""
    file = ROOT / "sample_docs" / "files" / "returns-policy.pdf"
    with Workbench(Settings(workspace=tmp_path / "workspace"), "a test") as bench:
        bench.ingest([Incoming(file, file.name, "public")], ADMIN)
        bench.datasets.create("returns", ADMIN)
        bench.datasets.add_documents("returns", (), ADMIN)
    return make_app()


def told(page: Page, text: str) -> None:
    expect(page.locator(".review .told")).to_contain_text(text)
    expect(page.locator(".review .written")).to_have_text("")


def test_keys_decide_and_what_is_typed_stays(rows: App, page: Page) -> None:
    page.goto(f"{rows.url}/adapters")
    items = page.locator(".review .item")
    expect(items.first).to_be_visible()
    items.first.click()
    page.keyboard.type("aar")
    told(page, "2 accepted")
    page.reload()
    told(page, "2 accepted")
    told(page, "1 rejected")
    items.nth(3).click()
    page.keyboard.type("ae")
    answer = page.locator(".review textarea").nth(1)
    answer.fill("Seven days [1]")
    told(page, "3 accepted")  # what came before was written, and the page drawn anew, while this was typed
    expect(answer).to_have_value("Seven days [1]")
    page.keyboard.press("Control+Enter")
    told(page, "4 accepted")
    page.reload()
    expect(page.locator(".review .item", has_text="Seven days [1]")).to_have_count(1)
    page.locator(".review .find").fill("seven DAYS")
    expect(items).to_have_count(1)
    page.locator(".review .foot button", has_text="Reopen").click()
    told(page, "3 accepted")
