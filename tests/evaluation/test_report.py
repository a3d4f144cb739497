"""The HTML report: all that was measured, nothing from elsewhere, names as text."""

from html.parser import HTMLParser

from core.evaluation.report import number, page_of
from core.evaluation.run_store import Run
from core.evaluation.statistics import Estimate
from core.evaluation.trials import Trial
from core.lab.ran import Ran, Row
from core.recipes import BUILT_IN

HOSTILE = "<script>alert('x')</script>"


def row(name: str, **values: Estimate) -> Row:
    recipe = BUILT_IN["extractive"]
    run = Run(
        "r", recipe, "set", "h", "ada", ("public",), None, "c", "0.1.0+1", "2026-01-01", 9, {}, "2026-01-01T10:00"
    )
    return Row(Ran(name, run, Trial("t", "answers", "", "", "set", "ada", ("public",), None, "c", (recipe,))), values)


class Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.text += f"{data}\n"


def test_a_report_stands_alone_and_holds_every_figure() -> None:
    half = Estimate(0.5, 0.4, 0.6)
    page = page_of("Answers on set", [row(HOSTILE, right=half, p50_ms=Estimate(143.6, 120, 160)), row("b", f1=half)])
    seen = Seen()
    seen.feed(page)
    assert "script" not in seen.tags and seen.links == []
    assert seen.text.count(HOSTILE) == 2  # as text: the head of the table, and what ran; a chart cuts it short
    assert seen.tags.count("circle") == 2
    for told in ("0.50 [0.40, 0.60]", "144 [120, 160]", "–", "Right", "F1"):
        assert told in seen.text
    assert seen.text.count("0.50 [0.40, 0.60]") == 4  # twice in the table, twice at the end of a chart's row
    assert "NaN" not in page and "nan" not in page.lower().replace("finance", "")


def test_digits_fit_the_measure() -> None:
    held = Estimate(12.345, 10.0, 14.0)
    assert number(held, "tokens_read") == "12 [10, 14]"
    assert number(held, "p50_ms") == "12 [10, 14] ms"
    assert number(held, "assumed_cost") == "12.3450 [10.0000, 14.0000]"
