"""The strategies that need no model: where each cuts a text; what becomes of the pieces they do not know."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from core.chunking.packing import fit, pack, repeat, split_at, units
from core.chunking.view import Piece, Text
from core.types import Chunking, Span

_SEPARATORS = (
    re.compile(r"\n\s*\n\s*"),
    re.compile(r"\n"),
    re.compile(r"(?<=[.!?…。！？])\s+|(?<=[。！？])"),
    re.compile(r"\s+"),
)
"""Paragraphs, lines, sentences, words: each is tried where the one before left a piece too large."""


def plain(spans: Sequence[Span]) -> list[Piece]:
    """Pieces that are read as they are found."""
    return [Piece(span) for span in spans]


def by_sentences(view: Text, chunking: Chunking) -> list[Piece]:
    """Whole sentences packed up to the size.

    A heading begins a new chunk once the one before has a quarter of the size; a full chunk ends at its last paragraph
    end when that leaves it at least half full. So two versions of a text find back to the same chunks soon after a
    change, and what is unchanged keeps its vector.
    """
    return plain(pack(view, units(view, chunking.size), chunking, {h.start for h in view.headings}))


def by_tokens(view: Text, chunking: Chunking) -> list[Piece]:
    """Windows of exactly `size` tokens, `overlap` of them repeated, wherever they fall."""
    step, starts = chunking.size - chunking.overlap, view.starts
    spans = []
    for first in range(0, len(starts), step):
        last = first + chunking.size
        begin = int(starts[first]) if first else 0
        spans.append(Span(begin, int(starts[last]) if last < len(starts) else len(view.text)))
        if last >= len(starts):
            break
    return plain(spans or [Span(0, len(view.text))])


def by_separators(view: Text, chunking: Chunking) -> list[Piece]:
    """Paragraphs; those above the size cut at lines, then sentences, then words; neighbours of one level joined."""
    return plain(_recursive(view, Span(0, len(view.text)), 0, chunking))


def by_sections(view: Text, chunking: Chunking) -> list[Piece]:
    """One chunk for each heading with the text below it; a section above the size is packed by sentences.

    Headings without text of their own stay with the section that follows.
    """
    sections = split_at([Span(0, len(view.text))], sorted({h.start for h in view.headings}))
    titles = {h.start: h.title for h in view.headings}
    joined: list[Span] = []
    held: int | None = None
    for section in sections:
        start = section.start if held is None else held
        title = titles.get(section.start)
        bare = title is not None and len(view.text[section.start : section.end].strip()) <= len(title) + 8
        held = start if bare and section is not sections[-1] else None
        if held is None:
            joined.append(Span(start, section.end))
    out: list[Span] = []
    for section, count in zip(joined, view.counts(joined), strict=True):
        if count <= chunking.size:
            out.append(section)
        else:
            out += pack(view, units(view, chunking.size, section.start, section.end), chunking, set())
    return plain(out)


def by_pages(view: Text, chunking: Chunking) -> list[Piece]:
    """One chunk for each page; a page above the size is packed by sentences. A text without pages is one page."""
    pages = split_at([Span(0, len(view.text))], sorted({page.start for page in view.pages}))
    out: list[Span] = []
    for page, count in zip(pages, view.counts(pages), strict=True):
        if count <= chunking.size:
            out.append(page)
        else:
            out += pack(view, units(view, chunking.size, page.start, page.end), chunking, set())
    return plain(out)


def by_tables(view: Text, chunking: Chunking) -> list[Piece]:
    """Tables apart from the text around them: whole up to the size, else in groups of whole rows."""
    out: list[Span] = []
    breaks = {h.start for h in view.headings}
    cursor = 0
    for table in [*view.tables, None]:
        end = table.start if table else len(view.text)
        if end > cursor:
            out += pack(view, units(view, chunking.size, cursor, end), chunking, breaks)
        if table is None:
            break
        whole = Span(max(cursor, table.start), table.end)
        if view.tokens(whole.start, whole.end) <= chunking.size:
            out.append(whole)
        else:
            out += pack(view, units(view, chunking.size, whole.start, whole.end), replace(chunking, overlap=0), set())
        cursor = max(cursor, table.end)
    return plain(out)


def by_window(view: Text, chunking: Chunking) -> list[Piece]:
    """Each sentence alone, read with `window` sentences on each side; one above the size is cut at tokens."""
    spans = units(view, chunking.size)
    reach, last = chunking.window, len(spans) - 1
    return [
        Piece(span, Span(spans[max(0, i - reach)].start, spans[min(last, i + reach)].end))
        for i, span in enumerate(spans)
    ]


def by_hierarchy(view: Text, chunking: Chunking) -> list[Piece]:
    """Small chunks to find, each read with the passage of up to `parent` tokens that it was cut from."""
    large = Chunking("sentences", max(chunking.parent, chunking.size))
    pieces = []
    for parent in pack(view, units(view, large.size), large, {h.start for h in view.headings}):
        small = pack(view, units(view, chunking.size, parent.start, parent.end), chunking, set())
        pieces += [Piece(span, parent) for span in small]
    return pieces


def _recursive(view: Text, span: Span, level: int, chunking: Chunking) -> list[Span]:
    """The span cut at the separators of a level, with what fits joined again and what does not cut at the next."""
    if view.tokens(span.start, span.end) <= chunking.size:
        return [span]
    if level == len(_SEPARATORS):
        return fit(view, span, view.tokens(span.start, span.end), chunking.size)
    ends = [m.end() for m in _SEPARATORS[level].finditer(view.text, span.start, span.end)]
    cuts = sorted({span.start, *ends, span.end})
    parts = [Span(a, b) for a, b in pairwise(cuts) if view.text[a:b].strip()]
    out: list[Span] = []
    group: list[Span] = []
    for part, count in zip(parts, view.counts(parts), strict=True):
        if count <= chunking.size:
            group.append(part)
            continue
        out += _joined(view, group, chunking)
        group = []
        out += _recursive(view, part, level + 1, chunking)
    return out + _joined(view, group, chunking)


def _joined(view: Text, parts: list[Span], chunking: Chunking) -> list[Span]:
    """Parts joined while they fit, whole parts of up to `overlap` tokens repeated."""
    counts = view.counts(parts)
    out, first = [], 0
    while first < len(parts):
        last, total = first + 1, counts[first]
        while last < len(parts) and total + counts[last] <= chunking.size:
            total += counts[last]
            last += 1
        out.append(Span(parts[first].start, parts[last - 1].end))
        if last == len(parts):
            break
        first = repeat(counts, first, last, chunking)
    return out
