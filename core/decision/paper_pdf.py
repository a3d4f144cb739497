"""A report as a PDF, by ReportLab; it decides nothing.

The font is the one that ReportLab carries, which is Latin: a character that it lacks is drawn as a lozenge, and a line
at the end says so. The HTML file has no such limit.
"""

from html import escape
from io import BytesIO
from typing import Any

from core.decision.paper_parts import Bar, Paper, Section, Sheet

_FONT, _BOLD = "Vera", "VeraBd"
_INK, _GREY, _LINE, _BEST, _OTHER = "#24221d", "#6b6558", "#e2e0da", "#86620f", "#b9b3a6"
_LACKING = "◊"
_MARGIN = 54.0
"""Points on each side; A4 is 595 wide."""
_ROOM = 150.0
"""Points that a section finds below its heading, or it begins on the next page: a table's head and its first rows."""


def pdf(paper: Paper) -> bytes:
    """The file's bytes; the same report gives the same ones."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    sheet = _Sheet(A4[0] - 2 * _MARGIN)
    story = [Paragraph(sheet.text(paper.title), sheet.title), Paragraph(sheet.text(paper.about), sheet.small)]
    for section in paper.sections:
        story += sheet.section(section)
    if sheet.lacking:
        story.append(Paragraph(sheet.text(f"{_LACKING} stands for a character that this font lacks."), sheet.small))
    out = BytesIO()
    made = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=_MARGIN, bottomMargin=_MARGIN,
        title=paper.title, author="Touchstone", lang="en", invariant=1,
    )  # fmt: skip
    made.build(story, onFirstPage=_numbered, onLaterPages=_numbered)
    return out.getvalue()


class _Sheet:
    """Makes what a page is laid out of."""

    def __init__(self, width: float) -> None:
        from reportlab.lib.styles import ParagraphStyle
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.ttfonts import TTFont

        for name in (_FONT, _BOLD):
            pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))
        self._known = pdfmetrics.getFont(_FONT).face.charToGlyph
        self.width, self.lacking = width, False
        self.body = ParagraphStyle("body", fontName=_FONT, fontSize=9, leading=13, textColor=_INK, spaceAfter=5)
        self.small = ParagraphStyle("small", self.body, fontSize=7.5, leading=10.5, textColor=_GREY)
        self.cell = ParagraphStyle("cell", self.body, fontSize=7.5, leading=10, spaceAfter=0)
        self.head = ParagraphStyle("head", self.cell, fontName=_BOLD, textColor=_GREY)
        self.point = ParagraphStyle("point", self.body, leftIndent=12, bulletIndent=2)
        self.title = ParagraphStyle("title", self.body, fontName=_BOLD, fontSize=18, leading=23, spaceAfter=6)
        self.heading = ParagraphStyle(
            "heading",
            self.body,
            fontName=_BOLD,
            fontSize=11.5,
            leading=15,
            spaceBefore=14,
            spaceAfter=6,
            keepWithNext=1,
        )

    def text(self, told: str) -> str:
        """Text as ReportLab's paragraphs take it: nothing of it is read as markup."""
        shown = "".join(each if ord(each) in self._known or each.isspace() else _LACKING for each in told)
        self.lacking = self.lacking or shown != told
        return escape(shown, quote=False)

    def section(self, section: Section) -> list[Any]:
        """A heading with what follows it."""
        from reportlab.platypus import CondPageBreak, Paragraph

        parts: list[Any] = [CondPageBreak(_ROOM), Paragraph(self.text(section.title), self.heading)]
        if section.bars:
            parts.append(self._bars(section.bars))
        parts += [Paragraph(self.text(each), self.body) for each in section.paragraphs]
        parts += [Paragraph(self.text(each), self.point, bulletText="•") for each in section.points]
        if section.table:
            parts.append(self._table(section.table))
        return parts

    def _bars(self, bars: tuple[Bar, ...]) -> Any:
        from reportlab.graphics.shapes import Drawing, Rect, String
        from reportlab.lib.colors import HexColor

        step, left, right = 20.0, 150.0, 40.0
        drawing = Drawing(self.width, step * len(bars) + 8)
        for place, bar in enumerate(bars):
            low = step * (len(bars) - 1 - place) + 8
            font, track = (_BOLD if bar.best else _FONT), self.width - left - right
            ink = HexColor(_INK)
            drawing.add(String(0, low + 3, self._plain(bar.label), fontName=font, fontSize=8.5, fillColor=ink))
            drawing.add(Rect(left, low, track, 11, fillColor=HexColor("#f0efec"), strokeColor=None))
            filled = HexColor(_BEST if bar.best else _OTHER)
            drawing.add(Rect(left, low, track * bar.value / 5, 11, fillColor=filled, strokeColor=None))
            drawing.add(
                String(
                    self.width,
                    low + 3,
                    f"{bar.value:.2f}",
                    fontName=font,
                    fontSize=8.5,
                    fillColor=ink,
                    textAnchor="end",
                )
            )
        return drawing

    def _plain(self, told: str) -> str:
        return "".join(each if ord(each) in self._known else _LACKING for each in told)

    def _table(self, table: Sheet) -> Any:
        from reportlab.lib.colors import HexColor
        from reportlab.platypus import Paragraph, Table

        rows = [[Paragraph(self.text(each), self.head) for each in table.head]]
        rows += [[Paragraph(self.text(each), self.cell) for each in row] for row in table.rows]
        made = Table(rows, colWidths=[width * self.width for width in table.widths], repeatRows=1, hAlign="LEFT")
        made.setStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, -1), 0.5, HexColor(_LINE)),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 7),
                ("TOPPADDING", (0, 0), (-1, -1), 4),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
            ]
        )
        return made


def _numbered(canvas: Any, document: Any) -> None:
    canvas.setFont(_FONT, 7.5)
    canvas.setFillColor(_GREY)
    canvas.drawRightString(document.pagesize[0] - _MARGIN, 30, str(document.page))
