"""Reads the text in a picture of a PDF page with Tesseract, where that is installed.

It knows nothing of other pages. Words come back with boxes in the file's coordinates.
"""

import io
import shutil
import subprocess
import time
from dataclasses import dataclass
from functools import cache
from typing import Any

import pypdfium2 as pdfium

from core.library.parsers.pdf_chars import Line, Rect
from core.library.parsers.pdf_layout import PageText, compose

_DPI = 200
_LARGEST = 4000
"""Pixels of the longer side at most."""
_LEAST_CONFIDENCE = 25.0
_SURE = 75.0
"""Mean confidence at which no other turn is tried."""
_LEAST_SURE = 50.0
_MOST_LANGUAGES = 6


@dataclass(slots=True)
class Seen:
    """What was read; `boxes` are those of words: left, bottom, right, top."""

    text: PageText
    boxes: list[Rect]
    upright: bool = False
    """Whether the lines run up or down the file's coordinates."""


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    line: tuple[str, ...]
    box: Rect
    confidence: float


@cache
def available() -> bool:
    """Whether Tesseract is on the path and knows a language."""
    return shutil.which("tesseract") is not None and bool(_languages())


@cache
def _languages() -> tuple[str, ...]:
    try:
        listed = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(line.strip() for line in listed.stdout.splitlines()[1:] if line.strip())


def read(page: pdfium.PdfPage, seconds: float) -> Seen:
    """The words of a page; none when Tesseract fails, takes too long, or is too unsure of what it sees.

    A page that reads badly is turned by 180, 90 and 270 degrees, and the way that reads best is taken.
    """
    deadline = time.monotonic() + seconds
    width, height = page.get_size()
    scale = min(_DPI / 72, _LARGEST / max(width, height, 1))
    best: tuple[float, list[_Word], int] = (0.0, [], 0)
    bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=False)
    upright = bitmap.to_pil()
    for turned in (0, 180, 90, 270):
        left = deadline - time.monotonic()
        if left <= 1:
            break
        words = _recognise(upright.rotate(turned, expand=True), round(scale * 72), left)
        sure = sum(word.confidence * len(word.text) for word in words) / max(sum(len(w.text) for w in words), 1)
        if sure > best[0]:
            best = (sure, words, turned)
        if sure >= _SURE or not words:
            break
    sure, words, turned = best
    if sure < _LEAST_SURE:
        return Seen(compose([]), [])
    seen = _compose(words, bitmap.get_posconv(page), turned, upright.size)
    seen.upright = (turned + page.get_rotation()) % 180 == 90
    return seen


def _recognise(image: Any, dpi: int, seconds: float) -> "list[_Word]":
    known = [language for language in _languages() if language not in ("osd", "equ")]
    chosen = sorted(known, key=lambda language: language != "eng")[:_MOST_LANGUAGES]
    picture = io.BytesIO()
    image.save(picture, "PNG", compress_level=1)
    command = ["tesseract", "stdin", "stdout", "-l", "+".join(chosen), "--psm", "3", "--dpi", str(dpi), "tsv"]
    try:
        done = subprocess.run(command, input=picture.getvalue(), capture_output=True, timeout=seconds, check=True)
    except (OSError, subprocess.SubprocessError):
        return []
    words = []
    for row in done.stdout.decode("utf-8", "replace").splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) >= 12 and cells[0] == "5" and cells[11].strip() and float(cells[10]) >= _LEAST_CONFIDENCE:
            left, top, wide, high = map(int, cells[6:10])
            box = (float(left), float(top), float(left + wide), float(top + high))
            words.append(_Word(cells[11].strip(), tuple(cells[1:5]), box, float(cells[10])))
    return words


def _compose(words: "list[_Word]", converter: pdfium.PdfPosConv, turned: int, size: tuple[int, int]) -> Seen:
    """Words as lines and paragraphs, their boxes turned back onto the page."""
    lines: dict[tuple[str, ...], Line] = {}
    boxes: list[Rect] = []
    for word in words:
        corners = [_upright(x, y, turned, size) for x, y in ((word.box[0], word.box[1]), (word.box[2], word.box[3]))]
        (ax, ay), (bx, by) = (converter.to_page(round(x), round(y)) for x, y in corners)
        number = len(boxes)
        boxes.append((min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)))
        line = lines.get(word.line)
        if line is None:
            lines[word.line] = Line(word.text, [number] * len(word.text), word.box, 0.0, False)
            continue
        line.text += " " + word.text
        line.chars += [-1] + [number] * len(word.text)
        a, b = line.box, word.box
        line.box = (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
    heights = sorted(line.box[3] - line.box[1] for line in lines.values())
    usual = heights[len(heights) // 2] * 0.8 if heights else 1.0
    for line in lines.values():
        line.size = usual
        line.hyphen = len(line.text) > 1 and line.text[-1] in "-\u2010" and line.text[-2].isalpha()
    return Seen(compose(list(lines.values())), boxes)


def _upright(x: float, y: float, turned: int, size: tuple[int, int]) -> tuple[float, float]:
    """A point of the picture turned counterclockwise, in the picture as it was."""
    width, height = size
    if turned == 180:
        return width - x, height - y
    if turned == 90:
        return width - y, x
    if turned == 270:
        return y, height - x
    return x, y
