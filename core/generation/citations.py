"""Gives each sentence of an answer the source that supports it, or says that none does.

The digits that a small model prints are not trusted: the sentence itself is compared with the sentences of the
sources. It knows nothing of retrieval or of how the answer was made.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.chunking.sentences import sentence_spans
from core.generation.evidence import COVERED, Passage, collapsed, support
from core.generation.extractive import Embed, Evidence
from core.generation.particulars import missing
from core.types import Citation, Page, Source, Span, Unsupported

_MARK = re.compile(r"\s*\[(\d{1,3})\](?!\()")
_SHORT = 5
"""Words up to which an answer is no sentence of its own."""
SUPPORTED = 0.65
"""Support from which a sentence counts as grounded; chosen in benchmarks/groundedness.py."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """The outcome for a whole answer: its text without printed digits, receipts, and what has none."""

    text: str
    citations: tuple[Citation, ...]
    unsupported: tuple[Unsupported, ...]


def attribute(
    answer: str,
    sources: Sequence[Source],
    evidence: Evidence,
    embed: Embed,
    pages: "Pages",
    question: str = "",
    copies_covers: bool = False,
) -> Attribution:
    """Cite each sentence of `answer` to the passage of `evidence` that supports it best.

    A sentence whose numbers and names do not all stand in the passage is unsupported, however near the words are.
    `copies_covers` says that the model wrote what stands for covered characters: of each run one is left, and a
    sentence with one says nothing that a source supports.
    """
    text = _MARK.sub("", answer).strip()
    text = without_repeats(collapsed(text) if copies_covers else text)
    spans = sentence_spans(text)
    if not spans:
        return Attribution(text, (), ())
    vectors = embed([in_full(text[s.start : s.end], question) for s in spans])
    citations, unsupported = list[Citation](), list[Unsupported]()
    for span, vector in zip(spans, vectors, strict=True):
        claim = text[span.start : span.end]
        found = Ground() if copies_covers and COVERED in claim else ground(claim, vector, evidence)
        if found.score < SUPPORTED:
            unsupported.append(Unsupported(span.start, span.end, found.lacking))
            continue
        first, last = (evidence.passages[i] for i in (found.first, found.last))
        source, place = sources[first.source], Span(first.span.start, last.span.end)
        citations.append(cite(source, place, span, found.score, pages, _text(source, place, first.text)))
    return Attribution(text, tuple(citations), tuple(unsupported))


def holds(outcome: Attribution) -> bool:
    """Whether what was written may be shown: most sentences have a receipt, and none gives another number or name."""
    doubts = outcome.unsupported
    return len(outcome.citations) > len(doubts) and not any(doubt.missing for doubt in doubts)


def in_full(claim: str, question: str) -> str:
    """What a sentence is compared by: few words such as "45 days" say something only behind the question."""
    return claim if len(claim.split()) > _SHORT else f"{question} {claim}".strip()


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a claim stands: passages first to last of the evidence, neighbours in one source; score 0 for nowhere."""

    first: int = -1
    last: int = -1
    score: float = 0.0
    lacking: tuple[str, ...] = ()
    """What the claim says and the nearest passage does not, where only that keeps it from being supported."""


def ground(claim: str, vector: np.ndarray, evidence: Evidence) -> Ground:
    """The place that supports a claim best: a passage with all its numbers and names, if need be with its neighbours.

    A sentence is often written from two that stand together, one of which says who and the other how many.
    """
    scores = support(claim, vector, evidence.passages, evidence.vectors)
    nearest: tuple[str, ...] = ()
    for best in (int(i) for i in np.argsort(-scores, kind="stable")):
        for first, last in _around(best, evidence.passages):
            texts = (evidence.passages[i] for i in range(first, last + 1))
            lacking = missing(claim, " ".join(f"{passage.context} {passage.text}" for passage in texts))
            if not lacking:
                return Ground(first, last, float(scores[best]))
        nearest = nearest or lacking
        if scores[best] < SUPPORTED:
            break
    return Ground(lacking=nearest if len(scores) and scores.max() >= SUPPORTED else ())


def _around(at: int, passages: Sequence[Passage]) -> Iterator[tuple[int, int]]:
    """A passage alone, with the one before, with the one after, and with both, as far as its source goes."""
    before = at - 1 if at and passages[at - 1].source == passages[at].source else at
    after = at + 1 if at + 1 < len(passages) and passages[at + 1].source == passages[at].source else at
    yield from dict.fromkeys([(at, at), (before, at), (at, after), (before, after)])


def _text(source: Source, place: Span, otherwise: str) -> str:
    """What stands there in the source; a passage written by hand stands nowhere and is quoted itself."""
    chunk = source.hit.shown
    return otherwise if chunk.edited else chunk.text[place.start - chunk.start : place.end - chunk.start]


def without_repeats(text: str) -> str:
    """The text without sentences that said the same before, word for word; small models run in circles."""
    kept: list[str] = []
    seen: set[str] = set()
    end = 0
    for span in sentence_spans(text):
        sentence = " ".join(text[span.start : span.end].lower().split())
        if sentence not in seen:
            kept.append(text[end : span.end])
        seen.add(sentence)
        end = span.end
    return "".join(kept).strip()


def cite(source: Source, place: Span, sentence: Span, score: float, pages: "Pages", quote: str) -> Citation:
    """A receipt for `sentence` of the answer: the range `place` of the source's document."""
    return Citation(
        source=source.number,
        document_id=source.hit.chunk.document_id,
        document=source.hit.document,
        page=pages(source, place.start),
        start=place.start,
        end=place.end,
        quote=quote,
        sentence=sentence,
        support=round(score, 3),
    )


class Pages:
    """Looks up the page of an offset; the caller fills it with the documents' page maps."""

    def __init__(self, pages: dict[str, tuple[Page, ...]]) -> None:
        self._pages = pages

    def __call__(self, source: Source, offset: int) -> int:
        """Number of the page on which the offset lies; the chunk's first page when the map is not known."""
        for page in self._pages.get(source.hit.chunk.document_id, ()):
            if page.start <= offset < page.end:
                return page.number
        return source.hit.chunk.pages[0] if source.hit.chunk.pages else 1


def printed_marks(answer: str, sources: int) -> list[int]:
    """The source numbers that the model printed and that exist; `[0]` and numbers beyond the sources do not."""
    return [n for n in (int(m) for m in _MARK.findall(answer)) if 1 <= n <= sources]
