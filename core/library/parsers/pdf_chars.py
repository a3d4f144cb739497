"""The characters of a PDF page with their boxes, and the lines that pdfium sees in them.

It knows nothing of paragraphs or tables. Coordinates are those of the layout: points, the origin at the top left as
the text is read, whatever way the page or its text is turned.
"""

import ctypes
import math
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

import pypdfium2 as pdfium
from pypdfium2 import raw

Rect = tuple[float, float, float, float]
"""Left, top, right, bottom."""

_HYPHENS = "\x02\ufffe"
"""What pdfium puts in place of a hyphen at a line's end; it then goes on without a line break."""
_NOWHERE: Rect = (0.0, 0.0, 0.0, 0.0)
_GLYPHS = {177: "–", 178: "—", 179: "“", 180: "”", 181: "‘", 182: "’"}
_BOLD = ("bold", "black", "heavy", "semibold", "demi", "cmbx", "-bd", "boldmt")


_NO_BLANK = 0.12
_BLANK = -1
"""Stands among the characters of a line for a blank that is ours."""


@dataclass(slots=True)
class Line:
    """A line of text: its characters and for each the number that pdfium gives it (-1 for one that we put in)."""

    text: str
    chars: list[int]
    box: Rect
    size: float
    bold: bool
    hyphen: bool = False
    """Whether the word goes on in the next line."""
    gap: float = 0.0
    """The widest white between two of its words."""
    angle: int = 0
    """Degrees against the page's main direction; 90 or 270 for a stamp in the margin."""


@dataclass(slots=True)
class PageChars:
    """All characters of a page in the order of its content stream."""

    width: float
    height: float
    angle: int
    """Degrees counterclockwise, a multiple of 90, by which the text is turned against the page's own axes."""
    texts: list[str]
    rects: list[Rect]
    """In layout coordinates."""
    user: list[Rect]
    """Left, bottom, right, top as in the file."""
    unreadable: int
    """Characters that are no letters of any script."""


def read_chars(page: pdfium.PdfPage, text_page: pdfium.PdfTextPage) -> PageChars:
    """Every character of the page, generated line breaks included."""
    handle, count = text_page.raw, max(text_page.count_chars(), 0)
    code, box, rect = raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox, raw.FS_RECTF()
    texts: list[str] = []
    user: list[Rect] = []
    for i in range(count):
        char = code(handle, i)
        texts.append(chr(char) if char < 0x110000 else "\N{REPLACEMENT CHARACTER}")
        if char in (10, 13) or not box(handle, i, rect):
            user.append(_NOWHERE)
        else:
            user.append((rect.left, rect.bottom, rect.right, rect.top))
    _pair_surrogates(texts)
    _name_glyphs(handle, texts)
    unreadable = sum(_unwritable(char) or "\ue000" <= char <= "\uf8ff" or char == "\ufffd" for char in texts)
    texts = [" " if _unwritable(char) else char for char in texts]
    angle = _main_angle(handle, texts)
    turn = Turn(angle, *page.get_bbox())
    return PageChars(turn.width, turn.height, angle, texts, turn.layouts(user), user, unreadable)


class Turn:
    """From the file's coordinates to those of the layout."""

    def __init__(self, angle: int, left: float, bottom: float, right: float, top: float) -> None:
        self.angle = angle % 360
        self._edges = left, bottom, right, top
        wide, high = right - left, top - bottom
        self.width, self.height = (high, wide) if self.angle in (90, 270) else (wide, high)

    def point(self, x: float, y: float) -> tuple[float, float]:
        """A point of the file in the layout."""
        left, bottom, right, top = self._edges
        if self.angle == 90:
            return y - bottom, x - left
        if self.angle == 180:
            return right - x, y - bottom
        if self.angle == 270:
            return top - y, right - x
        return x - left, top - y

    def layouts(self, boxes: list[Rect]) -> list[Rect]:
        """Boxes (left, bottom, right, top) of the file as left, top, right, bottom of the layout."""
        left, bottom, right, top = self._edges
        if self.angle == 90:
            return [(b - bottom, a - left, d - bottom, c - left) for a, b, c, d in boxes]
        if self.angle == 180:
            return [(right - c, b - bottom, right - a, d - bottom) for a, b, c, d in boxes]
        if self.angle == 270:
            return [(top - d, right - c, top - b, right - a) for a, b, c, d in boxes]
        return [(a - left, top - d, c - left, top - b) for a, b, c, d in boxes]


