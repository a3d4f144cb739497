"""PDF: paragraphs, headings, tables, running lines, scans, and what must be refused."""

import shutil

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption

from core.errors import DamagedFile, EncryptedFile, NoText, ParserLimit
from core.library.parsers.page_ranges import page_ranges
from core.library.parsers.pdf_page import PdfPages
from core.library.parsing import Limits, parse_file
from tests.library.making import both, headings, lines, make_pdf, picture_of, rows, ruled_table

FULL = "This line of the paragraph is full, so that the sentence in it goes on in the one below, as it"
needs_tesseract = pytest.mark.skipif(not shutil.which("tesseract"), reason="tesseract is not installed")


def test_wrapped_lines_are_joined_and_paragraphs_kept(parse, tmp_path):
    draw = both(
        lines(FULL, FULL, "ends here.", FULL, "again.", top=780),
        lines("A second paragraph.", top=700),
        lines("- one", "- two", top=660),
    )
    parsed = parse(make_pdf(tmp_path / "a.pdf", draw))
    assert parsed.text == (f"{FULL} {FULL} ends here.\n{FULL} again.\n\nA second paragraph.\n\n- one\n- two")
    assert (parsed.pages[0].width, parsed.pages[0].height) == pytest.approx((595.3, 841.9), abs=0.1)


def test_words_cut_at_a_lines_end_are_joined_when_safe(parse, tmp_path):
    texts = (
        "The committee looked at all of the information that had been brought before it, and the inform-",
        "ation was found to be good. Everybody agreed that a well-known and a long-term plan, a non-",
        "profit one, with short- and long-term effects would be better than all of what had been said about",
        "it.",
    )
    parsed = parse(make_pdf(tmp_path / "a.pdf", lines(*texts)))
    assert "the information was found" in parsed.text
    assert "a non-profit one" in parsed.text
    assert "short- and long-term" in parsed.text


def test_headings_by_size_and_weight(parse, tmp_path):
    draw = both(
        lines("Travel policy", top=790, size=20, font="Helvetica-Bold"),
        lines("1 Hotels", top=750, size=14, font="Helvetica-Bold"),
        lines(FULL, FULL, "end.", top=725),
        lines("Breakfast", top=670, font="Helvetica-Bold"),
        lines(FULL, FULL, "end.", top=650),
        lines("1.1 Abroad", top=600, size=14, font="Helvetica-Bold"),
        lines(FULL, "end.", top=580),
    )
    parsed = parse(make_pdf(tmp_path / "a.pdf", draw))
    assert headings(parsed) == [(1, "Travel policy"), (2, "1 Hotels"), (3, "Breakfast"), (3, "1.1 Abroad")]


CELLS = (("Article", "Price", "Stock"), ("Tea green", "1.99", "3"), ("Milk", "", "12"))


@pytest.mark.parametrize("vertical", [True, False])
def test_ruled_tables_become_rows_in_reading_order(parse, tmp_path, vertical):
    draw = both(lines("Before the table.", top=640), ruled_table(CELLS, vertical=vertical), lines("After it.", top=500))
    parsed = parse(make_pdf(tmp_path / "a.pdf", draw))
    assert parsed.text == (
        "Before the table.\n\nArticle: Tea green | Price: 1.99 | Stock: 3\nArticle: Milk | Stock: 12\n\nAfter it."
    )
    assert rows(parsed) == [["Article: Tea green | Price: 1.99 | Stock: 3", "Article: Milk | Stock: 12"]]
    assert headings(parsed) == []


def test_a_value_merged_over_rows_stands_in_each(parse, tmp_path):
    def table(canvas):
        canvas.setFont("Helvetica", 10)
        for y in (600, 580, 540):
            canvas.line(70, y, 310, y)
        canvas.line(190, 560, 310, 560)
        for x in (70, 190, 310):
            canvas.line(x, 540, x, 600)
        for x, y, text in (
            (74, 586, "Zone"),
            (194, 586, "Rate"),
            (74, 556, "North"),
            (194, 566, "10"),
            (194, 546, "12"),
        ):
            canvas.drawString(x, y, text)

    assert rows(parse(make_pdf(tmp_path / "a.pdf", table))) == [["Zone: North | Rate: 10", "Zone: North | Rate: 12"]]


