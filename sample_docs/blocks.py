"""Reads a paper's source text (front matter and a few Markdown marks) into blocks.

It does not know how a block will look or in which file format it ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_NUMBERED = re.compile(r"(\d+)\. (.*)")
_INLINE = re.compile(r"(\*\*.+?\*\*|\*[^*]+?\*)")


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 (section) or 2 (sub-section)."""

    level: int
    text: str


@dataclass(frozen=True)
class Para:
    """Running text; `kind` is plain, note or warning."""

    text: str
    kind: str = "plain"


@dataclass(frozen=True)
class Items:
    """A list; `marks` holds one mark an item: a number with its stop, or an empty string for a bullet."""

    texts: tuple[str, ...]
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    """A table: column widths in per cent, and rows of cells of which the first is the header."""

    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Mark:
    """An instruction to the renderer: a page break, or a figure by its name."""

    name: str


Block = Heading | Para | Items | Grid | Mark


@dataclass(frozen=True)
class Paper:
    """One paper: the front matter as read, and its blocks in order."""

    meta: dict[str, str]
    blocks: tuple[Block, ...]


def load_paper(path: Path) -> Paper:
    """Read a source file."""
    return parse_paper(path.read_text(encoding="utf-8"))


def parse_paper(source: str) -> Paper:
    """Split the front matter off and parse what follows."""
    _, front, body = source.split("---\n", 2)
    meta = {}
    for line in front.splitlines():
        key, value = line.split(":", 1)
        meta[key.strip()] = value.strip()
    groups = [group.strip("\n") for group in re.split(r"\n\s*\n", body) if group.strip()]
    return Paper(meta, tuple(_block(group) for group in groups))


def _block(group: str) -> Block:  # noqa: PLR0911 (one return a kind of block)
    """A group of lines without a blank line between them is one block; its first line says which."""
    lines = group.splitlines()
    first = lines[0]
    if first.startswith("### "):
        return Heading(2, first[4:])
    if first.startswith("## "):
        return Heading(1, first[3:])
    if first.startswith("{"):
        return Mark(first.strip("{}"))
    if first.startswith("|"):
        rows = [tuple(cell.strip() for cell in line.strip().strip("|").split("|")) for line in lines]
        return Grid(tuple(float(width) for width in rows[1]), (rows[0], *rows[2:]))
    if first.startswith("- ") or _NUMBERED.match(first):
        return _items(lines)
    text = " ".join(lines)
    if text.startswith("!> "):
        return Para(text[3:], "warning")
    if text.startswith("> "):
        return Para(text[2:], "note")
    return Para(text)


def _items(lines: list[str]) -> Items:
    """A line that opens no item continues the one before."""
    texts: list[str] = []
    marks: list[str] = []
    for line in lines:
        numbered = _NUMBERED.match(line)
        if line.startswith("- "):
            texts.append(line[2:])
            marks.append("")
        elif numbered:
            texts.append(numbered[2])
            marks.append(numbered[1] + ".")
        else:
            texts[-1] += " " + line.strip()
    return Items(tuple(texts), tuple(marks))


def spans(text: str) -> list[tuple[str, str]]:
    """Split text at its inline marks into (style, text), where style is plain, bold or italic."""
    parts = []
    for piece in _INLINE.split(text):
        if piece.startswith("**"):
            parts.append(("bold", piece[2:-2]))
        elif piece.startswith("*") and len(piece) > 2:
            parts.append(("italic", piece[1:-1]))
        elif piece:
            parts.append(("plain", piece))
    return parts
