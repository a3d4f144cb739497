"""What a file is, by content: every kind that is read, and every refusal with its sentence."""

import pytest
from docx import Document
from openpyxl import Workbook

from core.errors import (
    DamagedFile,
    EmptyFile,
    EncryptedFile,
    FileTooLarge,
    NotFound,
    RequestError,
    TypeMismatch,
    UnsupportedType,
)
from core.library.limits import Limits
from core.library.naming import shown
from core.library.sniff import sniff
from tests.library.making import lines, make_pdf, make_zip

EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + bytes(400)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("name", "content", "media"),
    [
        ("a.txt", "words", "text/plain"),
        ("a.md", "words", "text/markdown"),
        ("a.MD", "<div>words</div>", "text/markdown"),
        ("README", "words", "text/plain"),
        ("a.org", "* words", "text/plain"),
        ("a.csv", "a,b\n1,2", "text/csv"),
        ("a.tsv", "a\tb\n1\t2", "text/tab-separated-values"),
        ("a.html", "<p>words", "text/html"),
        ("page", "<!DOCTYPE html><p>words", "text/html"),
        ("a.xhtml", '<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html><body>x</body></html>', "text/html"),
        ("part", "<div><p>words</p></div>", "text/html"),
        ("data", '{"a": [1]}', "application/json"),
        ("a.json", "[1]", "application/json"),
        ("a.jsonl", '{"a":1}\n{"a":2}', "application/x-ndjson"),
        ("a.eml", "Subject: x\nFrom: a@x.example\n\nbody", "message/rfc822"),
        ("mail", "Subject: x\nFrom: a@x.example\nTo: b@x.example\n\nbody", "message/rfc822"),
        ("a.txt", "BM is a text. MZ too.", "text/plain"),
        ("a.txt", '{"broken": ', "text/plain"),
    ],
)
def test_kinds_of_text(write, name, content, media):
    assert sniff(write(name, content), name) == media


def test_office_files_and_pdfs_by_content_alone(tmp_path):
    Document().save(str(tmp_path / "word"))
    Workbook().save(tmp_path / "book")
    assert sniff(tmp_path / "word", "word").endswith("wordprocessingml.document")
    assert sniff(tmp_path / "book", "book.xlsm").endswith("spreadsheetml.sheet")
    assert sniff(make_pdf(tmp_path / "a", lines("x")), "a") == "application/pdf"


@pytest.mark.parametrize(
    ("name", "content", "kind", "message"),
    [
        ("report.pdf", EXE, UnsupportedType, "'report.pdf' is a Windows program, not a PDF."),
        ("setup.exe", EXE, UnsupportedType, "'setup.exe' is a Windows program, which is not read."),
        ("a.docx", PNG, UnsupportedType, "'a.docx' is a PNG picture, not a Word document."),
        ("a.txt", b"\x7fELF" + bytes(100), UnsupportedType, "'a.txt' is a Linux program, not plain text."),
        ("a.pdf", "only words", TypeMismatch, "'a.pdf' is named as a PDF but is plain text."),
        ("a.docx", "%PDF-1.4\n", TypeMismatch, "'a.docx' is named as a Word document but is a PDF."),
        ("a.txt", "%PDF-1.4\n", TypeMismatch, "'a.txt' is named as plain text but is a PDF."),
        ("a.csv", "<!doctype html><html>", TypeMismatch, "'a.csv' is named as a CSV table but is an HTML page."),
        ("a.eml", "no headers here", TypeMismatch, "'a.eml' is named as an e-mail but is plain text."),
        ("a.rtf", rb"{\rtf1 x}", UnsupportedType,
         "'a.rtf' is a rich text (RTF) file, which is not read; save it as DOCX or PDF."),
        ("a.doc", OLE + "WordDocument".encode("utf-16-le"), UnsupportedType,
         "'a.doc' is an old Word document (.doc), which is not read; save it as DOCX."),
        ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), EncryptedFile,
         "'a.xlsx' needs a password to be opened; save it without one."),
        ("a.xml", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', UnsupportedType,
         "'a.xml' is an XML file, which is not read."),
        ("a.bin", bytes(range(256)) * 8, UnsupportedType, "'a.bin' holds binary data."),
        ("a.txt", bytes(range(256)) * 8, UnsupportedType, "'a.txt' holds binary data, not plain text."),
        ("a.docx", b"PK\x03\x04" + bytes(60), DamagedFile,
         "'a.docx' is damaged: a Word document is a zip file, and this one breaks off."),
        ("a.txt", b"", EmptyFile, "'a.txt' is empty."),
    ],
)  # fmt: skip
def test_refusals_are_one_sentence(write, name, content, kind, message):
    with pytest.raises(kind) as caught:
        sniff(write(name, content), name)
    assert type(caught.value) is kind and str(caught.value) == message


def test_archives_are_named(tmp_path):
    plain = make_zip(tmp_path / "a.zip", {"a.txt": b"x"})
    with pytest.raises(UnsupportedType, match=r"'a\.zip' is a zip archive, which is not read; unpack it"):
        sniff(plain, "a.zip")
    book = make_zip(tmp_path / "b.docx", {"mimetype": b"application/epub+zip"})
    with pytest.raises(UnsupportedType, match=r"'b\.docx' is an EPUB book, not a Word document"):
        sniff(book, "b.docx")


def test_what_is_no_file(tmp_path):
    with pytest.raises(UnsupportedType, match=r"'folder' is a folder, not a file\."):
        sniff(tmp_path, "folder")
    with pytest.raises(NotFound, match="does not exist") as caught:
        sniff(tmp_path / "gone", "gone")
    assert isinstance(caught.value, RequestError)


def test_oversize_is_refused_by_its_size_alone(tmp_path):
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(300 << 20)
    with pytest.raises(FileTooLarge, match=r"'a\.txt' has 300 MB; the limit is 200 MB\."):
        sniff(path, "a.txt", Limits())


@pytest.mark.parametrize(
    ("name", "text"),
    [("a\nb.txt", "'a�b.txt'"), ("../../etc/passwd", "'../../etc/passwd'"), ("🧾 émile.pdf", "'🧾 émile.pdf'"),
     ("\u202egpj.exe", "'�gpj.exe'")],
)  # fmt: skip
def test_names_in_messages(name, text):
    assert shown(name) == text


def test_long_names_are_cut_in_messages():
    assert len(shown("x" * 300 + ".pdf")) == 78
