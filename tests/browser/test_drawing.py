"""What stands behind every component's script: older data that come late are dropped."""

import pytest
from playwright.sync_api import Page

from pages.shared import drawing

pytestmark = pytest.mark.browser

SCRIPT = "function present({ data }) { window.drawn = [...(window.drawn ?? []), data] }"

CALLS = """async ([script, calls]) => {
    const { default: call } = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })))
    const places = {}
    for (const [place, since, shown] of calls) {
        places[place] ??= document.createElement("div")
        call({ parentElement: places[place], data: { since, shown } })
    }
    return window.drawn
}"""


def test_a_late_call_draws_nothing_old(page: Page) -> None:
    late = [
        ["one", 2.0, "new"],
        ["one", 1.0, "old"],
        ["two", 1.0, "another"],
        ["one", 2.0, "new"],
        ["one", 3.0, "next"],
    ]
    assert page.evaluate(CALLS, [f"{SCRIPT}\n{drawing.NEWEST}", late]) == ["new", "another", "new", "next"]
