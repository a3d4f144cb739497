"""Evaluate in Chromium: a run over a small set, the leaderboard, two runs compared, one flipped question followed."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from core.evaluation.questions import Evidence, Question
from core.governance.principals import persona
from core.ingestion import Incoming
from core.recipes import BUILT_IN, varied
from core.settings import Settings
from core.workbench import Workbench
from tests.browser.conftest import ROOT, App

pytestmark = pytest.mark.browser
ADMIN = persona("administrator")
NEVER = "sure of nothing"
"""A recipe that declines whatever it is asked."""


@pytest.fixture
def returns(tmp_path: Path, make_app: Callable[[], App]) -> App:
    """An app on a workspace with one paper and three questions, one recipe and its answers already."""
    file = ROOT / "sample_docs" / "files" / "returns-policy.pdf"
    quote = "You may send back any unused article within 45 days of the day it reached you."
    asked = [
        Question("a", "How long may unused articles be sent back?", ("45 days",), evidence=(Evidence(file.name, quote),), zone="public"),
        Question("b", "Until when may an unused article be returned?", ("45 days",), evidence=(Evidence(file.name, quote),), zone="public"),
        Question("c", "Who won the cup in 1998?", answerable=False, zone="public"),
    ]  # fmt: skip
    with Workbench(Settings(workspace=tmp_path / "workspace"), "a test") as bench:
        bench.ingest([Incoming(file, file.name, "public")], ADMIN)
        bench.lab.sets.save("returns", asked, ADMIN)
        bench.save_recipe(NEVER, varied(BUILT_IN["extractive"], {"generation.abstain_below": "1"}), ADMIN)
        job = bench.lab.answers.start("returns", [NEVER], ADMIN)
        assert bench.jobs.wait(job)
    return make_app()


def test_from_a_run_to_a_flipped_question(returns: App, page: Page, context: BrowserContext) -> None:
    page.goto(f"{returns.url}/evaluate")
    page.get_by_role("button", name="Start", exact=True).click()
    boards = page.locator("[class*='st-key-board_'] button")
    expect(boards).to_have_count(2)  # the first evaluation's, and this one's once it is complete
    boards.first.click()
    expect(page.get_by_role("heading", name="All measures")).to_be_visible()
    head = page.locator("[data-testid=stTable] thead")
    expect(head).to_contain_text("extractive")
    expect(head).to_contain_text(NEVER)
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    with page.expect_download() as coming:
        page.get_by_role("button", name="HTML").click()
    told = Path(coming.value.path()).read_text()
    assert "Answers on returns" in told and "<script" not in told

    page.goto(f"{returns.url}/evaluate?view=compare")
    expect(page.get_by_text("deals rightly with")).to_be_visible()
    expect(page.get_by_role("heading", name="Questions that flipped")).to_be_visible()
    row = page.locator("table tr", has_text="How long may unused articles be sent back?")
    link = row.get_by_role("link", name="✓ right")
    address = link.get_attribute("href") or ""
    trace = parse_qs(urlsplit(address).query)["trace"][0]
    with context.expect_page() as opening:
        link.click()
    opened = opening.value
    opened.wait_for_load_state()
    assert urlsplit(opened.url).path == "/inspector" and f"trace={trace}" in opened.url
    opened.close()
    returns.stop()
    with Workbench(Settings(workspace=returns.workspace), "a test") as bench:
        assert bench.records.get(trace)["question"] == "How long may unused articles be sent back?"
