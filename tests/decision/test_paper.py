"""The report: its numbers read back from the HTML and the PDF, what they come from beside them, nothing unescaped."""

import re
from dataclasses import replace

import pypdfium2

from core.decision.archetypes import ARCHETYPES
from core.decision.evidence import CostEvidence, CostInput, Priced
from core.decision.lens import Lens
from core.decision.paper import paper
from core.decision.paper_html import html
from core.decision.paper_parts import Paper
from core.decision.paper_pdf import pdf
from core.decision.paper_workshop import Heard
from core.decision.questions import NAMES
from core.decision.recommend import recommend
from core.decision.votes import tally
from core.decision.workshops import Snapshot
from tests.decision.evidence import measured

STALE = "9 of 10 changed facts were answered stale by handbook (closed book)"
COST = CostEvidence(
    {"retrieval": 120.5, "adapter": 80.0},
    "EUR",
    "Cheaper from 9 on.",
    ("run 5c",),
    (CostInput("Tokens read", "0.4 EUR/Mtoken (0.2 to 0.9)", "assumption", "A guess, 2026-11-29"),),
    "over 24 months",
    {"retrieval": Priced(2_892.0, 1_900.0, 5_100.0, 0.012, 0.05, 0.24)},
)


TOTALS = {"retrieval": 4.37, "adapter": 1.21, "blend": 3.08}


def made(title: str = "Harbour <script>alert(1)</script>") -> Paper:
    evidence = replace(measured("stale", "adapter", 0.9, STALE, "check 77ab"), cost=COST)
    lens = replace(ARCHETYPES["support"].lens, leaning="adapter")
    votes = tally([lens, Lens()])
    group = tally([lens, lens])
    kept = Snapshot("5a", "w", "2026-01-02T03:04:05", "lead", "Before the break", group, "retrieval", TOTALS)
    return paper(recommend(lens, evidence), evidence, Heard(title, votes, (kept,)), "w1", "2026-01-02 03:04")


def text_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    told = " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())
    document.close()
    return told


def test_the_scores_stand_in_both_files_and_are_those_of_the_recommendation() -> None:
    evidence = replace(measured("stale", "adapter", 0.9, STALE, "check 77ab"), cost=COST)
    found = recommend(replace(ARCHETYPES["support"].lens, leaning="adapter"), evidence)
    page, print_ = html(made()), text_of(pdf(made()))
    for each in (found.winner, found.runner_up, found.third):
        assert re.search(rf'name">{NAMES[each.path]}</span>.*?value">{each.total:.2f}</span>', page)
        assert f"{each.total:.2f}" in print_
    assert f"{found.margin:.2f} more than" in page
    assert f"{found.margin:.2f} more than" in print_


def test_a_number_is_followed_by_what_it_comes_from() -> None:
    page, print_ = html(made()), text_of(pdf(made()))
    for told in (
        "measured: check 77ab",
        "assumption: the table of points",
        "counted: the checklist",
        "120 EUR",
        "$2,892",
    ):
        assert told in page
        assert told in print_
    assert f"chose an adapter: {STALE}. (check 77ab)" in page
    for told in (
        "Tokens read 0.4 EUR/Mtoken (0.2 to 0.9) assumption A guess, 2026-11-29",
        "1 of 1 inputs are assumptions",
    ):
        assert told in print_


def test_what_the_votes_were_before_stands_in_both_files() -> None:
    page, print_ = html(made()), text_of(pdf(made()))
    for told in ("How the votes moved", "2026-01-02 03:04 UTC: Before the break", "4.37", "1.21", "3.08"):
        assert told in page
        assert told in print_


def test_every_cell_of_the_points_names_its_basis() -> None:
    points = next(each for each in made().sections if each.title == "What the scores are made of")
    assert points.table
    for row in points.table.rows[:-1]:
        assert all(re.search(r"^\d\.\d\d \((measured|assumption|counted)", cell) for cell in row[2:])


def test_text_of_a_person_is_escaped_in_both() -> None:
    page = html(made())
    assert "<script" not in page
    assert "Harbour &lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "Harbour <script>alert(1)</script>" in text_of(pdf(made()))


def test_a_character_that_the_font_lacks_is_said_to_be_lacking() -> None:
    print_ = text_of(pdf(made("港 workshop")))
    assert "◊ workshop" in print_
    assert "a character that this font lacks" in print_
    assert "a character that this font lacks" not in text_of(pdf(made("Hafen für alle")))
    assert "港 workshop" in html(made("港 workshop"))


def test_the_same_report_is_the_same_file() -> None:
    assert pdf(made()) == pdf(made())
