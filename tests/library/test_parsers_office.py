"""Word, PowerPoint and Excel: literal texts, tables, headings, and what must be refused."""

import datetime

import pytest
from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from openpyxl import Workbook
from pptx import Presentation
from pptx.util import Inches

from core.errors import DamagedFile, EncryptedFile, ParserLimit
from core.library.parsers.cell_values import displayed
from tests.library.making import headings, make_zip, replace_part, rows


@pytest.fixture
def word(tmp_path):
    def save(document, name="a.docx"):
        path = tmp_path / name
        document.save(str(path))
        return path

    return save


def test_word_reads_headings_lists_and_tables_in_order(parse, word):
    document = Document()
    document.add_paragraph("Leave", style="Title")
    document.add_heading("1 Holidays", 1)
    document.add_paragraph("Everybody has 29 days.")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ("Leave", "Length", "Birth,\nmother", "22 weeks"), strict=True):
        cell.text = text
    document.add_heading("1.1 Carrying over", 2)
    document.add_paragraph("first", style="List Bullet")
    document.add_paragraph("second", style="List Bullet")
    document.add_paragraph("third", style="List Number")
    document.sections[0].header.paragraphs[0].text = "RUNNING HEADER"
    parsed = parse(word(document))
    assert parsed.text == (
        "Leave\n\n1 Holidays\n\nEverybody has 29 days.\n\nLeave: Birth, mother | Length: 22 weeks\n\n"
        "1.1 Carrying over\n\n- first\n- second\n1. third"
    )
    assert headings(parsed) == [(1, "Leave"), (1, "1 Holidays"), (2, "1.1 Carrying over")]
    assert rows(parsed) == [["Leave: Birth, mother | Length: 22 weeks"]]


def test_word_merged_cells_and_nested_tables(parse, word):
    document = Document()
    table = document.add_table(rows=4, cols=3)
    for number, cell in enumerate(table._cells):
        cell.text = ("Zone", "Rate", "From", "North", "10", "May", "", "12", "June", "All regions", "", "")[number]
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(3, 0).merge(table.cell(3, 2))
    inner = table.cell(1, 2).add_table(rows=2, cols=2)
    for cell, text in zip(inner._cells, ("K", "V", "k1", "v1"), strict=True):
        cell.text = text
    assert rows(parse(word(document))) == [
        ["Zone: North | Rate: 10 | From: May", "Zone: North | Rate: 12 | From: June", "Zone: All regions"],
        ["K: k1 | V: v1"],
    ]


