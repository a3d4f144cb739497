"""Values as people write them (numbers, dates, words), and whether a text says one; it knows no facts and no documents.

Numbers are read in English and German marks, in words up to ninety-nine, with their unit; dates in the common forms of
both languages. A value of the same kind that is another one is found too: it tells an outdated text from a silent one.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from core.errors import RequestError
from core.evaluation.answers import holds
from core.generation.particulars import numbers

Kind = Literal["exact", "number", "date", "semantic"]
KINDS: tuple[Kind, ...] = ("exact", "number", "date", "semantic")
Near = Callable[[str, str], float]
"""Cosine of two texts by the embedder of the workspace."""

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar jänner", "february feb februar", "march mar märz mrz", "april apr", "may mai",
            "june jun juni", "july jul juli", "august aug", "september sept sep", "october oct oktober okt",
            "november nov", "december dec dezember dez",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = rf"(?P<m>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_DAY, _YEAR = r"(?P<d>\d{1,2})(?:st|nd|rd|th|\.)?", r"(?P<y>(?:19|20)\d\d)"
_DATES = (
    re.compile(r"\b(?P<y>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)\b"),
    re.compile(r"\b(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>(?:19|20)\d\d)\b"),
    re.compile(rf"\b{_DAY}\s+(?:of\s+)?{_MONTH}(?:,?\s+{_YEAR}\b)?", re.I),
    re.compile(rf"\b{_MONTH}\s+{_DAY}\b(?!\s*[:h])(?:,?\s+{_YEAR}\b)?", re.I),
)
_SAME = {
    "€": "euro", "eur": "euro", "euros": "euro", "%": "percent", "$": "dollar", "£": "pound", "prozent": "percent",
    "tage": "day", "tagen": "day", "tag": "day", "werktage": "day", "werktagen": "day", "stunden": "hour",
    "stunde": "hour", "wochen": "week", "woche": "week", "monate": "month", "monaten": "month", "monat": "month",
    "jahre": "year", "jahren": "year", "jahr": "year", "minuten": "minute", "minute": "minute", "kilos": "kg",
    "kilo": "kg", "kilograms": "kg", "kilogram": "kg", "grams": "g", "gram": "g", "zeichen": "character",
    "°c": "°c", "dias": "day", "decibels": "db", "decibel": "db", "litres": "litre", "liter": "litre",
    "millimetre": "mm", "millimetres": "mm", "centimetres": "cm", "ohms": "ohm", "h": "hour",
}  # fmt: skip
_PASSED_OVER = frozenset("working calendar successive consecutive full paid whole additional more further".split())
_NO_UNIT = frozenset(
    "a an and or of in on at to for by from the until than is are was were per each with within as that which who "
    "und oder von im am bis pro je der die das ab zu mit".split()
)
_NO_NUMBER = frozenset(["once"])
"""Words that are numbers in one language and common words in another."""
_FEW = 6
"""Words of an answer that may leave the unit out."""
_WORD = r"[^\W\d_]+(?:-[^\W\d_]+)?"
_NUMBER = re.compile(rf"(?P<money>[€$£])?\s?(?P<n>\d+(?:[.,:’' \u00a0\u202f]\d+)*|{_WORD})")
_AFTER = re.compile(rf"\s*[\)-]?\s?(?P<u>°C|%|[€$£]|{_WORD})", re.I)


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


@dataclass(frozen=True, slots=True)
class Reading:
    """A value that stands in a text at [start, end)."""

    value: object
    text: str
    start: int
    end: int
    unit: str = ""


def readings(text: str, kind: Kind) -> list[Reading]:
    """The numbers with their units, or the dates, of a text in its order; none for the other kinds."""
    if kind == "date":
        return sorted(_dates(text), key=lambda each: each.start)
    return list(_numbers(text)) if kind == "number" else []


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
    held = readings(text, kind)
    if kind == "date":
        return held
    units = {each.unit for each in wanted}
    alike = [each for each in held if each.unit in units]
    if alike or "" in units:
        return alike or ([each for each in held if len(held) == 1] if "" in units else [])
    return [each for each in held if not each.unit] if len(text.split()) <= _FEW else []


def _same(wanted: Reading, found: Reading, tolerance: Tolerance) -> bool:
    if isinstance(wanted.value, tuple) and isinstance(found.value, tuple):
        (day, month, year), (a, b, c) = wanted.value, found.value
        return (day, month) == (a, b) and (year is None or c is None or year == c)
    if isinstance(wanted.value, float) and isinstance(found.value, float):
        slack = max(tolerance.absolute, abs(wanted.value) * tolerance.relative, 1e-9)
        return abs(wanted.value - found.value) <= slack
    return wanted.value == found.value


def _numbers(text: str) -> Iterator[Reading]:
    taken = [(each.start, each.end) for each in _dates(text)]
    for found in _NUMBER.finditer(text):
        printed, start, end = found["n"], found.start("money" if found["money"] else "n"), found.end()
        if printed.lower() in _NO_NUMBER:
            continue
        if any(a < end and start < b for a, b in taken) or (printed[0].isalpha() and not numbers(printed)):
            continue
        if start and (text[start - 1].isalpha() and printed[0].isdigit() and not found["money"]):
            continue  # a part of a name such as G58
        canonical = _amount(printed)
        if canonical is None:
            continue
        unit, last = _unit(text, end)
        if found["money"]:
            unit, last = _SAME[found["money"]], end
        yield Reading(canonical, text[start:last].strip(), start, last, unit)


def _amount(printed: str) -> float | str | None:
    if ":" in printed:
        return ":".join(part.lstrip("0") or "0" for part in printed.split(":"))
    bare = re.sub(r"(?<=\d)[’' \u00a0\u202f](?=\d{3}(?:\D|$))", "", printed)
    if re.search(r"[’' \u00a0\u202f]", bare):
        bare = re.split(r"[’' \u00a0\u202f]", bare)[0]
    found = sorted(numbers(bare))
    return float(found[0]) if len(found) == 1 and re.fullmatch(r"\d+(?:\.\d+)?", found[0]) else None


def _unit(text: str, at: int) -> tuple[str, int]:
    """The unit behind a number, in one form for all its spellings, and where it ends."""
    last = at
    while found := _AFTER.match(text, last):
        word = found["u"].lower()
        if word in _PASSED_OVER:
            last = found.end()
            continue
        if word == "per" and (cent := re.match(r"\s+cent\b", text[found.end() :], re.I)):
            return "percent", found.end() + cent.end()
        if word in _NO_UNIT:
            return "", at
        plain = _SAME.get(word) or (word[:-1] if word.endswith("s") and len(word) > 3 else word)
        return _SAME.get(plain, plain), found.end()
    return "", at


def _dates(text: str) -> Iterator[Reading]:
    seen: list[tuple[int, int]] = []
    for pattern in _DATES:
        for found in pattern.finditer(text):
            month = _MONTHS.get(found["m"].lower()) or (int(found["m"]) if found["m"].isdigit() else 0)
            day, year = int(found["d"]), int(found["y"]) if found["y"] else None
            try:
                date(year or 2024, month, day)
            except ValueError:
                continue
            if not any(a < found.end() and found.start() < b for a, b in seen):
                seen.append(found.span())
                yield Reading((day, month, year), found[0], found.start(), found.end())


def _spelled(text: str) -> str:
    """The text with its numbers in digits, so that "eight weeks" and "8 weeks" are one."""

    def digits(found: re.Match[str]) -> str:
        known = numbers(found[0])
        return next(iter(known)) if len(known) == 1 else found[0]

    return re.sub(_WORD, digits, unicodedata.normalize("NFKC", text))
