"""Turns a paper into a PDF: a head with the mark, running header and footer, contents for long papers.

It does not know which paper it holds; figures are drawn in `figures`.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from io import BytesIO

from reportlab.lib.colors import HexColor, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)
from reportlab.platypus.tableofcontents import TableOfContents

from sample_docs.blocks import Block, Grid, Heading, Items, Mark, Paper, Para, spans
from sample_docs.brand import ADDRESS, ALARM, COMPANY, COPPER, DISCLAIMER, GREY, INK, PAPER, RULE, TEAL
from sample_docs.figures import FIGURES, draw_mark

WIDTH, HEIGHT = A4
MARGIN = 23 * mm
TEXT_WIDTH = WIDTH - 2 * MARGIN
_KEPT_ROWS = 14  # a table of at most so many rows is not split over two pages

_BODY = ParagraphStyle(
    "body",
    fontName="Helvetica",
    fontSize=9.6,
    leading=13.5,
    textColor=HexColor(f"#{INK}"),
    spaceAfter=5.5,
    allowWidows=0,
    allowOrphans=0,
)
_STYLES = {
    "plain": _BODY,
    "note": ParagraphStyle("note", _BODY, backColor=HexColor(f"#{PAPER}")),
    "h1": ParagraphStyle(
        "h1", _BODY, fontName="Helvetica-Bold", fontSize=13.5, leading=17, textColor=HexColor(f"#{TEAL}"),
        spaceBefore=11, spaceAfter=4, keepWithNext=1,
    ),
    "h2": ParagraphStyle(
        "h2", _BODY, fontName="Helvetica-Bold", fontSize=10.6, leading=14, textColor=HexColor(f"#{TEAL}"),
        spaceBefore=8, spaceAfter=3, keepWithNext=1,
    ),
    "item": ParagraphStyle("item", _BODY, leftIndent=15, bulletIndent=2, spaceAfter=3),
    "cell": ParagraphStyle("cell", _BODY, fontSize=8.7, leading=11.6, spaceAfter=0),
    "head": ParagraphStyle(
        "head", _BODY, fontName="Helvetica-Bold", fontSize=8.7, leading=11.6, textColor=white, spaceAfter=0
    ),
    "title": ParagraphStyle(
        "title", _BODY, fontName="Helvetica-Bold", fontSize=23, leading=27, textColor=HexColor(f"#{TEAL}"), spaceAfter=3
    ),
    "subtitle": ParagraphStyle(
        "subtitle", _BODY, fontSize=11.5, leading=15, textColor=HexColor(f"#{GREY}"), spaceAfter=9
    ),
}  # fmt: skip
_WORDS = {
    "en": {"dated": "In force", "owner": "Owner", "number": "Paper", "classification": "Class",
           "page": "Page {} of {}", "contents": "Contents"},
    "de": {"dated": "Gültig", "owner": "Verantwortlich", "number": "Dokument", "classification": "Einstufung",
           "page": "Seite {} von {}", "contents": "Inhalt"},
}  # fmt: skip


class _Doc(BaseDocTemplate):
    """Reports each section heading to the outline and the table of contents."""

    def afterFlowable(self, flowable: Flowable) -> None:
        """Called by reportlab after each flowable is set."""
        level = getattr(flowable, "outline_level", None)
        if level is None:
            return
        key = f"s{self.page}-{flowable.getPlainText()}"
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(flowable.getPlainText(), key, level, level == 0)
        if level == 0:
            self.notify("TOCEntry", (0, flowable.getPlainText(), self.page, key))


def render_pdf(paper: Paper) -> bytes:
    """The PDF's bytes; built twice, because the footer names the number of pages."""
    _, pages = _build(paper, 0)
    return _build(paper, pages)[0]


def _build(paper: Paper, total: int) -> tuple[bytes, int]:
    out = BytesIO()
    doc = _Doc(
        out, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, title=paper.meta["title"], author="Quillow Works",
        subject=DISCLAIMER, lang=paper.meta["language"], invariant=1, pageCompression=0,
    )  # fmt: skip
    frame = {"leftPadding": 0, "rightPadding": 0, "topPadding": 0, "bottomPadding": 0}
    body = Frame(MARGIN, 21.5 * mm, TEXT_WIDTH, HEIGHT - 48 * mm, **frame)
    first = Frame(MARGIN, 21.5 * mm, TEXT_WIDTH, HEIGHT - 61.5 * mm, **frame)
    cover = Frame(MARGIN, 30 * mm, TEXT_WIDTH, 92 * mm, **frame)
    templates = [
        PageTemplate("first", [first], onPage=_page(paper, total, _first_head)),
        PageTemplate("later", [body], onPage=_page(paper, total, _running_head)),
        PageTemplate("cover", [cover], onPage=_cover),
    ]
    long = paper.meta.get("cover") == "yes"
    doc.addPageTemplates(templates[2:] + templates[:2] if long else templates)
    doc.multiBuild(_story(paper, long))
    return out.getvalue(), doc.page


