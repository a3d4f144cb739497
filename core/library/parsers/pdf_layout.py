"""Lines of a PDF page joined to paragraphs, every character of the text traced to the character it came from.

It knows nothing of files, fonts' names or tables' rules; tables come in as finished pieces.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from core.library.parsers.pdf_chars import Line
from core.library.parsers.rows import has_header
from core.types import Span

_MARKER = re.compile(r"(?:[•▪◦●○■□‣⁃–—*·\uf0b7\u2022-]|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,4})[.)])(?:\s|$)")
_TABULAR = 4.0
"""White of so many font sizes within a line sets columns apart, as in a table of contents."""
_WORD = re.compile(r"[^\W\d_]+")
_PREFIXES = frozenset(
    "self well non ex co pre post multi cross full part half high low long short all semi anti inter self-".split()
)
_CONJUNCTIONS = frozenset("and or und oder bzw sowie y o e et ou en of to".split())


@dataclass(slots=True)
class Piece:
    """Text and, for each of its characters, the number of the source character (-1: put in by us)."""

    text: str = ""
    chars: list[int] = field(default_factory=list)

    def add(self, text: str, chars: Sequence[int] | None = None) -> None:
        """Append text; without numbers it is ours."""
        self.text += text
        self.chars += chars if chars is not None else [-1] * len(text)


@dataclass(slots=True)
class Rows:
    """A table as rows of cells."""

    cells: list[list[Piece]]


@dataclass(frozen=True, slots=True)
class Block:
    """A range of the page's text with one size and weight; a heading is one of these."""

    start: int
    end: int
    size: float
    bold: bool
    lines: int


@dataclass(slots=True)
class PageText:
    """The text of one page; offsets count from its beginning."""

    piece: Piece
    blocks: list[Block]
    tables: list[tuple[Span, ...]]


def compose(items: Sequence[Line | Rows]) -> PageText:
    """Lines and tables in reading order as one text."""
    page = PageText(Piece(), [], [])
    lines = [item for item in items if isinstance(item, Line)]
    known = _whole_words(lines)
    body = _body_size(lines)
    for group in _groups(items, _usual_pitch(lines)):
        if page.piece.text:
            page.piece.add("\n\n")
        start = len(page.piece.text)
        if isinstance(group, Rows):
            spans = _add_rows(page.piece, group)
            if spans:
                page.tables.append(tuple(spans))
        else:
            _add_lines(page.piece, group, lines, known, group[0].size > body * 1.15)
            size = 0.0 if group[0].angle else max(line.size for line in group)
            bold = all(line.bold for line in group)
            page.blocks.append(Block(start, len(page.piece.text), size, bold, len(group)))
    return page


def _whole_words(lines: Sequence[Line]) -> set[str]:
    """The page's words in small letters, without the two halves of those that a line's end cuts."""
    known: set[str] = set()
    for position, line in enumerate(lines):
        words = _WORD.findall(line.text.lower())
        first = 1 if position and lines[position - 1].hyphen else 0
        known.update(words[first : len(words) - 1 if line.hyphen else None])
    return known


def join_lines(lines: Sequence[Line], known: frozenset[str] = frozenset()) -> Piece:
    """Lines of one table cell as one line."""
    piece = Piece()
    for position, line in enumerate(lines):
        glue = _glue_hyphen(piece, lines[position - 1], line, known) if position else ""
        piece.add(" " if position and glue is None else glue or "")
        piece.add(line.text, line.chars)
    return _squeezed(piece)


def _squeezed(piece: Piece) -> Piece:
    """The same with single blanks."""
    out = Piece()
    for match in re.finditer(r"\S+", piece.text):
        if out.text:
            out.add(" ")
        out.add(match[0], piece.chars[match.start() : match.end()])
    return out


def _groups(items: Sequence[Line | Rows], pitch: float) -> Iterable[list[Line] | Rows]:
    """Lines that stand together as a block, and tables."""
    block: list[Line] = []
    for item in items:
        if isinstance(item, Rows):
            if block:
                yield block
            block = []
            yield item
        elif block and not _together(block[-1], item, pitch):
            yield block
            block = [item]
        else:
            block.append(item)
    if block:
        yield block


