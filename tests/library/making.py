"""Makes small files of each format for the tests, and checks what holds for every parsed file."""

import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from core.types import ParsedFile


def check(parsed: ParsedFile) -> ParsedFile:
    """What holds for every file, whatever its format."""
    text = parsed.text
    assert text.strip()
    assert "\r" not in text and not any(c < " " and c not in "\n\t" for c in text)
    text.encode()  # no lone surrogates
    assert [p.number for p in parsed.pages] == list(range(1, len(parsed.pages) + 1))
    assert parsed.pages[0].start == 0 and parsed.pages[-1].end == len(text)
    for page, following in zip(parsed.pages, parsed.pages[1:], strict=False):
        assert page.start <= page.end == following.start
    for heading in parsed.headings:
        assert 0 <= heading.start < len(text) and heading.level >= 1 and heading.title
        assert " ".join(text[heading.start : heading.start + 2 * len(heading.title) + 99].split()).startswith(
            heading.title
        )
    starts = [heading.start for heading in parsed.headings]
    assert starts == sorted(set(starts))
    for table in parsed.tables:
        assert table.rows and (table.start, table.end) == (table.rows[0].start, table.rows[-1].end)
        for row in table.rows:
            assert row.start < row.end and "\n" not in text[row.start : row.end]
            assert text[row.start : row.end].strip()
        for row, following in zip(table.rows, table.rows[1:], strict=False):
            assert text[row.end : following.start] == "\n"
    return parsed


def rows(parsed: ParsedFile) -> list[list[str]]:
    """The rows of each table as text."""
    return [[parsed.text[row.start : row.end] for row in table.rows] for table in parsed.tables]


def headings(parsed: ParsedFile) -> list[tuple[int, str]]:
    """Levels and titles."""
    return [(heading.level, heading.title) for heading in parsed.headings]


def make_pdf(path: Path, *pages: Callable[[Canvas], None], **options: object) -> Path:
    """A PDF whose pages the functions draw."""
    canvas = Canvas(str(path), pagesize=A4, **options)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return path


def lines(*texts: str, top: float = 780, left: float = 70, size: float = 10, font: str = "Helvetica",
          leading: float = 13) -> Callable[[Canvas], None]:  # fmt: skip
    """Draws lines of text below each other."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont(font, size)
        for number, text in enumerate(texts):
            canvas.drawString(left, top - number * leading, text)

    return draw


def both(*draws: Callable[[Canvas], None]) -> Callable[[Canvas], None]:
    """Several drawings on one page."""

    def draw(canvas: Canvas) -> None:
        for each in draws:
            each(canvas)

    return draw


def ruled_table(cells: Sequence[Sequence[str]], top: float = 600, left: float = 70, widths: float = 120,
                vertical: bool = True) -> Callable[[Canvas], None]:  # fmt: skip
    """Draws a table with rules."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        right, bottom = left + widths * len(cells[0]), top - 20 * len(cells)
        for r in range(len(cells) + 1):
            canvas.line(left, top - 20 * r, right, top - 20 * r)
        for c in range(len(cells[0]) + 1) if vertical else ():
            canvas.line(left + widths * c, top, left + widths * c, bottom)
        for r, row in enumerate(cells):
            for c, text in enumerate(row):
                canvas.drawString(left + widths * c + 4, top - 20 * r - 14, text)

    return draw


def make_zip(path: Path, parts: dict[str, bytes]) -> Path:
    """A zip file of these parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def replace_part(path: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    """The zip file with one part changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {entry: archive.read(entry) for entry in archive.namelist()}
    parts[name] = change(parts[name])
    return make_zip(path, parts)


def picture_of(text: str) -> io.BytesIO:
    """A picture that shows a text, for scans."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("L", (1654, 700), 255)
    ImageDraw.Draw(image).text((120, 200), text, fill=0, font=ImageFont.load_default(size=48))
    out = io.BytesIO()
    image.save(out, "PNG")
    out.seek(0)
    return out
