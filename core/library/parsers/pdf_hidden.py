"""Which characters of a PDF page a reader does not see, by the objects that draw them and what lies under and over.

It knows no words. The text layer of a scan, drawn invisibly over or under a picture of the page, is what the reader
sees there and is not concealed. A ground is a rectangle of one colour or the white page; any other cannot be told.
"""

import ctypes
import math
from dataclasses import dataclass, field

import pypdfium2 as pdfium
from pypdfium2 import raw

from core.library.parsers.colours import UNKNOWN, WHITE, Colour, alike
from core.library.parsers.pdf_chars import PageChars, Rect
from core.library.parsers.pdf_tables import Matrix, matrix_of, times
from core.types import Why

_SCAN = 0.5
"""Share of a page that pictures fill, from which on it counts as a scan."""
_TINY = 3.0
"""Points."""
_FLAT = 2.4
"""Letters higher than this, in points, are not of a size below the limit."""
_LEAST_AREA = 4.0
"""Points that a filled path is wide and high at least, to be a ground; below it is a rule."""
_LARGEST = 3_000
"""Points of a picture's longer side, beyond which it is not drawn to see whether it is clear."""
_MOST_CLEAR = 0.1
_DEEPEST = 8
_MOST_AREAS = 4_000
_STRIP = 24.0
"""Points."""
_MOST_STRIPS = 600
_INVISIBLE = (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)
_STROKED = (raw.FPDF_TEXTRENDERMODE_STROKE, raw.FPDF_TEXTRENDERMODE_STROKE_CLIP)
_FILLED = (raw.FPDF_TEXTRENDERMODE_FILL, raw.FPDF_TEXTRENDERMODE_FILL_CLIP)
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(slots=True)
class _Text:
    """A text object; its place in the order of drawing counts up."""

    handle: object
    place: int
    box: Rect
    matrix: Matrix
    """Of the forms around it."""


@dataclass(slots=True)
class _Area:
    """A filled path, a picture or a shading."""

    handle: object
    place: int
    box: Rect
    colour: Colour
    opaque: bool
    """False where something shows through for certain; see `is_plain`."""
    picture: bool

    def is_plain(self) -> bool:
        """Whether a path is no more than a rectangle, and nothing blends with what lies under it."""
        return raw.FPDFPath_CountSegments(self.handle) <= 6 and not raw.FPDFPageObj_HasTransparency(self.handle)


@dataclass(slots=True)
class _Drawn:
    texts: list[_Text] = field(default_factory=list)
    areas: list[_Area] = field(default_factory=list)


class _Numbers:
    """Places for what pdfium writes, made once a page."""

    def __init__(self) -> None:
        self.edges = tuple(ctypes.c_float() for _ in range(4))
        self.channels = tuple(ctypes.c_uint() for _ in range(4))

    def colour(self, handle: object, stroke: bool = False) -> tuple[Colour, int]:
        """Colour and opacity, 0 to 255, of a fill or a line; UNKNOWN for a pattern."""
        get = raw.FPDFPageObj_GetStrokeColor if stroke else raw.FPDFPageObj_GetFillColor
        if not get(handle, *self.channels):
            return UNKNOWN, 255
        red, green, blue, opacity = self.channels
        return (red.value, green.value, blue.value), opacity.value

    def box(self, handle: object, matrix: Matrix) -> Rect:
        """Left, bottom, right, top in the file's coordinates."""
        raw.FPDFPageObj_GetBounds(handle, *self.edges)
        x0, y0, x1, y1 = self.edges
        left, bottom, right, top = x0.value, y0.value, x1.value, y1.value
        if matrix is _IDENTITY:
            return left, bottom, right, top
        a, b, c, d, e, f = matrix
        xs = [a * x + c * y + e for x in (left, right) for y in (bottom, top)]
        ys = [b * x + d * y + f for x in (left, right) for y in (bottom, top)]
        return min(xs), min(ys), max(xs), max(ys)


