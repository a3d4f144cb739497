"""Word documents: paragraphs, headings by style, tables where they stand, text boxes and footnotes.

Headers, footers, comments and deleted text are left out. It knows nothing of pages, nor how a look is judged.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.library.limits import Limits
from core.library.media import Media
from core.library.parsers.build import TextBuilder
from core.library.parsers.docx_hidden import Hidden
from core.library.parsers.docx_numbering import Numbering
from core.library.parsers.docx_styles import Styles
from core.library.parsers.left_out import comments_and_properties, deletions
from core.library.parsers.marks import mark, unmarked
from core.library.parsers.ooxml import Package, attribute, child, children, local
from core.types import ParsedFile

_SKIPPED = frozenset(
    ("del", "moveFrom", "instrText", "delText", "Fallback", "pPr", "rPr", "tblPr", "sdtPr", "annotationRef")
)
_TEXT = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": "", "ptab": "\t"}


def parse(path: Path, limits: Limits) -> ParsedFile:
    """The document's body in reading order."""
    with Package(path, limits) as package:
        main = package.main_part("officeDocument", "word/document.xml")
        parts = dict(package.relations(main).values())
        styles = Styles(package.xml(parts["styles"]) if package.has(parts.get("styles", "-")) else None)
        has_numbering = package.has(parts.get("numbering", "-"))
        numbering = Numbering(package.xml(parts["numbering"]) if has_numbering else None)
        root = package.xml(main)
        hidden = Hidden(styles, root)
        notes: dict[tuple[str, str], str] = {}
        builder = TextBuilder(limits, marked=True)
        builder.notes += deletions(root) + comments_and_properties(package)
        for kind in ("footnote", "endnote"):
            part = parts.get(f"{kind}s", "-")
            if package.has(part):
                notes |= _read_notes(package.xml(part), kind, hidden)
        reader = _Reader(builder, styles, numbering, notes, hidden)
        body = child(root, "body")
        if body is not None:
            reader.body(body)
    return reader.builder.finish(Media.DOCX)


class _Reader:
    def __init__(
        self,
        builder: TextBuilder,
        styles: Styles,
        numbering: Numbering,
        notes: dict[tuple[str, str], str],
        hidden: Hidden,
    ) -> None:
        self.builder = builder
        self._styles = styles
        self._numbering = numbering
        self._notes = notes
        self._hidden = hidden

    def body(self, root: Any) -> None:
        for element in _blocks(root):
            if local(element) == "tbl":
                self._table(element)
            else:
                self._paragraph(element)

    def _paragraph(self, paragraph: Any) -> None:
        text, boxes, references = _text_of(paragraph, self._hidden)
        properties = child(paragraph, "pPr")
        style = _value(properties, "pStyle")
        level = self._styles.level(style, properties)
        marker, depth = self._numbering.marker(self._styles.numbering(style, properties), bool(text.strip()))
        if level:
            self.builder.heading(f"{marker} {text}" if marker and text.strip() and marker not in "•-" else text, level)
        elif marker:
            self.builder.item(text, "- " if marker == "•" else f"{marker} ", depth)
        else:
            self.builder.paragraph(text)
        for box in boxes:
            self.body(box)
        for reference in references:
            self.builder.paragraph(self._notes.get(reference, ""))

    def _table(self, table: Any) -> None:
        rows, header, inner = self._rows(table)
        if rows and max(len(row) for row in rows) == 1:  # a frame around text, not a table
            for cell in _cells(table):
                self.body(cell)
            return
        self.builder.table(rows, header)
        for nested in inner:
            self._table(nested)

    def _rows(self, table: Any) -> tuple[list[list[str]], bool | None, list[Any]]:
        """Cells' texts with merged cells resolved, whether the first row is marked as header, and the inner tables."""
        rows: list[list[str]] = []
        above: list[str] = []
        inner: list[Any] = []
        header: bool | None = None
        for row in _rows_of(table):
            texts: list[str] = [""] * _grid_before(row)
            for cell in _cells_of(row):
                properties = child(cell, "tcPr")
                span = int(_value(properties, "gridSpan") or 1)
                merge = child(properties, "vMerge") if properties is not None else None
                text = self._cell(cell, inner)
                if merge is not None and (attribute(merge, "val") or "continue") == "continue":
                    text = above[len(texts)] if len(texts) < len(above) else text
                texts += [text] + [""] * (min(span, 64) - 1)
            if not rows and child(row, "trPr", "tblHeader") is not None:
                header = True
            rows.append(texts)
            above = texts
        return rows, header, inner

    def _cell(self, cell: Any, inner: list[Any]) -> str:
        texts = []
        for element in _blocks(cell):
            if local(element) == "tbl":
                inner.append(element)
                continue
            text, boxes, references = _text_of(element, self._hidden)
            texts.append(text)
            texts += [_text_of(p, self._hidden)[0] for box in boxes for p in _blocks(box) if local(p) == "p"]
            texts += [self._notes.get(reference, "") for reference in references]
        return "\n".join(texts)


