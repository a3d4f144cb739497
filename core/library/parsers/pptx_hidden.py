"""Which shapes and runs of a slide an audience does not see: off the slide, hidden, tiny, or in the ground's colour.

It knows no words. A colour counts only where the ground is known: a shape's own fill, or the slide's where no picture
and no filled shape may lie between.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.library.parsers.colours import UNKNOWN, WHITE, Colour, alike, from_hex
from core.library.parsers.ooxml import Package, attribute, child, local
from core.types import Why

_TINY = 300
"""Hundredths of a point, below which a text is not read."""
_FILLS = frozenset(("solidFill", "gradFill", "blipFill", "pattFill", "grpFill", "noFill"))
_USUAL = {"bg1": "lt1", "tx1": "dk1", "bg2": "lt2", "tx2": "dk2"}
_TRUE = ("1", "true")
Box = tuple[float, float, float, float]
"""Left, top, right, bottom in English metric units."""


@dataclass(frozen=True, slots=True)
class Slide:
    """A slide's parts and the size of the show's slides."""

    roots: Sequence[Any]
    """The slide, its layout and its master, as far as they are there."""
    theme: Any
    width: int
    height: int


class Hidden:
    """Judges the shapes of one slide and their runs."""

    def __init__(self, slide: Slide) -> None:
        self._slide = slide
        self._colours = _theme_colours(slide)
        self._paper: Colour | None = None
        self._grounds: dict[Any, Colour] = {}

    def shape(self, shape: Any) -> Why | None:
        """Why nothing of a shape is seen; None where something may be."""
        named = child(shape, "nvSpPr", "cNvPr")
        named = named if named is not None else child(shape, "nvGraphicFramePr", "cNvPr")
        if named is not None and attribute(named, "hidden") in _TRUE:
            return "hidden by style"
        box = _box(shape)
        width, height = self._slide.width, self._slide.height
        if box is None or not width or not height:
            return None
        outside = box[2] <= 0 or box[3] <= 0 or box[0] >= width or box[1] >= height
        return "off the page" if outside else None

    def run(self, run: Any, shape: Any) -> Why | None:
        """Why the text of a run is not seen; None where it is."""
        own = child(run, "rPr")
        if own is None:
            return None
        fill = child(own, "solidFill")
        if child(own, "noFill") is not None or _is_clear(fill):
            return "hidden by style"
        colour = self._colour(fill) if fill is not None and child(own, "highlight") is None else None
        if colour and alike(colour, self._ground(run, shape)):
            return "white text"
        size = attribute(own, "sz") or ""
        return "tiny text" if size.isdecimal() and int(size) < _TINY else None

    def _ground(self, run: Any, shape: Any) -> Colour:
        cell = next((outer for outer in run.iterancestors() if local(outer) == "tc"), None)
        if cell is not None:
            filled = child(cell, "tcPr", "solidFill")
            return (self._colour(filled) if filled is not None else None) or UNKNOWN
        if shape not in self._grounds:
            self._grounds[shape] = self._ground_of(shape)
        return self._grounds[shape]

    def _ground_of(self, shape: Any) -> Colour:
        properties = child(shape, "spPr")
        if properties is None:
            return UNKNOWN
        fill = next((each for each in properties if local(each) in _FILLS), None)
        if fill is not None and local(fill) != "noFill":
            return (self._colour(fill) if local(fill) == "solidFill" else None) or UNKNOWN
        reference = child(shape, "style", "fillRef")
        styled = fill is None and reference is not None and (attribute(reference, "idx") or "0") != "0"
        if styled or self._is_covered(shape):
            return UNKNOWN
        if self._paper is None:
            self._paper = self._background()
        return self._paper

    def _is_covered(self, shape: Any) -> bool:
        """Whether a picture or a filled shape may lie under the shape's text."""
        box = _box(shape) or self._inherited(shape)
        for root in self._slide.roots:
            tree = child(root, "cSld", "spTree")
            for other in tree.iter() if tree is not None else ():
                covers = local(other) in ("pic", "graphicFrame") or (local(other) == "sp" and _is_filled(other))
                if other is shape or not covers:
                    continue
                there = _box(other)
                if not (box and there) or _overlap(box, there):
                    return True
        return False

    def _inherited(self, shape: Any) -> Box | None:
        """Where the layout, else the master, puts a placeholder of the same number or kind."""
        mark = child(shape, "nvSpPr", "nvPr", "ph")
        for root in self._slide.roots[1:] if mark is not None else ():
            tree = child(root, "cSld", "spTree")
            for other in tree if tree is not None else ():
                there = child(other, "nvSpPr", "nvPr", "ph")
                same = there is not None and any(
                    attribute(mark, name) and attribute(mark, name) == attribute(there, name)
                    for name in ("idx", "type")
                )
                if same and (box := _box(other)):
                    return box
        return None

    def _background(self) -> Colour:
        """The slide's, else its layout's, else its master's; white where none is said."""
        for root in self._slide.roots:
            ground = child(root, "cSld", "bg")
            if ground is None:
                continue
            solid = child(ground, "bgPr", "solidFill")
            reference = child(ground, "bgRef")
            if solid is not None:
                return self._colour(solid) or UNKNOWN
            if reference is not None and attribute(reference, "idx") == "1001":  # the theme's plain fill
                return self._colour(reference) or UNKNOWN
            return UNKNOWN
        return WHITE

    def _colour(self, fill: Any) -> Colour | None:
        """The colour of a fill; None for one that is changed by more than its name."""
        for each in fill:
            changed = any(local(inner) != "alpha" for inner in each)
            if local(each) == "srgbClr" and not changed:
                return from_hex(attribute(each, "val"))
            if local(each) == "sysClr" and not changed:
                return from_hex(attribute(each, "lastClr"))
            if local(each) == "schemeClr" and not changed:
                return self._colours.get(attribute(each, "val") or "")
        return None


