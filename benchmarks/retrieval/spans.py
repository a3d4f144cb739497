"""Hits without the text that a better hit already shows; it knows offsets and ranks, not scores.

With chunks that overlap, neighbours of a good hit are good hits too. Shown whole they repeat each other; cut to what is
new, they lengthen the best place by a few sentences, and the length of a result follows from how much of it is wanted.
"""

from collections.abc import Mapping, Sequence

from core.chunking.sentences import trim
from core.evaluation.token_metrics import Located, union
from core.types import Span

LEAST = 0.1
"""A hit of which less than this share is new is dropped, and the next takes its place."""


def without_repeats(ranked: Sequence[Located], texts: Mapping[str, str], limit: int) -> list[Located]:
    """Up to `limit` spans, best first, none overlapping another: of each hit the longest piece not shown yet."""
    shown: list[Located] = []
    for hit in ranked:
        if len(shown) == limit:
            break
        pieces = uncovered(hit.span, [other.span for other in shown if other.document == hit.document])
        longest = max(pieces, key=lambda piece: piece.end - piece.start, default=None)
        if longest is None or longest.end - longest.start < LEAST * (hit.span.end - hit.span.start):
            continue
        piece = trim(texts[hit.document], longest.start, longest.end)
        if piece:
            shown.append(Located(hit.document, piece))
    return shown


def uncovered(span: Span, others: Sequence[Span]) -> list[Span]:
    """What of the span none of the others covers, in ascending pieces."""
    pieces, start = [], span.start
    for other in union(others):
        if other.end <= start or other.start >= span.end:
            continue
        if other.start > start:
            pieces.append(Span(start, other.start))
        start = other.end
    if start < span.end:
        pieces.append(Span(start, span.end))
    return pieces
