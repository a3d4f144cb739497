"""Looks for a person in the bytes of files, whatever the files are; it knows neither documents nor tables.

Between two bytes of a file there is no word boundary: a database writes one value directly behind another. So a whole
name or an address counts wherever it stands, unless a longer word goes on behind it; initials and titles need a text.
"""

import json
import mmap
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from core.forgetting.person import Person
from core.storage.wiping import held, written

_AT_ONCE = 8 << 20
_OVERLAP = 512
_AROUND = 160
_MOST = 256 << 20
"""Bytes that are unpacked of one file at most."""
_STREAM = re.compile(rb"stream\r?\n")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_BETWEEN = rb"(?:\xc2\xad|\\u00ad|-(?:\\[nr]|\s)+)?"
_GOES_ON = re.compile(rb"[a-z]{2}")
"""Behind a name: a longer word, as a longer surname; a new value of a table seldom begins so."""
_GAP = rb"(?:\xc2\xa0|\\u00a0|\\[nrt]|[\s,;|._\-]){1,12}"


class Search:
    """What is looked for, ready to be found in many files."""

    def __init__(self, person: Person) -> None:
        self._person = person
        names = [spelled.split(" ") for spelled in person.spelled if " " in spelled]
        orders = [order for parts in names for order in (parts, [parts[-1], *parts[:-1]])]
        whole = [_GAP.join(map(_word, order)) for order in orders] + [
            re.escape(m.lower().encode()) for m in person.emails
        ]
        whole += [_GAP.join(map(_word, detail.split(" "))) for detail in person.details]
        lasts = dict.fromkeys(spelled.split(" ")[-1] for spelled in person.spelled)
        self._whole = [re.compile(pattern) for pattern in dict.fromkeys(whole)]
        self._parts = [re.compile(pattern) for pattern in (*map(_word, lasts), *map(_tail, person.phones))]

    def holds(self, path: Path, pieces: Iterable[bytes] | None = None) -> bool:
        """Whether the file names the person, packed parts of a ZIP or PDF file included.

        `pieces` are what an encrypted file holds, whose own bytes say nothing.
        """
        if path.stat().st_size == 0:
            return False
        if pieces is not None:
            return self._in_pieces(pieces)
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            ranges = list(written(file.fileno(), len(content)))
            if any(self.in_bytes(content[max(0, s - _OVERLAP) : e]) for s, e in _pieces(ranges)):
                return True
            head = content[:8]
        return any(map(self.in_bytes, _unpacked(path, head)))

    def _in_pieces(self, pieces: Iterable[bytes]) -> bool:
        before = b""
        for piece in pieces:
            together = before + piece
            if self.in_bytes(together):
                return True
            before = together[-_OVERLAP:]
        return False

    def in_bytes(self, content: bytes) -> bool:
        """Whether the bytes name the person."""
        plain = content.lower()
        found = (match.end() for pattern in self._whole for match in pattern.finditer(plain))
        if any(not _GOES_ON.match(content, end) for end in found):
            return True
        hits = (match.span() for pattern in self._parts for match in pattern.finditer(plain))
        return any(self._named(content, *span) for span in hits)

    def _named(self, content: bytes, start: int, end: int) -> bool:
        """Whether the text around names the person."""
        around = content[max(0, start - _AROUND) : end + _AROUND].decode("utf-8", "replace")
        if self._person.find(around):
            return True
        if "\\" not in around:
            return False
        plain = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), around).replace("\\n", "\n").replace("\\r", "\n")
        return bool(self._person.find(plain))


def look(
    root: Path, person: Person, opened: Callable[[Path], Iterable[bytes] | None] = lambda _: None
) -> tuple[int, int, list[str]]:
    """Look through every file below `root`: files read, bytes read (holes hold none), files that name the person.

    `opened` gives what an encrypted file holds, piece by piece, and None for one that is read as it lies.
    """
    search, files, size, remains = Search(person), 0, 0, []
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        files, size = files + 1, size + held(path)
        if search.holds(path, opened(path)):
            remains.append(path.relative_to(root).as_posix())
    return files, size, remains


def _pieces(ranges: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for start, end in ranges:
        for at in range(start, end, _AT_ONCE):
            yield at, min(end, at + _AT_ONCE)


def _word(word: str) -> bytes:
    """A pattern of the letters of a folded word, in each way in which text is written to disk, with hyphenation."""
    return _BETWEEN.join(map(_letter, word))


def _letter(sign: str) -> bytes:
    """A letter in both cases, composed and with its accent apart, as UTF-8 and as JSON escapes it."""
    alike = {"'": "'\u2019\u02bc", "-": "-\u2010\u2011\u2012\u2013"}.get(sign, sign.lower() + sign.upper())
    forms = {f(case) for case in alike for f in (_composed, _apart)}
    ways = {way.lower() for form in forms for way in (form.encode(), json.dumps(form)[1:-1].encode())}
    ordered = [re.escape(way) for way in sorted(ways, key=len, reverse=True)]
    return ordered[0] if len(ordered) == 1 else b"(?:" + b"|".join(ordered) + b")"


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _apart(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def _tail(phone: str) -> bytes:
    digits = [sign.encode() for sign in phone if sign.isdigit()][-6:]
    return rb"[\s./()\-]{0,3}".join(digits)


def _unpacked(path: Path, head: bytes) -> Iterator[bytes]:
    """What a ZIP file (also Word, PowerPoint, Excel) or a PDF file holds in packed form, up to a bound."""
    left = _MOST
    if head.startswith(b"PK"):
        try:
            with zipfile.ZipFile(path) as packed:
                for member in packed.infolist():
                    with packed.open(member) as opened:
                        content = opened.read(left)
                    left -= len(content)
                    yield re.sub(rb"<[^>]{1,2000}>", b"", content) if member.filename.endswith("xml") else content
                    yield content
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, zlib.error):
            return  # no ZIP file after all, or one with a password: the bytes themselves were looked at
    elif head.startswith(b"%PDF"):
        content = path.read_bytes()
        for match in _STREAM.finditer(content):
            if left <= 0:
                return
            try:
                made = zlib.decompressobj().decompress(content[match.end() :], left)
            except zlib.error:
                continue
            left -= len(made)
            yield made
        yield from _utf16(content)


def _utf16(content: bytes) -> Iterator[bytes]:
    """Strings of a PDF file that are written in UTF-16, as its metadata are."""
    for match in re.finditer(rb"\xfe\xff((?:[^\xfe]){2,400})", content):
        yield match[1].decode("utf-16-be", "ignore").encode()
