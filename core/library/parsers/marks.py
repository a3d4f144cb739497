"""Marks around concealed words inside a string, so that they keep their place while it is tidied, joined and cut.

A mark is one of Unicode's noncharacters, which are set aside for a program's own use. It touches a word on its inner
side, never white space, so that squeezing blanks gives the same text with marks as without. It knows no formats.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import get_args

from core.library.parsers.page_ranges import page_ranges
from core.types import Concealed, Page, Why

_WHYS: tuple[Why, ...] = get_args(Why)
_FIRST = 0xFDD0
_END = "\ufdef"
_MARK = re.compile("[\ufdd0-\ufdef]")
_OURS = re.compile(r"[\s:|-]*")
"""What may stand between two words of one concealed passage: white space, and what joins cells and items."""
_SAID_ALREADY = ("hidden sheet", "hidden slide")
_MOST_NAMED = 12


def mark(text: str, why: Why | None) -> str:
    """The same text, concealed; blank text and text without a reason stay as they are."""
    if why is None:
        return text
    text = unmarked(text)
    inner = text.strip()
    if not inner:
        return text
    begin = text.index(inner[0])
    return f"{text[:begin]}{chr(_FIRST + _WHYS.index(why))}{inner}{_END}{text[begin + len(inner) :]}"


def unmarked(text: str) -> str:
    """The text without marks."""
    return text if text.isascii() else _MARK.sub("", text)


def take_marks(text: str, offset: int) -> tuple[str, list[Concealed]]:
    """The text without marks, and what they enclose, counted from `offset`. A mark left open ends with the text."""
    if text.isascii() or not _MARK.search(text):
        return text, []
    parts: list[str] = []
    found: list[Concealed] = []
    why: Why | None = None
    length = last = begun = 0
    for match in _MARK.finditer(text):
        parts.append(text[last : match.start()])
        length += match.start() - last
        last = match.end()
        if why is not None and length > begun:
            found.append(Concealed(offset + begun, offset + length, why))
        number = ord(match[0]) - _FIRST
        why, begun = (_WHYS[number] if number < len(_WHYS) else None), length
    parts.append(text[last:])
    length += len(text) - last
    if why is not None and length > begun:
        found.append(Concealed(offset + begun, offset + length, why))
    return "".join(parts), found


def joined(found: Iterable[Concealed], text: str, pages: Sequence[Page]) -> tuple[Concealed, ...]:
    """Passages in order, one where only white space or what joins cells and items parts two; none over a page's end."""
    starts = [page.start for page in pages]
    out: list[Concealed] = []
    for each in sorted(found, key=lambda c: c.start):
        last = out[-1] if out else None
        if (
            last is None
            or last.why != each.why
            or not _OURS.fullmatch(text, last.end, max(last.end, each.start))
            or bisect_right(starts, last.start) != bisect_right(starts, each.start)
        ):
            out.append(each)
        else:
            out[-1] = Concealed(last.start, max(last.end, each.end), each.why)
    return tuple(out)


def told(concealed: Sequence[Concealed], pages: Sequence[Page], unit: str) -> list[str]:
    """A note for each way of concealing, as "Hidden text on page 2: white text (1 passage)".

    `unit` is what the format calls a page: "page", "slide", "sheet", or "" where it has none. Hidden sheets and slides
    are named by notes of their own.
    """
    notes = []
    starts = [page.start for page in pages]
    for why in dict.fromkeys(each.why for each in concealed):
        passages = [each for each in concealed if each.why == why]
        if why in _SAID_ALREADY:
            continue
        on = [pages[i] for i in sorted({bisect_right(starts, each.start) - 1 for each in passages})]
        count = f"{len(passages)} passage{'s' if len(passages) > 1 else ''}"
        notes.append(f"Hidden text{_places(on, unit)}: {why} ({count})")
    return notes


def left_out(count: int, one: str, several: str) -> list[str]:
    """A note on what was dropped, as "2 comments were left out"; none for none."""
    if not count:
        return []
    return [f"1 {one} was left out" if count == 1 else f"{count:,} {several} were left out"]


def _places(pages: Sequence[Page], unit: str) -> str:
    if not unit or not pages:
        return ""
    if unit == "sheet":
        names = [f"'{page.label}'" for page in pages[:_MOST_NAMED]]
        more = f" and {len(pages) - _MOST_NAMED} more" if len(pages) > _MOST_NAMED else ""
        return f" on sheet{'s' if len(pages) > 1 else ''} {', '.join(names)}{more}"
    return " on " + page_ranges([page.number for page in pages]).replace("page", unit)