def concealed_chars(page: pdfium.PdfPage, text_page: pdfium.PdfTextPage, chars: PageChars) -> dict[int, Why]:
    """By the number of a character, why it is not seen; blanks between words may be missing."""
    numbers = _Numbers()
    drawn = _drawn(page, numbers)
    edges: Rect = page.get_bbox()
    judge = _Judge(page, drawn, edges, numbers)
    whys = {_address(text.handle): why for text in drawn.texts if (why := judge.why(text))}
    crossing = judge.crossing
    if not whys and not crossing:
        return {}
    found: dict[int, Why] = {}
    for i, char in enumerate(chars.texts):
        if not char.strip():
            continue
        why = whys.get(_address(raw.FPDFText_GetTextObject(text_page.raw, i))) if whys else None
        if why is None and crossing and chars.user[i][2] > chars.user[i][0] and _outside(chars.user[i], edges):
            why = "off the page"
        if why:
            found[i] = why
    return found


class _Strips:
    """Areas by the level strips of the page that they touch, so that a text is compared with those at its height."""

    def __init__(self, areas: list[_Area], edges: Rect) -> None:
        self._bottom = edges[1]
        self._strips: list[list[_Area]] = [[] for _ in range(self._number(edges[3]) + 1)]
        for area in areas:
            for strip in self._strips[self._number(area.box[1]) : self._number(area.box[3]) + 1]:
                strip.append(area)

    def at(self, y: float) -> list[_Area]:
        """The areas near a height, in the order of drawing."""
        return self._strips[min(self._number(y), len(self._strips) - 1)]

    def _number(self, y: float) -> int:
        return int(min(max(y - self._bottom, 0.0) / _STRIP, _MOST_STRIPS))


class _Judge:
    """Judges the text objects of one page."""

    def __init__(self, page: pdfium.PdfPage, drawn: _Drawn, edges: Rect, numbers: _Numbers) -> None:
        self._page = page
        self._edges = edges
        self._numbers = numbers
        self._areas = _Strips(drawn.areas, edges)
        self._grounds = [WHITE, *{area.colour for area in drawn.areas if area.colour != UNKNOWN}]
        self._solid: dict[int, bool] = {}
        self._lost: dict[Colour, bool] = {}
        self.crossing = False
        """Whether a text met so far goes over the page's edge."""
        pictures = sum(_size(_common(area.box, edges)) for area in drawn.areas if area.picture)
        self._scan = pictures > _SCAN * _size(edges)
        first = min((text.place for text in drawn.texts), default=0)
        covers = [] if self._scan else [area for area in drawn.areas if area.opaque and area.place > first]
        self._covers = _Strips(covers, edges) if covers else None

    def why(self, text: _Text) -> Why | None:
        """Why nothing of a text object is seen; None where it is."""
        if not _holds(self._edges, text.box):
            if _outside(text.box, self._edges):
                return "off the page"
            self.crossing = True
        mode = raw.FPDFTextObj_GetTextRenderMode(text.handle)
        if mode in _INVISIBLE:
            return None if self._scan else "hidden by style"
        if mode in _FILLED or mode in _STROKED:
            colour, opacity = self._numbers.colour(text.handle, mode in _STROKED)
            if not opacity:
                return None if self._scan else "hidden by style"
            if self._may_be_lost(colour) and alike(colour, self._ground(text)):
                return "white text"
        if self._covers and self._is_covered(text, self._covers):
            return "behind a picture"
        return "tiny text" if 0 < text.box[3] - text.box[1] < _FLAT and _font_size(text) < _TINY else None

    def _may_be_lost(self, colour: Colour) -> bool:
        """Whether anything on the page has the colour of a text."""
        if colour not in self._lost:
            self._lost[colour] = any(alike(colour, ground) for ground in self._grounds)
        return self._lost[colour]

    def _ground(self, text: _Text) -> Colour:
        """The colour of what was drawn last under the middle of a text."""
        x, y = (text.box[0] + text.box[2]) / 2, (text.box[1] + text.box[3]) / 2
        for area in reversed(self._areas.at(y)):
            left, bottom, right, top = area.box
            if area.place < text.place and left <= x <= right and bottom <= y <= top:
                return area.colour if area.opaque and not area.picture and area.is_plain() else UNKNOWN
        return WHITE

    def _is_covered(self, text: _Text, covers: "_Strips") -> bool:
        return any(
            area.place > text.place
            and _holds(area.box, text.box)
            and (self._is_solid(area) if area.picture else area.is_plain())
            for area in covers.at((text.box[1] + text.box[3]) / 2)
        )

    def _is_solid(self, area: _Area) -> bool:
        """Whether a picture lets next to nothing through; what cannot be drawn, or is too large to be, lets all."""
        if area.place not in self._solid:
            handle = None
            if max(area.box[2] - area.box[0], area.box[3] - area.box[1]) < _LARGEST:
                handle = raw.FPDFImageObj_GetRenderedBitmap(self._page.pdf.raw, self._page.raw, area.handle)
            self._solid[area.place] = bool(handle) and _clear_share(handle) < _MOST_CLEAR
        return self._solid[area.place]


