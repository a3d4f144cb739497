"""Answers by quoting: the sentences of the sources that best support the question, word for word.

No text is generated, so nothing can be invented. It is the fallback, and the baseline of every comparison.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.chunking.sentences import sentence_spans, trim
from core.embedding.context import context
from core.generation.evidence import Passage, is_covered
from core.generation.relevance import answerable, features, sentence_logits
from core.types import Source, Span

Embed = Callable[[Sequence[str]], np.ndarray]

_NEAR = 0.25
"""A further sentence is quoted when its probability is at least this share of the best one's."""
_LEADERS = re.compile(r"(?:[.·…‥][ \t]*){4,}\d{0,4}[ \t]*(?=\n|\Z)")
"""Dots that lead from a title to the page at the end of its line; a price such as 2.50 is no page."""
_ENDED = re.compile(r"[.!?。！？]['\"”’)\]]*\Z")


@dataclass(frozen=True, slots=True)
class Evidence:
    """The sentences of some sources and how well they answer a question, in the order of the sources."""

    passages: tuple[Passage, ...]
    vectors: np.ndarray
    relevance: np.ndarray
    """Probability that each sentence answers the question, shape (passages,)."""
    confidence: float
    """Estimated probability that the sources hold the answer; see `core.generation.relevance`."""
    covered: float = 0.0
    """Probability that the best sentence which is left out answers, since it is covered for the most part; 0 for none.
    What is covered is no evidence."""
    confidence_covered: float = 0.0
    """The confidence if that sentence could be read."""

    @property
    def only_covered(self) -> bool:
        """Whether what would answer is covered, and nothing that can be read comes near it."""
        return self.covered > 0 and float(self.relevance.max(initial=0.0)) < _NEAR * self.covered


def passages_of(sources: Sequence[Source]) -> list[Passage]:
    """The sentences and table rows of the sources, with their places in the documents.

    Lines of a table of contents are left out: they name what is told elsewhere.
    """
    passages = []
    for position, source in enumerate(sources):
        chunk = source.hit.shown
        shown = chunk.text[: len(source.text)]
        above = context(source.hit.document, chunk.headings)
        for span in _without_contents(shown, _lines_and_sentences(shown)):
            place = Span(chunk.start + span.start, chunk.start + span.end)
            if chunk.edited:  # its text does not stand in the document: the receipt shows what it replaces
                place = Span(chunk.start, chunk.end)
            passages.append(Passage(position, place, shown[span.start : span.end], above))
    return passages


def weigh(
    question: str,
    question_vector: np.ndarray,
    sources: Sequence[Source],
    embed: Embed,
    embedder: str,
    scores_are_cosines: bool = True,
) -> Evidence:
    """How well every sentence of the sources answers the question; what is covered is only told.

    `scores_are_cosines` says whether the dense scores of the sources are cosines of the same embedder.
    """
    passages = passages_of(sources)
    if not passages:
        return Evidence((), np.zeros((0, len(question_vector))), np.zeros(0), 0.0)
    vectors = embed([f"{passage.context}: {passage.text}" for passage in passages])
    cosines = vectors @ question_vector
    known = [s.hit.scores.get("dense") if scores_are_cosines else None for s in sources]
    by_source = [score.value if score else None for score in known]
    nearest = np.array([_or_best(by_source[p.source], p.source, passages, cosines) for p in passages])
    logits = sentence_logits(features(question, cosines, passages, nearest), embedder)
    legible = np.array([not is_covered(passage.text) for passage in passages])
    relevance = 1 / (1 + np.exp(-logits))

    def confidence(of: np.ndarray) -> float:
        return answerable(float(logits[of].max()), float(nearest[of].max()), embedder) if of.any() else 0.0

    shown = tuple(passage for passage, seen in zip(passages, legible, strict=True) if seen)
    if len(shown) == len(passages):
        return Evidence(shown, vectors, relevance, confidence(legible))
    return Evidence(
        shown,
        vectors[legible],
        relevance[legible],
        confidence(legible),
        float(relevance[~legible].max()),
        confidence(~legible),
    )


def _or_best(known: float | None, source: int, passages: Sequence[Passage], cosines: np.ndarray) -> float:
    """A source's own cosine; where only words found it, that of its best sentence."""
    if known is not None:
        return known
    return max(float(c) for c, passage in zip(cosines, passages, strict=True) if passage.source == source)


def quote(evidence: Evidence, most: int) -> list[int]:
    """Positions of the sentences that answer best, at most `most`, in reading order within each source."""
    ranked = np.argsort(-evidence.relevance, kind="stable")
    chosen: list[int] = []
    seen: set[str] = set()
    for i in ranked:
        text = evidence.passages[i].text
        if len(chosen) == most or (chosen and evidence.relevance[i] < _NEAR * evidence.relevance[chosen[0]]):
            break
        if text not in seen and not _says_nothing(text, evidence.passages[i].context):
            chosen.append(int(i))
            seen.add(text)
    return sorted(chosen)


def _says_nothing(text: str, context: str) -> bool:
    """A question, a heading, or a line too short to be an answer on its own."""
    short = len(text.split()) < 3 and not any(c.isdigit() for c in text)
    heading = text.strip().rstrip(".:") and text.strip().rstrip(".:") in context
    return bool(short or heading or text.rstrip().endswith(("?", "？", "؟")))


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


def _without_contents(text: str, spans: Sequence[Span]) -> list[Span]:
    """The spans without lines of a table of contents, and without the parts of a title that stand beside such a line.

    Of a span with such lines a whole sentence behind the last one is left.
    """
    contents = [match.span() for match in _LEADERS.finditer(text)]
    kept = []
    for span in spans:
        last = max((end for start, end in contents if start < span.end and span.start < end), default=None)
        left = span if last is None else trim(text, min(last, span.end), span.end)
        if left and (last is None or _ENDED.search(text, left.start, left.end)):
            kept.append(left)
    return kept