def _story(paper: Paper, long: bool) -> list[Flowable]:
    meta, words = paper.meta, _WORDS[paper.meta["language"]]
    story: list[Flowable] = [NextPageTemplate("later")]
    story += [Paragraph(meta["title"], _STYLES["title"]), Paragraph(meta["subtitle"], _STYLES["subtitle"])]
    keys = ("number", "classification", "dated", "owner")
    facts = Table(
        [[Paragraph(f'<font color="#{GREY}" size="7.5">{words[key]}</font><br/>{meta[key]}', _STYLES["cell"])
          for key in keys]],
        colWidths=[TEXT_WIDTH * share for share in (0.19, 0.17, 0.34, 0.30)],
    )  # fmt: skip
    rules = [("LINEABOVE", (0, 0), (-1, 0), 0.8, HexColor(f"#{COPPER}")), ("VALIGN", (0, 0), (-1, -1), "TOP"),
             ("LINEBELOW", (0, 0), (-1, 0), 0.5, HexColor(f"#{RULE}")),
             ("LEFTPADDING", (0, 0), (-1, -1), 0)]  # fmt: skip
    facts.setStyle(rules)
    story += [facts, Spacer(1, 10)]
    if long:
        contents = TableOfContents(dotsMinLevel=0)
        contents.levelStyles = [ParagraphStyle("toc", _BODY, leading=19)]
        story += [
            PageBreak(),
            Paragraph(words["contents"], _STYLES["title"]),
            Spacer(1, 8),
            contents,
            PageBreak(),
        ]
    for block, following in zip(paper.blocks, (*paper.blocks[1:], None), strict=True):
        if isinstance(block, Heading):
            story.append(CondPageBreak(_kept_height(following) or 24 * mm))
        story += _flow(block)
    return story


def _inline(text: str) -> str:
    tags = {"plain": "{}", "bold": "<b>{}</b>", "italic": "<i>{}</i>"}
    return "".join(tags[style].format(escape(piece, quote=False)) for style, piece in spans(text))


def _flow(block: Block) -> list[Flowable]:  # noqa: PLR0911 (one return a kind of block)
    match block:
        case Heading(level, text):
            heading = Paragraph(_inline(text), _STYLES[f"h{level}"])
            heading.outline_level = level - 1
            return [heading]
        case Para(text, "plain"):
            return [Paragraph(_inline(text), _BODY)]
        case Para(text, kind):
            return [_box(text, kind), Spacer(1, 7)]
        case Items(texts, marks):
            return [
                Paragraph(_inline(text), _STYLES["item"], bulletText=mark or "•")
                for text, mark in zip(texts, marks, strict=True)
            ] + [Spacer(1, 4)]
        case Grid():
            table = [Spacer(1, 2), _grid(block)]
            return [*([KeepTogether(table)] if len(block.rows) <= _KEPT_ROWS else table), Spacer(1, 9)]
        case Mark("pagebreak"):
            return [PageBreak()]
        case Mark(name):
            return [FIGURES[name](TEXT_WIDTH), Spacer(1, 8)]
    raise ValueError(f"PDF has no form for {block!r}.")


def _kept_height(block: Block | None) -> float:
    """What a heading and a table that is not split need together; nothing when no such table follows."""
    if isinstance(block, Grid) and len(block.rows) <= _KEPT_ROWS:
        return 14 * mm + float(_grid(block).wrap(TEXT_WIDTH, HEIGHT)[1])
    return 0.0


def _box(text: str, kind: str) -> Table:
    fill, edge = (ALARM, COPPER) if kind == "warning" else (PAPER, TEAL)
    box = Table([[Paragraph(_inline(text), ParagraphStyle("box", _BODY, spaceAfter=0))]], colWidths=[TEXT_WIDTH])
    box.setStyle([
        ("BACKGROUND", (0, 0), (-1, -1), HexColor(f"#{fill}")),
        ("LINEBEFORE", (0, 0), (0, -1), 3, HexColor(f"#{edge}")),
        ("LEFTPADDING", (0, 0), (-1, -1), 10), ("RIGHTPADDING", (0, 0), (-1, -1), 10),
        ("TOPPADDING", (0, 0), (-1, -1), 6), ("BOTTOMPADDING", (0, 0), (-1, -1), 7),
    ])  # fmt: skip
    return box


