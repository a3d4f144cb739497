"""How much of the wanted text was found, and how much else came with it, measured on spans of documents.

The measures of Smith and Troynikov, "Evaluating Chunking Strategies for Retrieval" (Chroma, 2024). Their report counts
tokens and their code characters; here a length is whatever unit the spans are given in. It does not know texts,
questions or rankings.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.types import Span


@dataclass(frozen=True, slots=True)
class Located:
    """A span of a named document."""

    document: str
    span: Span


@dataclass(frozen=True, slots=True)
class TokenScores:
    """What the spans found for one question are worth; each between 0 and 1."""

    recall: float
    """Found share of the wanted text."""
    precision: float
    """Wanted share of the found text, text that was found twice counted twice."""
    iou: float
    """Found and wanted over found or wanted, text that was found twice counted twice."""


def token_scores(found: Sequence[Located], wanted: Sequence[Located]) -> TokenScores:
    """Recall, precision and IoU of the spans found for one question.

    With N the length of the union of all intersections: recall is N over the sum of the wanted lengths, precision N
    over the sum of the found lengths, IoU N over that sum plus what is wanted and was not found. Each is 0 where its
    denominator is 0.
    """
    shared = covered = 0
    for document, spans in _by_document(wanted).items():
        hits = [located.span for located in found if located.document == document]
        shared += length(union(intersections(spans, hits)))
        covered += length(union(spans))
    total_found = sum(_size(located.span) for located in found)
    total_wanted = sum(_size(located.span) for located in wanted)
    return TokenScores(
        recall=_ratio(shared, total_wanted),
        precision=_ratio(shared, total_found),
        iou=_ratio(shared, total_found + covered - shared),
    )


def precision_omega(chunks: Sequence[Located], wanted: Sequence[Located]) -> float:
    """Precision of a chunking if retrieval were perfect: every chunk that shares text with what is wanted, no other.

    The union of the intersections over the union of those chunks and of the wanted text that no chunk holds.
    """
    shared = spanned = 0
    for document, spans in _by_document(wanted).items():
        merged = union(spans)
        touching = [
            located.span
            for located in chunks
            if located.document == document and any(_touch(located.span, span) for span in merged)
        ]
        shared += length(union(intersections(merged, touching)))
        spanned += length(union([*touching, *merged]))
    return _ratio(shared, spanned)


def union(spans: Iterable[Span]) -> list[Span]:
    """The same ground in ascending spans that neither overlap nor touch."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, s.end)):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def intersections(one: Iterable[Span], other: Sequence[Span]) -> list[Span]:
    """What each span of one shares with each of the other; they may overlap where the inputs do."""
    return [Span(max(a.start, b.start), min(a.end, b.end)) for a in one for b in other if _touch(a, b)]


def length(spans: Iterable[Span]) -> int:
    """The sum of the lengths; ground that lies in two spans counts twice."""
    return sum(_size(span) for span in spans)


def _by_document(spans: Sequence[Located]) -> dict[str, list[Span]]:
    grouped: dict[str, list[Span]] = {}
    for located in spans:
        grouped.setdefault(located.document, []).append(located.span)
    return grouped


def _touch(a: Span, b: Span) -> bool:
    """Whether the spans overlap or meet; like Chroma's code, a chunk that only meets an excerpt counts as touching."""
    return max(a.start, b.start) <= min(a.end, b.end)


def _size(span: Span) -> int:
    return span.end - span.start


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
