"""Turns a paper into a Word document with real heading styles, running header and footer.

It does not know which paper it holds.
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from sample_docs.blocks import Block, Grid, Heading, Items, Mark, Paper, Para, spans
from sample_docs.brand import ALARM, COPPER, DISCLAIMER, GREY, INK, PAPER, RULE, TEAL
from sample_docs.frozen import freeze

_TEXT_WIDTH_MM = 164.0


def render_docx(paper: Paper) -> bytes:
    """The document's bytes."""
    document = Document()
    _set_up(document, paper)
    _title(document, paper)
    for block in paper.blocks:
        _add(document, block)
    out = BytesIO()
    document.save(out)
    return freeze(out.getvalue())


def _set_up(document: WordDocument, paper: Paper) -> None:
    """Page, styles, core properties, and what runs at the head and the foot of every page."""
    meta = paper.meta
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(23)
    section.top_margin, section.bottom_margin = Mm(28), Mm(24)
    section.header_distance = section.footer_distance = Mm(12)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size, normal.font.color.rgb = "Calibri", Pt(10.5), RGBColor.from_string(INK)
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(6), 1.15
    for name, size, before in (("Title", 24, 0), ("Heading 1", 14, 16), ("Heading 2", 11.5, 10)):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.bold = "Calibri", Pt(size), True
        style.font.color.rgb = RGBColor.from_string(TEAL)
        style.element.rPr.rFonts.attrib.clear()
        style.element.rPr.rFonts.set(qn("w:ascii"), "Calibri")
        style.element.rPr.rFonts.set(qn("w:hAnsi"), "Calibri")
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(4)
        style.paragraph_format.keep_with_next = True
    for border in document.styles["Title"].element.pPr.findall(qn("w:pBdr")):
        document.styles["Title"].element.pPr.remove(border)
    props = document.core_properties
    props.author, props.title, props.language = "Quillow Works", meta["title"], meta["language"]
    props.comments = DISCLAIMER
    props.created = props.modified = datetime(2026, 1, 5, 8, 0)
    head = section.header.paragraphs[0]
    _tabs(head)
    _run(head, "QUILLOW WORKS", TEAL, bold=True)
    _run(head, f"\t{meta['title']}", GREY)
    _border(head, "bottom", COPPER, 12)
    foot = section.footer.paragraphs[0]
    _tabs(foot)
    _run(foot, f"{meta['number']} | {meta['classification']} | {DISCLAIMER}\t", GREY)
    _field(foot, "PAGE")
    _run(foot, " / ", GREY)
    _field(foot, "NUMPAGES")
    _border(foot, "top", RULE, 6)


def _title(document: WordDocument, paper: Paper) -> None:
    document.add_paragraph(paper.meta["title"], style="Title")
    line = document.add_paragraph()
    keys = ("number", "classification", "dated", "owner")
    _run(line, " | ".join(paper.meta[key] for key in keys), GREY, size=9.5)
    _border(line, "bottom", COPPER, 8)
    line.paragraph_format.space_after = Pt(12)


def _add(document: WordDocument, block: Block) -> None:
    match block:
        case Heading(level, text):
            document.add_paragraph(text, style=f"Heading {level}")
        case Para(text, kind):
            paragraph = document.add_paragraph()
            _inline(paragraph, text)
            if kind != "plain":
                _border(paragraph, "left", COPPER if kind == "warning" else TEAL, 24)
                _shade(paragraph._p.get_or_add_pPr(), ALARM if kind == "warning" else PAPER)
                paragraph.paragraph_format.left_indent = Mm(3)
        case Items(texts, marks):
            for text, mark in zip(texts, marks, strict=True):
                _item(document, text, mark)
        case Grid():
            _grid(document, block)
        case Mark():
            document.add_page_break()


def _item(document: WordDocument, text: str, mark: str) -> None:
    """Numbers are written out, so that a second list starts at one again."""
    paragraph = document.add_paragraph(style=None if mark else "List Bullet")
    if mark:
        paragraph.paragraph_format.left_indent = Mm(7)
        paragraph.paragraph_format.first_line_indent = Mm(-7)
        paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(7))
        paragraph.add_run(f"{mark}\t")
    paragraph.paragraph_format.space_after = Pt(3)
    _inline(paragraph, text)


def _grid(document: WordDocument, grid: Grid) -> None:
    table = document.add_table(rows=len(grid.rows), cols=len(grid.widths))
    table.autofit = False
    for r, row in enumerate(grid.rows):
        cells = table.rows[r].cells
        properties = table.rows[r]._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if r == 0:
            properties.append(OxmlElement("w:tblHeader"))
        for cell, text, width in zip(cells, row, grid.widths, strict=True):
            cell.width = Mm(_TEXT_WIDTH_MM * width / 100)
            _fill(cell, text, r)
    document.add_paragraph().paragraph_format.space_after = Pt(2)


def _fill(cell: _Cell, text: str, row: int) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2.5)
    if row == 0:
        _run(paragraph, text, "FFFFFF", size=9.5, bold=True)
    else:
        _inline(paragraph, text, size=9.5)
    _shade(cell._tc.get_or_add_tcPr(), TEAL if row == 0 else PAPER if row % 2 == 0 else "FFFFFF")


def _inline(paragraph: Paragraph, text: str, size: float | None = None) -> None:
    for style, piece in spans(text):
        run = paragraph.add_run(piece)
        run.bold, run.italic = style == "bold" or None, style == "italic" or None
        if size:
            run.font.size = Pt(size)


def _run(paragraph: Paragraph, text: str, colour: str, size: float = 8.5, bold: bool = False) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, RGBColor.from_string(colour)


def _tabs(paragraph: Paragraph) -> None:
    """One stop at the right edge in place of the style's two."""
    paragraph.style = "Normal"
    paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(_TEXT_WIDTH_MM), WD_TAB_ALIGNMENT.RIGHT)


def _field(paragraph: Paragraph, code: str) -> None:
    run = paragraph.add_run()
    run.font.size, run.font.color.rgb = Pt(8.5), RGBColor.from_string(GREY)
    for kind in ("begin", "", "end"):
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = code
        run._r.append(mark)


def _border(paragraph: Paragraph, side: str, colour: str, eighths: int) -> None:
    properties = paragraph._p.get_or_add_pPr()
    borders = OxmlElement("w:pBdr")
    edge = OxmlElement(f"w:{side}")
    for key, value in (("val", "single"), ("sz", str(eighths)), ("space", "6"), ("color", colour)):
        edge.set(qn(f"w:{key}"), value)
    borders.append(edge)
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl", "w:rPr", "w:sectPr"
    )


def _shade(properties: OxmlElement, colour: str) -> None:
    shade = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{key}"), value)
    if properties.tag == qn("w:pPr"):
        properties.insert_element_before(
            shade, "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl", "w:rPr", "w:sectPr"
        )
    else:
        properties.append(shade)
