"""Honest texts in two halves: passages of Natural Questions, and public handbooks, which order people about."""

import re
from functools import cache

from benchmarks.data import folder, half, lines


@cache
def passages(part: int) -> tuple[str, ...]:
    """Passages of Natural Questions of about 100 words, by half."""
    rows = lines(folder("nq_oracle") / "nq-open-oracle.jsonl")
    return tuple(text for row in rows if half(text := str(row["ctxs"][0]["text"])) == part)


@cache
def pages(part: int) -> tuple[str, ...]:
    """Whole pages of the handbooks and policies, Markdown, by half of their files."""
    root = folder("policies_mixed")
    files = sorted(file for file in root.rglob("*.md") if file.name != "SOURCE.md")
    return tuple(file.read_text(encoding="utf-8") for file in files if half(file.relative_to(root).as_posix()) == part)


def paragraphs(part: int) -> tuple[str, ...]:
    """The paragraphs of those pages that have more than a few words."""
    return tuple(each for page in pages(part) for each in re.split(r"\n\s*\n", page) if len(each.split()) > 5)