def _unwritable(char: str) -> bool:
    """Control characters and lone surrogates; not line breaks nor pdfium's hyphens."""
    return (char < " " and char not in "\r\n\x02") or char == "\x7f" or "\ud800" <= char <= "\udfff"


def _pair_surrogates(texts: list[str]) -> None:
    """Put a character beyond the basic plane in the place of its first half; the second becomes empty."""
    for i, char in enumerate(texts):
        if "\ud800" <= char <= "\udbff" and i + 1 < len(texts) and "\udc00" <= texts[i + 1] <= "\udfff":
            texts[i] = (char + texts[i + 1]).encode("utf-16", "surrogatepass").decode("utf-16")
            texts[i + 1] = ""


def _name_glyphs(handle: object, texts: list[str]) -> None:
    """Read glyph numbers as letters where a font without a character map shows its numbers instead.

    The fonts of Windows number their glyphs from the blank, 3, in the order of ASCII. It is done only where the
    characters without a map hold blanks as often as a text does.
    """
    for i in range(1, len(texts) - 1):
        if texts[i] == "↵" and (texts[i - 1].isalpha() or texts[i + 1].isalpha()):
            texts[i] = "ff"  # the ligature of TeX's fonts, by its code
    if texts.count("\x03") < 3:
        return
    unmapped = [i for i, char in enumerate(texts) if char and raw.FPDFText_HasUnicodeMapError(handle, i)]
    if sum(texts[i] == "\x03" for i in unmapped) * 14 < len(unmapped):
        return
    for i in unmapped:
        code = ord(texts[i])
        if 3 <= code <= 97:
            texts[i] = chr(code + 29)
        elif code in _GLYPHS:
            texts[i] = _GLYPHS[code]


def _angle(handle: object, i: int) -> int | None:
    """The direction of a character in degrees counterclockwise, to the next quarter turn; pdfium counts clockwise."""
    radians = raw.FPDFText_GetCharAngle(handle, i)
    return round(-math.degrees(radians) / 90) * 90 % 360 if radians >= 0 else None


