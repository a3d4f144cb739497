"""Puts paragraphs, headings, tables and pages together into one text with exact offsets.

It knows nothing of file formats. Paragraphs are set apart by a blank line, lines of one block by a newline.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from core.errors import FileTooLarge, NoText, ParserLimit
from core.library.limits import Limits
from core.library.parsers.marks import joined, take_marks, told, unmarked
from core.library.parsers.rows import render_rows, split_titles
from core.library.parsers.tidy import clean, flat
from core.types import Concealed, Heading, Page, ParsedFile, Span, Table, Why

_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")


@dataclass(slots=True)
class _Open:
    """A page whose end is not known yet, nor its start before its first text."""

    label: str
    width: float
    height: float
    layer: Literal["native", "ocr", "none"]
    start: int | None = None


class TextBuilder:
    """Collects the text of one file; each method appends in reading order."""

    def __init__(self, limits: Limits, marked: bool = False, unit: str = "") -> None:
        """`marked`: texts may hold marks of `core.library.parsers.marks`; `unit`: what the format calls a page."""
        self._limits = limits
        self._marked = marked
        self._unit = unit
        self._parts: list[str] = []
        self._length = 0
        self._pages: list[_Open] = []
        self._headings: list[Heading] = []
        self._tables: list[Table] = []
        self._in_list = False
        self._concealed: list[Concealed] = []
        self.notes: list[str] = []

    def page(
        self,
        label: str = "",
        width: float = 0.0,
        height: float = 0.0,
        layer: Literal["native", "ocr", "none"] = "native",
    ) -> None:
        """Begin a page, slide or sheet."""
        if len(self._pages) >= self._limits.pages:
            raise ParserLimit(f"has more than {self._limits.pages:,} pages, slides or sheets")
        self._pages.append(_Open(flat(label), width, height, layer))
        self._in_list = False

    def paragraph(self, text: str) -> Span | None:
        """Append a paragraph; None when it is blank."""
        text = _BLANK_LINES.sub("\n\n", clean(text)).strip()
        if self._is_blank(text):
            return None
        self._in_list = False
        return self._append(text, "\n\n")

    def item(self, text: str, marker: str = "- ", depth: int = 0) -> Span | None:
        """Append a line of a list; lines that follow each other stay in one block."""
        text = _BLANK_LINES.sub("\n", clean(text)).strip()
        if self._is_blank(text):
            return None
        gap = "\n" if self._in_list else "\n\n"
        self._in_list = True
        return self._append("  " * min(depth, 8) + marker + text, gap)

    def heading(self, title: str, level: int) -> None:
        """Append a heading on a line of its own; level 1 is the outermost."""
        title = flat(title)
        if not self._is_blank(title):
            self._in_list = False
            span = self._append(title, "\n\n")
            title = unmarked(title) if self._marked else title
            self._headings.append(Heading(span.start, max(1, min(level, 9)), title))

    def table(self, rows: Iterable[Sequence[str]], header: bool | None = None) -> None:
        """Append a table, one line a row with its headers repeated; `header`: whether the first row names columns."""
        spans: list[Span] = []
        titles, rows = split_titles(rows) if header is None else ([], rows)
        for title in titles:
            self.paragraph(title)
        for line in render_rows(rows, header):
            if self._is_blank(line):
                continue
            spans.append(self._append(line, "\n" if spans else "\n\n"))
        if spans:
            self._in_list = False
            self._tables.append(Table(spans[0].start, spans[-1].end, tuple(spans)))

    @contextmanager
    def concealing(self, why: Why) -> Iterator[None]:
        """Conceal all that is appended in the block, in place of what marks say of it."""
        start, before, parts = self._length, len(self._concealed), len(self._parts)
        yield
        del self._concealed[before:]
        text = "".join(self._parts[parts:])
        if text.strip():
            start += len(text) - len(text.lstrip())
            self._concealed.append(Concealed(start, self._length, why))

    def finish(self, media_type: str) -> ParsedFile:
        """The whole; raises NoText when nothing was appended."""
        if not self._length:
            raise NoText("holds no text")
        pages = self._pages or [_Open("", 0.0, 0.0, "native", 0)]
        starts = [0 if i == 0 else self._length if p.start is None else p.start for i, p in enumerate(pages)]
        ends = [*starts[1:], self._length]
        text = "".join(self._parts)
        placed = tuple(
            Page(i + 1, starts[i], ends[i], p.width, p.height, p.label, p.layer) for i, p in enumerate(pages)
        )
        concealed = joined(self._concealed, text, placed)
        return ParsedFile(
            media_type=media_type,
            text=text,
            pages=placed,
            headings=tuple(self._headings),
            tables=tuple(self._tables),
            notes=tuple(dict.fromkeys([*self.notes, *told(concealed, placed, self._unit)])),
            concealed=concealed,
        )

    def _is_blank(self, text: str) -> bool:
        return not (unmarked(text).strip() if self._marked else text)

    def _begin_pages(self) -> None:
        for page in reversed(self._pages):
            if page.start is not None:
                break
            page.start = self._length

    def _append(self, text: str, gap: str) -> Span:
        if self._length:
            self._parts.append(gap)
            self._length += len(gap)
        if self._pages and self._pages[-1].start is None:
            self._begin_pages()
        start = self._length
        if self._marked:
            text, found = take_marks(text, start)
            self._concealed += found
        self._parts.append(text)
        self._length += len(text)
        if self._length > self._limits.text_chars:
            raise FileTooLarge(f"holds more than {self._limits.text_chars:,} characters of text, which is the limit")
        return Span(start, self._length)