def test_word_headings_by_outline_level_and_inherited_style(parse, word):
    document = Document()
    style = document.styles.add_style("Chapter", WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Heading 2"]
    document.add_paragraph("Inherited", style="Chapter")
    paragraph = document.add_paragraph("Outlined")
    level = paragraph._p.get_or_add_pPr().makeelement(
        "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}outlineLvl",
        {"{http://schemas.openxmlformats.org/wordprocessingml/2006/main}val": "2"},
    )
    paragraph._p.get_or_add_pPr().append(level)
    document.add_paragraph("Body")
    assert headings(parse(word(document))) == [(2, "Inherited"), (3, "Outlined")]


def test_word_text_boxes_and_insertions_are_read_and_deletions_are_not(parse, word):
    document = Document()
    document.add_paragraph("Start")
    path = word(document)
    word_ns = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = (
        f"<w:p {word_ns}><w:ins><w:r><w:t>new </w:t></w:r></w:ins><w:del><w:r><w:delText>old</w:delText></w:r></w:del>"
        "<w:r><w:t>kept</w:t><w:tab/><w:t>on</w:t></w:r>"
        "<w:r><w:txbxContent><w:p><w:r><w:t>In a box</w:t></w:r></w:p></w:txbxContent></w:r></w:p>"
    )
    replace_part(path, "word/document.xml", lambda xml: xml.replace(b"<w:sectPr", body.encode() + b"<w:sectPr", 1))
    assert parse(path).text == "Start\n\nnew kept\ton\n\nIn a box"


def test_slides_are_pages_with_titles_tables_and_notes(parse, tmp_path):
    show = Presentation()
    first = show.slides.add_slide(show.slide_layouts[1])
    first.shapes.title.text = "Turnover"
    first.placeholders[1].text = "4.62 million\nup 7.4 per cent"
    first.notes_slide.notes_text_frame.text = "Say this slowly."
    second = show.slides.add_slide(show.slide_layouts[5])
    second.shapes.title.text = "By line"
    frame = second.shapes.add_table(2, 2, Inches(1), Inches(2), Inches(4), Inches(1))
    for cell, text in zip(frame.table.iter_cells(), ("Line", "Q3", "Wren", "1.48"), strict=True):
        cell.text = text
    show.slides.add_slide(show.slide_layouts[6])
    path = tmp_path / "a.pptx"
    show.save(str(path))
    parsed = parse(path)
    assert parsed.text == (
        "Turnover\n\n- 4.62 million\n- up 7.4 per cent\n\nSay this slowly.\n\nBy line\n\nLine: Wren | Q3: 1.48"
    )
    assert [(p.label, p.text_layer) for p in parsed.pages] == [
        ("Turnover", "native"),
        ("By line", "native"),
        ("", "none"),
    ]
    assert parsed.text[parsed.pages[1].start : parsed.pages[1].end] == "By line\n\nLine: Wren | Q3: 1.48"
    assert (parsed.pages[0].width, parsed.pages[0].height) == (720.0, 540.0)
    assert headings(parsed) == [(1, "Turnover"), (1, "By line")]
    assert parsed.notes == ("no text on slide 3",)


def test_sheets_are_pages_with_displayed_values(parse, tmp_path):
    book = Workbook()
    sheet = book.active
    sheet.title = "Prices"
    sheet.append(["Price list"])
    sheet.append([])
    sheet.append(["Item", "Price", "Tax", "From", "Stock"])
    sheet.append(["Tea\ngreen", 1234.5, 0.19, datetime.date(2026, 3, 1), 3])
    sheet.append(["Milk", 0.1 + 0.2, None, datetime.datetime(2026, 3, 1, 8, 30), True])
    sheet["B4"].number_format = '#,##0.00 "€"'
    sheet["C4"].number_format = "0%"
    hidden = book.create_sheet("Costs")
    hidden.append(["a", "b"])
    hidden.append([1, 2])
    hidden.sheet_state = "hidden"
    book.create_sheet("Blank")
    path = tmp_path / "a.xlsx"
    book.save(path)
    parsed = parse(path)
    assert parsed.text == (
        "Prices\n\nPrice list\n\n"
        "Item: Tea green | Price: 1,234.50 € | Tax: 19% | From: 2026-03-01 | Stock: 3\n"
        "Item: Milk | Price: 0.3 | From: 2026-03-01 08:30 | Stock: TRUE\n\nCosts\n\na: 1 | b: 2"
    )
    assert [p.label for p in parsed.pages] == ["Prices", "Costs", "Blank"]
    assert parsed.pages[2].start == parsed.pages[2].end == len(parsed.text)
    assert parsed.notes == ("sheet 'Costs' is hidden", "no text on sheet 'Blank'")


def test_formulas_that_were_never_computed_are_told(parse, tmp_path):
    book = Workbook()
    book.active.append(["Item", "Sum"])
    book.active.append(["Tea", "=1+1"])
    book.save(tmp_path / "a.xlsx")
    parsed = parse(tmp_path / "a.xlsx")
    assert parsed.text == "Sheet\n\nItem: Tea"
    assert parsed.notes == ("formulas without a stored value were left out; save the workbook in Excel to store them",)


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [(0.1 + 0.2, "General", "0.3"), (1e6, "#,##0", "1,000,000"), (0.075, "0.0%", "7.5%"), (-3.5, "$#,##0.00", "-$3.50"),
     (3, "General", "3"), (2.50, "0.##", "2.5"), (7, "[$€-407] #,##0.00", "€ 7.00"), (True, "General", "TRUE"),
     (12, "0000", "12"), (float("nan"), "General", ""), (datetime.time(8, 5), "hh:mm", "08:05")],
)  # fmt: skip
def test_displayed_values(value, form, text):
    assert displayed(value, form) == text


def test_truncated_word_file(parse, word):
    path = word(Document())
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(
        DamagedFile, match=r"'a\.docx' is damaged: a Word document is a zip file, and this one breaks off\."
    ):
        parse(path)


def test_word_without_its_document(parse, tmp_path):
    path = make_zip(tmp_path / "a.docx", {"[Content_Types].xml": b"<Types/>", "word/styles.xml": b"<styles/>"})
    with pytest.raises(DamagedFile, match=r"its part word/document\.xml is missing"):
        parse(path)


@pytest.mark.parametrize("part", ["word/document.xml", "word/styles.xml", "word/_rels/document.xml.rels"])
@pytest.mark.parametrize(
    "declaration",
    [b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
     b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'],
)  # fmt: skip
def test_entities_in_word_are_refused(parse, word, part, declaration):
    path = replace_part(
        word(Document()), part, lambda xml: b'<?xml version="1.0"?>' + declaration + xml.split(b"?>", 1)[-1]
    )
    with pytest.raises(DamagedFile, match="declares XML entities"):
        parse(path)


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.pptx"])
def test_zip_bombs_are_refused_before_they_are_parsed(parse, tmp_path, name):
    folder = {"a.docx": "word", "a.xlsx": "xl", "a.pptx": "ppt"}[name]
    main = {"a.docx": "document", "a.xlsx": "workbook", "a.pptx": "presentation"}[name]
    parts = {"[Content_Types].xml": b"<Types/>", f"{folder}/{main}.xml": b"<x>" + b"0" * (40 << 20) + b"</x>"}
    with pytest.raises(ParserLimit, match="zip bomb"):
        parse(make_zip(tmp_path / name, parts))


def test_a_large_honest_container_is_refused_by_its_size(tmp_path):
    import random

    from core.library.parsing import Limits, parse_file

    noise = random.Random(1).randbytes(3 << 20)
    path = make_zip(tmp_path / "a.docx", {"[Content_Types].xml": b"<Types/>", "word/document.xml": noise})
    with pytest.raises(ParserLimit, match=r"'a\.docx' inflates to more than 2 MB and was not read\."):
        parse_file(path, "a.docx", Limits(decompressed_mb=2))


def test_an_encrypted_zip_entry_needs_a_password(parse, tmp_path):
    path = make_zip(tmp_path / "a.docx", {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<x/>"})
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    path.write_bytes(bytes(data))
    with pytest.raises(EncryptedFile, match="password"):
        parse(path)
