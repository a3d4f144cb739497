"""A workshop in Chromium: two browsers vote by the link, one sees the other's vote come; the report is read back."""

import re
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import PATIENCE, App

pytestmark = [pytest.mark.browser]


def vote(page: Page, name: str, leaning: str) -> None:
    page.get_by_role("radio", name=leaning, exact=True).click()
    page.get_by_label("Your name, if you like").fill(name)
    page.get_by_label("Your name, if you like").press("Tab")
    page.get_by_role("button", name="Cast my vote").click()
    expect(page.get_by_text("Your vote counts")).to_be_visible(timeout=PATIENCE)


def test_two_browsers_vote_and_the_report_says_what_the_page_says(
    app: App, page: Page, browser: Browser, tmp_path: Path
) -> None:
    page.goto(f"{app.url}/decision?view=workshop")
    page.get_by_label("What is to be decided").fill("How shall the desk answer?")
    page.get_by_role("button", name="Make a workshop").click()
    link = page.locator("code", has_text="workshop=").inner_text(timeout=PATIENCE)
    assert "ballot" not in link
    vote(page, "Ada", "Retrieval")
    expect(page.get_by_text("1 vote", exact=True)).to_be_visible()
    other: BrowserContext = browser.new_context(viewport={"width": 1280, "height": 800})
    second = other.new_page()
    second.goto(link)
    expect(second.get_by_text("Ada", exact=True)).to_be_visible(timeout=PATIENCE)
    vote(second, "Grace", "Adapter")
    expect(page.get_by_text("Ada, Grace").or_(page.get_by_text("Grace, Ada"))).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("2 votes", exact=True)).to_be_visible()
    second.reload()
    vote(second, "Grace", "Both")  # a reload keeps the ballot: it changes that vote
    expect(page.get_by_text("2 votes", exact=True)).to_be_visible()
    other.close()
    page.get_by_text("Report", exact=True).click()
    page.get_by_role("combobox", name="Whose answers and weights").click()
    page.get_by_role("option", name=re.compile("How shall the desk answer")).click()
    expect(page.get_by_text("The lens of 2 votes")).to_be_visible(timeout=PATIENCE)
    told = page.get_by_text(re.compile(r"Scores \d\.\d\d of 5")).inner_text(timeout=PATIENCE)
    score = re.search(r"Scores (\d\.\d\d)", told)
    assert score
    files = {}
    for form in ("HTML", "PDF"):
        with page.expect_download() as saved:
            page.get_by_role("button", name=f"Download {form}").click()
        files[form] = tmp_path / f"report.{form.lower()}"
        saved.value.save_as(files[form])
    html = files["HTML"].read_text(encoding="utf-8")
    document = pypdfium2.PdfDocument(files["PDF"])
    printed = " ".join(" ".join(each.get_textpage().get_text_range() for each in document).split())
    document.close()
    for text in (html, printed):
        assert f"scores {score[1]} of 5" in text
        assert "2 votes; the lens of the group" in text
        assert "How shall the desk answer?" in text
    assert "Leaning of the voters: Retrieval: 1, Both together: 1." in html