def _grid(grid: Grid) -> Table:
    rows = [
        [Paragraph(_inline(cell), _STYLES["cell" if r else "head"]) for cell in row] for r, row in enumerate(grid.rows)
    ]
    table = Table(rows, colWidths=[TEXT_WIDTH * width / 100 for width in grid.widths], repeatRows=1)
    table.setStyle([
        ("BACKGROUND", (0, 0), (-1, 0), HexColor(f"#{TEAL}")),
        ("ROWBACKGROUNDS", (0, 1), (-1, -1), [white, HexColor(f"#{PAPER}")]),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor(f"#{RULE}")),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 4), ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
    ])  # fmt: skip
    return table


def _page(paper: Paper, total: int, head: Callable[[Canvas, Paper], None]) -> Callable[[Canvas, _Doc], None]:
    """What is drawn on each page before its text: the given head, and the footer."""
    words = _WORDS[paper.meta["language"]]

    def draw(canvas: Canvas, doc: _Doc) -> None:
        canvas.saveState()
        head(canvas, paper)
        canvas.setStrokeColor(HexColor(f"#{RULE}"))
        canvas.setLineWidth(0.5)
        canvas.line(MARGIN, 18 * mm, WIDTH - MARGIN, 18 * mm)
        canvas.setFont("Helvetica", 7.6)
        canvas.setFillColor(HexColor(f"#{GREY}"))
        canvas.drawString(MARGIN, 13.5 * mm, f"{paper.meta['number']} | {paper.meta['classification']} | {DISCLAIMER}")
        canvas.drawRightString(WIDTH - MARGIN, 13.5 * mm, words["page"].format(doc.page, total))
        canvas.restoreState()

    return draw


def _first_head(canvas: Canvas, _paper: Paper) -> None:
    draw_mark(canvas, MARGIN, HEIGHT - 32 * mm, 15 * mm)
    canvas.setFillColor(HexColor(f"#{TEAL}"))
    canvas.setFont("Helvetica-Bold", 12.5)
    canvas.drawString(MARGIN + 19 * mm, HEIGHT - 23.4 * mm, "QUILLOW WORKS", charSpace=1.4)
    canvas.setFillColor(HexColor(f"#{GREY}"))
    canvas.setFont("Helvetica", 7.8)
    canvas.drawString(MARGIN + 19 * mm, HEIGHT - 28 * mm, f"{COMPANY}, {ADDRESS}")


def _running_head(canvas: Canvas, paper: Paper) -> None:
    draw_mark(canvas, MARGIN, HEIGHT - 19.5 * mm, 7 * mm)
    canvas.setFont("Helvetica", 8)
    canvas.setFillColor(HexColor(f"#{GREY}"))
    canvas.drawString(MARGIN + 9.5 * mm, HEIGHT - 17 * mm, "Quillow Works")
    canvas.drawRightString(WIDTH - MARGIN, HEIGHT - 17 * mm, paper.meta["title"])
    canvas.setStrokeColor(HexColor(f"#{COPPER}"))
    canvas.setLineWidth(0.8)
    canvas.line(MARGIN, HEIGHT - 22 * mm, WIDTH - MARGIN, HEIGHT - 22 * mm)


def _cover(canvas: Canvas, _doc: _Doc) -> None:
    """The long paper's cover: a teal field with the product, the title set below by the story."""
    canvas.saveState()
    canvas.setFillColor(HexColor(f"#{TEAL}"))
    canvas.rect(0, HEIGHT - 160 * mm, WIDTH, 160 * mm, stroke=0, fill=1)
    canvas.setFillColor(HexColor(f"#{COPPER}"))
    canvas.rect(0, HEIGHT - 162 * mm, WIDTH, 2 * mm, stroke=0, fill=1)
    draw_mark(canvas, MARGIN, HEIGHT - 40 * mm, 16 * mm, disc=PAPER, lines=TEAL)
    canvas.setFillColor(HexColor(f"#{PAPER}"))
    canvas.setFont("Helvetica-Bold", 13)
    canvas.drawString(MARGIN + 21 * mm, HEIGHT - 33.6 * mm, "QUILLOW WORKS", charSpace=1.6)
    figure = FIGURES["wren-top"](150 * mm, labels=False)
    figure.drawOn(canvas, (WIDTH - 150 * mm) / 2, HEIGHT - 152 * mm)
    canvas.setFillColor(HexColor(f"#{GREY}"))
    canvas.setFont("Helvetica", 8)
    canvas.drawString(MARGIN, 16 * mm, f"{COMPANY}, {ADDRESS} | {DISCLAIMER}")
    canvas.restoreState()
