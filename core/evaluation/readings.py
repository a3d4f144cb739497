"""Reads the numbers, times of day and dates of a text, in English and German forms; it compares nothing.

Numbers are read in both languages' marks, in words up to ninety-nine, with their sign, scale and unit. A date with
slashes is read only where day and month cannot be mixed up.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from core.generation.particulars import numbers

Kind = Literal["exact", "number", "date", "semantic"]
KINDS: tuple[Kind, ...] = ("exact", "number", "date", "semantic")
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
    re.compile(r"\b(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>(?:(?:19|20)\d\d|\d\d(?!\d|\.\d)))\b"),
    re.compile(r"\b(?P<m>\d{1,2})/(?P<d>1[3-9]|2\d|3[01])/(?P<y>(?:19|20)\d\d)\b"),
    re.compile(r"\b(?P<d>1[3-9]|2\d|3[01])/(?P<m>\d{1,2})/(?P<y>(?:19|20)\d\d)\b"),
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
    "usd": "dollar", "gbp": "pound", "gigabyte": "gb", "megabyte": "mb", "kilometre": "km", "kilometer": "km",
    "std": "hour", "hrs": "hour", "hr": "hour", "min": "minute", "h": "hour",
    "millimetre": "mm", "millimetres": "mm", "centimetres": "cm", "ohms": "ohm",
}  # fmt: skip
_PASSED_OVER = frozenset("working calendar successive consecutive full paid whole additional more further".split())
_NO_UNIT = frozenset(
    "a an and or of in on at to for by from the until than is are was were per each with within as that which who "
    "und oder von im am bis pro je der die das ab zu mit".split()
)
_SCALES = {
    "thousand": 1e3, "tausend": 1e3, "million": 1e6, "millionen": 1e6, "mio": 1e6, "billion": 1e9, "milliarde": 1e9,
    "milliarden": 1e9, "mrd": 1e9,
}  # fmt: skip
SCALED = "scaled"
"""The unit of a number such as "4.62 million" that names none: it compares with great numbers of any unit."""
_SCALE = re.compile(rf"\s?(?P<s>{'|'.join(sorted(_SCALES, key=len, reverse=True))})\b\.?", re.I)
_TIME = re.compile(
    r"\b(?P<h>[01]?\d|2[0-4])(?:(?::(?P<m>[0-5]\d)|\.(?P<p>[0-5]\d)(?=\s?(?:uhr|[ap]\.?m\b)))(?!\d|:\d)"
    r"(?:\s?(?P<half>uhr\b|[ap]\.?m\b\.?))?|\s?(?P<full>uhr\b|[ap]\.?m\b\.?))",
    re.I,
)
"""A time of day: with a colon, or with a point where "Uhr", am or pm follows, or the hour alone with one of these."""
_NO_NUMBER = frozenset(["once"])
"""Words that are numbers in one language and common words in another."""
WORD = r"[^\W\d_]+(?:-[^\W\d_]+)?"
_NUMBER = re.compile(
    r"(?:(?P<money>[€$£]|\b(?:EUR|USD|GBP)\b)\s?)?(?P<sign>(?<![\w.,)])[-−](?=\d))?"
    rf"(?P<n>\d+(?:[.,:’' \u00a0\u202f]\d+)*|{WORD})"
)
_AFTER = re.compile(rf"\s*[\)-]?\s?(?P<u>°C|%|[€$£]|{WORD})", re.I)


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
    found = _dates(text) if kind == "date" else _numbers(text) if kind == "number" else iter(())
    return sorted(found, key=lambda each: each.start)


def _numbers(text: str) -> Iterator[Reading]:
    times = list(_times(text))
    yield from times
    taken = [(each.start, each.end) for each in (*_dates(text), *times)]
    for found in _NUMBER.finditer(text):
        printed, start, end = found["n"], found.start("money" if found["money"] else "n"), found.end()
        signed = bool(found["sign"]) and not re.search(r"\d\s?$", text[: found.start("sign")])
        start = found.start("sign") if signed and not found["money"] else start
        if printed.lower() in _NO_NUMBER:
            continue
        if any(a < end and start < b for a, b in taken) or (printed[0].isalpha() and not _named(printed)):
            continue
        if start and (text[start - 1].isalpha() and printed[0].isdigit() and not found["money"]):
            continue  # a part of a name such as G58
        canonical = _amount(printed)
        if canonical is None:
            continue
        if scale := _SCALE.match(text, end) if isinstance(canonical, float) else None:
            canonical, end = float(canonical) * _SCALES[scale["s"].lower()], scale.end()
        if signed and isinstance(canonical, float):
            canonical = -canonical
        unit, last = _unit(text, end)
        if found["money"]:
            unit, last = _SAME[found["money"].lower()], end
        if scale and not unit:
            unit = SCALED
        yield Reading(canonical, text[start:last].strip(), start, last, unit)


def _amount(printed: str) -> float | str | None:
    if ":" in printed:
        return ":".join(part.lstrip("0") or "0" for part in printed.split(":"))
    bare = re.sub(r"(?<=\d)[’' \u00a0\u202f](?=\d{3}(?:\D|$))", "", printed)
    if re.search(r"[’' \u00a0\u202f]", bare):
        bare = re.split(r"[’' \u00a0\u202f]", bare)[0]
    found = sorted(_named(bare))
    return float(found[0]) if len(found) == 1 and re.fullmatch(r"\d+(?:\.\d+)?", found[0]) else None


def _times(text: str) -> Iterator[Reading]:
    for found in _TIME.finditer(text):
        half = (found["half"] or found["full"] or "").lower().replace(".", "")
        hour = int(found["h"]) % 12 + 12 * (half == "pm") if half in ("am", "pm") else int(found["h"])
        yield Reading(f"{hour}:{int(found['m'] or found['p'] or 0)}", found[0], found.start(), found.end(), "time")


def _named(text: str) -> frozenset[str]:
    """The numbers of a text, German compounds such as "einundzwanzig" among them."""
    head, und, tail = text.lower().partition("und")
    if und and (tens := numbers(tail)) and (ones := frozenset("1") if head == "ein" else numbers(head)):
        return frozenset([str(int(next(iter(tens))) + int(next(iter(ones))))])
    return numbers(text)


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
            year = year + 2000 if year is not None and year < 100 else year
            try:
                date(year or 2024, month, day)
            except ValueError:
                continue
            if not any(a < found.end() and found.start() < b for a, b in seen):
                seen.append(found.span())
                yield Reading((day, month, year), found[0], found.start(), found.end())
