"""The zip container of DOCX, PPTX and XLSX: measured before anything is parsed, its XML parts without DTDs or entities.

It does not know what the parts mean. Local names are compared without namespaces, so that the strict dialect of the
standard reads like the transitional one.
"""

import posixpath
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lxml import etree

from core.errors import DamagedFile, EncryptedFile, ParserLimit
from core.library.limits import Limits

_MOST_PARTS = 20_000
_BOMB_RATIO = 1_000
"""No honest part shrinks to less than a thousandth, but for small ones."""
_SMALL = 8 << 20
_PIECE = 1 << 20
_DECLARATIONS = tuple(
    mark.encode(encoding) for mark in ("<!DOCTYPE", "<!ENTITY") for encoding in ("ascii", "utf-16-le", "utf-16-be")
)


class Package:
    """An opened container; a context manager."""

    def __init__(self, path: Path, limits: Limits) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
            self._check(limits)
        except (zipfile.BadZipFile, EOFError, NotImplementedError, zipfile.LargeZipFile, OSError) as error:
            raise DamagedFile(f"is damaged: its zip container cannot be read ({type(error).__name__})") from None
        self._names = {_plain(entry.filename): entry.filename for entry in self._zip.infolist()}

    def __enter__(self) -> "Package":
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def _check(self, limits: Limits) -> None:
        """Inflate every part once, counting: the directory's own sizes may lie."""
        entries = self._zip.infolist()
        allowed = limits.decompressed_mb << 20
        too_large = ParserLimit(f"inflates to more than {limits.decompressed_mb:,} MB and was not read")
        if len(entries) > _MOST_PARTS:
            raise ParserLimit(f"holds more than {_MOST_PARTS:,} parts and was not read")
        if sum(entry.file_size for entry in entries) > allowed:
            raise too_large
        total = 0
        for entry in entries:
            if entry.flag_bits & 1:
                raise EncryptedFile("needs a password to be opened")
            size, tail = 0, b""
            is_xml = entry.filename.lower().endswith((".xml", ".rels"))
            with self._zip.open(entry) as stream:
                while piece := stream.read(_PIECE):
                    size += len(piece)
                    total += len(piece)
                    if total > allowed:
                        raise too_large
                    if size > _SMALL and size > _BOMB_RATIO * max(entry.compress_size, 1):
                        raise ParserLimit(
                            "holds a part that inflates a thousandfold, as a zip bomb does; it was not read"
                        )
                    if is_xml and any(mark in tail + piece for mark in _DECLARATIONS):
                        raise DamagedFile(
                            "declares XML entities or a DTD, which an Office file never does; it was not read"
                        )
                    tail = piece[-32:]

    def names(self) -> list[str]:
        """The parts' names."""
        return list(self._names)

    def has(self, name: str) -> bool:
        """Whether there is such a part."""
        return _plain(name) in self._names

    def read(self, name: str) -> bytes:
        """A part as it is."""
        return self._zip.read(self._names[_plain(name)])

    def xml(self, name: str) -> Any:
        """The root of an XML part; raises DamagedFile."""
        try:
            data = self._zip.read(self._names[_plain(name)])
        except KeyError:
            raise DamagedFile(f"is damaged: its part {name} is missing") from None
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, recover=False,
            huge_tree=False, remove_comments=True, remove_pis=True,
        )  # fmt: skip
        try:
            return etree.fromstring(data, parser)
        except etree.XMLSyntaxError:
            raise DamagedFile(f"is damaged: its part {name} is not valid XML") from None

    def xml_if_whole(self, name: str) -> Any:
        """The root of a part on which no text depends; None where it is missing or broken."""
        try:
            return self.xml(name) if self.has(name) else None
        except DamagedFile:
            return None

    def relations(self, name: str) -> dict[str, tuple[str, str]]:
        """For each relation of a part its kind (the last word of the type) and the target part; no links out."""
        folder, base = posixpath.split(name)
        part = posixpath.join(folder, "_rels", f"{base}.rels")
        if not self.has(part):
            return {}
        out = {}
        for relation in self.xml(part):
            if not isinstance(relation.tag, str) or relation.get("TargetMode") == "External":
                continue
            target = unquote(relation.get("Target", ""))
            joined = target if target.startswith("/") else posixpath.join(folder, target)
            kind = relation.get("Type", "").rpartition("/")[2]
            out[relation.get("Id", "")] = kind, posixpath.normpath(joined).lstrip("/")
        return out

    def main_part(self, kind: str, usual: str) -> str:
        """The part that the container names as its document; `usual` where it names none."""
        for found, target in self.relations("").values():
            if found == kind and self.has(target):
                return target
        if self.has(usual):
            return usual
        raise DamagedFile(f"is damaged: its part {usual} is missing")


def local(element: Any) -> str:
    """An element's name without its namespace; "" for comments."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Any, name: str) -> str | None:
    """An attribute by its local name."""
    value = element.get(name)
    if value is not None:
        return str(value)
    for key, other in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(other)
    return None


def child(element: Any, *names: str) -> Any:
    """The first descendant along a path of local names, or None."""
    for name in names:
        element = next((c for c in element if local(c) == name), None) if element is not None else None
    return element


def children(element: Any, name: str) -> Iterator[Any]:
    """The children of a local name."""
    return (c for c in element if local(c) == name)


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
