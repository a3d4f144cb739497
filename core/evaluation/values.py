"""Whether a text says a value, an older one, another one or none; it knows no facts and no documents.

A value that the text denies ("no longer 30 days") is not said. A value of the same kind that is another one is found
too: it tells an outdated text from a silent one.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from core.errors import RequestError
from core.evaluation.answers import holds
from core.evaluation.readings import KINDS, SCALED, WORD, Kind, Reading, readings
from core.generation.particulars import numbers

_GREAT = 10_000
"""The least number that one without a unit but with a scale is compared with; years lie below."""
_FEW = 6
"""Words of an answer that may leave the unit out."""
_MARK = re.compile(r"\s*\[\d{1,3}\](?!\()")
"""The number of a source in an answer."""
_DENIED = re.compile(
    r"\b(?:not|no longer|instead of|rather than|formerly|previously|nicht(?: mehr)?|(?:an)?statt|früher|bisher)"
    r"(?:\s+(?:the|a|for|in|on|at|within|für|am|der|die|das|den))?\s+$",
    re.I,
)
"""What stands right before a value that is not meant to be true."""
_REFERENCE = re.compile(r"(?:\b(?:section|page|version|chapter|step|abschnitt|seite|kapitel|nr\.|no\.)|§)\s*$", re.I)
Near = Callable[[str, str], float]
"""Cosine of two texts by the embedder of the workspace."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How near an answer must come to a value to say it."""

    kind: Kind = "exact"
    relative: float = 0.0
    """Of a number: the share of the value that it may differ by."""
    absolute: float = 0.0
    """Of a number: what it may differ by."""
    cosine: float = 0.7
    """Of a semantic value: the least similarity of a sentence of the answer."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise RequestError(f"There is no tolerance '{self.kind}'; choose {', '.join(KINDS)}.")
        if not (0 <= self.relative < 1 and 0 <= self.absolute < float("inf")):
            raise RequestError("The relative slack must be from 0 to below 1, the absolute one 0 or more.")
        if not 0 < self.cosine <= 1:
            raise RequestError(f"The cosine is {self.cosine}; it must be above 0 and at most 1.")


def check_value(value: str, tolerance: Tolerance) -> None:
    """Raises RequestError where a value cannot be compared as its tolerance says."""
    if tolerance.kind in ("number", "date") and not readings(value, tolerance.kind):
        raise RequestError(f"the value '{value[:60]}' holds no {tolerance.kind}; choose another tolerance.")


@dataclass(frozen=True, slots=True)
class Said:
    """What a text says of a value."""

    state: Literal["same", "former", "other", "nothing"]
    found: str = ""
    """The value as it stands in the text; empty for nothing."""


def said(text: str, value: str, tolerance: Tolerance, former: Sequence[str] = (), near: Near | None = None) -> Said:
    """Whether a text says a value: it, one of the `former` values, another of the same kind, or nothing comparable.

    A text that says both the value and a former one says the value: "45 days (21 before)". Numbers compare by unit; a
    number without a unit is taken for the value's where the text has none with it.
    """
    text = _MARK.sub("", text)
    if found := _says(text, value, tolerance, near):
        return Said("same", found)
    for old in former:
        if found := _says(text, old, tolerance, near):
            return Said("former", found)
    if others := _comparable(text, value, tolerance.kind):
        return Said("other", others[0].text)
    return Said("nothing")


def equal(one: str, other: str, tolerance: Tolerance) -> bool:
    """Whether two values are the same; those of words are compared as words."""
    if tolerance.kind in ("exact", "semantic"):
        return holds(one, [other]) and holds(other, [one])
    return bool(_says(one, other, tolerance, None)) and bool(_says(other, one, tolerance, None))


def _says(text: str, value: str, tolerance: Tolerance, near: Near | None) -> str:
    if tolerance.kind == "exact":
        text = _affirmed(text, value)
        return value if holds(text, [value]) or holds(_spelled(text), [_spelled(value)]) else ""
    if tolerance.kind == "semantic":
        if holds(text, [value]):
            return value
        parts = [part.strip() for part in re.split(r"(?<=[.!?])\s+|\n+", text) if part.strip()]
        best = max(parts, key=lambda part: near(part, value), default="") if near and parts else ""
        return value if best and near and near(best, value) >= tolerance.cosine else ""
    wanted = readings(value, tolerance.kind)
    found = []
    for each in wanted:
        match = next((r for r in _comparable(text, value, tolerance.kind, each) if _same(each, r, tolerance)), None)
        if match is None:
            return ""
        found.append(match.text)
    return " … ".join(found)


def _comparable(text: str, value: str, kind: Kind, one: Reading | None = None) -> list[Reading]:
    wanted = [one] if one else readings(value, kind)
    if not wanted:
        return []
    held = [each for each in readings(text, kind) if not _DENIED.search(text[max(0, each.start - 40) : each.start])]
    if kind == "date":
        return held
    units = {each.unit for each in wanted}
    if units == {SCALED}:
        return [each for each in held if isinstance(each.value, float) and each.value >= _GREAT]
    alike = [each for each in held if each.unit in units]
    if alike or "" in units:
        return alike or ([each for each in held if len(held) == 1] if "" in units else [])
    if len(text.split()) > _FEW:
        return []
    return [each for each in held if not each.unit and not _REFERENCE.search(text[: each.start])]


def _affirmed(text: str, value: str) -> str:
    """The text without the places that deny the value."""
    spans = [m.span() for m in re.finditer(re.escape(value), text, re.I) if _DENIED.search(text[: m.start()])]
    for start, end in reversed(spans):
        text = text[:start] + text[end:]
    return text


def _same(wanted: Reading, found: Reading, tolerance: Tolerance) -> bool:
    if isinstance(wanted.value, tuple) and isinstance(found.value, tuple):
        (day, month, year), (a, b, c) = wanted.value, found.value
        return (day, month) == (a, b) and (year is None or c is None or year == c)
    if isinstance(wanted.value, float) and isinstance(found.value, float):
        slack = max(tolerance.absolute, abs(wanted.value) * tolerance.relative, 1e-9)
        return abs(wanted.value - found.value) <= slack
    return wanted.value == found.value


def _spelled(text: str) -> str:
    """The text with its numbers in digits, so that "eight weeks" and "8 weeks" are one."""

    def digits(found: re.Match[str]) -> str:
        known = numbers(found[0])
        return next(iter(known)) if len(known) == 1 else found[0]

    return re.sub(WORD, digits, unicodedata.normalize("NFKC", text))