def _together(a: Line, b: Line, pitch: float) -> bool:
    """Whether b goes on in the block of a: same size and weight, below it at the usual distance."""
    if a.angle or b.angle:
        return False
    size = max(a.size, b.size, 1.0)
    step = b.box[3] - a.box[3]
    if abs(step) < 0.45 * size:
        return b.box[0] >= a.box[2] - size or abs(a.size - b.size) > 0.3 * size
    if abs(a.size - b.size) > 0.08 * size:
        return False
    if a.bold != b.bold and not (a.hyphen or a.text[-1:] in ",;" or b.text[:1].islower()):
        return False
    apart = b.box[0] > a.box[2] or b.box[2] < a.box[0]
    return 0 < step <= pitch * size and not apart


def _usual_pitch(lines: Sequence[Line]) -> float:
    """The largest distance of two lines of one block, in units of the font's size."""
    ratios = sorted(
        (b.box[3] - a.box[3]) / a.size
        for a, b in pairwise(lines)
        if a.size > 1 and abs(a.size - b.size) <= 0.08 * a.size and 0.8 <= (b.box[3] - a.box[3]) / a.size <= 3
    )
    return max(1.25, ratios[len(ratios) // 4] * 1.22) if len(ratios) >= 3 else 1.5


def _body_size(lines: Sequence[Line]) -> float:
    weight: dict[float, int] = {}
    for line in lines:
        weight[line.size] = weight.get(line.size, 0) + len(line.text)
    return max(weight, key=lambda size: weight[size]) if weight else 0.0


def _add_lines(piece: Piece, group: list[Line], lines: Sequence[Line], known: set[str], large: bool) -> None:
    own = max(line.box[2] for line in group)
    for position, line in enumerate(group):
        if position:
            before = group[position - 1]
            glue = _glue_hyphen(piece, before, line, known)
            if glue is None:
                right = own if len(group) > 3 else max(own, _reach(before, lines))
                glue = " " if large and not _MARKER.match(line.text) else _glue(before, line, right)
            piece.add(glue)
        piece.add(line.text, line.chars)


def _reach(line: Line, lines: Sequence[Line]) -> float:
    """How far right lines go that begin where this one begins."""
    return max(other.box[2] for other in lines if abs(other.box[0] - line.box[0]) < 3)


def _glue(a: Line, b: Line, right: float) -> str:
    """What stands between two lines of a block: a blank where the line was full, else a newline."""
    if abs(b.box[3] - a.box[3]) < 0.45 * max(a.size, 1.0):
        return " "
    if _MARKER.match(b.text) or max(a.gap, b.gap) > _TABULAR * max(a.size, 1.0):
        return "\n"
    first = b.text.split(" ", 1)[0]
    width = (b.box[2] - b.box[0]) * (len(first) + 1) / max(len(b.text), 1)
    if right - a.box[2] < width + 1:
        return " "
    return "\n\n" if b.box[0] - a.box[0] > 0.8 * a.size and not _MARKER.match(a.text) else "\n"


def _glue_hyphen(piece: Piece, a: Line, b: Line, known: set[str] | frozenset[str]) -> str | None:
    """What joins a word that the line's end cut; None when it cut none. May take the hyphen off `piece`."""
    if not a.hyphen or not piece.text:
        return None
    left, right = _WORD.findall(piece.text[-40:-1]), _WORD.match(b.text)
    if not left or right is None or not piece.text[-2:-1].isalpha():
        return None
    begin, rest = left[-1].lower(), right[0].lower()
    if rest in _CONJUNCTIONS:
        return " "
    compound = begin in _PREFIXES or (begin in known and rest in known and begin + rest not in known)
    if not b.text[:1].islower() or (compound and piece.text[-1] != "\u00ad"):
        return ""
    piece.text = piece.text[:-1]
    piece.chars.pop()
    return ""


def _add_rows(piece: Piece, table: Rows) -> list[Span]:
    """Append a table, one line a row with the headers repeated."""
    rows = [row for row in table.cells if any(cell.text for cell in row)]
    header = has_header([[cell.text for cell in row] for row in rows])
    names = rows[0] if header else []
    spans: list[Span] = []
    for row in rows[1:] if header else rows:
        if spans:
            piece.add("\n")
        start = len(piece.text)
        for position, cell in enumerate(row):
            if not cell.text:
                continue
            if len(piece.text) > start:
                piece.add(" | ")
            name = names[position] if position < len(names) else Piece()
            if name.text and name.text != cell.text:
                title = name.text.rstrip(":")
                piece.add(title, name.chars[: len(title)])
                piece.add(": ")
            piece.add(cell.text, cell.chars)
        spans.append(Span(start, len(piece.text)))
    return spans