def _blocks(root: Any) -> Iterator[Any]:
    """Paragraphs and tables below an element, through content controls, insertions and alternatives."""
    stack = list(reversed(root))
    while stack:
        element = stack.pop()
        name = local(element)
        if name in ("p", "tbl"):
            yield element
        elif name not in _SKIPPED:
            stack.extend(reversed(element))


def _text_of(paragraph: Any, hidden: Hidden) -> tuple[str, list[Any], list[tuple[str, str]]]:
    """A paragraph's text with marks, the text boxes anchored in it, and the notes that it refers to."""
    parts: list[str] = []
    boxes: list[Any] = []
    notes: list[tuple[str, str]] = []
    stack = list(reversed(paragraph))
    while stack:
        element = stack.pop()
        name = local(element)
        if name == "t":
            parts.append(mark(unmarked(element.text or ""), hidden.why(element.getparent(), paragraph)))
        elif name in _TEXT:
            parts.append(_TEXT[name])
        elif name == "txbxContent":
            boxes.append(element)
        elif name in ("footnoteReference", "endnoteReference"):
            notes.append((name.removesuffix("Reference"), attribute(element, "id") or ""))
        elif name == "checkBox" or (name == "checked" and "wordml" in str(element.tag)):
            parts.append("☒ " if (attribute(element, "val") or "0") in ("1", "true") else "")
        elif name == "sym":
            parts.append(_symbol(attribute(element, "char")))
        elif name not in _SKIPPED:
            stack.extend(reversed(element))
    return "".join(parts), boxes, notes


def _symbol(code: str | None) -> str:
    try:
        char = chr(int(code or "", 16))
    except (ValueError, OverflowError):
        return ""
    return "•" if "\ue000" <= char <= "\uf8ff" else char


def _read_notes(root: Any, kind: str, hidden: Hidden) -> dict[tuple[str, str], str]:
    out = {}
    for note in children(root, kind):
        if attribute(note, "type") is None:
            text = "\n".join(_text_of(p, hidden)[0] for p in _blocks(note) if local(p) == "p").strip()
            out[kind, attribute(note, "id") or ""] = text
    return out


def _rows_of(table: Any) -> Iterator[Any]:
    return (e for e in _unwrapped(table) if local(e) == "tr")


def _cells_of(row: Any) -> Iterator[Any]:
    return (e for e in _unwrapped(row) if local(e) == "tc")


def _cells(table: Any) -> Iterator[Any]:
    return (cell for row in _rows_of(table) for cell in _cells_of(row))


def _unwrapped(parent: Any) -> Iterator[Any]:
    """Children, with those of content controls in the controls' place."""
    stack = list(reversed(parent))
    while stack:
        element = stack.pop()
        if local(element) in ("sdt", "sdtContent", "customXml", "ins"):
            stack.extend(reversed(element))
        else:
            yield element


def _grid_before(row: Any) -> int:
    properties = child(row, "trPr")
    return min(int(_value(properties, "gridBefore") or 0), 64)


def _value(properties: Any, name: str) -> str | None:
    element = child(properties, name) if properties is not None else None
    return attribute(element, "val") if element is not None else None
