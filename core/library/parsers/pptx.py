"""Presentations: one page a slide, the title first, then its shapes, tables and speaker notes; it knows no layout."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.errors import DamagedFile
from core.library.limits import Limits
from core.library.media import Media
from core.library.parsers.build import TextBuilder
from core.library.parsers.ooxml import Package, attribute, child, children, local
from core.library.parsers.pdf import page_ranges
from core.types import ParsedFile

_EMU = 12_700
"""English metric units in a point."""
_TITLES = ("title", "ctrTitle")
_FURNITURE = ("sldNum", "dt", "ftr", "hdr", "sldImg")


def parse(path: Path, limits: Limits) -> ParsedFile:
    """All slides in the order of the show, hidden ones included with a note."""
    builder = TextBuilder(limits)
    hidden, silent = [], []
    with Package(path, limits) as package:
        main = package.main_part("officeDocument", "ppt/presentation.xml")
        root = package.xml(main)
        size = child(root, "sldSz")
        width, height = (_points(size, name) if size is not None else 0.0 for name in ("cx", "cy"))
        relations = package.relations(main)
        listed = child(root, "sldIdLst")
        parts = [relations.get(_relation_id(e), ("", ""))[1] for e in (listed if listed is not None else ())]
        for number, part in enumerate(filter(None, parts), 1):
            slide = package.xml(part)
            if attribute(slide, "show") in ("0", "false"):
                hidden.append(number)
            notes = [target for kind, target in package.relations(part).values() if kind == "notesSlide"]
            told = package.xml(notes[0]) if notes and package.has(notes[0]) else None
            diagrams = [t for kind, t in package.relations(part).values() if kind == "diagramData" and package.has(t)]
            if not _slide(builder, slide, told, [package.xml(t) for t in diagrams], width, height):
                silent.append(number)
        if not any(parts):
            raise DamagedFile("is damaged: it has no slides")
    if hidden:
        builder.notes.append(f"{_slides(hidden)} hidden in the show")
    if silent:
        builder.notes.append(f"no text on {_slides(silent)}")
    return builder.finish(Media.PPTX)


def _slide(builder: TextBuilder, slide: Any, notes: Any, diagrams: list[Any], width: float, height: float) -> bool:
    tree = child(slide, "cSld", "spTree")
    shapes = list(_shapes(tree)) if tree is not None else []
    title = next((shape for shape in shapes if _placeholder(shape) in _TITLES), None)
    heading = " ".join(text for text, _ in _paragraphs(title)) if title is not None else ""
    builder.page(" ".join(heading.split()), width, height, "native" if _has_text(shapes, notes, diagrams) else "none")
    if heading.strip():
        builder.heading(heading, 1)
    for shape in shapes:
        if shape is title or _placeholder(shape) in _FURNITURE:
            continue
        if local(shape) == "graphicFrame":
            for table in (e for e in shape.iter() if local(e) == "tbl"):
                builder.table(*_table(table))
        else:
            _body(builder, shape)
    for diagram in diagrams:
        for paragraph in (e for e in diagram.iter() if local(e) == "p"):
            builder.item(_runs(paragraph))
    if notes is not None:
        told = child(notes, "cSld", "spTree")
        for shape in _shapes(told) if told is not None else ():
            if _placeholder(shape) not in _FURNITURE:
                for text, _ in _paragraphs(shape):
                    builder.paragraph(text)
    return _has_text(shapes, notes, diagrams)


def _has_text(shapes: list[Any], notes: Any, diagrams: list[Any]) -> bool:
    roots = [shape for shape in shapes if _placeholder(shape) not in _FURNITURE]
    if notes is not None:
        roots += [shape for shape in _shapes(notes) if _placeholder(shape) not in _FURNITURE]
    return any(local(e) == "t" and (e.text or "").strip() for root in roots + diagrams for e in root.iter())


def _body(builder: TextBuilder, shape: Any) -> None:
    """A shape's paragraphs: those of a list as items."""
    paragraphs = list(_paragraphs(shape))
    listed = _placeholder(shape) in ("body", "obj", "") and len(paragraphs) > 1 and child(shape, "nvSpPr", "nvPr", "ph") is not None
    for text, depth in paragraphs:
        if listed or depth:
            builder.item(text, depth=depth)
        else:
            builder.paragraph(text)


def _shapes(tree: Any) -> Iterator[Any]:
    """Shapes and frames in drawing order, groups opened."""
    stack = list(reversed(tree))
    while stack:
        element = stack.pop()
        name = local(element)
        if name in ("sp", "graphicFrame"):
            yield element
        elif name not in ("pic", "Fallback", "nvGrpSpPr", "grpSpPr"):
            stack.extend(reversed(element))


def _placeholder(shape: Any) -> str | None:
    """The kind of placeholder, "" for one of no kind, None for none."""
    for holder in ("nvSpPr", "nvGraphicFramePr"):
        mark = child(shape, holder, "nvPr", "ph")
        if mark is not None:
            return attribute(mark, "type") or ""
    return None


def _paragraphs(shape: Any) -> Iterator[tuple[str, int]]:
    body = child(shape, "txBody")
    for paragraph in children(body, "p") if body is not None else ():
        text = _runs(paragraph)
        if text.strip():
            properties = child(paragraph, "pPr")
            level = attribute(properties, "lvl") if properties is not None else None
            yield text, int(level) if level and level.isdecimal() else 0


def _runs(paragraph: Any) -> str:
    parts = []
    for element in paragraph.iter():
        name = local(element)
        if name == "t":
            parts.append(element.text or "")
        elif name == "br":
            parts.append("\n")
    return "".join(parts)


def _table(table: Any) -> tuple[list[list[str]], bool | None]:
    """Cells' texts; a value merged downwards stands in each of its rows."""
    properties = child(table, "tblPr")
    header = attribute(properties, "firstRow") in ("1", "true") if properties is not None else False
    rows: list[list[str]] = []
    for row in children(table, "tr"):
        texts: list[str] = []
        for cell in children(row, "tc"):
            body = child(cell, "txBody")
            text = "\n".join(_runs(p) for p in children(body, "p")) if body is not None else ""
            if attribute(cell, "vMerge") in ("1", "true") and rows and len(texts) < len(rows[-1]):
                text = rows[-1][len(texts)]
            texts.append("" if attribute(cell, "hMerge") in ("1", "true") else text)
        rows.append(texts)
    return rows, True if header else None


def _relation_id(element: Any) -> str:
    """The r:id, not the plain id beside it."""
    return next((str(value) for key, value in element.attrib.items() if key.endswith("}id")), "")


def _points(element: Any, name: str) -> float:
    value = attribute(element, name) or ""
    return round(int(value) / _EMU, 2) if value.isdecimal() else 0.0


def _slides(numbers: list[int]) -> str:
    return page_ranges(numbers).replace("page", "slide")
