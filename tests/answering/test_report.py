"""A comparison as a file: whole, and with nothing in it that a document could have written as markup."""

import re
from dataclasses import replace
from html import escape
from html.parser import HTMLParser
from pathlib import Path

from core.answering.ask import finish
from core.answering.report import Part, report
from core.governance.principals import persona
from core.guardrails.policy import STANDARD
from core.ingestion import Incoming
from core.recipes import recipe, varied
from core.types import ZONES, Unsupported
from core.workbench import Workbench

ADMIN = persona("administrator")
EXTRACTIVE = varied(recipe("extractive"), {"route": "rag"})
HOSTILE = (
    "The kettle costs 30 euros <script>alert(1)</script> and ![x](http://evil.example/a.png) **bold**.\n\n"
    "הקומקום עולה שלושים יורו </td></table><img src=x onerror=alert(2)>.\n\n"
)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_a_hostile_document_stays_text_and_nothing_is_fetched(bench: Workbench, tmp_path: Path) -> None:
    path = tmp_path / "kettle.txt"
    path.write_text(HOSTILE * 3, encoding="utf-8")
    bench.ingest([Incoming(path, "<b>kettle</b>.txt", zone="public")], ADMIN)
    bench.guarding.apply(replace(STANDARD, zones=dict.fromkeys(ZONES, ())), ADMIN)  # what is covered tests no escaping
    question = "What does the kettle <i>cost</i>?"
    one, two = (
        finish(bench.ask(question, each, ADMIN))
        for each in (EXTRACTIVE, varied(EXTRACTIVE, {"generation.sentences": "1"}))
    )
    text = report(question, [Part("A · <u>extractive</u>", one), Part("B", two)], "1 May 2026")
    tags = _Tags()
    tags.feed(text)
    assert not tags.tags & {"script", "img", "i", "u", "b", "link", "iframe", "object"}
    assert not {name for name in tags.attributes if name.startswith("on")} | (tags.attributes & {"src", "href"})
    assert "url(" not in text and "@import" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert one.citations


def test_every_candidate_is_drawn_and_every_stage_is_listed(filled: Workbench) -> None:
    answer = finish(filled.ask("How many days may unused articles be sent back?", EXTRACTIVE, ADMIN))
    other = replace(answer, text="Something else.")
    text = report("q", [Part("A", answer), Part("B", other, "A remark.")], "today")
    assert text.count("<polyline") == 2 * len(answer.trace.candidates)
    assert all(f"<td>{stage.name}</td>" in text for stage in answer.trace.stages)
    assert "<ins>Something else.</ins>" in text and "A remark." in text
    assert re.search(r"\d+ candidates: \d+ cited", text)


def test_each_sentence_ends_in_the_numbers_of_its_receipts_and_each_line_in_its_source(filled: Workbench) -> None:
    answer = finish(filled.ask("How many days may unused articles be sent back?", EXTRACTIVE, ADMIN))
    text = report("q", [Part("A", answer), Part("B", replace(answer, text=f"{answer.text} Or never."))], "today")
    for citation in answer.citations:
        sentence = answer.text[citation.sentence.start : citation.sentence.end]
        assert text.count(f'{escape(sentence)}<span class="mark">[{citation.source}]</span>') == 2
        assert f">[{citation.source}] {citation.document[:19]}" in text
    assert "<ins>Or never.</ins>" in text
    doubted = replace(answer, citations=(), unsupported=(Unsupported(0, len(answer.text)),))
    assert f'title="No source supports this.">{escape(answer.text)}</span>' in report("q", [Part("A", doubted)], "now")


def test_small_talk_has_a_report_too(filled: Workbench) -> None:
    text = report("hello", [Part("A", finish(filled.ask("hello", recipe("extractive"), ADMIN)))], "today")
    assert "<svg" not in text and "<polyline" not in text
