"""The text of single PDF pages, the same whenever it is asked for: citations find their boxes by it.

It knows nothing of the document as a whole, but that a running header repeats one of the two pages before.
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

import pypdfium2 as pdfium
from pypdfium2 import raw

from core.errors import DamagedFile, EncryptedFile
from core.library.parsers import ocr
from core.library.parsers.pdf_chars import Line, PageChars, Rect, Turn, read_chars, split_lines
from core.library.parsers.pdf_hidden import concealed_chars
from core.library.parsers.pdf_layout import PageText, Piece, Rows, compose, join_lines
from core.library.parsers.pdf_tables import Grid, find_grids
from core.types import Concealed, Why

_ZONE = 0.12
"""Share of the page's height at its top and bottom where a running line may stand."""
_FEW = 16
"""Fewer letters than this beside a picture that fills the page are taken for a stamp on a scan."""


@dataclass(slots=True)
class ReadPage:
    """A page's text and where its characters stand."""

    text: PageText
    boxes: list[Rect]
    """By source character: left, bottom, right, top in the file's coordinates."""
    layer: Literal["native", "ocr", "none"]
    width: float
    height: float
    garbled: bool = False
    """Whether a good part of its characters are no letters of any script: a text layer that cannot be trusted."""
    upright: bool = False
    """Whether its lines run up or down the file's coordinates."""
    running: frozenset[str] = frozenset()
    """Lines of this page's margins, digits left out, that the text may hold."""
    concealed: tuple[Concealed, ...] = ()
    """Ranges of the page's own text."""


@dataclass(slots=True)
class _Raw:
    chars: PageChars
    lines: list[Line]


class PdfPages:
    """An open PDF; a context manager. Pages are counted from 0 here."""

    def __init__(self, path: Path) -> None:
        raw.FPDF_LoadMemDocument(b"x", 1, None)  # pdfium keeps its last error, maybe of another file: replace it
        try:
            self._document = pdfium.PdfDocument(path)
        except pdfium.PdfiumError:
            if raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD:
                raise EncryptedFile("needs a password to be opened; save it without one") from None
            raise DamagedFile("is damaged: it cannot be opened as a PDF") from None
        self._recent: OrderedDict[int, _Raw] = OrderedDict()

    def __enter__(self) -> "PdfPages":
        return self

    def __exit__(self, *_: object) -> None:
        self._document.close()

    def __len__(self) -> int:
        return len(self._document)

    def load(self, index: int) -> pdfium.PdfPage:
        """A page of pdfium."""
        try:
            return self._document[index]
        except pdfium.PdfiumError:
            raise DamagedFile(f"is damaged: page {index + 1} cannot be read") from None

    def read(self, index: int, ocr_seconds: float = 60.0) -> ReadPage:
        """The text of a page; from a picture of it where it has none and Tesseract is installed."""
        page = self.load(index)
        source = self._raw(index, page)
        width, height = page.get_size()
        letters = sum(char.isalnum() for char in source.chars.texts)
        garbled = source.chars.unreadable > max(letters, 8) / 3
        if ocr_seconds > 0 and (letters < _FEW or garbled) and ocr.available() and _is_scan(page, letters, garbled):
            seen = ocr.read(page, ocr_seconds)
            if sum(char.isalnum() for char in seen.text.piece.text) > (0 if garbled else letters):
                return ReadPage(seen.text, seen.boxes, "ocr", width, height, False, seen.upright)
        lines = self._without_running(index, source)
        text_page = page.get_textpage()
        items = _with_tables(page, text_page, source, lines)
        # pdfium may give the lines of a turned text from the last to the first
        if (source.chars.angle or page.get_rotation()) and _climbs(items):
            items.reverse()
        text = compose(_footer_last(items, source.chars.height))
        layer: Literal["native", "none"] = "native" if text.piece.text else "none"
        margins = frozenset(_wordy(line) for line in _margins(source))
        upright = source.chars.angle in (90, 270)
        concealed = _ranges(text.piece, concealed_chars(page, text_page, source.chars)) if text.piece.text else ()
        return ReadPage(text, source.chars.user, layer, width, height, garbled, upright, margins, concealed)

    def is_scan(self, index: int) -> bool:
        """Whether a page without text shows anything."""
        try:
            return _is_scan(self.load(index), 0)
        except DamagedFile:
            return False

    def _raw(self, index: int, page: pdfium.PdfPage | None = None) -> _Raw:
        if index not in self._recent:
            page = page or self.load(index)
            text_page = page.get_textpage()
            chars = read_chars(page, text_page)
            self._recent[index] = _Raw(chars, split_lines(chars, text_page, range(len(chars.texts))))
            while len(self._recent) > 4:
                self._recent.popitem(last=False)
        return self._recent[index]

    def _without_running(self, index: int, source: _Raw) -> set[int]:
        """Source characters of lines that also stand on one of the two pages before, at the same place."""
        candidates = _margins(source)
        dropped: set[int] = set()
        for back in (1, 2):
            if index - back < 0 or not candidates:
                continue
            try:
                earlier = _margins(self._raw(index - back))
            except DamagedFile:
                continue
            for line in candidates:
                if any(_repeats(line, other, back) for other in earlier):
                    dropped.update(line.chars)
        return dropped if any(line.chars[0] not in dropped for line in source.lines) else set()


