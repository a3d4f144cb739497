"""The chunking lab in a browser: a flagged cut, a sweep, its winner kept, and a different passage for the same question."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.evaluation.questions import Evidence, Question
from core.governance.principals import persona
from core.ingestion import Incoming
from core.settings import Settings
from core.workbench import Workbench
from tests.browser.conftest import PATIENCE, App

pytestmark = pytest.mark.browser

QUESTION = "When does the miller sleep?"
QUOTE = "The mill stands by the brook. The miller sleeps at noon."
FILLER = "The wheel turns and the flour falls into the sacks below. "
TEXT = f"Mill report.\n\n{FILLER * 9}{QUOTE} {FILLER * 9}"


@pytest.fixture
def mill(tmp_path: Path, make_app: Callable[[], App]) -> App:
    """An app on a workspace with one document and six questions about it."""
    admin = persona("administrator")
    (tmp_path / "mill.txt").write_text(TEXT)
    with Workbench(Settings(workspace=tmp_path / "workspace"), "a test") as bench:
        bench.ingest([Incoming(tmp_path / "mill.txt", "mill.txt", "public")], admin)
        asked = [f"{QUESTION[:-1]}, {n}?" for n in range(6)]
        evidence = (Evidence("mill.txt", QUOTE),)
        questions = [Question(f"q{n}", text, evidence=evidence, zone="public") for n, text in enumerate(asked)]
        bench.lab.sets.save("mill", questions, admin)
    return make_app()


def card(page: Page, app: App, recipe: str) -> str:
    """The first passage that Chat shows for the question."""
    page.goto(f"{app.url}/chat?recipe={recipe}")
    box = page.get_by_label("Ask about your documents")
    box.fill(QUESTION)
    box.press("Enter")
    expect(page.locator(".facts:not([hidden])")).to_have_count(1, timeout=PATIENCE)
    page.locator(".card").first.click()
    reader = page.get_by_role("dialog").locator(".reader").first
    expect(reader).to_be_visible()
    return "".join(reader.locator("mark").all_inner_texts())


def test_from_a_flagged_cut_to_another_passage_in_chat(mill: App, page: Page) -> None:
    before = card(page, mill, "extractive")

    page.goto(f"{mill.url}/chunking?recipe=extractive&lanes=tokens_16_0_minilm~sentences_160_0_minilm")
    expect(page.locator(".lane-head")).to_have_count(2)
    flagged = page.locator(".lane-head .cuts").first
    expect(flagged).to_have_text("1 quote cut")
    expect(page.locator(".lane-head .cuts").nth(1)).to_have_text("nothing cut")
    flagged.click()
    expect(page.locator(".flag.gold").first).to_be_in_viewport()
    page.locator(".lane.hue0 .band").nth(3).hover()
    expect(page.locator(".tip")).to_contain_text(re.compile(r"Chunk \d+ of \d+ · 16 tokens"))
    expect(page.locator(".held").first).to_be_visible()
    page.locator(".lane.hue0 .band").nth(3).click()
    opened = page.get_by_role("dialog")
    expect(opened).to_contain_text("A · Fixed tokens 16, chunk")
    opened.get_by_role("button", name="Close").click()

    page.get_by_role("radio", name="Sweep").or_(page.get_by_role("button", name="Sweep")).first.click()
    for label, wanted in (("Strategies", "Fixed tokens"), ("Chunk sizes", "48"), ("Overlaps", "0")):
        only(page, label, wanted)
    page.get_by_role("button", name="Start the sweep").click()
    expect(page.get_by_text("1 of 1 recipe done")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Best: Fixed tokens 48")).to_be_visible()
    page.get_by_role("button", name="Save as recipe").click()
    page.get_by_role("button", name="Ask with it in Chat").click(timeout=PATIENCE)
    expect(page).to_have_url(re.compile(r"/chat"))

    after = card(page, mill, "tokens%2048")
    assert "miller sleeps" in before
    assert "miller sleeps" in after
    assert len(after) < len(before)


def only(page: Page, label: str, wanted: str) -> None:
    """Leave one value in a list of several."""
    box = page.get_by_test_id("stMultiSelect").filter(has_text=label)
    box.get_by_role("button", name="Clear all").click()
    field = box.get_by_role("combobox")
    field.fill(wanted)
    page.get_by_role("option", name=wanted, exact=True).click()
    page.keyboard.press("Escape")
