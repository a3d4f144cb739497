"""Draws the company's mark and the figures of the manual with vector shapes.

It does not know on which page a figure lands.
"""

from __future__ import annotations

from collections.abc import Callable

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from sample_docs.brand import (
    COPPER,
    GREY,
    INK,
    MARK_DISC,
    MARK_LINES,
    MARK_PAN_DEPTH,
    MARK_PAN_Y,
    MARK_PANS,
    PAPER,
    RULE,
    TEAL,
)  # fmt: skip


def draw_mark(canvas: Canvas, x: float, y: float, size: float, disc: str = TEAL, lines: str = PAPER) -> None:
    """The beam balance in a disc, with its lower left corner at (x, y)."""
    canvas.saveState()
    canvas.translate(x, y)
    canvas.scale(size / 100, size / 100)
    canvas.setFillColor(HexColor(f"#{disc}"))
    canvas.circle(*MARK_DISC, stroke=0, fill=1)
    canvas.setStrokeColor(HexColor(f"#{lines}"))
    canvas.setLineWidth(4)
    canvas.setLineCap(1)
    for line in MARK_LINES:
        canvas.line(*line)
    canvas.setFillColor(HexColor(f"#{COPPER}"))
    for left, right in MARK_PANS:
        path = canvas.beginPath()
        path.moveTo(left, MARK_PAN_Y)
        low = MARK_PAN_Y - 1.33 * MARK_PAN_DEPTH
        path.curveTo(left + 6, low, right - 6, low, right, MARK_PAN_Y)
        path.close()
        canvas.drawPath(path, stroke=0, fill=1)
    canvas.restoreState()


class WrenTop(Flowable):
    """The brewing scale seen from above, with numbered call-outs where they are asked for."""

    def __init__(self, width: float, labels: bool = True) -> None:
        super().__init__()
        self.width, self.height, self.labels = width, width * (0.46 if labels else 0.66), labels

    def draw(self) -> None:
        """Called by reportlab at the flowable's place."""
        c, scale = self.canv, self.height
        w, h = scale * 1.02, scale * 0.94
        x, y = (self.width - w) / 2, (self.height - h) / 2
        c.setFillColor(HexColor(f"#{INK}"))
        c.roundRect(x, y, w, h, scale * 0.06, stroke=0, fill=1)
        c.setFillColor(HexColor("#3A4344"))
        c.roundRect(x + w * 0.04, y + h * 0.26, w * 0.92, h * 0.70, scale * 0.04, stroke=0, fill=1)
        c.setStrokeColor(HexColor("#566264"))
        c.setLineWidth(0.8)
        for radius in (0.15, 0.22, 0.29):
            c.circle(x + w / 2, y + h * 0.61, scale * radius, stroke=1, fill=0)
        c.setFillColor(HexColor("#101415"))
        c.roundRect(x + w * 0.20, y + h * 0.06, w * 0.60, h * 0.15, scale * 0.02, stroke=0, fill=1)
        c.setFillColor(HexColor(f"#{PAPER}"))
        c.setFont("Courier-Bold", scale * 0.072)
        reading = "  0.0 g  0:00" if self.labels else "240.0 g  2:45"
        c.drawCentredString(x + w * 0.50, y + h * 0.115, reading)
        c.setFillColor(HexColor(f"#{COPPER}"))
        for share in (0.115, 0.885):
            c.circle(x + w * share, y + h * 0.135, scale * 0.045, stroke=0, fill=1)
        if self.labels:
            self._call_outs(x, y, w, h)

    def _call_outs(self, x: float, y: float, w: float, h: float) -> None:
        """Numbers in discs at the sides, each with a line to its part; the legend is the table below the figure."""
        points = (
            ("1", 0.50, 0.84, -1), ("2", 0.28, 0.135, -1), ("3", 0.115, 0.135, -1),
            ("4", 0.885, 0.135, 1), ("5", 0.985, 0.50, 1), ("6", 0.985, 0.72, 1),
        )  # fmt: skip
        heights = {"1": 0.84, "2": 0.36, "3": 0.135, "4": 0.135, "5": 0.50, "6": 0.72}
        c = self.canv
        for number, px, py, side in points:
            end = 14.0 if side < 0 else self.width - 14.0
            level = y + h * heights[number]
            c.setStrokeColor(HexColor(f"#{COPPER}"))
            c.setLineWidth(0.9)
            c.line(x + w * px, y + h * py, end, level)
            c.setFillColor(HexColor(f"#{PAPER}"))
            c.circle(end, level, 9, stroke=1, fill=1)
            c.setFillColor(HexColor(f"#{TEAL}"))
            c.setFont("Helvetica-Bold", 9)
            c.drawCentredString(end, level - 3.2, number)


class WrenUnder(Flowable):
    """The underside: four feet with screws, the battery door and the rating plate."""

    def __init__(self, width: float) -> None:
        super().__init__()
        self.width, self.height = width, width * 0.31

    def draw(self) -> None:
        """Called by reportlab at the flowable's place."""
        c = self.canv
        w, h = self.height * 1.15, self.height * 0.94
        x, y = (self.width - w) / 2, self.height * 0.03
        c.setStrokeColor(HexColor(f"#{INK}"))
        c.setFillColor(HexColor(f"#{PAPER}"))
        c.setLineWidth(1.2)
        c.roundRect(x, y, w, h, 10, stroke=1, fill=1)
        c.setFillColor(HexColor(f"#{RULE}"))
        c.roundRect(x + w * 0.30, y + h * 0.52, w * 0.40, h * 0.30, 4, stroke=1, fill=1)
        c.rect(x + w * 0.32, y + h * 0.16, w * 0.36, h * 0.20, stroke=1, fill=0)
        for fx in (0.13, 0.87):
            for fy in (0.15, 0.85):
                c.setFillColor(HexColor(f"#{GREY}"))
                c.circle(x + w * fx, y + h * fy, h * 0.09, stroke=1, fill=1)
                c.setFillColor(HexColor(f"#{COPPER}"))
                c.circle(x + w * fx, y + h * fy, h * 0.03, stroke=0, fill=1)
        c.setFont("Helvetica", 8.2)
        c.setFillColor(HexColor(f"#{INK}"))
        for text, px, py, side in (
            ("Foot with screw beneath", 0.13, 0.85, -1), ("Battery door", 0.70, 0.67, 1),
            ("Rating plate, serial number", 0.68, 0.26, 1),
        ):  # fmt: skip
            end = x - 14 if side < 0 else x + w + 14
            c.setLineWidth(0.7)
            c.setStrokeColor(HexColor(f"#{COPPER}"))
            c.line(x + w * px, y + h * py, end, y + h * py)
            draw = c.drawRightString if side < 0 else c.drawString
            draw(end + 4 * side, y + h * py - 3, text)


FIGURES: dict[str, Callable[..., Flowable]] = {"wren-top": WrenTop, "wren-under": WrenUnder}
