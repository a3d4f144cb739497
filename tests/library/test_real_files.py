"""Real and hostile files from other projects' bug trackers, and real policies: each is read, or says why not."""

import os
from pathlib import Path

import pytest

from core.errors import DamagedFile, EmptyFile, EncryptedFile, FileRefused, NoText, UnsupportedType
from core.library.rendering import page_image
from tests.library.making import check, headings

DATA = Path(os.environ.get("TOUCHSTONE_DATA", Path(__file__).parents[3] / "shared" / "data"))
MESSY, POLICIES = DATA / "messy_files", DATA / "policies_mixed"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not MESSY.is_dir(), reason=f"the real files are not at {DATA} (set TOUCHSTONE_DATA)"),
]

REFUSED: dict[str, type[FileRefused]] = {
    "pdf/pdfjs/poppler-85140-0.pdf": NoText,
    "pdf/pdfjs/poppler-742-0-fuzzed.pdf": DamagedFile,
    "pdf/pdfjs/poppler-395-0-fuzzed.pdf": DamagedFile,
    "pdf/pdfjs/poppler-937-0-fuzzed.pdf": DamagedFile,
    "pdf/pdfjs/GHOSTSCRIPT-698804-1-fuzzed.pdf": NoText,
    "pdf/pdfjs/extractPages_null_in_array.pdf": NoText,
    "pdf/pdfjs/empty.pdf": NoText,
    "pdf/pdfjs/issue15893_reduced.pdf": EncryptedFile,
    "pdf/pdfjs/issue6010_1.pdf": EncryptedFile,
    "pdf/pdfjs/issue6010_2.pdf": EncryptedFile,
    "pdf/pdfjs/bug1782186.pdf": EncryptedFile,
    "pdf/pdfjs/issue3371.pdf": EncryptedFile,
    "pdf/pdfjs/ccitt_EndOfBlock_false.pdf": NoText,
    "pdf/pdfjs/jbig2_symbol_offset.pdf": NoText,
    "pdf/pypdf/grayscale-image.pdf": NoText,
    "unstructured/password.pdf": EncryptedFile,
    "unstructured/fake.doc": UnsupportedType,
    "unstructured/password_protected.xlsx": EncryptedFile,
    "unstructured/empty.xlsx": NoText,
    "unstructured/fake-text-all-whitespace.txt": NoText,
    "unstructured/empty.txt": EmptyFile,
    "unstructured/fake-doc.rtf": UnsupportedType,
    "unstructured/simple.zip": UnsupportedType,
} | {f"xml_attacks/{name}.xml": UnsupportedType
     for name in ("xmlbomb", "xmlbomb2", "quadratic", "external", "external_file", "cyclic")}  # fmt: skip

SAYS = {
    "pdf/pdfjs/helloworld-bad.pdf": "Hello, world!",
    "pdf/pdfjs/pdfjsbad1586.pdf": "pdf.js test",
    "pdf/pdfjs/xref_command_missing.pdf": "Reduced test-case",
    "pdf/pdfjs/ArabicCIDTrueType.pdf": "انواع الخطوط العربية",
    "pdf/pdfjs/noembed-sjis.pdf": "あいうえお",
    "docling/Strict.docx": "Some text",
    "docling/invisible_text_layer.pdf": "Visible heading line\n\nInvisible OCR text layer",
    "docling/docx_checkboxes.docx": "☒ Orange juice\n\n☐ Tea\n\n☒ Coffee",
    "docling/unit_test_headers_numbered.docx": "1.2. Section 1.2",
    "docling/xlsx_05_table_with_title.xlsx": "Year: 2019 | Freshwater Ducks: 120",
    "docling/xlsx_02_sample_sales_data.xlsm": "Product: Widget A | Date: 2024-01-01 | Quantity: 5 | Revenue: 5000",
    "unstructured/rotated-page-90.pdf": "Hello World Test Text\n\nSecond line of text here\n\nRotated page fixture",
    "unstructured/umlauts-non-utf8.md": "können\n\nkönnen\n\näöüß",
    "unstructured/fake-html-cp1252.html": "Die schöne Frau",
    "unstructured/stanley-cups-utf-16.csv": "Team: Maple Leafs | Location: TOR | Stanley Cups: 13",
    "unstructured/semicolon-delimited.csv": "dolor sit: adipiscing",
    "unstructured/fake-power-point-table.pptx": "Column 1: Red | Column 2: Green | Column 3: Blue",
    "unstructured/copy-protected.pdf": "LayoutParser",
    "unstructured/fake-email-malformed-encoding.eml": "Subject: Test Email",
}


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix) if folder.is_dir() else []


@pytest.mark.parametrize("path", files(MESSY), ids=lambda path: str(path.relative_to(MESSY)))
def test_a_messy_file_is_read_or_says_why_not(parser, path):
    name = str(path.relative_to(MESSY))
    if name in REFUSED:
        with pytest.raises(REFUSED[name]) as caught:
            parser.parse(path, path.name)
        message = str(caught.value)
        assert type(caught.value) is REFUSED[name]
        assert message.startswith(f"'{path.name}' ") and message.endswith(".") and message.count("\n") == 0
        return
    try:
        parsed = check(parser.parse(path, path.name))
    except NoText as refused:
        pytest.skip(f"needs Tesseract: {refused}")
    assert SAYS.get(name, "") in parsed.text
    scripts = ("<script", "function(", "</div>")
    assert not (path.suffix == ".html" and any(word in parsed.text for word in scripts))


@pytest.mark.parametrize("path", files(POLICIES), ids=lambda path: str(path.relative_to(POLICIES)))
def test_every_real_policy_is_read(parser, path):
    parsed = check(parser.parse(path, path.name))
    words = parsed.text.split()
    assert sum(len(word) > 40 for word in words) < len(words) / 4
    if path.suffix == ".md" and any(line.startswith("# ") for line in path.read_text().splitlines()):
        assert parsed.headings


def test_the_handbook_of_872_pages(parser):
    parsed = check(parser.parse(MESSY / "unstructured" / "handbook-872p.docx", "handbook.docx"))
    assert len(parsed.text) > 800_000 and len(parsed.headings) > 250


def test_a_text_layer_without_a_character_map_is_read(parser):
    path = POLICIES / "basecamp" / "dpa" / "Basecamp_DPA_v201805.pdf"
    parsed = check(parser.parse(path, path.name))
    assert parsed.text.startswith("BASECAMP DATA PROCESSING ADDENDUM (Revision May 2018)")
    assert "collect additional sensitive" in parsed.text or "Processing of Personal Data" in parsed.text
    assert (1, "2. PROCESSING OF PERSONAL DATA") in headings(parsed)


@pytest.mark.parametrize("path", [p for p in files(POLICIES) if p.suffix == ".pdf"], ids=lambda path: path.name)
def test_the_text_of_a_page_is_the_same_for_citations(parser, path):
    parsed = parser.parse(path, path.name)
    for page in parsed.pages[:3]:
        text = parsed.text[page.start : page.end].rstrip()
        if text:
            picture = page_image(path, page.number, len(text) - 1, len(text), 400)
            assert len(picture.boxes) == 1
