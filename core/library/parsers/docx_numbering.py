"""The numbers that Word shows before numbered paragraphs; it knows nothing of their text."""

import re
from typing import Any

from core.library.parsers.docx_styles import NumberRef
from core.library.parsers.ooxml import attribute, child, children

_PLACE = re.compile(r"%(\d)")
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_LEVELS = 9


class Numbering:
    """Counts as Word does: one counter for each level of each list."""

    def __init__(self, root: Any) -> None:
        self._levels: dict[str, list[tuple[str, str, int]]] = {}
        self._list_of: dict[str, str] = {}
        self._counts: dict[str, list[int | None]] = {}
        if root is None:
            return
        for abstract in children(root, "abstractNum"):
            levels = [("bullet", "", 1)] * _LEVELS
            for level in children(abstract, "lvl"):
                place = attribute(level, "ilvl") or "0"
                if place.isdecimal() and int(place) < _LEVELS:
                    start = _val(level, "start") or "1"
                    levels[int(place)] = (_val(level, "numFmt") or "decimal", _val(level, "lvlText") or "",
                                          int(start) if start.isdecimal() else 1)  # fmt: skip
            self._levels[attribute(abstract, "abstractNumId") or ""] = levels
        for number in children(root, "num"):
            self._list_of[attribute(number, "numId") or ""] = _val(number, "abstractNumId") or ""

    def marker(self, reference: NumberRef | None, counts: bool) -> tuple[str, int]:
        """What stands before the next paragraph of this numbering ("4.2", "•", ""), and its depth."""
        if reference is None or reference[0] in ("", "0"):
            return "", 0
        abstract, depth = self._list_of.get(reference[0], ""), min(reference[1], _LEVELS - 1)
        levels = self._levels.get(abstract)
        if levels is None:
            return "•", depth
        kind, text, start = levels[depth]
        if kind == "bullet":
            return "•", depth
        if kind == "none" or not counts:
            return "", depth
        current = self._counts.setdefault(abstract, [None] * _LEVELS)
        last = current[depth]
        current[depth] = start if last is None else last + 1
        current[depth + 1 :] = [None] * (_LEVELS - depth - 1)

        def number(match: re.Match[str]) -> str:
            place = int(match[1]) - 1
            count = current[place] if 0 <= place < _LEVELS else None
            form, _, first = levels[place] if 0 <= place < _LEVELS else ("decimal", "", 1)
            return _written(count if count is not None else first, form)

        return _PLACE.sub(number, text).strip(), depth


def _written(count: int, form: str) -> str:
    if form in ("lowerLetter", "upperLetter") and count > 0:
        letter = chr(ord("a") + (count - 1) % 26) * min((count - 1) // 26 + 1, 5)
        return letter.upper() if form == "upperLetter" else letter
    if form in ("lowerRoman", "upperRoman") and 0 < count < 4000:
        roman = ""
        for value, sign in _ROMAN:
            roman += sign * (count // value)
            count %= value
        return roman.upper() if form == "upperRoman" else roman
    return f"{count:02d}" if form == "decimalZero" else str(count)


def _val(parent: Any, name: str) -> str | None:
    element = child(parent, name)
    return attribute(element, "val") if element is not None else None