def _ranges(piece: Piece, whys: dict[int, Why]) -> tuple[Concealed, ...]:
    """Runs of characters of the text that are concealed for one reason."""
    found: list[Concealed] = []
    for at, number in enumerate(piece.chars) if whys else ():
        why = whys.get(number)
        if why and found and found[-1].end == at and found[-1].why == why:
            found[-1] = Concealed(found[-1].start, at + 1, why)
        elif why:
            found.append(Concealed(at, at + 1, why))
    return tuple(found)


def _margins(source: _Raw) -> list[Line]:
    """Lines near the page's top and bottom, in the size of its text or smaller."""
    height = source.chars.height
    sizes = sorted(line.size for line in source.lines for _ in line.text[:200])
    usual = sizes[len(sizes) // 2] if sizes else 0.0
    top = [x for x in source.lines if x.box[3] <= height * _ZONE and x.size <= usual * 1.15]
    bottom = [x for x in source.lines if x.box[1] >= height * (1 - _ZONE) and x.size <= usual * 1.15]
    return sorted(top, key=lambda x: x.box[1])[:3] + sorted(bottom, key=lambda x: -x.box[1])[:3]


def _repeats(line: Line, other: Line, distance: int) -> bool:
    """Whether a line is that of an earlier page, but for a page number that went on by the distance."""
    if abs(line.box[1] - other.box[1]) > 3 or abs(line.size - other.size) > 0.5:
        return False
    here, there = line.text.split(), other.text.split()
    if len(here) != len(there):
        return False
    for a, b in zip(here, there, strict=True):
        inner, outer = a.strip("-–—.,|()[]/"), b.strip("-–—.,|()[]/")
        steps = inner.isdecimal() and outer.isdecimal() and int(inner[:9]) - int(outer[:9]) == distance
        if a != b and not steps:
            return False
    return True


def _wordy(line: Line) -> str:
    return "".join(char for char in line.text if not char.isdigit())


def _climbs(items: list[Line | Rows]) -> bool:
    """Whether most lines stand above the one before."""
    tops = [item.box[1] for item in items if isinstance(item, Line)]
    return sum(b < a for a, b in pairwise(tops)) > len(tops) / 2 - 0.5


def _footer_last(items: list[Line | Rows], height: float) -> list[Line | Rows]:
    """Lines of the foot that were drawn before what stands above them go to the end."""
    moved: list[Line | Rows] = []
    kept: list[Line | Rows] = []
    for position, item in enumerate(items):
        if isinstance(item, Line) and item.box[1] >= height * (1 - _ZONE):
            before = kept[-1] if kept else None
            goes_on = isinstance(before, Line) and 0 < item.box[3] - before.box[3] < 2.2 * max(item.size, 1.0)
            later = [other for other in items[position + 1 :] if isinstance(other, Line)]
            if not goes_on and any(other.box[3] < item.box[1] for other in later):
                moved.append(item)
                continue
        kept.append(item)
    return kept + moved


def _with_tables(
    page: pdfium.PdfPage, text_page: pdfium.PdfTextPage, source: _Raw, dropped: set[int]
) -> list[Line | Rows]:
    """The page's lines in stream order, tables in the place of their first character."""
    chars = source.chars
    turn = Turn(chars.angle, *page.get_bbox())
    grids = find_grids(page, turn, lambda: [box for line in source.lines for box in _words(chars, line)])
    if not grids:
        return [line for line in source.lines if line.chars[0] not in dropped]
    runs: list[tuple[int, list[int]]] = [(-1, [])]
    cells: list[dict[tuple[int, int], list[int]]] = [{} for _ in grids]
    inside, place = -1, (0, 0)
    for i, char in enumerate(chars.texts):
        if i in dropped:
            continue
        if char.strip() and char not in "\x02\ufffe":
            inside, place = _locate(grids, chars.rects[i])
        if inside >= 0:
            cells[inside].setdefault(place, []).append(i)
        if inside >= 0 and runs[-1][0] != inside:
            runs.append((inside, []))
        elif inside < 0:
            if runs[-1][0] >= 0:
                runs.append((-1, []))
            runs[-1][1].append(i)
    items: list[Line | Rows] = []
    done: set[int] = set()
    for table, members in runs:
        if table < 0:
            items += split_lines(chars, text_page, members)
        elif table not in done:
            done.add(table)
            items.append(_rows(grids[table], cells[table], chars, text_page))
    return items


def _locate(grids: list[Grid], box: Rect) -> tuple[int, tuple[int, int]]:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    for number, grid in enumerate(grids):
        place = grid.cell(x, y)
        if place is not None:
            return number, place
    return -1, (0, 0)


def _rows(grid: Grid, cells: dict[tuple[int, int], list[int]], chars: PageChars, text_page: pdfium.PdfTextPage) -> Rows:
    """Cells' texts by row; a cell that spans rows stands in each of them."""
    pieces = {place: join_lines(split_lines(chars, text_page, members)) for place, members in cells.items()}
    table = []
    for r, row in enumerate(grid.roots):
        texts = []
        for c, root in enumerate(row):
            spans_left = c > 0 and row[c - 1] == root
            texts.append(Piece() if spans_left else pieces.get(root, Piece()))
        if any(root[0] == r for root in row) and any(piece.text for piece in texts):
            table.append(texts)
    return Rows(table)


def _words(chars: PageChars, line: Line) -> Iterator[Rect]:
    """Boxes of a line's words."""
    box: Rect | None = None
    for char, i in zip(line.text, line.chars, strict=True):
        here = chars.rects[i]
        if char.isspace() or (box and here[0] - box[2] > line.size):
            if box:
                yield box
            box = None
        if not char.isspace():
            box = (
                (min(box[0], here[0]), min(box[1], here[1]), max(box[2], here[2]), max(box[3], here[3]))
                if box
                else here
            )
    if box:
        yield box


def _is_scan(page: pdfium.PdfPage, letters: int, garbled: bool = False) -> bool:
    """Whether the page holds something to look at: pictures, or drawings where there is not one letter."""
    if garbled:
        return True
    width, height = page.get_size()
    for item in page.get_objects(max_depth=4):
        if item.type == raw.FPDF_PAGEOBJ_IMAGE:
            if not letters:
                return True
            left, bottom, right, top = item.get_bounds()
            if (right - left) * (top - bottom) > 0.4 * width * height:
                return True
        elif item.type in (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_SHADING) and not letters:
            return True
    return False
