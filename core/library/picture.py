"""Draws a page of a PDF with a range of its text marked; runs in the child process.

It does not know documents: the range counts within the page's own text.
"""

import io
from pathlib import Path
from typing import Any

from core.errors import NotFound
from core.library.limits import Limits
from core.library.parsers.pdf_chars import Rect
from core.library.parsers.pdf_page import PdfPages, ReadPage

_FILL = (255, 196, 0, 84)
_EDGE = (214, 120, 0, 255)
_TALLEST = 6_000


def draw_page(
    path: Path, number: int, start: int, end: int, width: int, limits: Limits
) -> tuple[dict[str, Any], bytes]:
    """The picture as PNG, with its size and the boxes on it in pixels."""
    from PIL import Image, ImageDraw

    with PdfPages(path) as document:
        if not 1 <= number <= len(document):
            raise NotFound(f"has no page {number}; it has {len(document)}")
        page = document.load(number - 1)
        wide, high = page.get_size()
        scale = min(width / max(wide, 1), _TALLEST / max(high, 1))
        bitmap = page.render(scale=scale)
        converter = bitmap.get_posconv(page)
        image = bitmap.to_pil().convert("RGB")
        boxes: list[tuple[int, int, int, int]] = []
        if end > start:
            boxes = [
                _in_picture(converter, box, image.size)
                for box in line_boxes(document.read(number - 1, limits.seconds / 2), start, end)
            ]
        if boxes:
            layer = Image.new("RGBA", image.size, (0, 0, 0, 0))
            pen = ImageDraw.Draw(layer)
            for box in boxes:
                pen.rectangle(box, fill=_FILL, outline=_EDGE, width=2)
            image = Image.alpha_composite(image.convert("RGBA"), layer).convert("RGB")
    png = io.BytesIO()
    image.save(png, "PNG", compress_level=3)
    return {"width": image.width, "height": image.height, "boxes": boxes}, png.getvalue()


def line_boxes(page: ReadPage, start: int, end: int) -> list[Rect]:
    """Boxes (left, bottom, right, top in the file) around the characters of a range, those of one line as one box."""
    numbers = [n for n in dict.fromkeys(page.text.piece.chars[max(start, 0) : end]) if n >= 0]
    merged: list[Rect] = []
    for number in numbers:
        box = page.boxes[number]
        if box[2] <= box[0] or box[3] <= box[1]:
            continue
        if merged and _beside(_turned(merged[-1], page.upright), _turned(box, page.upright)):
            last = merged[-1]
            merged[-1] = (min(last[0], box[0]), min(last[1], box[1]), max(last[2], box[2]), max(last[3], box[3]))
        else:
            merged.append(box)
    return merged


def _turned(box: Rect, upright: bool) -> Rect:
    """A box of an upright line as if the line were level."""
    return (box[1], box[0], box[3], box[2]) if upright else box


def _beside(a: Rect, b: Rect) -> bool:
    """Whether b goes on in the level line of a."""
    shared = min(a[3], b[3]) - max(a[1], b[1])
    white = max(a[0], b[0]) - min(a[2], b[2])
    high = min(a[3] - a[1], b[3] - b[1])
    return shared > 0.5 * high and white < 1.5 * high


def _in_picture(converter: Any, box: Rect, size: tuple[int, int]) -> tuple[int, int, int, int]:
    (x0, y0), (x1, y1) = converter.to_bitmap(box[0], box[1]), converter.to_bitmap(box[2], box[3])
    left, top, right, bottom = min(x0, x1) - 1, min(y0, y1) - 1, max(x0, x1) + 1, max(y0, y1) + 1
    return max(left, 0), max(top, 0), min(right, size[0] - 1), min(bottom, size[1] - 1)
