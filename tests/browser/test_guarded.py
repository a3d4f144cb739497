"""The officer's day in Chromium: a word of the house is listed, tried out, applied, and gone; a person is forgotten."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.governance.principals import persona
from core.ingestion import Incoming
from core.settings import Settings
from core.workbench import Workbench
from tests.browser.conftest import PATIENCE, App
from tests.browser.test_journey import ask, finished, texts

pytestmark = [pytest.mark.browser, pytest.mark.weights]
ADMIN = persona("administrator")
PAPER = """# Warehouse

The gate of the warehouse opens at six in the morning. The move to the new warehouse is called Nightjar.
Osgar Fennimore-Vale holds the second key of the warehouse; his number is +44 20 7946 0018.
"""


@pytest.fixture
def house(tmp_path: Path, make_app: Callable[[], App]) -> App:
    """An app on a workspace with one paper."""
    paper = tmp_path / "warehouse.md"
    paper.write_text(PAPER, encoding="utf-8")
    with Workbench(Settings(workspace=tmp_path / "workspace"), "a test") as bench:
        bench.ingest([Incoming(paper, paper.name, "internal")], ADMIN)
    return make_app()


def test_a_listed_word_is_tried_out_applied_and_covered(house: App, page: Page) -> None:
    page.goto(f"{house.url}/chat?recipe=extractive&as=officer")
    ask(page, "What is the move to the new warehouse called?")
    finished(page)
    assert "Nightjar" in texts(page)[-1]

    page.goto(f"{house.url}/guardrails?view=policy&as=officer")
    page.get_by_role("textbox", name="Words and phrases of your own, one a line").fill("Nightjar")
    page.get_by_role("textbox", name="Words and phrases of your own, one a line").press("Tab")
    page.get_by_role("button", name="Try it out").click()
    expect(page.get_by_text("1 of 1 document would be treated in another way")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("Version 1 is in force").first).to_be_visible(timeout=PATIENCE)

    page.goto(f"{house.url}/chat?recipe=extractive&as=officer")
    ask(page, "What is the move to the new warehouse called?")
    finished(page)
    assert "Nightjar" not in page.content()
    page.goto(f"{house.url}/guardrails?as=officer")
    expect(page.get_by_text("With something covered")).to_be_visible(timeout=PATIENCE)


def test_a_person_is_found_everywhere_forgotten_and_the_receipt_holds(house: App, page: Page) -> None:
    page.goto(f"{house.url}/chat?recipe=extractive&as=administrator")
    ask(page, "Who holds the second key of the warehouse?")
    finished(page)
    page.goto(f"{house.url}/erasure?as=administrator")
    page.get_by_role("textbox", name="Full name").fill("Osgar Fennimore-Vale")
    page.get_by_role("textbox", name="Telephone numbers").fill("+44 20 7946 0018")
    page.get_by_role("button", name="Find mentions").click()
    expect(page.get_by_text("Redact the mentions")).to_be_visible(timeout=PATIENCE)
    page.get_by_text("This cannot be undone.").click()
    page.get_by_role("button", name="Forget", exact=True).click()
    expect(page.get_by_text("none of it is left").first).to_be_visible(timeout=PATIENCE)

    page.goto(f"{house.url}/chat?recipe=extractive&as=administrator")
    ask(page, "Who holds the second key of the warehouse?")
    finished(page)
    assert "Fennimore" not in page.content() and "7946" not in page.content()
    page.goto(f"{house.url}/erasure?view=receipts&as=administrator")
    expect(page.get_by_text("Signed").first).to_be_visible(timeout=PATIENCE)
    for file in (house.workspace).rglob("*"):
        if file.is_file():
            assert b"Fennimore" not in file.read_bytes(), file