def _main_angle(handle: object, texts: list[str]) -> int:
    """The direction of most of the text, from a sample of about 200 characters."""
    shown = [i for i, char in enumerate(texts) if char.strip() and char not in _HYPHENS]
    votes: Counter[int] = Counter()
    for i in shown[:: max(1, len(shown) // 200)]:
        angle = _angle(handle, i)
        if angle is not None:
            votes[angle] += 1
    return votes.most_common(1)[0][0] if votes else 0


def split_lines(chars: PageChars, text_page: pdfium.PdfTextPage, wanted: range | list[int]) -> list[Line]:
    """The lines among the wanted characters, in the order of the content stream, blank ones left out."""
    lines: list[Line] = []
    current: list[int] = []
    broken, last = False, _NOWHERE
    texts, rects = chars.texts, chars.rects
    for i in wanted:
        char, here = texts[i], rects[i]
        if char in ("\r", "\n"):
            broken = True
            continue
        if not char:
            continue
        if char in _HYPHENS:
            _close(chars, text_page, [*current, i], lines, hyphen=True)
            current, broken = [], False
            continue
        if current and (broken or _jumps(last, here)):
            white = _white(last, here) if broken else -1.0
            if white < 0:
                _close(chars, text_page, current, lines)
                current = []
            elif white > _NO_BLANK:
                current.append(_BLANK)
        broken = False
        current.append(i)
        if here[3] > here[1] and char != " ":
            last = here
    _close(chars, text_page, current, lines)
    return _with_turned(lines, chars)


def _white(a: Rect, b: Rect) -> float:
    """White between two characters of one line, in heights of a letter; negative where they are not on one line.

    pdfium sees a new line where letters dance on their base line.
    """
    high = min(a[3] - a[1], b[3] - b[1])
    if high <= 0 or abs((a[1] + a[3]) - (b[1] + b[3])) > 0.7 * high:
        return -1.0
    white = (b[0] - a[2]) / high
    return max(white, 0.0) if -0.3 <= white <= 1.0 else -1.0


def _jumps(a: Rect, b: Rect) -> bool:
    """Whether a character stands clearly above or below the one before, though pdfium saw no line break."""
    return (b[1] >= a[3] or b[3] <= a[1]) and b[3] > b[1] and a[3] > a[1]


def _close(
    chars: PageChars, text_page: pdfium.PdfTextPage, members: list[int], lines: list[Line], hyphen: bool = False
) -> None:
    """Append the line of these characters, its blanks single and none at its ends."""
    text: list[str] = []
    numbers: list[int] = []
    boxes: list[Rect] = []
    gap, right = 0.0, None
    for i in members:
        char = " " if i == _BLANK else chars.texts[i]
        if char.isspace():
            if text and text[-1] != " ":
                text.append(" ")
                numbers.append(i)
            continue
        text += "-" if char in _HYPHENS else char
        numbers += [i] * len(char)
        box = chars.rects[i]
        if box[2] > box[0] and box[3] > box[1]:
            boxes.append(box)
            if char not in ".·…_":  # leaders of dots count as white
                gap = max(gap, box[0] - right) if right is not None else gap
                right = box[2]
    if text and text[-1] == " ":
        text.pop()
        numbers.pop()
    if not text:
        return
    around = _NOWHERE
    if boxes:
        lefts, tops, rights, bottoms = zip(*boxes, strict=True)
        around = (min(lefts), min(tops), max(rights), max(bottoms))
    size, bold = _font(chars, text_page, [i for i in members if i != _BLANK])
    ends_open = hyphen or (len(text) > 1 and text[-1] in "-\u00ad\u2010" and text[-2].isalpha())
    angle = (_angle(text_page.raw, numbers[0]) or 0) - chars.angle if text else 0
    lines.append(Line("".join(text), numbers, around, size, bold, ends_open, gap, angle % 360))


def _with_turned(lines: list[Line], chars: PageChars) -> list[Line]:
    """The same, but letters set across the page's direction, each of which came as a line, put together again."""
    out: list[Line] = []
    for line in lines:
        before = out[-1] if out else None
        if before is None or not line.angle or line.angle != before.angle:
            out.append(line)
            continue
        upright = line.angle in (90, 270)
        a, b = before.box, line.box
        apart = (max(a[0], b[0]) - min(a[2], b[2]), max(a[1], b[1]) - min(a[3], b[3]))
        aside, along = apart if upright else (apart[1], apart[0])
        if aside > 0 or along > 2 * max(line.size, 1.0):
            out.append(line)
            continue
        blank = along > 0.12 * line.size
        before.text += (" " if blank else "") + line.text
        before.chars = before.chars + ([_BLANK] if blank else []) + line.chars
        before.box = (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
    return out


def _font(chars: PageChars, text_page: pdfium.PdfTextPage, members: list[int]) -> tuple[float, bool]:
    """Size and weight of the line's characters, from its first, middle and last letter."""
    letters = [i for i in members if chars.texts[i].isalnum()] or members
    votes = [_font_of(text_page.raw, i) for i in (letters[0], letters[len(letters) // 2], letters[-1])]
    return sorted(size for size, _ in votes)[1], sum(bold for _, bold in votes) >= 2


def _font_of(handle: object, i: int) -> tuple[float, bool]:
    matrix = raw.FS_MATRIX()
    scale = 1.0
    if raw.FPDFText_GetMatrix(handle, i, matrix):
        scale = math.sqrt(abs(matrix.a * matrix.d - matrix.b * matrix.c)) or 1.0
    size = raw.FPDFText_GetFontSize(handle, i) * scale
    name = ctypes.create_string_buffer(96)
    raw.FPDFText_GetFontInfo(handle, i, name, 96, ctypes.c_int())
    return round(size, 1), raw.FPDFText_GetFontWeight(handle, i) >= 600 or _is_bold(name.value)


@lru_cache(maxsize=512)
def _is_bold(font: bytes) -> bool:
    name = font.decode("latin-1").lower()
    return any(mark in name for mark in _BOLD)
