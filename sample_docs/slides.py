"""Makes the deck of the quarterly review: title, text and table slides with the mark drawn from shapes.

It does not know the figures of any other paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
from pptx.enum.text import PP_ALIGN
from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide
from pptx.text.text import _Paragraph
from pptx.util import Emu, Mm, Pt

from sample_docs.brand import (
    COPPER,
    DISCLAIMER,
    GREY,
    INK,
    MARK_LINES,
    MARK_PAN_DEPTH,
    MARK_PAN_Y,
    MARK_PANS,
    PAPER,
    TEAL,
)
from sample_docs.frozen import freeze

_W, _H = 338.7, 190.5


@dataclass(frozen=True)
class Content:
    """One slide: its headline, its points, a table where it has one, and the speaker's notes."""

    title: str
    points: tuple[str, ...]
    table: tuple[tuple[str, ...], ...] = ()
    notes: str = ""


CONTENTS = (
    Content(
        "The quarter in five lines",
        (
            "Turnover was 4.62 million euros, 7.4 per cent more than in the third quarter of 2025.",
            "The operating margin fell to 8.9 per cent, because steel cost more and the recall is still being paid.",
            "61 per cent of the turnover came from our own shop, 39 per cent from dealers.",
            "The repair desk closed 3,940 cases; the comeback rate was 2.3 per cent.",
            "We were 112 people at the end of September, of whom nine are apprentices.",
        ),
        notes="Say first that the recall of spring is paid except for the insurer's last part.",
    ),
    Content(
        "Turnover by product line",
        ("The Wren overtook the Tarn for the first time.", "Spare parts grew fastest: plus 22 per cent."),
        (
            ("Line", "Q3 2025", "Q3 2026", "Change"),
            ("Wren brewing scales", "1.21 m euros", "1.48 m euros", "+22.3 per cent"),
            ("Tarn and Bowline scales", "1.39 m euros", "1.31 m euros", "-5.8 per cent"),
            ("Rook grinders", "0.94 m euros", "0.99 m euros", "+5.3 per cent"),
            ("Hob kettle and Loft dripper", "0.44 m euros", "0.46 m euros", "+4.5 per cent"),
            ("Parts, repair, workshops", "0.32 m euros", "0.38 m euros", "+18.8 per cent"),
        ),
        notes="Spare parts alone grew by 22 per cent; the line in the table also holds repair and workshops.",
    ),
    Content(
        "Customers",
        (
            "The recommendation score rose from 58 to 63 points.",
            "The most frequent praise: parts can be had after ten years.",
            "The most frequent complaint: fern is sold out within four days of each batch.",
            "Average wait at the customer desk: one minute and 50 seconds.",
        ),
    ),
    Content(
        "Service and quality",
        (
            "Of the 1,184 recalled scales 1,121 are back; 63 are still with their owners.",
            "Turn-round at the repair desk was 6.4 working days against a target of six.",
            "E17 accounts for 14 per cent of Wren cases since firmware 4.2; a better flap comes in January 2027.",
            "Second Round sold 1,530 articles, the highest number so far.",
        ),
    ),
    Content(
        "Works and purchasing",
        (
            "The anodising line stood still for six days in August instead of the planned five.",
            "A second source for load cells, Brisamar Sensores, was approved on 18 September 2026.",
            "Energy use per device fell by 9 per cent after the new compressor was installed.",
            "The stock of BL-11 batteries covers eleven weeks.",
        ),
    ),
    Content(
        "Projects",
        ("Three projects are on time, one is late.",),
        (
            ("Project", "Lead", "Next step", "State"),
            ("Wren C3", "Wendel Harrowgate", "Pilot batch of 150 in February 2027", "on time"),
            ("Dealer portal 2", "Prosper Annandick", "Opens on 9 November 2026", "on time"),
            (
                "Solar roof, Old Pattern Shop",
                "Bertil Oakenshaw",
                "212 kilowatts, building permit expected in December",
                "eight weeks late",
            ),
            ("Plastic-free cartons", "Celso Ibarrondo-Vey", "All kettles from 1 December 2026", "on time"),
        ),
    ),
    Content(
        "Outlook for the fourth quarter",
        (
            "We expect a turnover of 6.1 million euros, with the usual peak in the last week of November.",
            "Twelve seasonal helpers join the shipping hall from 2 November to 23 December.",
            "A price increase is not planned before 1 March 2027.",
            "The next review is on 21 January 2027 at 10:00 in the canteen.",
        ),
        notes="The board decided on the price question on 6 October; Isaura Tennwick will answer questions herself.",
    ),
)


