"""A page of a PDF as a picture, brought into view where its passage is boxed."""

import base64
from pathlib import Path
from typing import TYPE_CHECKING

from pages.shared.drawing import component

if TYPE_CHECKING:
    from core.library.rendering import PageImage


_sheet = component("sheet", Path(__file__).with_name("sheet.js"))


def sheet(image: "PageImage", alt: str, *, key: str) -> None:
    """Show the picture at full width; with boxes, scroll to the first of them."""
    top = image.boxes[0].top / image.height if image.boxes else None
    bottom = image.boxes[-1].bottom / image.height if image.boxes else None
    data = {
        "png": base64.b64encode(image.png).decode(),
        "ratio": image.width / image.height,
        "alt": alt,
        "top": top,
        "bottom": bottom,
    }
    _sheet(data=data, key=key)
