"""Chunks with exact offsets: a strategy proposes spans, this module makes them passages.

Strategies see text, structure and token positions; they know nothing of files, vectors or the index.
"""

import uuid
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.chunking.sentences import sentence_spans, trim
from core.embedding.tokens import TokenCounter
from core.errors import RequestError
from core.types import Chunk, Chunking, Document, Heading, Page, Span, Table


@dataclass(frozen=True, slots=True)
class Text:
    """What a strategy may look at."""

    text: str
    headings: tuple[Heading, ...]
    tables: tuple[Table, ...]
    pages: tuple[Page, ...]
    starts: np.ndarray
    """Character offset at which each token begins."""

    def tokens(self, start: int, end: int) -> int:
        """Tokens that begin in [start, end)."""
        return int(np.searchsorted(self.starts, end) - np.searchsorted(self.starts, start))


Strategy = Callable[[Text, Chunking], list[Span]]


def chunk_document(document: Document, chunking: Chunking, counter: TokenCounter) -> list[Chunk]:
    """Cut a document; raises RequestError for an unknown strategy."""
    return chunk_text(document.text, chunking, counter, document.id, document.pages, document.headings, document.tables)


def chunk_text(
    text: str,
    chunking: Chunking,
    counter: TokenCounter,
    document_id: str = "",
    pages: tuple[Page, ...] = (),
    headings: tuple[Heading, ...] = (),
    tables: tuple[Table, ...] = (),
) -> list[Chunk]:
    """Cut a text into chunks in reading order, each with `text == text[start:end]`."""
    strategy = STRATEGIES.get(chunking.strategy)
    if strategy is None:
        raise RequestError(f"There is no chunking strategy '{chunking.strategy}'; choose {', '.join(STRATEGIES)}.")
    view = Text(text, headings, tables, pages, counter.starts(text))
    spans = [s for s in (trim(text, span.start, span.end) for span in strategy(view, chunking)) if s]
    counts = [view.tokens(s.start, s.end) for s in spans]
    ends = [p.end for p in pages]
    return [
        Chunk(
            id=chunk_id(document_id, span.start, span.end),
            document_id=document_id,
            text=text[span.start : span.end],
            start=span.start,
            end=span.end,
            pages=_pages_of(span, pages, ends),
            headings=path,
            tokens=tokens,
        )
        for span, tokens, path in zip(spans, counts, _heading_paths(headings, spans), strict=True)
    ]


