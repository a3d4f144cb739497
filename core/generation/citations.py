"""Gives each sentence of an answer the source that supports it, or says that none does.

The digits that a small model prints are not trusted: the sentence itself is compared with the sentences of the
sources. It knows nothing of retrieval or of how the answer was made.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.chunking.sentences import sentence_spans
from core.generation.evidence import numbers, support
from core.generation.extractive import Embed, Evidence
from core.types import Citation, Page, Source, Span

_MARK = re.compile(r"\s*\[(\d{1,3})\](?!\()")
SUPPORTED = 0.55
"""Support from which a sentence counts as grounded; chosen in benchmarks/groundedness.py."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """The outcome for a whole answer: its text without printed digits, receipts, and what has none."""

    text: str
    citations: tuple[Citation, ...]
    unsupported: tuple[Span, ...]


def attribute(answer: str, sources: Sequence[Source], evidence: Evidence, embed: Embed, pages: "Pages") -> Attribution:
    """Cite each sentence of `answer` to the passage of `evidence` that supports it best.

    A sentence whose numbers do not all stand in the passage is unsupported, however near the words are.
    """
    text = without_repeats(_MARK.sub("", answer).strip())
    spans = sentence_spans(text)
    if not spans:
        return Attribution(text, (), ())
    claims = [text[s.start : s.end] for s in spans]
    vectors = embed(claims)
    citations, unsupported = [], []
    for span, claim, vector in zip(spans, claims, vectors, strict=True):
        scores = _grounding(claim, vector, evidence)
        best = int(np.argmax(scores)) if len(scores) else -1
        if best < 0 or scores[best] < SUPPORTED:
            unsupported.append(span)
            continue
        passage = evidence.passages[best]
        citations.append(cite(sources[passage.source], passage.span, span, float(scores[best]), pages, passage.text))
    return Attribution(text, tuple(citations), tuple(unsupported))


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


def _grounding(claim: str, vector: np.ndarray, evidence: Evidence) -> np.ndarray:
    scores = support(claim, vector, evidence.passages, evidence.vectors)
    wanted = numbers(claim)
    if wanted:
        there = np.array([wanted <= numbers(p.text + " " + p.context) for p in evidence.passages], dtype=bool)
        scores = np.where(there, scores, 0.0)
    return scores
