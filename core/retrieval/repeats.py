"""Cuts from each hit what a better one shows already; it knows offsets and the order, not scores.

With chunks that overlap, neighbours of a good hit are good hits too. Shown whole they repeat each other; cut to what is
new, they lengthen the best place by a few sentences, and how much of it is shown follows from how much of it was found.
"""

from collections.abc import Sequence
from dataclasses import replace

from core.types import Chunk, Hit, Span

LEAST = 0.1
"""A hit of which less than this share is new moves behind, and the next takes its place."""


def cut_repeats(hits: Sequence[Hit], top_k: int) -> list[Hit]:
    """The hits with the first `top_k` cut to their longest piece that no better one shows, ranks counted anew."""
    shown: list[Hit] = []
    behind: list[Hit] = []
    rest = list(hits)
    while rest and len(shown) < top_k:
        hit = rest.pop(0)
        if hit.chunk.edited:  # its text does not stand at its offsets: it repeats nothing, and cannot be cut by them
            shown.append(hit)
            continue
        same = [h for h in shown if h.chunk.document_id == hit.chunk.document_id and not h.chunk.edited]
        taken = [Span(h.shown.start, h.shown.end) for h in same]
        piece = longest_new(Span(hit.chunk.start, hit.chunk.end), taken)
        cut = _cut(hit.chunk, piece) if piece else None
        if cut is None:
            behind.append(hit)
        else:
            shown.append(hit if cut == hit.chunk else replace(hit, passage=cut))
    return [replace(hit, rank=rank) for rank, hit in enumerate([*shown, *behind, *rest], start=1)]


def longest_new(span: Span, taken: Sequence[Span]) -> Span | None:
    """The longest piece of the span outside all of `taken`; None when that is less than `LEAST` of it."""
    pieces = uncovered(span, taken)
    longest = max(pieces, key=lambda piece: piece.end - piece.start, default=None)
    if longest is None or longest.end - longest.start < LEAST * (span.end - span.start):
        return None
    return longest


def uncovered(span: Span, others: Sequence[Span]) -> list[Span]:
    """What of the span none of the others covers, in ascending pieces."""
    pieces, start = [], span.start
    for other in sorted(others, key=lambda o: o.start):
        if other.end <= start or other.start >= span.end:
            continue
        if other.start > start:
            pieces.append(Span(start, other.start))
        start = other.end
    if start < span.end:
        pieces.append(Span(start, span.end))
    return pieces


def _cut(chunk: Chunk, piece: Span) -> Chunk | None:
    """The chunk's text in the piece without white space at its ends; None where there is nothing else."""
    text = chunk.text[piece.start - chunk.start : piece.end - chunk.start]
    start = piece.start + len(text) - len(text.lstrip())
    text = text.strip()
    if not text:
        return None
    if len(text) == len(chunk.text):
        return chunk
    tokens = max(1, round(chunk.tokens * len(text) / len(chunk.text)))
    return replace(chunk, text=text, start=start, end=start + len(text), tokens=tokens)
