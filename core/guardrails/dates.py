"""Dates, dates of birth and ages by their form; which of them belongs to whom it does not know."""

import re
from collections.abc import Iterator

from core.guardrails.findings import Finding

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?|januar|februar|märz|mai|juni|juli|oktober|dezember)\.?"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?:1[89]|20)\d\d"
_DATE = re.compile(
    r"(?<![\w./-])(?:"
    rf"{_YEAR}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:[T ]\d\d:\d\d(?::\d\d)?)?|"
    rf"{_DAY}(?P<sign>[./-]){_DAY}(?P=sign)(?:{_YEAR}|\d\d)|"
    rf"{_DAY}(?:st|nd|rd|th|\.)? (?:of )?{_MONTH},? {_YEAR}|"
    rf"{_MONTH} {_DAY}(?:st|nd|rd|th)?,? {_YEAR}|"
    rf"{_MONTH} {_YEAR}"
    r")(?![\w/-]|[.,]\d)",
    re.IGNORECASE,
)
_LOOSE = re.compile(
    rf"(?<=\b[Ii]n )(?:{_YEAR})(?![\w/-]|[.,]\d| ?[%€$£])|(?<=\b[Dd]uring )(?:{_YEAR})\b|(?<=\b[Ss]ince )(?:{_YEAR})\b|"
    rf"(?<=\b[Oo]n )(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
)
_BIRTH = re.compile(
    r"\b(?:born|birth(?:day|date)?|d\.?o\.?b|geb(?:oren|urtsdatum|urtstag)?)\b[^\d\n]{0,24}$", re.IGNORECASE
)
_AGE = re.compile(
    r"\b(?:age of|aged?|im Alter von|Alter:|(?:I'll|I|he|she|will|just|has|had|is) turn(?:ed|ing|s)?"
    r"|[Ww]hen (?:he|she|I|they) (?:was|were)) "
    r"(?P<after>1[01]\d|[1-9]\d?)(?!\w|[.,:/-]\d"
    r"|[ -](?:per|of|percent|minutes|hours|days|weeks|months|pages|points)\b| ?[%€$£°])"
    r"|\b(?P<before>1[01]\d|[1-9]\d?)(?=[ -](?:years?|yrs?)[ -]old\b|[ -]?y/o\b| Jahre alt\b)"
    r"|\bI(?:'m| am) (?P<own>1[01]\d|[1-9]\d)(?=[.!?,]| years\b| and\b|$)"
)


def dates(text: str) -> Iterator[Finding]:
    """Dates, dates of birth and ages, in no order."""
    for match in _DATE.finditer(text):
        born = _BIRTH.search(text[max(0, match.start() - 48) : match.start()])
        yield Finding("personal", "date of birth" if born else "date", *match.span(), 0.9)
    for match in _LOOSE.finditer(text):
        yield Finding("personal", "date", *match.span(), 0.6)
    for match in _AGE.finditer(text):
        yield Finding("personal", "age", *match.span(match.lastgroup or 0), 0.8)
