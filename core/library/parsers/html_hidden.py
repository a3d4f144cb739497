"""Which elements of a page a reader does not see, by their attributes and the page's own style sheets.

It knows no words, no linked sheets and no scripts: what these would show or hide cannot be told. A colour counts only
on a ground of one colour, white where none is said.
"""

import re
from dataclasses import dataclass, replace
from typing import Any

from core.library.parsers.colours import UNKNOWN, WHITE, Colour, alike, from_css, is_transparent
from core.library.parsers.css import Sheets, Style
from core.library.parsers.left_out import is_remark, is_sentence
from core.library.parsers.marks import left_out
from core.types import Why

_TRIGGER = re.compile(r"style\b|hidden|bgcolor|<font|<dialog", re.I)
_LENGTH = re.compile(r"(-?(?:\d+(?:\.\d*)?|\.\d+))\s*(px|pt|em|rem|ex|%|vw|vh|in|cm|mm|pc)?")
_PIXELS = {"px": 1.0, "pt": 4 / 3, "em": 16.0, "rem": 16.0, "ex": 8.0, "in": 96.0, "cm": 38.0, "mm": 3.8, "pc": 16.0,
           "vw": 10.0, "vh": 10.0, "%": 10.0, "": 1.0}  # fmt: skip
_TINY = 4.0
"""Pixels, 3 points, below which a text is not read."""
_FAR = -500.0
"""Pixels to the left or above at which nothing of a text is left in the window."""
_SHIFTS = ("left", "top", "right", "bottom")
_CLIPPED = re.compile(r"rect\(\s*(?:0|1px)\D|inset\(\s*(?:[5-9]\d|100)%|circle\(\s*0|polygon\(\s*0\s+0\s*,\s*0\s+0\s*,")
_MOVED = re.compile(r"translate\w*\(\s*-(?:\d{4,}px|[1-9]\d{2,}(?:%|em|rem|vw|vh)|\d{3,}em)")
_SHRUNK = re.compile(r"scale\w*\(\s*0(?:\.0*)?\s*[,)]")
_COMMENT = re.compile(r"<!--(.*?)(?:-->|\Z)", re.S)
_CODE = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.S | re.I)
_TAG = re.compile(r"<[^<>]*>")
_SAID = ("description", "keywords", "subject", "abstract", "summary")


@dataclass(frozen=True, slots=True)
class _State:
    """What an element hands down to those in it."""

    gone: Why | None = None
    """Why nothing in it is seen, whatever the elements in it say."""
    invisible: bool = False
    size: float = 16.0
    """Pixels."""
    colour: Colour = (0, 0, 0)
    ground: Colour = WHITE
    clear: bool = False
    """Whether its text is drawn in no colour at all."""

    @property
    def why(self) -> Why | None:
        """Why its own text is not seen."""
        if self.gone:
            return self.gone
        if self.invisible or self.clear:
            return "hidden by style"
        if alike(self.colour, self.ground):
            return "white text"
        return "tiny text" if self.size < _TINY else None


class Hidden:
    """Judges the elements of one page."""

    def __init__(self, root: Any, markup: str) -> None:
        self._whys: dict[Any, Why] = {}
        if not _TRIGGER.search(markup):
            return
        sheets = Sheets([each.text or "" for each in root.iter("style")])
        stack: list[tuple[Any, _State]] = [(root, _State())]
        while stack:
            element, outer = stack.pop()
            if not isinstance(element.tag, str):
                continue
            state = _within(outer, element, sheets.style(element))
            if why := state.why:
                self._whys[element] = why
            stack += [(each, state) for each in element]

    def why(self, element: Any) -> Why | None:
        """Why the text that stands in an element itself is not seen; None where it is."""
        return self._whys.get(element) if self._whys else None


