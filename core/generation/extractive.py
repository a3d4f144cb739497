"""Answers by quoting: the sentences of the sources that best support the question, word for word.

No text is generated, so nothing can be invented. It is the fallback, and the baseline of every comparison.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.chunking.sentences import sentence_spans
from core.generation.confidence import probability
from core.generation.evidence import Passage, support
from core.types import Source, Span

Embed = Callable[[Sequence[str]], np.ndarray]

_NEAR = 0.85
"""A further sentence is quoted when its support is at least this share of the best one's."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The sentences of some sources with their support for a question, in the order of the sources."""

    passages: tuple[Passage, ...]
    vectors: np.ndarray
    support: np.ndarray
    nearest: float
    """Cosine of the question to the nearest source, or to the nearest sentence where sources have none."""

    @property
    def best(self) -> float:
        """The highest support, 0 when there is no sentence."""
        return float(self.support.max()) if len(self.passages) else 0.0

    def confidence(self, embedder: str) -> float:
        """Estimated probability that the sources hold the answer; see `core.generation.confidence`."""
        return probability(self.best, self.nearest, embedder) if len(self.passages) else 0.0


def passages_of(sources: Sequence[Source]) -> list[Passage]:
    """The sentences and table rows of the sources, with their places in the documents."""
    passages = []
    for position, source in enumerate(sources):
        chunk = source.hit.chunk
        shown = chunk.text[: len(source.text)]
        context = " ".join([source.hit.document, *chunk.headings])
        for span in _lines_and_sentences(shown):
            place = Span(chunk.start + span.start, chunk.start + span.end)
            passages.append(Passage(position, place, shown[span.start : span.end], context))
    return passages


def weigh(question: str, question_vector: np.ndarray, sources: Sequence[Source], embed: Embed) -> Evidence:
    """Support of the question by every sentence of the sources."""
    passages = passages_of(sources)
    vectors = embed([passage.text for passage in passages]) if passages else np.zeros((0, len(question_vector)))
    scores = [source.hit.scores["dense"].value for source in sources if "dense" in source.hit.scores]
    nearest = max(scores, default=float((vectors @ question_vector).max()) if passages else 0.0)
    return Evidence(tuple(passages), vectors, support(question, question_vector, passages, vectors), nearest)


def quote(evidence: Evidence, most: int) -> list[Passage]:
    """The best-supported sentences, at most `most`, in reading order within each source."""
    ranked = np.argsort(-evidence.support, kind="stable")
    chosen: list[int] = []
    seen: set[str] = set()
    for i in ranked:
        text = evidence.passages[i].text
        if len(chosen) == most or (chosen and evidence.support[i] < _NEAR * evidence.best):
            break
        if text not in seen and not _is_title(text):
            chosen.append(int(i))
            seen.add(text)
    return [evidence.passages[i] for i in sorted(chosen)]


def _is_title(text: str) -> bool:
    """A line without a verb's room: too short to be an answer on its own."""
    return len(text.split()) < 3 and not any(c.isdigit() for c in text)


def _lines_and_sentences(text: str) -> list[Span]:
    spans = []
    for span in sentence_spans(text):
        piece = text[span.start : span.end]
        if " | " in piece and "\n" in piece:  # rows of a table: one line, one fact
            start = span.start
            for line in piece.split("\n"):
                if line.strip():
                    spans.append(Span(start, start + len(line)))
                start += len(line) + 1
        else:
            spans.append(span)
    return spans
