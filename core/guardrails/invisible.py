"""Text that a model reads and a person does not see: characters without a picture, comments; not why it is hidden.

White, tiny and off-page text is a matter of the page and is found by the parsers.
"""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

from core.guardrails.findings import Finding, in_order

_NOTHING = "\u200b\u200c\u200d\u2060-\u2064\ufeff\u180e\u115f\u1160\u3164\uffa0\u034f"
_RUN = re.compile(f"[{_NOTHING}]{{2,}}")
_IN_WORD = re.compile(f"(?<=[A-Za-z])[{_NOTHING}](?=[A-Za-z])")
_TAGS = re.compile("[\U000e0000-\U000e007f]+")
_FLAG = re.compile("\U0001f3f4[\U000e0061-\U000e007a\U000e0030-\U000e0039]{3,6}\U000e007f")
"""The flag of a part of a country, as Scotland's: the one honest use of tag characters."""
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{2,}|(?<=[A-Za-z\\s])[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_OVERRIDE = re.compile("[\u202d\u202e][^\u202c\n]*\u202c?")
_EMBEDDING = re.compile("[\u202a\u202b\u2066-\u2068]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_COMMENT = re.compile(
    r"<!--(?P<html>.*?)(?:-->|\Z)"
    r"|^[ ]{0,3}\[[^\[\]\n]*\]:[ ]*(?:#|<>)[ ]+(?P<quoted>\([^\n]*\)|\"[^\n]*\"|'[^\n]*')[ ]*$",
    re.DOTALL | re.MULTILINE,
)
"""HTML's comments, up to the end where none closes, and definitions of a link without a target, Markdown's own."""
_ELEMENT = re.compile(r"<(?P<name>[a-zA-Z][\w-]*)(?P<attributes>(?:\s[^<>]*)?)>")
_UNSEEN_STYLE = re.compile(
    r"""\bhidden\b(?![\w-])|display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0*(?:\.0+)?(?:px|pt|em|rem|%)?\s*[;"']
    |opacity\s*:\s*0?(?:\.0+)?\s*[;"']|(?<![\w-])color\s*:\s*(?:transparent|white|\#fff(?:fff)?)\b""",
    re.IGNORECASE | re.VERBOSE,
)
KINDS: Final = (
    "zero-width",
    "tag characters",
    "variation selectors",
    "bidirectional override",
    "bidirectional control",
    "comment",
    "hidden element",
)


def hidden(text: str) -> tuple[Finding, ...]:
    """Hidden text in reading order; the score is below 1 where there is an honest use, as of comments."""
    return in_order(chain(_characters(text), _directions(text), _comments(text), _elements(text)))


def smuggled(text: str) -> str:
    """What tag characters and the bytes that variation selectors can hold say; empty where nothing can be read."""
    letters = "".join(chr(ord(sign) - 0xE0000) for sign in text if "\U000e0020" <= sign <= "\U000e007e")
    if letters:
        return letters
    places = bytes(
        ord(sign) - 0xFE00 if sign <= "\ufe0f" else ord(sign) - 0xE0100 + 16
        for sign in text
        if "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef"
    )
    return places.decode("utf-8", "replace") if len(places) > 1 else ""


def _characters(text: str) -> Iterator[Finding]:
    if text.isascii():
        return
    for match in _RUN.finditer(text):
        yield Finding("hidden", "zero-width", match.start(), match.end(), 1.0 if len(match[0]) > 3 else 0.5)
    for match in _IN_WORD.finditer(text):
        yield Finding("hidden", "zero-width", match.start(), match.end(), 0.8)
    flags = [match.span() for match in _FLAG.finditer(text)]
    for match in _TAGS.finditer(text):
        if not any(start < match.start() and match.end() == end for start, end in flags):
            yield Finding("hidden", "tag characters", match.start(), match.end())
    for match in _SELECTORS.finditer(text):
        yield Finding("hidden", "variation selectors", match.start(), match.end(), 1.0 if len(match[0]) > 3 else 0.6)


def _directions(text: str) -> Iterator[Finding]:
    """Overrides, which show letters in another order; embeddings only in lines without a letter that needs them."""
    if text.isascii():
        return
    for match in _OVERRIDE.finditer(text):
        yield Finding("hidden", "bidirectional override", match.start(), match.end())
    at = 0
    for line in text.splitlines(keepends=True):
        if not _RIGHT_TO_LEFT.search(line):
            for match in _EMBEDDING.finditer(line):
                yield Finding("hidden", "bidirectional control", at + match.start(), at + match.end(), 0.5)
        at += len(line)


def _comments(text: str) -> Iterator[Finding]:
    for match in _COMMENT.finditer(text):
        said = next((part for part in match.groups() if part is not None), "")
        if any(sign.isalpha() for sign in said):
            yield Finding("hidden", "comment", match.start(), match.end(), 0.5)


def _elements(text: str) -> Iterator[Finding]:
    """Elements of HTML, written in a text, that a browser would not show, to where the first of their name closes."""
    unclosed: set[str] = set()
    for match in _ELEMENT.finditer(text):
        name = match["name"].lower()
        if name not in unclosed and _UNSEEN_STYLE.search(match["attributes"] + ";"):
            closing = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(text, match.end())
            if not closing:
                unclosed.add(name)
            elif text[match.end() : closing.start()].strip():
                yield Finding("hidden", "hidden element", match.start(), closing.end(), 0.9)
