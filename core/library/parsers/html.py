"""HTML: blocks as paragraphs, headings, lists, tables; scripts, styles and comments are left out, no link is followed.

Text that a style hides is read like any other and marked. It knows nothing of CSS.
"""

import re
from pathlib import Path
from typing import Any

from lxml import etree

from core.errors import DamagedFile
from core.library.decoding import decode
from core.library.limits import Limits
from core.library.media import Media
from core.library.parsers.build import TextBuilder
from core.library.parsers.html_hidden import Hidden, beside
from core.library.parsers.marks import mark, unmarked
from core.library.parsers.tidy import clean
from core.types import ParsedFile

_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_SKIPPED = frozenset(
    ("script", "style", "template", "head", "title", "noscript", "iframe", "object", "embed", "svg", "math", "canvas",
     "audio", "video", "datalist", "select")
)  # fmt: skip
_BLOCKS = frozenset(
    """address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer
    form header hgroup hr html legend li main menu nav ol p section summary ul table tbody thead tfoot tr td th caption
    h1 h2 h3 h4 h5 h6 pre""".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_SPACE = re.compile(r"[ \t\n\r\f]+")


def parse(path: Path, limits: Limits) -> ParsedFile:
    """The whole page."""
    data = path.read_bytes()
    declared = _META.search(data[:4096])
    builder = TextBuilder(limits, marked=True)
    append_html(builder, decode(data, declared[1].decode("latin-1") if declared else None))
    return builder.finish(Media.HTML)


def append_html(builder: TextBuilder, markup: str) -> None:
    """Append the text of HTML markup to a builder that takes marks."""
    parser = etree.HTMLParser(
        recover=True, no_network=True, remove_comments=True, remove_pis=True, huge_tree=True, encoding="utf-8"
    )
    data = clean(markup).encode()
    try:
        root = etree.fromstring(data, parser) if data.strip() else None
    except etree.XMLSyntaxError:
        raise DamagedFile("is damaged: it cannot be read as HTML") from None
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):  # the rest would be lost unseen
        raise DamagedFile("is nested too deeply to be read")
    if root is not None:
        _Walker(builder, Hidden(root, markup)).walk(root)
        builder.notes += beside(root, markup)


class _Walker:
    """Goes through the tree without recursion, whatever its depth."""

    def __init__(self, builder: TextBuilder, hidden: Hidden) -> None:
        self._builder = builder
        self._hidden = hidden
        self._text: list[str] = []
        self._lists: list[list[int | None]] = []
        self._item: str | None = None
        self._pre = 0

    def walk(self, root: Any) -> None:
        stack: list[tuple[Any, bool]] = [(root, False)]
        while stack:
            element, closing = stack.pop()
            if closing:
                self._close(element)
                self._take(element.tail, element.getparent())
                continue
            tag = element.tag if isinstance(element.tag, str) else ""
            if not tag or tag in _SKIPPED:
                self._take(element.tail, element.getparent())
                continue
            if self._whole(element, tag):
                self._take(element.tail, element.getparent())
                continue
            self._open(element, tag)
            stack.append((element, True))
            stack.extend((child, False) for child in reversed(element))
        self._flush()

    def _whole(self, element: Any, tag: str) -> bool:
        """Take an element that is one piece: a heading, a table, a picture's description."""
        if tag in _HEADINGS:
            self._flush()
            self._builder.heading(_inner_text(element, self._hidden), _HEADINGS[tag])
            return True
        if tag == "table" and not _is_layout(element):
            self._flush()
            _table(self._builder, element, self._hidden)
            return True
        if tag == "br":
            self._text.append("\x00")
            return True
        return False

    def _open(self, element: Any, tag: str) -> None:
        if tag in _BLOCKS:
            self._flush()
        if tag in ("ul", "ol", "menu", "dir"):
            start = element.get("start", "1")
            self._lists.append([int(start) if tag == "ol" and start.isdecimal() else 1 if tag == "ol" else None])
        elif tag == "li":
            self._item = "- "
            if self._lists and self._lists[-1][0] is not None:
                self._item = f"{self._lists[-1][0]}. "
                self._lists[-1][0] += 1
        elif tag == "pre":
            self._pre += 1
        self._take(element.text, element)

    def _close(self, element: Any) -> None:
        tag = element.tag
        if tag in _BLOCKS:
            self._flush()
        if tag in ("ul", "ol", "menu", "dir") and self._lists:
            self._lists.pop()
        elif tag == "li":
            self._item = None
        elif tag == "pre":
            self._pre -= 1

    def _take(self, text: str | None, owner: Any) -> None:
        if text:
            text = mark(unmarked(text), self._hidden.why(owner))
            self._text.append(text.replace("\n", "\x00").replace(" ", "\x01") if self._pre else text)

    def _flush(self) -> None:
        text = _SPACE.sub(" ", "".join(self._text))
        self._text.clear()
        text = "\n".join(line.strip(" ") for line in text.split("\x00")).replace("\x01", " ").strip("\n")
        if not text.strip():
            return
        if self._lists:
            depth = max(len(self._lists) - 1, 0)
            self._builder.item(text, self._item if self._item is not None else "  ", depth)
            self._item = "" if self._item is None else "  "
        else:
            self._builder.paragraph(text)