def _clear_share(handle: object) -> float:
    """Share of a bitmap's points that are not opaque; closes it."""
    bitmap = pdfium.PdfBitmap.from_raw(handle)
    picture = bitmap.to_pil()
    opacities = picture.getchannel("A").histogram() if "A" in picture.getbands() else [0] * 255 + [1]
    bitmap.close()
    return float(sum(opacities[:250]) / max(sum(opacities), 1))


def _drawn(page: pdfium.PdfPage, numbers: _Numbers) -> _Drawn:
    """Texts and areas in the order of drawing, those inside forms included."""
    drawn = _Drawn()
    count = raw.FPDFPage_CountObjects(page.raw)
    todo = [(raw.FPDFPage_GetObject(page.raw, i), _IDENTITY, 0) for i in range(count - 1, -1, -1)]
    place = 0
    while todo:
        handle, outer, depth = todo.pop()
        kind = raw.FPDFPageObj_GetType(handle)
        place += 1
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            drawn.texts.append(_Text(handle, place, numbers.box(handle, outer), outer))
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
            inner = times(matrix_of(handle), outer)
            inside = raw.FPDFFormObj_CountObjects(handle)
            todo += [(raw.FPDFFormObj_GetObject(handle, i), inner, depth + 1) for i in range(inside - 1, -1, -1)]
        elif len(drawn.areas) < _MOST_AREAS and (area := _area(handle, kind, place, outer, numbers)):
            drawn.areas.append(area)
    return drawn


def _area(handle: object, kind: int, place: int, outer: Matrix, numbers: _Numbers) -> _Area | None:
    """What an object lays under or over texts; None for a line and what is too small or clear."""
    box = numbers.box(handle, outer)
    if box[2] - box[0] < _LEAST_AREA or box[3] - box[1] < _LEAST_AREA:
        return None
    if kind == raw.FPDF_PAGEOBJ_IMAGE:
        return _Area(handle, place, box, UNKNOWN, not raw.FPDFPageObj_HasTransparency(handle), picture=True)
    if kind == raw.FPDF_PAGEOBJ_SHADING:
        return _Area(handle, place, box, UNKNOWN, opaque=False, picture=False)
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    if kind != raw.FPDF_PAGEOBJ_PATH or not raw.FPDFPath_GetDrawMode(handle, mode, stroke) or not mode.value:
        return None
    colour, opacity = numbers.colour(handle)
    if not opacity:
        return None
    return _Area(handle, place, box, colour, opacity == 255, picture=False)


def _font_size(text: _Text) -> float:
    """In points of the page."""
    size = ctypes.c_float()
    raw.FPDFTextObj_GetFontSize(text.handle, size)
    a, b, c, d, _, _ = times(matrix_of(text.handle), text.matrix)
    return float(size.value) * math.sqrt(abs(a * d - b * c))


def _address(handle: object) -> int:
    return ctypes.cast(handle, ctypes.c_void_p).value or 0  # type: ignore[arg-type]


def _outside(box: Rect, edges: Rect) -> bool:
    return box[2] <= edges[0] or box[0] >= edges[2] or box[3] <= edges[1] or box[1] >= edges[3]


def _holds(outer: Rect, inner: Rect) -> bool:
    return (
        outer[0] <= inner[0] + 1 and outer[1] <= inner[1] + 1 and outer[2] >= inner[2] - 1 and outer[3] >= inner[3] - 1
    )


def _common(a: Rect, b: Rect) -> Rect:
    return max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])


def _size(box: Rect) -> float:
    return max(box[2] - box[0], 0.0) * max(box[3] - box[1], 0.0)
