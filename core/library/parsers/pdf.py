"""PDF: the pages' texts put together, headings by their size and weight; it knows nothing of boxes or pictures."""

import re
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from core.errors import DamagedFile, FileTooLarge, NoText, ParserLimit
from core.library.limits import Limits
from core.library.media import Media
from core.library.parsers import ocr
from core.library.parsers.marks import joined, told
from core.library.parsers.page_ranges import page_ranges
from core.library.parsers.pdf_layout import Block, PageText, compose
from core.library.parsers.pdf_page import PdfPages, ReadPage
from core.types import Concealed, Heading, Page, ParsedFile, Span, Table

_OCR_SHARE = 0.6
"""Share of the time limit that may go to reading pictures of pages."""
_SECTION = re.compile(r"(\d{1,3}(?:\.\d{1,3}){1,4})\.?\s")
_LONGEST_HEADING = 160
_MOST_LEVELS = 6


def parse(path: Path, limits: Limits) -> ParsedFile:
    """The whole document."""
    with PdfPages(path) as document:
        if not len(document):
            raise DamagedFile("is damaged: it has no pages")
        if len(document) > limits.pages:
            raise ParserLimit(f"has {len(document):,} pages; at most {limits.pages:,} are read")
        pages, notes = _read_all(document, limits)
        if not any(page.text.piece.text for page in pages):
            raise NoText(_why_no_text(any(document.is_scan(index) for index in range(min(len(document), 50)))))
    return _assemble(pages, notes)


def _read_all(document: PdfPages, limits: Limits) -> tuple[list[ReadPage], list[str]]:
    pages: list[ReadPage] = []
    broken: list[int] = []
    left = limits.seconds * _OCR_SHARE
    length = 0
    for index in range(len(document)):
        began = time.monotonic()
        try:
            page = document.read(index, left)
        except DamagedFile:
            if len(document) == 1:
                raise
            broken.append(index + 1)
            page = ReadPage(_nothing(), [], "none", 0.0, 0.0)
        if page.layer == "ocr" or (page.layer == "none" and ocr.available()):
            left -= time.monotonic() - began
        length += len(page.text.piece.text)
        if length > limits.text_chars:
            raise FileTooLarge(f"holds more than {limits.text_chars:,} characters of text, which is the limit")
        page.boxes = []
        page.text.piece.chars = []
        pages.append(page)
    return pages, _notes(pages, broken, left <= 0)


def _notes(pages: Sequence[ReadPage], broken: list[int], stopped: bool) -> list[str]:
    silent = [i + 1 for i, page in enumerate(pages) if page.layer == "none" and i + 1 not in broken]
    scanned = [i + 1 for i, page in enumerate(pages) if page.layer == "ocr"]
    notes = []
    if scanned:
        notes.append(f"{page_ranges(scanned)} read by text recognition (OCR)")
    if silent:
        notes.append(f"no text on {page_ranges(silent)}")
    garbled = [i + 1 for i, page in enumerate(pages) if page.garbled and page.layer == "native"]
    if garbled:
        notes.append(f"the text of {page_ranges(garbled)} is partly unreadable: its font has no character map")
    if stopped:
        notes.append("text recognition (OCR) was stopped for time")
    if broken:
        notes.append(f"{page_ranges(broken)} cannot be read")
    return notes