def _inner_text(element: Any, hidden: Hidden) -> str:
    """All text below an element on one line with marks, scripts left out."""
    parts: list[str] = []
    stack: list[Any] = [element]
    while stack:
        current = stack.pop()
        if isinstance(current, str):
            parts.append(current)
            continue
        tag = current.tag if isinstance(current.tag, str) else ""
        if tag in ("br", "p", "div", "li", "tr", "td", "th"):
            parts.append(" ")
        for child in reversed(current):
            if child.tail:
                stack.append(mark(unmarked(child.tail), hidden.why(current)))
            if isinstance(child.tag, str) and child.tag not in _SKIPPED:
                stack.append(child)
        if current.text and tag:
            stack.append(mark(unmarked(current.text), hidden.why(current)))
    return _SPACE.sub(" ", "".join(parts)).strip()


def _rows(table: Any) -> list[Any]:
    """The table's own rows, without those of tables inside."""
    rows, stack = [], list(reversed(table))
    while stack:
        element = stack.pop()
        if element.tag == "tr":
            rows.append(element)
        elif element.tag in ("thead", "tbody", "tfoot", "form", "colgroup"):
            stack.extend(reversed(element))
    return rows


def _cells(row: Any) -> list[Any]:
    return [cell for cell in row if cell.tag in ("td", "th")]


def _is_layout(table: Any) -> bool:
    """A table that only arranges the page: it has tables, headings or lists inside, or one column."""
    if table.get("role") in ("presentation", "none"):
        return True
    inside = ("table", "h1", "h2", "h3", "h4", "form", "section", "article")
    if any(next(table.iter(tag), None) is not None for tag in inside[1:]) or sum(1 for _ in table.iter("table")) > 1:
        return True
    rows = _rows(table)
    return not rows or max(len(_cells(row)) for row in rows) < 2


def _table(builder: TextBuilder, table: Any, hidden: Hidden) -> None:
    caption = next((child for child in table if child.tag == "caption"), None)
    if caption is not None:
        builder.paragraph(_inner_text(caption, hidden))
    rows: list[list[str]] = []
    header: bool | None = None
    hanging: dict[int, tuple[int, str]] = {}
    for row in _rows(table):
        texts: list[str] = []
        cells = _cells(row)
        for cell in cells:
            while len(texts) in hanging:
                texts.append(_hang(hanging, len(texts)))
            text = _inner_text(cell, hidden)
            across, down = _span(cell, "colspan", 64), _span(cell, "rowspan", 1000)
            if down > 1:
                hanging[len(texts)] = (down - 1, text)
            texts += [text] + [""] * (across - 1)
        while len(texts) in hanging:
            texts.append(_hang(hanging, len(texts)))
        if not rows and any(texts) and cells:
            marked = sum(cell.tag == "th" for cell in cells)
            header = True if marked == len(cells) else (False if marked == 1 and len(cells) == 2 else None)
        if any(texts):
            rows.append(texts)
    builder.table(rows, header)


def _hang(hanging: dict[int, tuple[int, str]], column: int) -> str:
    """The value of a cell that reaches down into this row."""
    left, text = hanging.pop(column)
    if left > 1:
        hanging[column] = (left - 1, text)
    return text


def _span(cell: Any, name: str, most: int) -> int:
    value = cell.get(name, "1").strip()
    return max(1, min(int(value), most)) if value.isdecimal() and len(value) < 6 else 1