def test_letters_set_across_the_margin_are_one_line(parse, tmp_path):
    def stamp(canvas):
        canvas.saveState()
        canvas.translate(30, 300)
        canvas.rotate(90)
        canvas.drawString(0, 0, "Draft of 2 May 2026")
        canvas.restoreState()

    draw = both(lines(FULL, FULL, "ends here."), stamp)
    assert parse(make_pdf(tmp_path / "a.pdf", draw)).text == f"{FULL} {FULL} ends here.\n\nDraft of 2 May 2026"


def test_paragraphs_with_shaded_lines_are_no_table(parse, tmp_path):
    def shaded(canvas):
        for number in range(6):
            canvas.setFillGray(0.95)
            canvas.rect(70, 697 - number * 13, 450, 13, stroke=0, fill=1)
        canvas.setFillGray(0)
        lines("a)", top=700)(canvas)
        lines(FULL[:80], FULL[:80], "end.", FULL[:80], FULL[:80], "end.", top=700, left=100)(canvas)

    assert parse(make_pdf(tmp_path / "a.pdf", shaded)).tables == ()


def test_a_box_around_text_is_no_table(parse, tmp_path):
    def box(canvas):
        canvas.rect(60, 600, 400, 100)
        canvas.rect(60, 500, 400, 100)

    parsed = parse(make_pdf(tmp_path / "a.pdf", both(box, lines("In a box.", top=650), lines("In another.", top=550))))
    assert parsed.tables == () and parsed.text == "In a box.\n\nIn another."


def test_running_lines_are_kept_once(parse, tmp_path):
    def page(number):
        return both(
            lines("Quillow Works | Travel policy", top=815, size=8),
            lines(f"Page {number} of 3", top=20, size=8),
            lines(f"Content of page {number}.", top=700),
            lines("The same on each page.", top=400),
        )

    parsed = parse(make_pdf(tmp_path / "a.pdf", page(1), page(2), page(3)))
    assert [parsed.text[p.start : p.end].strip() for p in parsed.pages] == [
        "Quillow Works | Travel policy\n\nContent of page 1.\n\nThe same on each page.\n\nPage 1 of 3",
        "Content of page 2.\n\nThe same on each page.",
        "Content of page 3.\n\nThe same on each page.",
    ]


def test_a_sentence_goes_on_over_the_page(parse, tmp_path):
    parsed = parse(make_pdf(tmp_path / "a.pdf", lines("The hotel is paid by"), lines("the company.")))
    assert parsed.text == "The hotel is paid by the company."
    assert [(p.start, p.end) for p in parsed.pages] == [(0, 21), (21, 33)]


def test_every_character_is_traced_to_its_source(tmp_path):
    draw = both(lines("The hotel is paid by the company, always.", top=700), ruled_table(CELLS))
    with PdfPages(make_pdf(tmp_path / "a.pdf", draw)) as document:
        page, again = document.read(0), document.read(0)
        piece = page.text.piece
        assert (piece.text, piece.chars) == (again.text.piece.text, again.text.piece.chars)
        text_page = document.load(0).get_textpage()
        for char, number in zip(piece.text, piece.chars, strict=True):
            if number >= 0 and char != " ":
                assert text_page.get_text_range(number, 1) == char


def test_hidden_and_white_text_is_read(parse, tmp_path):
    def draw(canvas):
        canvas.drawString(70, 700, "Seen.")
        canvas.setFillColorRGB(1, 1, 1)
        canvas.drawString(70, 650, "White.")
        text = canvas.beginText(70, 600)
        text.setTextRenderMode(3)
        text.textOut("Invisible.")
        canvas.drawText(text)

    assert parse(make_pdf(tmp_path / "a.pdf", draw)).text == "Seen.\n\nWhite.\n\nInvisible."


def scan(canvas):
    from reportlab.lib.utils import ImageReader

    canvas.drawImage(ImageReader(picture_of("The return period is 45 days.")), 0, 500, 595, 252)


