"""Which runs of a Word document a reader does not see: hidden, in the colour of the ground, or tiny; it knows no words.

A colour counts only where the ground is known: not in tables of a style that shades, nor in boxes that are filled.
"""

from typing import Any

from core.library.parsers.colours import UNKNOWN, WHITE, Colour, alike, from_hex
from core.library.parsers.docx_styles import Styles
from core.library.parsers.ooxml import attribute, child, local
from core.types import Why

_TINY = 6
"""Half points, below which a text is not read."""
_OFF = ("0", "false", "off", "none")
_LOOKS = frozenset(("vanish", "specVanish", "sz", "color", "highlight", "shd", "rStyle"))
_FILLED = frozenset(("solidFill", "gradFill", "blipFill", "pattFill", "grpFill"))


class Hidden:
    """Judges the runs of one document."""

    def __init__(self, styles: Styles, document: Any) -> None:
        self._styles = styles
        paper = child(document, "background")
        self._paper: Colour = (from_hex(attribute(paper, "color")) if paper is not None else None) or WHITE
        self._by_style: dict[tuple[str, str], dict[str, Any]] = {}
        self._grounds: dict[Any, Colour] = {}
        self._paragraph: Any = None
        self._style = ""
        """Of the paragraph that was looked at last."""

    def why(self, run: Any, paragraph: Any) -> Why | None:
        """Why the text of a run is not seen; None where it is."""
        if paragraph is not self._paragraph:
            self._paragraph, self._style = paragraph, _named(child(paragraph, "pPr"), "pStyle")
        looks = {name: each for each in _own(run) if (name := local(each)) in _LOOKS}
        looks = self._of_styles(_value(looks.pop("rStyle", None)), self._style) | looks
        if not looks:
            return None
        if _is_on(looks.get("vanish")) or _is_on(looks.get("specVanish")):
            return "hidden by style"
        colour = from_hex(_value(looks.get("color")))
        if colour and alike(colour, self._ground(looks, paragraph)):
            return "white text"
        size = _value(looks.get("sz"))
        return "tiny text" if size.isdecimal() and int(size) < _TINY else None

    def _of_styles(self, run: str, paragraph: str) -> dict[str, Any]:
        """What the styles say of runs, the nearest first."""
        if (run, paragraph) not in self._by_style:
            looks: dict[str, Any] = {}
            for properties in self._styles.runs(run, paragraph):
                for each in properties:
                    if local(each) in _LOOKS:
                        looks.setdefault(local(each), each)
            self._by_style[run, paragraph] = looks
        return self._by_style[run, paragraph]

    def _ground(self, looks: dict[str, Any], paragraph: Any) -> Colour:
        if _is_on(looks.get("highlight")):
            return UNKNOWN
        own = shading(looks.get("shd"))
        if own is None:
            if paragraph not in self._grounds:
                self._grounds[paragraph] = self._ground_of(paragraph)
            return self._grounds[paragraph]
        return own

    def _ground_of(self, paragraph: Any) -> Colour:
        """The nearest shading around a paragraph, else the paper."""
        own = child(paragraph, "pPr")
        for properties in (own, *self._styles.paragraphs(_named(own, "pStyle"))):
            if (found := shading(child(properties, "shd"))) is not None:
                return found
        for outer in paragraph.iterancestors():
            found = None
            name = local(outer)
            if name == "tc":
                found = shading(child(outer, "tcPr", "shd"))
            elif name == "tbl":
                style = _named(child(outer, "tblPr"), "tblStyle")
                found = shading(child(outer, "tblPr", "shd")) or (UNKNOWN if self._styles.shades(style) else None)
            elif name == "txbxContent":
                return WHITE if _is_bare(outer) else UNKNOWN
            if found is not None:
                return found
        return self._paper


def _own(run: Any) -> Any:
    """A run's own properties, which stand before its text."""
    return run[0] if len(run) and local(run[0]) == "rPr" else ()


def shading(element: Any) -> Colour | None:
    """The colour of a `shd`; None for no shading."""
    if element is None:
        return None
    pattern, fill = attribute(element, "val") or "clear", attribute(element, "fill") or "auto"
    if pattern == "nil" or (pattern == "clear" and fill == "auto"):
        return None
    return (from_hex(fill) if pattern == "clear" else None) or UNKNOWN


def _named(properties: Any, name: str) -> str:
    return _value(child(properties, name))


def _value(element: Any) -> str:
    return (attribute(element, "val") or "") if element is not None else ""


def _is_on(element: Any) -> bool:
    return element is not None and (attribute(element, "val") or "true").lower() not in _OFF


def _is_bare(box: Any) -> bool:
    """Whether a text box has no fill, in a document without a picture that it might lie on."""
    shape = next((outer for outer in box.iterancestors() if local(outer) == "wsp"), None)
    properties = child(shape, "spPr")
    if properties is None or any(local(each) in _FILLED for each in properties):
        return False
    reference = child(shape, "style", "fillRef")
    styled = reference is not None and (attribute(reference, "idx") or "0") != "0"
    if styled and child(properties, "noFill") is None:
        return False
    return not any(local(each) == "blip" for each in box.getroottree().getroot().iter())
