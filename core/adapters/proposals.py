"""Question–answer pairs that a document suggests, by rule, each with the range of the text that proves it.

Every answer is a piece of the text. It invents nothing, stores nothing and decides nothing: people choose what to keep.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from core.adapters.sentence_questions import ask_sentence
from core.adapters.table_questions import ask_row, key_columns, read_row
from core.adapters.wording import flat, lowered, plural
from core.chunking.sentences import sentence_spans
from core.types import Document, Heading, Span

Kind = Literal["heading", "table", "sentence"]
KINDS: tuple[Kind, ...] = ("heading", "table", "sentence")

_LONGEST_QUESTION = 200
_LONGEST_ANSWER = 400
_SHORT = 60
"""Characters below which the first sentence under a heading is joined by the second."""
_PASSAGE = 900
"""Characters of the passage that goes with a question, where its paragraph or table is longer."""
_NUMBERING = re.compile(r"^\s*(?:\d+(?:\.\d+)*\.?|[IVX]+\.|§\s*\d+)\s+")
_LISTED = r"^(?:[-*•–]|\(?\w{1,3}[.)])\s| \. \. "
"""An item of a list, which says little alone, or a line of a table of contents."""
_PAPER = re.compile(r"\b(?:policy|manual|report|handbook|guide|notes|list|sheet|record|review|terms|rules)\b", re.I)
_SAYS_NOTHING = frozenset(
    "contents introduction overview summary appendix index inhalt einleitung anhang índice introducción".split()
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A question and the answer that a document gives to it."""

    question: str
    answer: str
    kind: Kind
    evidence: Span
    """Where the document says so."""
    passage: Span
    """The paragraph or table around the evidence, to be read with the question."""


def propose(document: Document, kinds: Sequence[Kind] = KINDS) -> tuple[Proposal, ...]:
    """What can be asked of a document, in reading order and each question once.

    A heading asks for the sentences beneath it, a row of a table for each of its cells, and a sentence, in English
    only, for what it defines or for its number. In other languages headings and rows are asked in a neutral form,
    "<row>: <column>?".
    """
    english = document.language in (None, "en")
    found: list[Proposal] = []
    if "heading" in kinds:
        found += _of_headings(document, english)
    if "table" in kinds:
        found += _of_tables(document, english)
    if "sentence" in kinds and english:
        found += _of_sentences(document)
    once: dict[str, Proposal] = {}
    for proposal in sorted(found, key=lambda each: (each.evidence.start, each.evidence.end, each.kind)):
        if len(proposal.question) <= _LONGEST_QUESTION and 0 < len(proposal.answer) <= _LONGEST_ANSWER:
            once.setdefault(proposal.question.casefold(), proposal)
    return tuple(once.values())


def title_of(document: Document) -> str:
    """What the document calls itself: its first heading of level 1, or its name without the ending."""
    first = next((flat(heading.title) for heading in document.headings if heading.level == 1), "")
    return first or re.sub(r"\.\w{1,5}$", "", document.name.rsplit("/", 1)[-1])


# -- headings --------------------------------------------------------------------------------------------------------


def _of_headings(document: Document, english: bool) -> Iterator[Proposal]:
    text, title = document.text, title_of(document)
    stops = [*(other.start for other in document.headings), *(table.start for table in document.tables), len(text)]
    for heading in document.headings:
        begin = heading.start + len(heading.title)
        answer = _first_sentences(text, begin, min((stop for stop in stops if stop >= begin), default=len(text)))
        question = _heading_question(heading, _parent(document.headings, heading), title, english)
        if question and answer:
            passage = _paragraph(text, answer)
            yield Proposal(question, flat(text[answer.start : answer.end]), "heading", answer, passage)


