"""Pictures of PDF pages with a quoted passage marked, drawn in a child process: pdfium is not thread-safe.

It does not know documents or who may see them.
"""

import atexit
from dataclasses import asdict, dataclass
from pathlib import Path

from core.errors import RequestError
from core.library.limits import Limits
from core.library.process import ChildProcess
from core.library.sniff import check_file

_LIMITS = Limits(seconds=60)
_WIDTHS = range(50, 4001)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of a picture, from its top left corner."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page as a picture, with the boxes that are drawn on it."""

    png: bytes
    width: int
    height: int
    boxes: tuple[Box, ...]
    """One for each line of the passage, in reading order."""


_CHILD = ChildProcess(_LIMITS.memory_mb)
"""Starts with the first picture; serves all threads one after another."""
atexit.register(_CHILD.close)


def page_image(path: Path, number: int, start_in_page: int = 0, end_in_page: int = 0, width_px: int = 900) -> PageImage:
    """Page `number` (from 1) of a PDF, the range [start, end) of this page's text marked.

    Raises NotFound for a page that is not there, and FileRefused for a file that is no readable PDF.
    """
    if width_px not in _WIDTHS:
        raise RequestError(f"A picture {width_px} pixels wide cannot be drawn; choose {_WIDTHS[0]} to {_WIDTHS[-1]}.")
    check_file(path, path.name, _LIMITS)
    job = {
        "do": "draw",
        "path": str(path.resolve()),
        "name": path.name,
        "number": number,
        "start": start_in_page,
        "end": end_in_page,
        "width": width_px,
        "limits": asdict(_LIMITS),
    }
    header, png = _CHILD.call(job, path.name, _LIMITS.seconds)
    boxes = tuple(Box(*box) for box in header["boxes"])
    return PageImage(png, header["width"], header["height"], boxes)


def close() -> None:
    """End the drawing child; a later picture starts another."""
    _CHILD.close()
