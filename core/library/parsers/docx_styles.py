"""Which Word styles are headings, and which carry a numbering; it knows nothing of the text."""

import re
from typing import Any

from core.library.parsers.ooxml import attribute, child, children, local

_HEADING = re.compile(r"(?:heading|überschrift|titre|título|titolo|kop|rubrik)\s*(\d)", re.IGNORECASE)
_DEEPEST = 20

NumberRef = tuple[str, int]
"""Numbering instance and level."""


class Styles:
    """The paragraph styles of a document."""

    def __init__(self, root: Any) -> None:
        self._styles = (
            {attribute(style, "styleId") or "": style for style in children(root, "style")} if root is not None else {}
        )
        self._default = child(root, "docDefaults", "rPrDefault", "rPr")
        self._standard = next((key for key, each in self._styles.items() if _is_standard(each)), "")
        self._levels = {key: self._find_level(key) for key in self._styles}

    def level(self, style: str | None, properties: Any) -> int:
        """The heading level of a paragraph, 0 for body text."""
        own = _outline(properties)
        if own is not None:
            return own
        return self._levels.get(style or "", 0) if style in self._styles else _by_name(style or "")

    def numbering(self, style: str | None, properties: Any) -> NumberRef | None:
        """The numbering of a paragraph, its own or its style's."""
        own = _numbering(properties)
        if own is not None and own[1] is not None and own[0]:
            return own[0], own[1]
        for key in self._line(style or ""):
            found = _numbering(child(self._styles[key], "pPr"))
            if found and found[0]:
                level = own[1] if own and own[1] is not None else found[1]
                return found[0], level or 0
        return (own[0], 0) if own and own[0] else None

    def runs(self, run: str, paragraph: str) -> list[Any]:
        """What a run's style, its paragraph's style and the defaults say of runs, the nearest first."""
        line = [self._styles[key] for key in (*self._line(run), *self._line(paragraph or self._standard))]
        found = [*(child(style, "rPr") for style in line), self._default]
        return [properties for properties in found if properties is not None]

    def paragraphs(self, style: str) -> list[Any]:
        """What a style and those that it is based on say of paragraphs, the nearest first."""
        found = [child(self._styles[key], "pPr") for key in self._line(style or self._standard)]
        return [properties for properties in found if properties is not None]

    def shades(self, style: str) -> bool:
        """Whether a table's style shades any of its cells."""
        return any(local(each) == "shd" for key in self._line(style) for each in self._styles[key].iter())

    def _find_level(self, key: str) -> int:
        for ancestor in self._line(key):
            style = self._styles[ancestor]
            level = _outline(child(style, "pPr"))
            if level is not None:
                return level
            name = child(style, "name")
            found = _by_name(attribute(name, "val") or "" if name is not None else "") or _by_name(ancestor)
            if found:
                return found
        return 0

    def _line(self, key: str) -> list[str]:
        """A style and those that it is based on."""
        line: list[str] = []
        while key in self._styles and key not in line and len(line) < _DEEPEST:
            line.append(key)
            base = child(self._styles[key], "basedOn")
            key = (attribute(base, "val") or "") if base is not None else ""
        return line


def _is_standard(style: Any) -> bool:
    """Whether paragraphs that name no style have this one."""
    return attribute(style, "type") == "paragraph" and attribute(style, "default") in ("1", "true", "on")


def _by_name(name: str) -> int:
    if name.strip().lower() in ("title", "titel", "título", "titre"):
        return 1
    match = _HEADING.fullmatch(name.strip())
    return int(match[1]) if match else 0


def _outline(properties: Any) -> int | None:
    element = child(properties, "outlineLvl") if properties is not None else None
    value = attribute(element, "val") if element is not None else None
    if value is None or not value.isdecimal():
        return None
    return int(value) + 1 if int(value) < 9 else 0


def _numbering(properties: Any) -> tuple[str, int | None] | None:
    element = child(properties, "numPr") if properties is not None else None
    if element is None:
        return None
    number, level = child(element, "numId"), child(element, "ilvl")
    value = attribute(level, "val") if level is not None else None
    depth = int(value) if value and value.isdecimal() else (0 if number is not None else None)
    return (attribute(number, "val") or "" if number is not None else ""), depth