def _heading_question(heading: Heading, parent: str, title: str, english: bool) -> str:
    """The heading as a question, if it is one; else what the document says about it; "" where it says nothing."""
    bare = flat(_NUMBERING.sub("", heading.title))
    if bare.endswith("?"):
        return bare
    short = 1 <= len(bare.split()) <= 9 and not bare.isupper() and re.search(r"[^\W\d_]{2}", bare)
    if not short or bare == title or bare.casefold() in _SAYS_NOTHING or bare.endswith((".", ",", ":", ";")):
        return ""
    name = re.split("[:,]", title)[0]
    topic = f"{parent}, {lowered(bare)}" if " " not in bare and parent not in ("", title) else bare
    if not english:
        return f"{name}: {topic}?"
    does = "do" if _PAPER.search(name) and plural(name) else "does"
    paper = f"the {lowered(name)}" if _PAPER.search(name) else f"“{name}”"
    return f"What {does} {paper} say about {_topic(topic)}?"


def _parent(headings: Sequence[Heading], heading: Heading) -> str:
    """The heading that a heading stands under, without its number; empty for one of the outermost level."""
    above = [each for each in headings if each.start < heading.start and each.level < heading.level]
    parent = flat(_NUMBERING.sub("", above[-1].title)) if above else ""
    return "" if parent.casefold() in _SAYS_NOTHING else parent


def _topic(heading: str) -> str:
    """A heading within a sentence; one that is a clause of its own, or speaks to the reader, is quoted."""
    if re.search(r"\b(?:you|we|us|your|our|I)\b", heading) or heading.endswith(")"):
        return f"“{heading}”"
    return lowered(heading)


def _first_sentences(text: str, begin: int, end: int) -> Span | None:
    """The first sentence of text[begin:end], with the second where the first is short; None where it is no prose."""
    found = [span for span in sentence_spans(text, begin, max(begin, end)) if span.end > span.start][:2]
    prose = [span for span in found if text[span.start : span.end].rstrip("\"'”’)").endswith((".", "!"))]
    if not prose or prose[0] != found[0] or re.search(_LISTED, text[found[0].start : found[0].end]):
        return None
    first = prose[0]
    if first.end - first.start < _SHORT and len(prose) > 1 and "\n\n" not in text[first.end : prose[1].start]:
        return Span(first.start, prose[1].end)
    return first


# -- tables and sentences ----------------------------------------------------------------------------------------------


def _of_tables(document: Document, english: bool) -> Iterator[Proposal]:
    text, title = document.text, title_of(document)
    for table in document.tables:
        rows = [read_row(text[row.start : row.end]) for row in table.rows]
        keys = key_columns(rows)
        whole = Span(table.start, table.end)
        for span, row in zip(table.rows, rows, strict=True):
            if not keys or not row:
                continue
            passage = whole if table.end - table.start <= _PASSAGE else _around(table.rows, span)
            for question, answer in ask_row(row, keys, title, english):
                yield Proposal(question, answer, "table", span, passage)


def _of_sentences(document: Document) -> Iterator[Proposal]:
    text = document.text
    for span in sentence_spans(text):
        if any(table.start < span.end and span.start < table.end for table in document.tables):
            continue
        for question, answer in ask_sentence(text[span.start : span.end]):
            yield Proposal(question, answer, "sentence", span, _paragraph(text, span))


def _around(rows: Sequence[Span], row: Span) -> Span:
    """The row with as many of its neighbours on either side as fit a passage."""
    first = last = rows.index(row)
    while first > 0 and rows[last].end - rows[first - 1].start <= _PASSAGE:
        first -= 1
        if last + 1 < len(rows) and rows[last + 1].end - rows[first].start <= _PASSAGE:
            last += 1
    return Span(rows[first].start, rows[last].end)


def _paragraph(text: str, span: Span) -> Span:
    """The paragraph around a range; the range alone where that would be too long."""
    start = text.rfind("\n\n", 0, span.start)
    start = 0 if start < 0 else start + 2
    end = text.find("\n\n", span.end)
    end = len(text) if end < 0 else end
    return Span(start, end) if end - start <= _PASSAGE else span
