"""Reads the text in a picture of a PDF page with Tesseract, where that is installed.

It knows nothing of other pages. Words come back with boxes in the file's coordinates.
"""

import io
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache

import pypdfium2 as pdfium

from core.library.parsers.pdf_chars import Line, Rect
from core.library.parsers.pdf_layout import PageText, compose

_DPI = 200
_LARGEST = 4000
"""Pixels of the longer side at most."""
_LEAST_CONFIDENCE = 25.0
_MOST_LANGUAGES = 6


@dataclass(slots=True)
class Seen:
    """What was read; `boxes` are those of words: left, bottom, right, top."""

    text: PageText
    boxes: list[Rect]


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
    """The words of a page; none when Tesseract fails or takes too long."""
    width, height = page.get_size()
    scale = min(_DPI / 72, _LARGEST / max(width, height, 1))
    bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=False)
    picture = io.BytesIO()
    image = bitmap.to_pil()
    image.save(picture, "PNG", compress_level=1)
    known = [language for language in _languages() if language not in ("osd", "equ")]
    first = [language for language in ("eng",) if language in known]
    chosen = (first + [language for language in known if language not in first])[:_MOST_LANGUAGES]
    layout = "1" if "osd" in _languages() else "3"
    command = ["tesseract", "stdin", "stdout", "-l", "+".join(chosen), "--psm", layout, "--dpi", str(round(scale * 72))]
    try:
        done = subprocess.run([*command, "tsv"], input=picture.getvalue(), capture_output=True, timeout=seconds, check=True)
    except (OSError, subprocess.SubprocessError):
        return Seen(compose([]), [])
    return _words(done.stdout.decode("utf-8", "replace"), bitmap.get_posconv(page), image.size)


def _words(table: str, converter: pdfium.PdfPosConv, size: tuple[int, int]) -> Seen:
    """Tesseract's table of words as lines and boxes."""
    lines: dict[tuple[str, ...], Line] = {}
    boxes: list[Rect] = []
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) < 12 or cells[0] != "5" or not cells[11].strip() or float(cells[10]) < _LEAST_CONFIDENCE:
            continue
        left, top, wide, high = map(int, cells[6:10])
        key = tuple(cells[1:5])
        word = cells[11].strip()
        number = len(boxes)
        a, b = converter.to_page(left, top), converter.to_page(left + wide, top + high)
        boxes.append((min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])))
        box = (float(left), float(top), float(left + wide), float(top + high))
        line = lines.get(key)
        if line is None:
            lines[key] = Line(word, [number] * len(word), box, 0.0, False)
        else:
            line.text += " " + word
            line.chars += [-1] + [number] * len(word)
            old = line.box
            line.box = (min(old[0], box[0]), min(old[1], box[1]), max(old[2], box[2]), max(old[3], box[3]))
    heights = sorted(line.box[3] - line.box[1] for line in lines.values())
    usual = heights[len(heights) // 2] * 0.8 if heights else 1.0
    for line in lines.values():
        line.size = usual
        line.hyphen = len(line.text) > 1 and line.text[-1] in "-\u2010" and line.text[-2].isalpha()
    return Seen(compose(list(lines.values())), boxes)