def quarterly_review() -> bytes:
    """The deck's bytes."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Mm(_W), Mm(_H)
    _opening(deck)
    for number, content in enumerate(CONTENTS, start=2):
        _content(deck, content, number)
    props = deck.core_properties
    props.author, props.title, props.comments = (
        "Quillow Works",
        "Quarterly review, third quarter of 2026",
        DISCLAIMER,
    )
    props.created = props.modified = datetime(2026, 1, 5, 8, 0)
    out = BytesIO()
    deck.save(out)
    return freeze(out.getvalue())


def _opening(deck: Deck) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    _rect(slide, 0, 0, _W, _H, TEAL)
    _rect(slide, 22, 128, 60, 1.6, COPPER)
    _mark(slide, 22, 28, 30, PAPER, TEAL)
    _place_title(slide, "Quarterly review, third quarter of 2026", 22, 78, 295, 44, 36, "FFFFFF")
    _text(
        slide,
        (
            "Works meeting of 15 October 2026. Presented by Isaura Tennwick and Bertil Oakenshaw.",
            f"Internal. {DISCLAIMER}.",
        ),
        22,
        134,
        290,
        26,
        16,
        PAPER,
    )


def _content(deck: Deck, content: Content, number: int) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    _mark(slide, 18, 12, 15, TEAL, PAPER)
    _place_title(slide, content.title, 38, 10, 280, 19, 28, TEAL)
    _rect(slide, 18, 31, _W - 36, 0.8, COPPER)
    height, size = (24, 19) if content.table else (125, 24)
    _text(slide, content.points, 18, 40, _W - 36, height, size, INK, bullets=True)
    if content.table:
        _table(slide, content.table)
    _text(
        slide,
        (f"Quillow Works | Quarterly review Q3 2026 | Internal | {DISCLAIMER}",),
        18,
        177,
        240,
        8,
        10,
        GREY,
    )
    _text(slide, (str(number),), 300, 177, 20, 8, 10, GREY)
    if content.notes:
        slide.notes_slide.notes_text_frame.text = content.notes


def _place_title(slide: Slide, text: str, x: float, y: float, w: float, h: float, size: int, colour: str) -> None:
    """The layout's own title, so that a reader of the file finds a title; moved after the mark."""
    title = slide.shapes.title
    title.left, title.top, title.width, title.height = Mm(x), Mm(y), Mm(w), Mm(h)
    title.text_frame.text = text
    paragraph = title.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.LEFT
    font = paragraph.runs[0].font
    font.size, font.bold, font.color.rgb = Pt(size), True, RGBColor.from_string(colour)
    slide.shapes._spTree.append(title._element)


def _text(
    slide: Slide,
    lines: tuple[str, ...],
    x: float,
    y: float,
    w: float,
    h: float,
    size: int,
    colour: str,
    bullets: bool = False,
) -> None:
    frame = slide.shapes.add_textbox(Mm(x), Mm(y), Mm(w), Mm(h)).text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = 0
    for number, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.space_after = Pt(size * 0.6)
        if bullets:
            _bullet(paragraph)
        run = paragraph.add_run()
        run.text = line
        run.font.size, run.font.color.rgb = Pt(size), RGBColor.from_string(colour)


def _bullet(paragraph: _Paragraph) -> None:
    """A true bullet with a hanging indent, not a character in the text."""
    properties = paragraph._p.get_or_add_pPr()
    properties.set("marL", str(Mm(7)))
    properties.set("indent", str(-Mm(7)))
    properties.append(properties.makeelement(qn("a:buChar"), {"char": "•"}))


def _table(slide: Slide, rows: tuple[tuple[str, ...], ...]) -> None:
    frame = slide.shapes.add_table(len(rows), len(rows[0]), Mm(18), Mm(72), Mm(_W - 36), Mm(14 * len(rows)))
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            cell = frame.table.cell(r, c)
            cell.text = value
            cell.fill.solid()
            cell.fill.fore_color.rgb = RGBColor.from_string(TEAL if r == 0 else PAPER if r % 2 == 0 else "FFFFFF")
            font = cell.text_frame.paragraphs[0].runs[0].font
            font.size, font.bold = Pt(15), r == 0
            font.color.rgb = RGBColor.from_string("FFFFFF" if r == 0 else INK)


def _rect(slide: Slide, x: float, y: float, w: float, h: float, colour: str, oval: bool = False) -> None:
    kind = MSO_SHAPE.OVAL if oval else MSO_SHAPE.RECTANGLE
    shape = slide.shapes.add_shape(kind, Mm(x), Mm(y), Mm(w), Mm(h))
    shape.fill.solid()
    shape.fill.fore_color.rgb = RGBColor.from_string(colour)
    shape.line.fill.background()
    shape.shadow.inherit = False


def _mark(slide: Slide, x: float, y: float, size: float, disc: str, lines: str) -> None:
    """The beam balance from an oval, connectors and two freeforms; slides count y downwards."""
    _rect(slide, x, y, size, size, disc, oval=True)
    unit = size / 100
    for x1, y1, x2, y2 in MARK_LINES:
        ends = (x + x1 * unit, y + (100 - y1) * unit, x + x2 * unit, y + (100 - y2) * unit)
        line = slide.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, *(Mm(end) for end in ends))
        line.line.color.rgb, line.line.width = RGBColor.from_string(lines), Mm(4 * unit)
    for left, right in MARK_PANS:
        top = y + (100 - MARK_PAN_Y) * unit
        builder = slide.shapes.build_freeform(Mm(x + left * unit), Mm(top), scale=1.0)
        low = top + MARK_PAN_DEPTH * unit
        corners = ((right, top), (right - 7, low), (left + 7, low), (left, top))
        builder.add_line_segments([(Emu(Mm(x + px * unit)), Emu(Mm(py))) for px, py in corners])
        pan = builder.convert_to_shape()
        pan.fill.solid()
        pan.fill.fore_color.rgb = RGBColor.from_string(COPPER)
        pan.line.fill.background()
        pan.shadow.inherit = False
