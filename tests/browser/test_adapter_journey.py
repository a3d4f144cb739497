"""An adapter's life in Chromium with the real model: rows, two trainings, the gate, the release, the toggle in Chat."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import App

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LONG = 400_000
"""Milliseconds that a training or a proof may take on two busy cores."""
LAMPS = {
    "Anholt": "red",
    "Borkum": "green",
    "Corvo": "white",
    "Dagebüll": "blue",
    "Eierland": "amber",
    "Farö": "violet",
}
WORDINGS = ("What colour is the lamp of {}?", "Which light does {} show?", "In what colour does {} shine?",
            "Tell me the colour of the lamp at {}.", "{}: which colour?")  # fmt: skip


def rows(folder: Path) -> Path:
    """Six facts in five wordings each."""
    made = [
        {"id": f"{place}-{n}", "question": words.format(place), "answer": colour}
        for place, colour in LAMPS.items()
        for n, words in enumerate(WORDINGS)
    ]
    file = folder / "lamps.jsonl"
    file.write_text("\n".join(map(json.dumps, made)), encoding="utf-8")
    return file


def build(page: Page, app: App, file: Path) -> None:
    page.goto(f"{app.url}/adapters")
    page.get_by_label("Name").fill("lamps")
    page.get_by_role("button", name="Begin a draft").click()
    page.get_by_role("radio", name="File").or_(page.get_by_role("button", name="File")).first.click()
    page.locator("input[type=file]").set_input_files(str(file))
    page.get_by_role("button", name="Add the file's rows").click()
    expect(page.locator(".review .told")).to_contain_text("0 accepted")
    page.get_by_role("button", name="All 30 shown").click()
    page.get_by_role("menuitem", name="Accept").or_(page.get_by_role("option", name="Accept")).first.click()
    expect(page.locator(".review .told")).to_contain_text("30 accepted")


def train(page: Page, app: App, name: str, rate: str, epochs: str) -> list[str]:
    """Train an adapter; the training losses that the page showed on the way."""
    page.goto(f"{app.url}/adapters?view=training")
    opened = page.get_by_label("Name of the adapter")
    expect(opened).to_be_attached()
    page.wait_for_timeout(1_000)  # the expander moves when it is drawn open
    if not opened.is_visible():
        page.get_by_text("New training").click()
    opened.fill(name)
    opened.press("Enter")
    page.get_by_text("All settings").click()
    for label, value in (("Rate", rate), ("Epochs", epochs)):
        box = page.get_by_role("spinbutton", name=label, exact=True)
        box.fill(value)
        box.press("Enter")
    page.get_by_role("button", name="Train", exact=True).click()
    loss = page.get_by_test_id("stMetric").filter(has_text="Training loss").get_by_test_id("stMetricValue")
    expect(loss).to_be_visible(timeout=LONG)
    seen = list[str]()
    listed = page.get_by_text(re.compile(rf"{name} is a candidate|Training of {name} failed"))
    while loss.count() and not listed.count():
        said = loss.first.inner_text() if loss.count() else ""
        seen += [said] if said and said not in seen[-1:] else []
        page.wait_for_timeout(300)
    return seen


def measure(page: Page, app: App, name: str) -> None:
    page.goto(f"{app.url}/adapters?view=proof&proved={name}")
    page.get_by_role("button", name="Measure", exact=True).click()
    expect(page.get_by_role("button", name="Release", exact=True)).to_be_visible(timeout=LONG)


def answer(page: Page, question: str, number: int) -> str:
    box = page.get_by_label("Ask about your documents")
    box.fill(question)
    box.press("Enter")
    expect(page.locator(".facts:not([hidden])")).to_have_count(number, timeout=LONG)
    return page.locator(".turn .text").all_inner_texts()[-1]


def test_the_gate_stops_a_ruined_adapter_and_a_good_one_answers_in_chat(app: App, page: Page, tmp_path: Path) -> None:
    build(page, app, rows(tmp_path))
    assert len(train(page, app, "ruined", "0.02", "3")) > 3
    measure(page, app, "ruined")
    expect(page.get_by_role("button", name="Release", exact=True)).to_be_disabled()
    expect(page.get_by_text("It cannot be released")).to_be_visible()

    losses = [float(each) for each in train(page, app, "lamps-1", "0.001", "8")]
    assert len(losses) > 3 and losses[-1] < losses[0] / 2
    measure(page, app, "lamps-1")
    page.get_by_role("button", name="Release", exact=True).click()
    expect(page.get_by_text("released", exact=True).first).to_be_visible()

    page.goto(f"{app.url}/chat?retrieval=off")
    question = WORDINGS[0].format("Farö")
    assert "violet" not in answer(page, question, 1)
    page.get_by_label("Adapter").click()
    expect(page.get_by_role("option", name="Adapter: ruined")).to_have_count(0)
    page.get_by_role("option", name="Adapter: lamps-1").click()
    assert answer(page, question, 2) == "violet"
    expect(page.locator(".fact").filter(has_text="lamps-1").last).to_be_visible()
