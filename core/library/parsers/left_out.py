"""What an Office file holds beside its text: comments, deletions, properties. It counts them and keeps none."""

from collections.abc import Iterator
from typing import Any

from core.library.parsers.marks import left_out
from core.library.parsers.ooxml import Package, local

_PROPERTIES = ("description", "subject", "keywords", "category", "contentStatus")
_LABEL = 8
"""A property or a description of fewer words is a label."""
_REMARK = 4


def is_sentence(text: str | None) -> bool:
    """Whether a property or a description is too long for a label."""
    return text is not None and len(text.split()) >= _LABEL


def is_remark(text: str) -> bool:
    """Whether a comment in markup says something, rather than mark a place."""
    return len(text.split()) >= _REMARK


def comments_and_properties(package: Package) -> list[str]:
    """Notes on comments of readers and on properties of the file."""
    parts = [name for name in package.names() if name.endswith(".xml") and "comment" in name.rpartition("/")[2]]
    comments = sum(
        local(each) in ("comment", "cm", "threadedComment") and bool("".join(each.itertext()).strip())
        for part in parts
        for each in _elements(package, part)
    )
    core = next((target for kind, target in package.relations("").values() if kind == "core-properties"), "")
    said = [e for e in _elements(package, core) if local(e) in _PROPERTIES]
    return [
        *left_out(comments, "comment", "comments"),
        *left_out(sum(is_sentence(e.text) for e in said), "property of the file", "properties of the file"),
    ]


def _elements(package: Package, part: str) -> Iterator[Any]:
    root = package.xml_if_whole(part)
    return root.iter() if root is not None else iter(())


def deletions(*roots: Any) -> list[str]:
    """A note on passages of a Word document that tracked changes deleted or moved away."""
    count = sum(
        1
        for root in roots
        for each in root.iter()
        if local(each) in ("del", "moveFrom") and any(local(e) in ("delText", "t") and e.text for e in each.iter())
    )
    one = "passage deleted in tracked changes"
    return left_out(count, one, "passages deleted in tracked changes")
