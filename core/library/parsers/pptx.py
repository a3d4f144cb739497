"""Presentations: one page a slide, the title first, then its shapes, tables and speaker notes; it knows no layout."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from core.errors import DamagedFile, ParserLimit
from core.library.limits import Limits
from core.library.media import Media
from core.library.parsers.build import TextBuilder
from core.library.parsers.left_out import comments_and_properties
from core.library.parsers.marks import mark, unmarked
from core.library.parsers.ooxml import Package, attribute, child, children, local
from core.library.parsers.page_ranges import page_ranges
from core.library.parsers.pptx_hidden import Hidden, Looks
from core.types import ParsedFile

_EMU = 12_700
"""English metric units in a point."""
_TITLES = ("title", "ctrTitle")
_FURNITURE = ("sldNum", "dt", "ftr", "hdr", "sldImg")


def parse(path: Path, limits: Limits) -> ParsedFile:
    """All slides in the order of the show, hidden ones included with a note."""
    with Package(path, limits) as package:
        main = package.main_part("officeDocument", "ppt/presentation.xml")
        root = package.xml(main)
        relations = package.relations(main)
        listed = child(root, "sldIdLst")
        parts = [relations.get(_relation_id(e), ("", ""))[1] for e in (listed if listed is not None else ())]
        if len(parts) > limits.pages:
            raise ParserLimit(f"has {len(parts):,} slides; at most {limits.pages:,} are read")
        size = child(root, "sldSz")
        extent = (_units(size, "cx"), _units(size, "cy")) if size is not None else (0, 0)
        looks = Looks(package, *extent)
        slides = [_Slide(package, part, looks) for part in filter(None, parts)]
        dropped = comments_and_properties(package)
    if not slides:
        raise DamagedFile("is damaged: it has no slides")
    width, height = (round(units / _EMU, 2) for units in extent)
    running = _Running(slides)
    builder = TextBuilder(limits, marked=True, unit="slide")
    silent = [n for n, slide in enumerate(slides, 1) if not slide.append_to(builder, n, width, height, running)]
    hidden = [n for n, slide in enumerate(slides, 1) if slide.hidden]
    if hidden:
        builder.notes.append(f"{_slides(hidden)} hidden in the show")
    if silent:
        builder.notes.append(f"no text on {_slides(silent)}")
    builder.notes += dropped
    return builder.finish(Media.PPTX)


class _Slide:
    """One slide's shapes, its notes and its diagrams."""

    def __init__(self, package: Package, part: str, looks: Looks) -> None:
        root = package.xml(part)
        targets = [(kind, target) for kind, target in package.relations(part).values() if package.has(target)]
        notes = [package.xml(target) for kind, target in targets if kind == "notesSlide"][:1]
        tree = child(root, "cSld", "spTree")
        told = child(notes[0], "cSld", "spTree") if notes else None
        self.hidden = attribute(root, "show") in ("0", "false")
        self.shapes = [s for s in _shapes(tree) if _placeholder(s) not in _FURNITURE] if tree is not None else []
        self._notes = [s for s in _shapes(told) if _placeholder(s) not in _FURNITURE] if told is not None else []
        self._look = looks.of(part, root)
        self._diagrams = [package.xml(target) for kind, target in targets if kind == "diagramData"]

    def append_to(self, builder: TextBuilder, number: int, width: float, height: float, running: "_Running") -> bool:
        """Append the slide; False when it has no text. A running footer is taken once."""
        title = next((shape for shape in self.shapes if _placeholder(shape) in _TITLES), None)
        heading = " ".join(text for text, _ in _paragraphs(title, self._look)) if title is not None else ""
        filled = self._has_text()
        builder.page(unmarked(heading), width, height, "native" if filled else "none")
        with builder.concealing("hidden slide") if self.hidden else nullcontext():
            self._append_text(builder, number, title, heading, running)
        return filled

    def _append_text(self, builder: TextBuilder, number: int, title: Any, heading: str, running: "_Running") -> None:
        builder.heading(heading, 1)
        for shape in self.shapes:
            if local(shape) == "graphicFrame":
                for table in (e for e in shape.iter() if local(e) == "tbl"):
                    builder.table(*_table(table, shape, self._look))
            elif shape is not title and not _is_number(shape, number) and running.is_new(_plain(shape)):
                _body(builder, shape, self._look)
        for diagram in self._diagrams:
            for paragraph in (e for e in diagram.iter() if local(e) == "p"):
                builder.item(_runs(paragraph))
        for shape in self._notes:
            for text, _ in _paragraphs(shape):
                builder.paragraph(text)

    def _has_text(self) -> bool:
        roots = self.shapes + self._notes + self._diagrams
        return any(local(e) == "t" and (e.text or "").strip() for root in roots for e in root.iter())


