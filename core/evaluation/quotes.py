"""Finds the quotes of a question set in the documents in force, to the character; it does not score.

A quote counts as found whatever its case, white space, form of accents and kind of apostrophe or dash; what it is
found as is an exact range of the document's text.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from core.evaluation.questions import Evidence, Question
from core.types import Document, Span

_ALIKE = str.maketrans({"’": "'", "‘": "'", "–": "-", "‐": "-", "\u2011": "-", "“": '"', "”": '"', "\u00ad": None})

State = Literal["found", "erased", "missing", "not in force", "gone"]

WHY: Mapping[State, str] = {
    "found": "The quote stands in the document.",
    "erased": "The document was erased, and its words with it.",
    "missing": "There is no document of this name.",
    "not in force": "The document is not in force today.",
    "gone": "These words do not stand in the version in force.",
}
"""What each state means, as a sentence."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A piece of evidence and where it stands now."""

    evidence: Evidence
    state: State
    document_id: str = ""
    spans: tuple[Span, ...] = ()
    """Every place at which the quote stands, in reading order; empty unless it was found."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A quote that proves nothing any longer."""

    question: str
    """The question's id."""
    document: str
    quote: str
    state: State

    @property
    def why(self) -> str:
        """A sentence for people."""
        return WHY[self.state]


class Quotes:
    """The documents that quotes are looked for in; each text is folded once."""

    def __init__(self, documents: Sequence[Document], on: date | None = None) -> None:
        """Over current documents; `on` is the day on which they must be in force, today without it."""
        self._day = (on or date.today()).isoformat()
        self._documents = {document.name: document for document in documents}
        self._folded: dict[str, Folded] = {}

    def resolve(self, question: Question) -> tuple[Resolved, ...]:
        """Each piece of evidence of a question with where it stands."""
        return tuple(self._one(evidence) for evidence in question.evidence)

    def _one(self, evidence: Evidence) -> Resolved:
        if evidence.erased:
            return Resolved(evidence, "erased")
        document = self._documents.get(evidence.document)
        if document is None:
            return Resolved(evidence, "missing")
        if not document.in_force(self._day):
            return Resolved(evidence, "not in force", document.id)
        if document.id not in self._folded:
            self._folded[document.id] = Folded(document.text)
        spans = self._folded[document.id].find(evidence.quote)
        return Resolved(evidence, "found" if spans else "gone", document.id, spans)


def findings(questions: Sequence[Question], documents: Sequence[Document], on: date | None = None) -> list[Finding]:
    """The quotes of a set that are not found, in the set's order."""
    quotes = Quotes(documents, on)
    return [
        Finding(question.id, resolved.evidence.document, resolved.evidence.quote, resolved.state)
        for question in questions
        for resolved in quotes.resolve(question)
        if resolved.state != "found"
    ]


class Folded:
    """A text folded for comparison, with the way back to its own characters."""

    def __init__(self, text: str) -> None:
        self.text, self._bounds = _fold(text)

    def find(self, quote: str) -> tuple[Span, ...]:
        """Where the quote stands, as ranges of the text that was folded; an empty quote stands nowhere.

        Places do not overlap. What begins or ends inside of one character of the text, as the f of "ﬁ" does, takes all
        of it.
        """
        wanted = fold(quote).strip()
        if not wanted:
            return ()
        return tuple(
            Span(self._bounds[found.start()][0], self._bounds[found.end() - 1][1])
            for found in re.finditer(re.escape(wanted), self.text)
        )


def fold(text: str) -> str:
    """Case, accents' form, quotation marks, dashes and white space made equal."""
    return _fold(text)[0]


def _fold(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The folded text, and for each of its characters the range of the text that it came from."""
    out: list[str] = []
    bounds: list[tuple[int, int]] = []
    for start, end in _clusters(text):
        piece = text[start:end]
        folded = " " if piece.isspace() else _folded_piece(piece)
        out.append(folded)
        bounds += [(start, end)] * len(folded)
    return "".join(out), bounds


@lru_cache(maxsize=10_000)
def _folded_piece(piece: str) -> str:
    """One character with its combining marks: compatibility form, case and look-alikes folded away."""
    plain = unicodedata.normalize("NFKD", piece).translate(_ALIKE).casefold()
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKD", plain))


def _clusters(text: str) -> list[tuple[int, int]]:
    """Ranges that are folded as one: a run of white space, or a character with the combining marks behind it."""
    cuts = [0]
    for at in range(1, len(text)):
        one, two = text[at - 1], text[at]
        if two.isspace() and one.isspace():
            continue
        if two > "\u02ff" and unicodedata.combining(two):
            continue
        cuts.append(at)
    return list(pairwise([*cuts, len(text)])) if text else []
