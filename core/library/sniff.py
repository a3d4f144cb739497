"""Decides what a file is by its content; the name only chooses among kinds of plain text.

It does not read documents: a file that it recognises may still be damaged.
"""

import json
import re
import zipfile
from pathlib import Path

from core.errors import (
    DamagedFile,
    EmptyFile,
    EncryptedFile,
    FileRefused,
    FileTooLarge,
    NotFound,
    TypeMismatch,
    UnsupportedType,
)
from core.library.decoding import decode, looks_binary
from core.library.limits import Limits
from core.library.media import TEXTUAL, WORDS, Media, claimed
from core.library.naming import sentence
from core.library.signatures import binary_kind, legacy_kind, zip_kind

_HEAD = 1 << 16
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OFFICE = (("word/", Media.DOCX), ("ppt/", Media.PPTX), ("xl/", Media.XLSX))
_HTML_PAGE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!doctype\s+html|<html[\s>])", re.I | re.S)
_HTML_PART = re.compile(r"<(?:head|body|div|p|h[1-6]|table|ul|ol|section|article|main|span)[\s>/]", re.I)
_XML = re.compile(r"\s*<(?:\?xml|!DOCTYPE|svg)\b", re.I)
_MAIL_HEADER = re.compile(r"(?:From |[A-Za-z][A-Za-z0-9-]*:[ \t])")
_MAIL_TELLING = re.compile(r"^(?:From|To|Subject|Date|Message-ID|MIME-Version|Received|Return-Path):", re.I | re.M)


def sniff(path: Path, name: str, limits: Limits = Limits()) -> str:  # noqa: B008
    """The media type of a file; raises the FileRefused that says why it is not read."""
    check_file(path, name, limits)
    try:
        return sniff_within(path, name, limits)
    except FileRefused as refused:
        raise type(refused)(sentence(name, str(refused))) from None


def check_file(path: Path, name: str, limits: Limits) -> None:
    """Refuse what need not be opened: nothing there, a folder, a device, an empty or an oversize file."""
    if not path.exists():
        raise NotFound(sentence(name, "does not exist"))
    if path.is_dir():
        raise UnsupportedType(sentence(name, "is a folder, not a file"))
    if not path.is_file():
        raise UnsupportedType(sentence(name, "is not a regular file"))
    size = path.stat().st_size
    if size == 0:
        raise EmptyFile(sentence(name, "is empty"))
    if size > limits.file_mb << 20:
        raise FileTooLarge(sentence(name, f"has {size / (1 << 20):,.0f} MB; the limit is {limits.file_mb:,} MB"))


def sniff_within(path: Path, name: str, limits: Limits) -> Media:
    """As `sniff`, for a file that passed `check_file`; the message of an error is a predicate."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    wanted = claimed(name)
    if b"%PDF-" in head[:1024]:
        found = Media.PDF
    elif head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        found = _office_kind(path, wanted)
    elif head.startswith(_OLE):
        raise _ole(path, wanted)
    else:
        words = binary_kind(head)
        if words:
            raise UnsupportedType(_is_not(words, wanted))
        found = _text_kind(path, head, wanted)
    if wanted is not None and wanted is not found:
        raise TypeMismatch(f"is named as {WORDS[wanted]} but is {WORDS[found]}")
    return found


def _is_not(words: str, wanted: Media | None) -> str:
    what, _, way_out = words.partition("; ")
    other = f", not {WORDS[wanted]}" if wanted else ", which is not read"
    return f"is {what}{other}" + (f"; {way_out}" if way_out else "")


def _office_kind(path: Path, wanted: Media | None) -> Media:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            locked = any(entry.flag_bits & 1 for entry in archive.infolist())
            kind = archive.read("mimetype")[:100].decode("latin-1") if "mimetype" in names and not locked else ""
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        if wanted in (Media.DOCX, Media.PPTX, Media.XLSX):
            raise DamagedFile(f"is damaged: {WORDS[wanted]} is a zip file, and this one breaks off") from None
        raise DamagedFile("is a damaged zip archive") from None
    names = {name.replace("\\", "/").lstrip("/") for name in names}
    if "[Content_Types].xml" in names or any(name.startswith("_rels/") for name in names):
        for folder, media in _OFFICE:
            if any(name.startswith(folder) for name in names) and "xl/workbook.bin" not in names:
                if locked:
                    raise EncryptedFile("needs a password to be opened")
                return media
    raise UnsupportedType(_is_not(zip_kind(names, kind), wanted))


def _ole(path: Path, wanted: Media | None) -> FileRefused:
    """The container of old Office files, and of new ones under a password."""
    with path.open("rb") as file:
        content = file.read(8 << 20)
    if "EncryptedPackage".encode("utf-16-le") in content:
        return EncryptedFile("needs a password to be opened; save it without one")
    return UnsupportedType(_is_not(legacy_kind(content), wanted))


def _text_kind(path: Path, head: bytes, wanted: Media | None) -> Media:
    text = decode(head, partial=len(head) == _HEAD)
    if looks_binary(text):
        what = "binary data" if wanted is None else f"binary data, not {WORDS[wanted]}"
        raise (DamagedFile if wanted and wanted not in TEXTUAL else UnsupportedType)(f"holds {what}")
    text = text.removeprefix("\ufeff")
    is_page = bool(_HTML_PAGE.match(text))
    if not is_page and _XML.match(text) and wanted is not Media.MARKDOWN:
        what = "an SVG picture" if "<svg" in text[:2000] else "an XML file"
        raise UnsupportedType(_is_not(what, wanted))
    if wanted in (Media.MARKDOWN, Media.HTML):
        return wanted
    if is_page:
        return Media.HTML
    if wanted is Media.EML:
        return Media.EML if _is_mail(text) else Media.TEXT
    if wanted in TEXTUAL:
        return wanted
    return _untold(path, text)


def _untold(path: Path, text: str) -> Media:
    """The kind of a text whose name does not help."""
    if _is_mail(text) and len(_MAIL_TELLING.findall(text[:8000])) >= 3:
        return Media.EML
    if text.lstrip()[:1] in ("{", "[") and path.stat().st_size < 1 << 24:
        try:
            json.loads(path.read_bytes())
            return Media.JSON
        except (ValueError, RecursionError):
            pass
    start = text.lstrip()[:400]
    if start.startswith("<") and _HTML_PART.match(start):
        return Media.HTML
    return Media.TEXT


def _is_mail(text: str) -> bool:
    lines = text.lstrip("\r\n").splitlines()[:1]
    return bool(lines) and bool(_MAIL_HEADER.match(lines[0])) and bool(_MAIL_TELLING.search(text))
