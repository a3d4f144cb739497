"""Which cells of a workbook a reader does not see: folded away, in the ground's colour, tiny, or of an empty format.

It knows no values. Colours that a table's style or a condition gives are not looked at.
"""

import re
from dataclasses import dataclass
from typing import Any

from core.library.parsers.colours import UNKNOWN, WHITE, Colour, alike, from_hex
from core.types import Why

_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\s[^>]*>")
_AWAY = re.compile(rb"""\s(?:hidden=["'](?:1|true)["']|(?:ht|width)=["']0(?:\.0*)?["'])""")
_NUMBERED = re.compile(rb"""\sr=["'](\d+)["']""")
_FROM, _TO = re.compile(rb"""\smin=["'](\d+)["']"""), re.compile(rb"""\smax=["'](\d+)["']""")
_LAST_COLUMN = 16_384
_TINY = 3.0
"""Points."""
_UNSAID = "00000000"
"""What openpyxl gives for a colour that is not there."""
_INDEXED: dict[int, Colour] = {0: (0, 0, 0), 1: WHITE, 8: (0, 0, 0), 9: WHITE, 64: (0, 0, 0), 65: WHITE}
"""Of the old palette, black and white; 64 and 65 are the window's."""


@dataclass(frozen=True, slots=True)
class Folded:
    """Rows and columns of a sheet that are hidden or have no height or width, counted from 1."""

    rows: frozenset[int] = frozenset()
    columns: frozenset[int] = frozenset()


def folded(sheet: bytes) -> Folded:
    """What the XML of a sheet folds away; a row without a number follows the one before."""
    head, _, body = sheet.partition(b"<sheetData")
    columns: set[int] = set()
    for tag in _COLUMN.findall(head):
        first, last = _FROM.search(tag), _TO.search(tag)
        if _AWAY.search(tag) and first and last:
            columns.update(range(int(first[1]), min(int(last[1]), _LAST_COLUMN) + 1))
    rows: set[int] = set()
    if b"hidden=" in body or b'ht="0' in body:
        number = 0
        for tag in _ROW.findall(body):
            found = _NUMBERED.search(tag)
            number = int(found[1]) if found else number + 1
            if _AWAY.search(tag):
                rows.add(number)
    return Folded(frozenset(rows), frozenset(columns))


class Looks:
    """What the cell formats of a workbook conceal."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._whys: list[Why | None] = [self._judge(style) for style in book._cell_styles]
        self.any = any(self._whys)
        """Whether any format conceals."""

    def why(self, cell: Any) -> Why | None:
        """Why the value of a cell is not seen; None where it is."""
        style: int = getattr(cell, "_style_id", 0)
        return self._whys[style] if style < len(self._whys) else None

    def _judge(self, style: Any) -> Why | None:
        fonts, fills = self._book._fonts, self._book._fills
        if style.fontId >= len(fonts) or style.fillId >= len(fills):  # a broken table of styles; the values are whole
            return None
        font, fill = fonts[style.fontId], fills[style.fillId]
        if self._form(style.numFmtId).replace(" ", "") == ";;;":
            return "hidden by style"
        colour = _colour(font.color)
        if colour and alike(colour, _ground(fill)):
            return "white text"
        return "tiny text" if font.sz is not None and font.sz < _TINY else None

    def _form(self, number: int) -> str:
        own = number - 164
        return str(self._book._number_formats[own]) if 0 <= own < len(self._book._number_formats) else ""


def _ground(fill: Any) -> Colour:
    """The colour of a fill; white for none."""
    pattern = getattr(fill, "patternType", "gradient")
    if pattern in (None, "none"):
        return WHITE
    if pattern != "solid" or fill.fgColor.rgb == _UNSAID:
        return UNKNOWN
    return _colour(fill.fgColor) or UNKNOWN


def _colour(colour: Any) -> Colour | None:
    """A colour by its value, of the palette or of the theme's white and black; None for any other."""
    if colour is None or colour.tint:
        return None
    if colour.type == "rgb":
        return from_hex(str(colour.rgb)[-6:])
    if colour.type == "indexed":
        return _INDEXED.get(colour.indexed)
    return {0: WHITE, 1: (0, 0, 0)}.get(colour.theme) if colour.type == "theme" else None