def beside(root: Any, markup: str) -> list[str]:
    """Notes on what a page says outside its text: comments, and descriptions in attributes and in its head."""
    comments = _COMMENT.findall(_CODE.sub(" ", markup)) if "<!--" in markup else []
    count = sum(not each.startswith("[if") and is_remark(_TAG.sub(" ", each)) for each in comments)
    said = [value for each in root.iter() for name in ("alt", "title") if (value := each.get(name))]
    for each in root.iter("meta"):
        kind = (each.get("name") or each.get("property") or "").lower().rpartition(":")[2]
        said += [each.get("content")] if kind in _SAID else []
    one = "description in the markup (alt, title, meta)"
    return [
        *left_out(count, "comment", "comments"),
        *left_out(sum(map(is_sentence, said)), one, one.replace("description", "descriptions")),
    ]


def _within(outer: _State, element: Any, style: Style) -> _State:
    """The state in an element, from that around it."""
    if outer.gone:
        return outer
    if gone := _gone(element, style):
        return replace(outer, gone=gone)
    state = outer
    if visibility := style.get("visibility"):
        state = replace(state, invisible=visibility in ("hidden", "collapse"))
    if "font-size" in style or "font" in style:
        state = replace(state, size=_font_size(style, outer.size))
    colour = style.get("color") or (element.get("color") or "" if element.tag == "font" else "")
    if colour and colour not in ("inherit", "currentcolor"):
        clear = is_transparent(colour) and "background-clip" not in style and "-webkit-background-clip" not in style
        state = replace(state, colour=from_css(colour) or (-500, -500, -500), clear=clear)
    ground = _ground(style, element.get("bgcolor") or "")
    return replace(state, ground=ground) if ground else state


def _gone(element: Any, style: Style) -> Why | None:
    """Why nothing of an element is drawn in the window."""
    away = element.get("hidden") is not None or (element.tag == "dialog" and element.get("open") is None)
    shown = style.get("display", "none" if away else "")
    opacity = _LENGTH.fullmatch(style.get("opacity", "1"))
    if shown == "none" or (opacity and float(opacity[1]) < 0.02) or _SHRUNK.search(style.get("transform", "")):
        return "hidden by style"
    absolute = style.get("position") in ("absolute", "fixed")
    cut = style.get("overflow", style.get("overflow-y", "")) in ("hidden", "clip")
    if absolute and _CLIPPED.search(f"{style.get('clip', '')} {style.get('clip-path', '')}"):
        return "hidden by style"
    if cut and any(_is_flat(style.get(name)) for name in ("width", "height", "max-height", "max-width")):
        return "hidden by style"
    shifts = [style.get(name, "") for name in _SHIFTS if absolute or style.get("position") == "relative"]
    moved = [*shifts, style.get("text-indent", ""), style.get("margin-left", ""), style.get("margin-top", "")]
    far = any((pixels := _pixels(value)) is not None and pixels <= _FAR for value in moved if "-" in value)
    return "off the page" if far or _MOVED.search(style.get("transform", "")) else None


def _is_flat(value: str | None) -> bool:
    """Whether a length leaves no room for a letter."""
    pixels = _pixels(value or "")
    return pixels is not None and 0 <= pixels <= 1


def _pixels(value: str) -> float | None:
    match = _LENGTH.fullmatch(value.strip())
    return float(match[1]) * _PIXELS[match[2] or ""] if match else None


def _font_size(style: Style, outer: float) -> float:
    """In pixels; as around it where the size is not understood."""
    value = style.get("font-size", "")
    if not value:
        match = re.search(r"(?:^|\s)((?:\d+\.)?\d+(?:px|pt|em|rem|%)|\.\d+(?:em|rem))", style.get("font", ""))
        value = match[1] if match else ""
    match = _LENGTH.fullmatch(value)
    if match is None:
        return outer if value in ("", "inherit", "smaller", "larger") else 16.0
    number, unit = float(match[1]), match[2] or ""
    if unit in ("em", "%", "ex"):
        return outer * number * {"em": 1.0, "%": 0.01, "ex": 0.5}[unit]
    return number * _PIXELS[unit]


def _ground(style: Style, attribute: str) -> Colour | None:
    """The colour that an element lays under its text, UNKNOWN for a picture; None for none."""
    if style.get("background-image", "none") != "none":
        return UNKNOWN
    value = style.get("background-color") or style.get("background") or attribute.lower()
    if not value or value in ("none", "inherit", "initial", "unset", "0") or is_transparent(value):
        return None
    return from_css(value) or UNKNOWN