class Looks:
    """Makes the judges of all slides; layouts, masters and themes are read once."""

    def __init__(self, package: Package, width: int, height: int) -> None:
        self._package = package
        self._size = width, height
        self._known: dict[str, tuple[list[Any], Any]] = {}

    def of(self, part: str, root: Any) -> Hidden:
        """The judge of a slide."""
        layout = self._related(part, "slideLayout")
        if layout not in self._known:
            master = self._related(layout, "slideMaster")
            roots = [self._package.xml_if_whole(name) for name in (layout, master)]
            theme = self._package.xml_if_whole(self._related(master, "theme"))
            self._known[layout] = [each for each in roots if each is not None], theme
        above, theme = self._known[layout]
        return Hidden(Slide([root, *above], theme, *self._size))

    def _related(self, part: str, wanted: str) -> str:
        found = (target for kind, target in self._package.relations(part).values() if kind == wanted)
        return next(found, "") if part else ""


def _is_clear(fill: Any) -> bool:
    """Whether a fill shows nothing."""
    alphas = [each for colour in fill for each in colour if local(each) == "alpha"] if fill is not None else []
    return any(attribute(each, "val") in ("0", "0%") for each in alphas)


def _theme_colours(slide: Slide) -> dict[str, Colour]:
    scheme = child(slide.theme, "themeElements", "clrScheme")
    found: dict[str, Colour] = {}
    for each in scheme if scheme is not None else ():
        value = attribute(each[0], "lastClr") or attribute(each[0], "val") if len(each) else None
        if colour := from_hex(value):
            found[local(each)] = colour
    mapping = child(slide.roots[-1], "clrMap")
    names = dict(mapping.attrib) if mapping is not None else _USUAL
    return found | {str(name): found[str(target)] for name, target in names.items() if target in found}


def _is_filled(shape: Any) -> bool:
    properties = child(shape, "spPr")
    fill = next((local(each) for each in properties if local(each) in _FILLS), "") if properties is not None else ""
    reference = child(shape, "style", "fillRef")
    styled = reference is not None and (attribute(reference, "idx") or "0") != "0"
    return fill != "noFill" if fill else styled


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _box(shape: Any) -> Box | None:
    """Where a shape lies on the slide, groups resolved; None where its layout says it."""
    frame = child(shape, "spPr", "xfrm")
    frame = frame if frame is not None else child(shape, "xfrm")
    box = _frame(frame, "off", "ext")
    for outer in shape.iterancestors() if box else ():
        if local(outer) == "grpSp":
            around = child(outer, "grpSpPr", "xfrm")
            there, inner = _frame(around, "off", "ext"), _frame(around, "chOff", "chExt")
            if there and inner and box and inner[2] > inner[0] and inner[3] > inner[1]:
                across = (there[2] - there[0]) / (inner[2] - inner[0])
                down = (there[3] - there[1]) / (inner[3] - inner[1])
                box = (
                    there[0] + (box[0] - inner[0]) * across, there[1] + (box[1] - inner[1]) * down,
                    there[0] + (box[2] - inner[0]) * across, there[1] + (box[3] - inner[1]) * down,
                )  # fmt: skip
    return box


def _frame(frame: Any, place: str, size: str) -> Box | None:
    at, extent = child(frame, place), child(frame, size)
    if at is None or extent is None:
        return None
    try:
        x, y = int(attribute(at, "x") or ""), int(attribute(at, "y") or "")
        return x, y, x + int(attribute(extent, "cx") or ""), y + int(attribute(extent, "cy") or "")
    except ValueError:
        return None
