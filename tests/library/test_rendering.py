"""Pictures of pages: the boxes lie on the quoted words, whatever way the page is turned."""

import io
import shutil

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from core.errors import EncryptedFile, NotFound, RequestError
from core.library.parsing import Parser
from core.library.rendering import PageImage, page_image
from tests.library.making import both, lines, make_pdf, ruled_table
from tests.library.test_parsers_pdf import CELLS, scan


def pixels(picture: PageImage) -> Image.Image:
    image = Image.open(io.BytesIO(picture.png)).convert("RGB")
    assert image.size == (picture.width, picture.height)
    return image


def dark(image: Image.Image, box: tuple[int, int, int, int]) -> int:
    """Dark pixels within a box."""
    return sum(image.crop(box).convert("L").histogram()[:110])


def quote(parser: Parser, path, needle: str, width: int = 900) -> tuple[PageImage, Image.Image]:
    """The picture that cites the needle, and the same page without boxes."""
    parsed = parser.parse(path, path.name)
    at = parsed.text.index(needle)
    page = next(p for p in parsed.pages if p.start <= at < p.end)
    picture = page_image(path, page.number, at - page.start, at - page.start + len(needle), width)
    return picture, pixels(page_image(path, page.number, width_px=width))


def covers_exactly(picture: PageImage, plain: Image.Image) -> None:
    """The boxes hold ink, and no ink touches their left and right edges from inside the words."""
    assert picture.boxes
    for box in picture.boxes:
        assert 0 <= box.left < box.right < picture.width and 0 <= box.top < box.bottom < picture.height
        assert dark(plain, (box.left, box.top, box.right, box.bottom)) > 10


def test_the_box_of_a_phrase_holds_its_ink_and_no_other(parser, tmp_path):
    path = make_pdf(tmp_path / "a.pdf", both(lines("The period is 45 days."), lines("MMMM other words", top=700)))
    picture, plain = quote(parser, path, "45 days")
    covers_exactly(picture, plain)
    (box,) = picture.boxes
    scale = 900 / 595.2756
    canvas = Canvas("x")
    left = 70 + canvas.stringWidth("The period is ", "Helvetica", 10)
    right = left + canvas.stringWidth("45 days", "Helvetica", 10)
    assert box.left == pytest.approx(left * scale, abs=3) and box.right == pytest.approx(right * scale, abs=3)
    assert box.top < (841.9 - 780) * scale < box.bottom + 2
    marked = pixels(picture).getpixel((box.left + 3, box.top + 3))
    assert marked != (255, 255, 255) and pixels(picture).getpixel((5, 5)) == (255, 255, 255)


def test_lines_get_a_box_each(parser, tmp_path):
    full = "This line of the paragraph is full, so that the sentence in it goes on in the one below, as it"
    path = make_pdf(tmp_path / "a.pdf", lines(full, full, "ends."))
    picture, plain = quote(parser, path, "below, as it This line of the paragraph")
    assert len(picture.boxes) == 2
    covers_exactly(picture, plain)
    assert picture.boxes[0].bottom <= picture.boxes[1].top + 3 and picture.boxes[1].left < picture.boxes[0].left


def test_the_cells_of_a_row_and_their_headers_are_boxed(parser, tmp_path):
    path = make_pdf(tmp_path / "a.pdf", ruled_table(CELLS))
    picture, plain = quote(parser, path, "Article: Tea green | Price: 1.99 | Stock: 3")
    covers_exactly(picture, plain)
    tops = sorted({box.top for box in picture.boxes})
    assert len(picture.boxes) == 6 and len(tops) == 2


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("with_page", [True, False])
def test_turned_pages(parser, tmp_path, turn, with_page):
    """`with_page`: the page's own rotation; else the text is drawn turned."""

    def draw(canvas):
        if with_page:
            canvas.setPageRotation(turn)
        else:
            canvas.translate(300, 420)
            canvas.rotate(turn)
            canvas.translate(-200, -60)
        canvas.setFont("Helvetica", 14)
        canvas.drawString(70, 100, "Before the quoted words after.")
        canvas.drawString(70, 84, "A line below it.")
        canvas.drawString(70, 68, "A third.")

    path = make_pdf(tmp_path / "a.pdf", draw)
    assert parser.parse(path, "a.pdf").text == "Before the quoted words after. A line below it.\nA third."
    picture, plain = quote(parser, path, "quoted words")
    (box,) = picture.boxes
    covers_exactly(picture, plain)
    long, short = box.right - box.left, box.bottom - box.top
    assert (long > short) == (turn in (0, 180))
    assert max(long, short) > 3 * min(long, short)


def test_a_cropped_page_with_an_odd_origin(parser, tmp_path):
    def draw(canvas):
        canvas.setCropBox((50, 600, 400, 830))
        lines("Before the quoted words.")(canvas)

    picture, plain = quote(parser, make_pdf(tmp_path / "a.pdf", draw), "quoted words")
    covers_exactly(picture, plain)
    assert len(picture.boxes) == 1


@pytest.mark.skipif(not shutil.which("tesseract"), reason="tesseract is not installed")
def test_words_of_a_scan(parser, tmp_path):
    picture, plain = quote(parser, make_pdf(tmp_path / "a.pdf", scan), "45 days")
    covers_exactly(picture, plain)
    (box,) = picture.boxes
    assert dark(plain, (box.right + 60, box.top, picture.width, box.bottom)) == 0


def test_running_lines_do_not_shift_the_boxes(parser, tmp_path):
    def page(number):
        return both(lines("Company paper", top=815, size=8), lines(f"Unique words {number} here.", top=500))

    path = make_pdf(tmp_path / "a.pdf", page(1), page(2), page(3))
    picture, plain = quote(parser, path, "words 3")
    covers_exactly(picture, plain)


def test_what_cannot_be_drawn(tmp_path, write):
    path = make_pdf(tmp_path / "a.pdf", lines("x"))
    with pytest.raises(NotFound, match=r"'a\.pdf' has no page 2; it has 1\."):
        page_image(path, 2)
    with pytest.raises(RequestError, match="pixels wide"):
        page_image(path, 1, width_px=100_000)
    with pytest.raises(NotFound):
        page_image(tmp_path / "gone.pdf", 1)
    from reportlab.lib.pdfencrypt import StandardEncryption

    locked = make_pdf(tmp_path / "b.pdf", lines("x"), encrypt=StandardEncryption("a", "b"))
    with pytest.raises(EncryptedFile):
        page_image(locked, 1)
    assert page_image(path, 1).boxes == ()
