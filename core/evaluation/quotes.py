"""Finds the quotes of a question set in the documents in force, to the character; it does not score.

A quote counts as found whatever its case, white space, form of accents and kind of apostrophe or dash; what it is
found as is an exact range of the document's text.
"""

import re
import unicodedata
from collections import defaultdict
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
class Copy:
    """A document in force that says word for word the same as the one of the evidence, under another name."""

    name: str
    document_id: str
    spans: tuple[Span, ...]
    """Where the quote stands in it."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A piece of evidence and where it stands now."""

    evidence: Evidence
    state: State
    document_id: str = ""
    spans: tuple[Span, ...] = ()
    """Every place at which the quote stands, in reading order; empty unless it was found."""
    copies: tuple[Copy, ...] = ()
    """What proves the answer as well, because its whole text is the same; empty unless the quote was found."""

    @property
    def places(self) -> dict[str, tuple[Span, ...]]:
        """By the id of each document that proves the answer, the document of the evidence first, where the quote is."""
        return {self.document_id: self.spans, **{copy.document_id: copy.spans for copy in self.copies}}


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
    """The documents that quotes are looked for in; each text is folded once.

    A quote that stands in a document stands in its copies too, and whoever cites one of these cites rightly: a set
    names one of two files with the same text, and which of the two is found is chance. Words in common are not enough
    to make a copy; the whole text must be the same, white space and case aside.
    """

    def __init__(self, documents: Sequence[Document], on: date | None = None) -> None:
        """Over current documents; `on` is the day on which they must be in force, today without it."""
        self._day = (on or date.today()).isoformat()
        self._documents = {document.name: document for document in documents}
        self._folded: dict[str, Folded] = {}
        self._alike: dict[str, list[Document]] | None = None

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
        spans = self._spans(document, evidence.quote)
        if not spans:
            return Resolved(evidence, "gone", document.id)
        copies = [Copy(each.name, each.id, self._spans(each, evidence.quote)) for each in self._copies(document)]
        return Resolved(evidence, "found", document.id, spans, tuple(copy for copy in copies if copy.spans))

    def _spans(self, document: Document, quote: str) -> tuple[Span, ...]:
        if document.id not in self._folded:
            self._folded[document.id] = Folded(document.text)
        return self._folded[document.id].find(quote)

    def _copies(self, document: Document) -> list[Document]:
        """The other documents in force with the same text, by name."""
        if self._alike is None:
            self._alike = defaultdict(list)
            for each in sorted(self._documents.values(), key=lambda each: each.name):
                if each.in_force(self._day):
                    self._alike[bare(each.text)].append(each)
        return [each for each in self._alike[bare(document.text)] if each.id != document.id]


def bare(text: str) -> str:
    """What two texts have in common that say the same: their words, white space and case aside."""
    return " ".join(text.split()).casefold()


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