class _Running:
    """Footers drawn by hand: texts outside the layout's placeholders that stand on three slides or more."""

    def __init__(self, slides: Sequence[_Slide]) -> None:
        texts = ({_plain(shape) for shape in slide.shapes if _placeholder(shape) is None} for slide in slides)
        counts = Counter(text for several in texts for text in several)
        self._coming = {text for text, count in counts.items() if text and count >= 3}
        self._met: set[str] = set()

    def is_new(self, text: str) -> bool:
        """False for a footer that an earlier slide gave."""
        known = text in self._met
        if text in self._coming:
            self._met.add(text)
        return not known


def _is_number(shape: Any, number: int) -> bool:
    """Whether a shape holds the slide's number and nothing else."""
    field = any(local(e) == "fld" and attribute(e, "type") == "slidenum" for e in shape.iter())
    return (_placeholder(shape) is None and _plain(shape).strip() == str(number)) or field


def _plain(shape: Any) -> str:
    return "\n".join(text for text, _ in _paragraphs(shape))


def _body(builder: TextBuilder, shape: Any, look: Hidden) -> None:
    """A shape's paragraphs: those of a placeholder with several as items."""
    paragraphs = list(_paragraphs(shape, look))
    listed = _placeholder(shape) in ("body", "obj", "") and len(paragraphs) > 1
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


def _paragraphs(shape: Any, look: Hidden | None = None) -> Iterator[tuple[str, int]]:
    """A shape's paragraphs that are not blank, with their levels; with marks where a look is given."""
    body = child(shape, "txBody")
    why = look.shape(shape) if look else None
    for paragraph in children(body, "p") if body is not None else ():
        text = mark(_runs(paragraph, shape, look), why)
        if text.strip():
            properties = child(paragraph, "pPr")
            level = attribute(properties, "lvl") if properties is not None else None
            yield text, int(level) if level and level.isdecimal() else 0


def _runs(paragraph: Any, shape: Any = None, look: Hidden | None = None) -> str:
    parts = []
    for element in paragraph.iter():
        name = local(element)
        if name == "t":
            text = unmarked(element.text or "")
            parts.append(mark(text, look.run(element.getparent(), shape)) if look else text)
        elif name == "br":
            parts.append("\n")
    return "".join(parts)


def _table(table: Any, frame: Any, look: Hidden) -> tuple[list[list[str]], bool | None]:
    """Cells' texts; a value merged downwards stands in each of its rows."""
    properties = child(table, "tblPr")
    header = attribute(properties, "firstRow") in ("1", "true") if properties is not None else False
    rows: list[list[str]] = []
    why = look.shape(frame)
    for row in children(table, "tr"):
        texts: list[str] = []
        for cell in children(row, "tc"):
            body = child(cell, "txBody")
            text = "\n".join(mark(_runs(p, frame, look), why) for p in children(body, "p")) if body is not None else ""
            if attribute(cell, "vMerge") in ("1", "true") and rows and len(texts) < len(rows[-1]):
                text = rows[-1][len(texts)]
            texts.append("" if attribute(cell, "hMerge") in ("1", "true") else text)
        rows.append(texts)
    return rows, True if header else None


def _relation_id(element: Any) -> str:
    """The r:id, not the plain id beside it."""
    return next((str(value) for key, value in element.attrib.items() if key.endswith("}id")), "")


def _units(element: Any, name: str) -> int:
    value = attribute(element, name) or ""
    return int(value) if value.isdecimal() else 0


def _slides(numbers: list[int]) -> str:
    return page_ranges(numbers).replace("page", "slide")
