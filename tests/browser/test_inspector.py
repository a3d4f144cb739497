"""The inspector in a browser: from an answer in Chat to the passage that fell out, and to another answer without it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.governance.principals import persona
from core.ingestion import Incoming
from core.settings import Settings
from core.workbench import Workbench
from tests.browser.conftest import PATIENCE, App

pytestmark = pytest.mark.browser

QUESTION = "At what hour does the cat of the mill sleep?"
SLEEPERS = ("cat", "dog", "goat", "hen", "miller", "mule", "owl", "ox")
HOSTILE = "<img src=x onerror=\"document.title='broken'\"> **bold** שלום"


@pytest.fixture
def mill(tmp_path: Path, make_app: Callable[[], App]) -> App:
    """An app on a workspace with a page about each who sleeps in the mill, one of them full of markup."""
    incoming = []
    for hour, name in enumerate(SLEEPERS, start=1):
        path = tmp_path / f"{name}.txt"
        path.write_text(f"The {name} of the mill sleeps at {hour} o'clock. {HOSTILE if name == 'dog' else ''}")
        incoming.append(Incoming(path, path.name, "public"))
    with Workbench(Settings(workspace=tmp_path / "workspace"), "a test") as bench:
        bench.ingest(incoming, persona("administrator"))
    return make_app()


def side(place: int) -> str:
    return f".board .side:nth-child({place})"


def ends(place: int, fate: str) -> str:
    return f".fates .column:nth-child({place}) .way.{fate}"


def back_to_chat(page: Page) -> None:
    """Press Back once, or twice: Streamlit may write the recipe into the address after the page has changed."""
    page.go_back()
    if "/inspector" in page.url:
        page.wait_for_timeout(1000)  # one entry at a time, as a person presses
        page.go_back()
    expect(page).to_have_url(re.compile(r"/chat"))
    expect(page.get_by_label("Ask about your documents")).to_be_enabled()


def test_from_why_to_another_answer(mill: App, page: Page) -> None:
    page.goto(f"{mill.url}/chat?recipe=extractive")
    box = page.get_by_label("Ask about your documents")
    box.fill(QUESTION)
    box.press("Enter")
    page.get_by_role("button", name="Compare").click(timeout=PATIENCE)

    expect(page).to_have_url(re.compile(r"/inspector\?.*trace="), timeout=PATIENCE)
    expect(page.locator(side(1))).to_contain_text("cat of the mill sleeps at 1 o'clock")
    page.locator(".fates svg").first.wait_for()
    page.locator(f"{side(1)} .found:not(.pending)").wait_for(timeout=PATIENCE)  # the page comes to rest
    back_to_chat(page)
    page.get_by_role("button", name="Why?").click()
    expect(page.locator(".fates .column")).to_have_count(1)

    page.get_by_role("button", name="Add a column").click()
    page.get_by_role("combobox", name=re.compile("B · Recipe")).click()
    page.get_by_role("option", name="extractive", exact=True).click()
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".fates .column")).to_have_count(2, timeout=PATIENCE)
    expect(page.locator(side(2))).to_contain_text("Word for word as in the first column")
    expect(page).to_have_url(re.compile(r"trace=\w+(,|%2C)\w+"))  # written after the columns are drawn
    address = page.url

    fallen = page.locator(ends(2, "retrieved")).first
    expect(fallen).to_have_attribute("aria-label", re.compile(r"rank \d, prompt takes 5$"))
    name = (fallen.get_attribute("aria-label") or "").split(".txt")[0]
    fallen.focus()
    expect(page.locator(".fates .tip")).to_contain_text("Same passage in A: rank")
    page.keyboard.press("Enter")
    sheet = page.get_by_role("dialog")
    expect(sheet).to_contain_text("the prompt takes 5 passages")
    expect(sheet.locator(".reader mark")).to_contain_text(f"The {name} of the mill")
    sheet.get_by_role("button", name="Put first").click()
    expect(page.get_by_text("1 passage put first")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(f".fates .column:nth-child(2) .way[aria-label^='{name}.txt']")).not_to_have_class(
        re.compile("retrieved")
    )

    page.locator(ends(2, "cited")).first.locator(".end").click()
    sheet.get_by_role("button", name="Keep out").click()
    expect(page.get_by_text(re.compile("1 passage kept out"))).to_be_visible(timeout=PATIENCE)
    expect(page.locator(ends(2, "withheld"))).to_have_attribute("aria-label", re.compile("kept out by hand$"))
    expect(page.locator(f"{side(2)} :is(ins, .sign)").first).to_be_visible()
    assert page.title() != "broken" and page.locator(".fates img, .board img").count() == 0

    page.goto(address)  # a link reopens what was compared, as it was then
    expect(page.locator(side(2))).to_contain_text("Word for word as in the first column")
    expect(page.locator(".fates .column")).to_have_count(2)


@pytest.mark.slow
def test_four_columns_of_many_candidates_are_drawn_at_once(app: App, page: Page, tmp_path: Path) -> None:
    page.goto(app.url)
    page.get_by_role("button", name="Load the sample documents").click()
    expect(page.get_by_text(re.compile(r"\d+ added"))).to_be_visible(timeout=PATIENCE)
    page.goto(f"{app.url}/inspector?q=How long is the warranty?&recipes=extractive,extractive,extractive,extractive")
    expect(page.locator(".fates .column")).to_have_count(4, timeout=PATIENCE)
    lines = page.locator(".fates .way")
    expect(lines.nth(199)).to_be_attached()
    page.locator(".fates svg").first.focus()
    page.locator(".fates .way[tabindex='0']").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".fates .column:nth-child(2) .way:focus")).to_have_count(1)
    expect(page.locator(".fates .way.on")).to_have_count(4)
