"""Widens hits: to what their strategy reads around them, the passages beside, or their section; it does not rank.

A hit keeps the passage that was found; the wider one is what a prompt shows. Passages of one document never show the
same characters twice: what an earlier hit shows already is cut off, and a hit that lies in it wholly moves behind.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from core.index.contract import Entry, VectorIndex
from core.types import Chunk, Hit, Retrieval, Span

Texts = Callable[[str, int, int], str]
"""(document id, start, end) to the document's text in that range."""
Closed = Callable[[str], Sequence[Span]]
"""Document id to the ranges whose text people disabled or wrote anew."""

_REACH = 4_000
"""Characters on each side in which neighbours and the rest of a section are looked for."""
_MOST_TOKENS = 600
"""Tokens that a section may have; a longer one is cut around the hit."""


def widen(
    hits: Sequence[Hit],
    key: str,
    settings: Retrieval,
    index: VectorIndex,
    texts: Texts,
    closed: Closed = lambda _: (),
) -> list[Hit]:
    """The hits with the first `top_k` widened, ranks counted anew where one moved behind.

    No hit is widened over a closed range, and one that was written by hand is not widened: the document's text around
    it, or in its place, is not what people want read.
    """
    shown: list[Hit] = []
    behind: list[Hit] = []
    rest = list(hits)
    while rest and len(shown) < settings.top_k:
        hit = rest.pop(0)
        if hit.chunk.edited:
            shown.append(hit)
            continue
        same = [other for other in shown if other.chunk.document_id == hit.chunk.document_id]
        taken = [other.shown for other in same if not other.chunk.edited]
        if any(other.start <= hit.chunk.start and hit.chunk.end <= other.end for other in taken):
            behind.append(hit)
            continue
        group = [hit.chunk] if settings.expand == "none" else _group(hit, key, settings, index)
        span = Span(min(c.start for c in group), max(c.end for c in group))
        if hit.chunk.around and settings.expand == "none":
            span = hit.chunk.around
            inside = (span.start, span.end)
            group = [e.chunk for e in index.entries(key, hit.zone, hit.chunk.document_id, inside)]
        barred: list[Chunk | Span] = [*taken, *closed(hit.chunk.document_id)]
        shown.append(replace(hit, passage=_joined(hit.chunk, span, group, barred, texts)))
    return [replace(hit, rank=rank) for rank, hit in enumerate([*shown, *behind, *rest], start=1)]


def _group(hit: Hit, key: str, settings: Retrieval, index: VectorIndex) -> list[Chunk]:
    """The chunks, in reading order, that a hit is widened to; the hit's own is among them."""
    chunk = hit.chunk
    between = (max(0, chunk.start - _REACH), chunk.end + _REACH)
    entries = list(index.entries(key, hit.zone, chunk.document_id, between))
    at = next(i for i, entry in enumerate(entries) if entry.chunk.id == chunk.id)
    if settings.expand == "neighbours" or not chunk.headings:
        return [entry.chunk for entry in entries[max(0, at - 1) : at + 2]]
    return _section(entries, at)


def _section(entries: Sequence[Entry], at: int) -> list[Chunk]:
    """Chunks around `at` under the same headings, nearest first until the tokens are used up."""
    headings = entries[at].chunk.headings
    first = last = at
    tokens = entries[at].chunk.tokens
    grown = True
    while grown:
        grown = False
        for step in (last + 1, first - 1):
            if not 0 <= step < len(entries) or entries[step].chunk.headings != headings:
                continue
            if tokens + entries[step].chunk.tokens > _MOST_TOKENS:
                continue
            tokens += entries[step].chunk.tokens
            first, last = min(first, step), max(last, step)
            grown = True
    return [entry.chunk for entry in entries[first : last + 1]]


def _joined(
    chunk: Chunk, span: Span, group: Sequence[Chunk], barred: Sequence[Chunk | Span], texts: Texts
) -> Chunk | None:
    """One passage over the span, whose chunks are `group`, without the `barred` ranges; None when nothing is gained."""
    start, end = span.start, span.end
    for other in barred:
        if other.start < end and start < other.end:  # they overlap: keep the side on which the hit lies
            if other.start <= chunk.start:
                start = max(start, min(other.end, chunk.start))
            else:
                end = min(end, max(other.start, chunk.end))
    if (start, end) == (chunk.start, chunk.end):
        return None
    inside = [c for c in group if c.start < end and start < c.end]
    return Chunk(
        id=chunk.id,
        document_id=chunk.document_id,
        text=texts(chunk.document_id, start, end),
        start=start,
        end=end,
        pages=tuple(sorted({page for c in inside for page in c.pages})),
        headings=chunk.headings,
        tokens=sum(c.tokens for c in inside),
    )