def chunk_id(document_id: str, start: int, end: int) -> str:
    """A UUID that is the same whenever the same range of the same document becomes a chunk."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{document_id}:{start}:{end}"))


def by_sentences(view: Text, chunking: Chunking) -> list[Span]:
    """Whole sentences packed up to the size.

    A heading begins a new chunk once the one before has a quarter of the size; a full chunk ends at its last paragraph
    end when that leaves it at least half full. So two versions of a text find back to the same chunks soon after a
    change, and what is unchanged keeps its vector.
    """
    return _pack(view, _units(view, chunking.size), chunking, {h.start for h in view.headings})


def by_tokens(view: Text, chunking: Chunking) -> list[Span]:
    """Windows of exactly `size` tokens, `overlap` of them repeated, wherever they fall."""
    step, starts = chunking.size - chunking.overlap, view.starts
    spans = []
    for first in range(0, len(starts), step):
        last = first + chunking.size
        spans.append(Span(int(starts[first]), int(starts[last]) if last < len(starts) else len(view.text)))
        if last >= len(starts):
            break
    return spans


STRATEGIES: dict[str, Strategy] = {
    "sentences": by_sentences,
    "tokens": by_tokens,
}


def _units(view: Text, size: int) -> list[Span]:
    """Sentences and table rows in reading order, those above the size cut at token boundaries."""
    rows = [row for table in view.tables for row in table.rows]
    spans, cursor = [], 0
    for row in rows:
        spans += sentence_spans(view.text, cursor, row.start)
        spans.append(row)
        cursor = row.end
    spans += sentence_spans(view.text, cursor)
    spans = _split_at(spans, [h.start for h in view.headings])
    return [piece for span in spans for piece in _fit(view, span, size)]


def _split_at(spans: list[Span], cuts: Sequence[int]) -> list[Span]:
    """The same spans, also cut wherever one runs across one of the ascending offsets."""
    out = []
    for span in spans:
        inner = cuts[bisect_right(cuts, span.start) : bisect_left(cuts, span.end)]
        edges = [span.start, *inner, span.end]
        out += [Span(a, b) for a, b in zip(edges, edges[1:], strict=False)]
    return out


def _fit(view: Text, span: Span, size: int) -> list[Span]:
    first, last = np.searchsorted(view.starts, [span.start, span.end])
    if last - first <= size:
        return [span]
    cuts = [span.start, *(int(view.starts[i]) for i in range(first + size, last, size)), span.end]
    return [Span(a, b) for a, b in zip(cuts, cuts[1:], strict=False)]


def _pack(view: Text, units: list[Span], chunking: Chunking, breaks: set[int]) -> list[Span]:
    """Consecutive units joined while they fit; the next chunk repeats whole units of up to `overlap` tokens."""
    counts = [view.tokens(unit.start, unit.end) for unit in units]
    spans: list[Span] = []
    first = 0
    while first < len(units):
        last, total = _fill(units, counts, first, chunking.size, breaks)
        if last < len(units) and units[last].start not in breaks:
            last = _paragraph_end(view, units, counts, first, last, total)
        spans.append(Span(units[first].start, units[last - 1].end))
        if last == len(units):
            break
        first = last if units[last].start in breaks else _repeat(counts, first, last, chunking)
    return spans


def _fill(units: list[Span], counts: list[int], first: int, size: int, breaks: set[int]) -> tuple[int, int]:
    """The unit after the last that fits, and the tokens of those that do; a heading may end it early."""
    last, total = first + 1, counts[first]
    while last < len(units) and total + counts[last] <= size:
        if units[last].start in breaks and total >= size // 4:
            break
        total += counts[last]
        last += 1
    return last, total


def _paragraph_end(view: Text, units: list[Span], counts: list[int], first: int, last: int, total: int) -> int:
    """Where the last paragraph of units[first:last] ends, if at least half of the tokens stand before it."""
    kept = total
    for cut in range(last, first, -1):
        if kept * 2 < total:
            break
        if "\n\n" in view.text[units[cut - 1].end : units[cut].start]:
            return cut
        kept -= counts[cut - 1]
    return last


def _repeat(counts: list[int], first: int, last: int, chunking: Chunking) -> int:
    """The first unit of the next chunk: whole units of up to `overlap` tokens come again, if the next still fits."""
    begin, repeated = last, 0
    while begin - 1 > first and repeated + counts[begin - 1] <= chunking.overlap:
        begin -= 1
        repeated += counts[begin]
    while begin < last and repeated + counts[last] > chunking.size:
        repeated -= counts[begin]
        begin += 1
    return begin


def _pages_of(span: Span, pages: tuple[Page, ...], ends: list[int]) -> tuple[int, ...]:
    """Numbers of the pages that the span touches."""
    first = bisect_right(ends, span.start)
    numbers = []
    for page in pages[first:]:
        if page.start >= span.end:
            break
        numbers.append(page.number)
    return tuple(numbers)


def _heading_paths(headings: tuple[Heading, ...], spans: list[Span]) -> Iterator[tuple[str, ...]]:
    """For each of the ascending spans the titles of the headings above its start, outermost first."""
    path: list[Heading] = []
    coming = 0
    for span in spans:
        while coming < len(headings) and headings[coming].start <= span.start:
            while path and path[-1].level >= headings[coming].level:
                path.pop()
            path.append(headings[coming])
            coming += 1
        yield tuple(heading.title for heading in path)
