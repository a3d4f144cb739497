"""The costs in a browser: a slider moves the break-even, a link opens the same view, the figures come as a file."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import App

pytestmark = pytest.mark.browser


@pytest.fixture
def costs(tmp_path: Path) -> Iterator[App]:
    app = App(tmp_path / "workspace", tmp_path / "server.log", script="tests/pages/cost_app.py").start()
    yield app
    app.stop()


def break_even(page: Page) -> Locator:
    return page.get_by_test_id("stAlert").first


def test_a_slider_moves_the_break_even_and_a_link_and_a_file_tell_it(costs: App, page: Page) -> None:
    page.goto(costs.url)
    said = break_even(page)
    expect(said).to_contain_text(
        re.compile(r"From 2\.02 million requests a month on, an adapter costs less than retrieval")
    )
    slider = page.get_by_role("slider", name="Tokens read by a hosted model")
    slider.press("ArrowRight")
    expect(said).to_contain_text(re.compile(r"From 1\.\d+ million requests a month on, an adapter costs less"))
    expect(page).to_have_url(re.compile(r"set=price_in%3D0\.3"))
    moved = said.inner_text()

    other = page.context.new_page()
    other.goto(page.url)
    expect(break_even(other)).to_have_text(moved, use_inner_text=True)
    expect(other.get_by_role("button", name="Reset 1 setting")).to_be_visible()

    page.get_by_role("button", name="Reset 1 setting").click()
    expect(said).to_contain_text("2.02 million")
    expect(page).not_to_have_url(re.compile("set="))

    with page.expect_download() as coming:
        page.get_by_role("button", name="CSV").first.click()
    rows = list(csv.DictReader(io.StringIO(coming.value.path().read_text("utf-8-sig"))))
    assert {row["path"] for row in rows} == {"Retrieval", "Adapter", "Both together"}
    rising = [float(row["cost"]) for row in rows if row["path"] == "Retrieval"]
    assert rising == sorted(rising) and len(rising) > 40