def _assemble(pages: Sequence[ReadPage], notes: list[str]) -> ParsedFile:
    parts: list[str] = []
    starts: list[int] = []
    length = 0
    for number, page in enumerate(pages):
        text = page.text.piece.text
        starts.append(length)
        if text and any(later.text.piece.text for later in pages[number + 1 :]):
            text += _between(page, next(p for p in pages[number + 1 :] if p.text.piece.text))
        parts.append(text)
        length += len(text)
    ends = [*starts[1:], length]
    text = "".join(parts)
    tables = [
        Table(rows[0].start + start, rows[-1].end + start, tuple(Span(r.start + start, r.end + start) for r in rows))
        for start, page in zip(starts, pages, strict=True)
        for rows in page.text.tables
    ]
    placed = tuple(
        Page(i + 1, starts[i], ends[i], page.width, page.height, "", page.layer) for i, page in enumerate(pages)
    )
    found = [
        Concealed(each.start + start, each.end + start, each.why)
        for start, page in zip(starts, pages, strict=True)
        for each in page.concealed
    ]
    concealed = joined(found, text, placed)
    return ParsedFile(
        media_type=Media.PDF,
        text=text,
        pages=placed,
        headings=tuple(_headings(pages, starts, text)),
        tables=tuple(tables),
        notes=(*notes, *told(concealed, placed, "page")),
        concealed=concealed,
    )


def _between(page: ReadPage, following: ReadPage) -> str:
    """A blank where a sentence runs on over the page's end, else a blank line."""
    a, b = page.text, following.text
    in_table = any(rows[-1].end == len(a.piece.text) for rows in a.tables) or any(
        rows[0].start == 0 for rows in b.tables
    )
    runs_on = (a.piece.text[-1].isalnum() or a.piece.text[-1] in ",;-") and b.piece.text[0].islower()
    return " " if runs_on and not in_table else "\n\n"


def _headings(pages: Sequence[ReadPage], starts: Sequence[int], text: str) -> list[Heading]:
    """Short blocks set larger than the body, or bold in a body that is not, outside tables and margins."""
    blocks = [(start, block, page) for start, page in zip(starts, pages, strict=True) for block in page.text.blocks]
    weight: Counter[tuple[float, bool]] = Counter()
    for _, block, page in blocks:
        if page.layer == "native":
            weight[block.size, block.bold] += block.end - block.start
    if not weight:
        return []
    (body, body_bold), _ = weight.most_common(1)[0]
    margins = Counter(line for page in pages for line in page.running)
    found: list[tuple[int, Block, str]] = []
    for start, block, page in blocks:
        title = " ".join(text[start + block.start : start + block.end].split())
        if page.layer == "native" and _is_heading(block, title, body, body_bold):
            wordy = "".join(char for char in title if not char.isdigit())
            if margins[wordy] < 2:
                found.append((start + block.start, block, title))
    styles = sorted({(block.size, block.bold) for _, block, _ in found}, reverse=True)
    levels = _levels(styles)
    return [
        Heading(start, min(levels[block.size, block.bold] + _depth(title), 9), title) for start, block, title in found
    ]


def _is_heading(block: Block, title: str, body: float, body_bold: bool) -> bool:
    if block.lines > 4 or not 2 <= len(title) <= _LONGEST_HEADING or not any(char.isalpha() for char in title):
        return False
    if block.size >= body * 1.12:
        return title[-1] not in ",;" and not (title[-1] == "." and len(title) > 60)
    bold = block.bold and not body_bold and block.size >= body * 0.95
    return bold and block.lines <= 2 and len(title) <= 100 and title[-1] not in ".,;:"


def _depth(title: str) -> int:
    """How deep a section number goes: 0 for "4" and "4.", 1 for "4.2"."""
    match = _SECTION.match(title)
    return match[1].count(".") if match else 0


def _levels(styles: Sequence[tuple[float, bool]]) -> dict[tuple[float, bool], int]:
    """Level by size and weight, largest first; sizes that differ by less than 4% are one."""
    levels: dict[tuple[float, bool], int] = {}
    level, last = 0, (0.0, False)
    for style in styles:
        if not level or style[0] < last[0] * 0.96 or style[1] != last[1]:
            level += 1
            last = style
        levels[style] = min(level, _MOST_LEVELS)
    return levels


def _nothing() -> PageText:
    return compose([])


def _why_no_text(pictures: bool) -> str:
    if not pictures:
        return "holds no text"
    if ocr.available():
        return "holds no text, and text recognition (OCR) found none in its pictures"
    return "holds no text, only pictures; install Tesseract (tesseract-ocr) to read scanned pages"
