"""A passage with the words that stand above it, for embedding and word search; it does not change the passage."""

import re
from collections.abc import Sequence

_SEPARATORS = re.compile(r"[-_./\\]+")


def context(document: str, headings: Sequence[str]) -> str:
    """The document's name as words, and its headings: "returns policy › 2 Unused articles"."""
    stem = document.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return " › ".join([_SEPARATORS.sub(" ", stem).strip(), *headings])


def in_context(document: str, headings: Sequence[str], text: str) -> str:
    """The text that is embedded for a passage: a chunk that says "within 30 days" does not say of what."""
    return f"{context(document, headings)}: {text}"