@needs_tesseract
def test_a_scanned_page_is_read_by_ocr(parse, tmp_path):
    parsed = parse(make_pdf(tmp_path / "a.pdf", lines("Native page."), scan))
    assert [p.text_layer for p in parsed.pages] == ["native", "ocr"]
    assert parsed.text == "Native page.\n\nThe return period is 45 days."
    assert parsed.notes == ("page 2 read by text recognition (OCR)",)


def test_without_tesseract_pages_without_text_are_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    path = make_pdf(tmp_path / "a.pdf", lines("Native page."), scan, scan, scan, lines("Another."), scan)
    parsed = parse_file(path, "a.pdf")
    assert [p.text_layer for p in parsed.pages] == ["native", "none", "none", "none", "native", "none"]
    assert parsed.notes == ("no text on pages 2–4 and 6",)
    path = make_pdf(tmp_path / "b.pdf", scan)
    with pytest.raises(NoText, match=r"'b\.pdf' holds no text, only pictures; install Tesseract"):
        parse_file(path, "b.pdf")


def test_page_ranges():
    assert page_ranges([3]) == "page 3"
    assert page_ranges([3, 4, 5]) == "pages 3–5"
    assert page_ranges([1, 3, 4, 9]) == "pages 1, 3–4 and 9"


def test_a_blank_pdf_has_no_text(parse, tmp_path):
    with pytest.raises(NoText, match=r"'a\.pdf' holds no text\."):
        parse(make_pdf(tmp_path / "a.pdf", lambda canvas: None))


def test_a_password_is_needed(parse, tmp_path):
    locked = StandardEncryption("secret", "owner", canPrint=0)
    path = make_pdf(tmp_path / "a.pdf", lines("Secret."), encrypt=locked)
    with pytest.raises(EncryptedFile, match=r"'a\.pdf' needs a password to be opened; save it without one\."):
        parse(path)


def test_an_owners_password_does_not_lock_the_text(parse, tmp_path):
    locked = StandardEncryption("", "owner", canPrint=0, canCopy=0)
    assert parse(make_pdf(tmp_path / "a.pdf", lines("Readable."), encrypt=locked)).text == "Readable."


def test_too_many_pages(tmp_path):
    path = make_pdf(tmp_path / "a.pdf", *[lines("x")] * 4)
    with pytest.raises(ParserLimit, match=r"'a\.pdf' has 4 pages; at most 3 are read\."):
        parse_file(path, "a.pdf", Limits(pages=3))


def raw_pdf(*objects: str) -> bytes:
    body, offsets = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n".encode()
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    count = len(objects) + 1
    trailer = f"trailer\n<</Size {count}/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF"
    return body + f"xref\n0 {count}\n0000000000 65535 f \n{table}{trailer}".encode()


def test_a_pdf_without_pages(parse, write):
    data = raw_pdf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[]/Count 0>>")
    with pytest.raises(DamagedFile, match=r"'a\.pdf' is damaged"):
        parse(write("a.pdf", data))


def test_deeply_nested_page_trees_and_forms_cost_that_file_only(parse, write):
    depth = 5_000
    tree = [f"<</Type/Pages/Kids[{n + 1} 0 R]/Count 1>>" for n in range(2, depth)]
    tree.append("<</Type/Page/MediaBox[0 0 100 100]>>")
    with pytest.raises((DamagedFile, NoText)):
        parse(write("a.pdf", raw_pdf("<</Type/Catalog/Pages 2 0 R>>", *tree)))
    array = raw_pdf(
        "<</Type/Catalog/Pages 2 0 R/Deep " + "[" * 100_000 + "]" * 100_000 + ">>", "<</Type/Pages/Kids[]/Count 0>>"
    )
    with pytest.raises((DamagedFile, NoText)):
        parse(write("b.pdf", array))
    assert parse(write("c.txt", "still here")).text == "still here"


def test_a_broken_cross_reference_is_repaired(parse, tmp_path):
    path = make_pdf(tmp_path / "a.pdf", lines("Hello, world!"))
    data = path.read_bytes()
    path.write_bytes(data[: data.rindex(b"startxref")] + b"startxref\n7\n%%EOF")
    assert parse(path).text == "Hello, world!"
