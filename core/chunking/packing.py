"""Sentences and table rows, and how they are packed into spans of a size; it knows no strategy by name."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import numpy as np

from core.chunking.sentences import sentence_spans
from core.chunking.view import Text
from core.types import Chunking, Span


def units(view: Text, size: int, start: int = 0, end: int | None = None) -> list[Span]:
    """Sentences and table rows of a range in reading order, those above the size cut at token boundaries."""
    end = len(view.text) if end is None else end
    spans, cursor = [], start
    for table in view.tables:
        if table.end <= start or table.start >= end:
            continue
        for row in table.rows:
            if row.start < cursor or row.end > end:
                continue
            spans += sentence_spans(view.text, cursor, row.start)
            spans.append(row)
            cursor = row.end
    spans += sentence_spans(view.text, cursor, end)
    spans = split_at(spans, [h.start for h in view.headings])
    spans = [span for span in spans if view.text[span.start : span.end].strip()]
    return [
        piece for span, count in zip(spans, view.counts(spans), strict=True) for piece in fit(view, span, count, size)
    ]


def split_at(spans: list[Span], cuts: Sequence[int]) -> list[Span]:
    """The same spans, also cut wherever one runs across one of the ascending offsets."""
    out = []
    for span in spans:
        inner = cuts[bisect_right(cuts, span.start) : bisect_left(cuts, span.end)]
        edges = [span.start, *inner, span.end]
        out += [Span(a, b) for a, b in zip(edges, edges[1:], strict=False)]
    return out


def fit(view: Text, span: Span, count: int, size: int) -> list[Span]:
    """The span of `count` tokens, cut at token boundaries into pieces of at most `size`."""
    if count <= size:
        return [span]
    first, last = np.searchsorted(view.starts, [span.start, span.end])
    cuts = [span.start, *(int(view.starts[i]) for i in range(first + size, last, size)), span.end]
    return [Span(a, b) for a, b in zip(cuts, cuts[1:], strict=False)]


def pack(view: Text, parts: list[Span], chunking: Chunking, breaks: set[int]) -> list[Span]:
    """Consecutive parts joined while they fit; the next span repeats whole parts of up to `overlap` tokens.

    A part that begins at one of `breaks` begins a new span once the one before has a quarter of the size; a full span
    ends at its last paragraph end when that leaves it at least half full.
    """
    counts = view.counts(parts)
    spans: list[Span] = []
    first = reached = 0
    while first < len(parts):
        last, total = _fill(parts, counts, first, chunking.size, breaks)
        if last < len(parts) and parts[last].start not in breaks:
            last = _paragraph_end(view, parts, counts, reached, last, total)
        reached = last
        spans.append(Span(parts[first].start, parts[last - 1].end))
        if last == len(parts):
            break
        first = last if parts[last].start in breaks else repeat(counts, first, last, chunking)
    return spans


def _fill(parts: list[Span], counts: list[int], first: int, size: int, breaks: set[int]) -> tuple[int, int]:
    """The part after the last that fits, and the tokens of those that do; a break may end it early."""
    last, total = first + 1, counts[first]
    while last < len(parts) and total + counts[last] <= size:
        if parts[last].start in breaks and total >= size // 4:
            break
        total += counts[last]
        last += 1
    return last, total


def _paragraph_end(view: Text, parts: list[Span], counts: list[int], reached: int, last: int, total: int) -> int:
    """Where the last paragraph before `last` ends, if at least half of the `total` tokens stand before it.

    What is repeated is not enough: a span ends behind the part `reached` by the one before.
    """
    kept = total
    for cut in range(last, reached, -1):
        if kept * 2 < total:
            break
        if "\n\n" in view.text[parts[cut - 1].end : parts[cut].start]:
            return cut
        kept -= counts[cut - 1]
    return last


def repeat(counts: list[int], first: int, last: int, chunking: Chunking) -> int:
    """The first part of the next span: whole parts of up to `overlap` tokens come again, if the next still fits."""
    begin, repeated = last, 0
    while begin - 1 > first and repeated + counts[begin - 1] <= chunking.overlap:
        begin -= 1
        repeated += counts[begin]
    while begin < last and repeated + counts[last] > chunking.size:
        repeated -= counts[begin]
        begin += 1
    return begin
