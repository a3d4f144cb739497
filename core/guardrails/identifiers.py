"""Numbers that stand for a person: national ids, passports, driving licences, accounts, cards named as such.

A bare run of digits is nothing here: it needs a check digit and, where one number in ten passes that, a word beside it
that says what it is. It knows nothing of names.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from core.guardrails.findings import Finding
from core.guardrails.patterns import is_iban, luhn

if TYPE_CHECKING:
    from presidio_analyzer import PatternRecognizer

NEAR = 60
"""Characters before a number in which the word that explains it must stand."""

_SSN = re.compile(r"(?<![\w.-])(?!000|666)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])")
_NINO = re.compile(r"(?<!\w)(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?: ?\d\d){3} ?[A-D](?!\w)")
_SMALL_IBAN = re.compile(r"(?<![A-Za-z0-9])[a-z]{2}\d{2}[A-Za-z0-9]{11,30}(?![A-Za-z0-9])")
_LONG = re.compile(r"(?<![\w.,/-])\d(?:[ -]?\d){11,18}(?![\w-]|[.,]\d)")
_CARD_WORD = re.compile(
    r"\b(?:cards?|cc|credit|debit|visa|mastercard|maestro|amex|(?:kredit)?karten?(?:nummer)?)\b", re.IGNORECASE
)
_NUMBER = r"(?:[ -]?(?:number|no\.?|nr\.?|nummer))"
_IS = r"(?:\s?(?:is|ist|lautet|[:#]))*\s*"
_TOLD: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"\b(?:{words}){_IS}", re.IGNORECASE))
    for kind, words in (
        ("driving licence", rf"(?:driver'?s?|driving) licen[cs]e{_NUMBER}?|führerschein{_NUMBER}"),
        ("passport", rf"(?:passport|reisepass){_NUMBER}"),
        (
            "national id",
            rf"(?:(?:national )?(?:identity|id) card|personalausweis|social security|national insurance"
            rf"|sozialversicherungs|renten(?:versicherungs)?|steuer-?id(?:entifikations)?|tax identification){_NUMBER}",
        ),
        ("account", rf"(?:bank )?(?:account|konto){_NUMBER}"),
        ("postcode", r"(?:zip(?: ?code)?|post(?:al)? ?code|plz|postleitzahl)(?= ?[:i])"),
    )
)
_TOKEN = re.compile(r"(?=[A-Za-z -]{0,4}\d)[A-Za-z0-9](?:[ -]?[A-Z0-9]){2,17}(?!\w)")

_ALONE = ("ItFiscalCodeRecognizer", "FiPersonalIdentityCodeRecognizer", "DeSocialSecurityRecognizer")
"""Presidio's recognisers whose form is so particular that check digits alone decide."""
_WITH_WORD = (
    "AuMedicareRecognizer AuTfnRecognizer DeHealthInsuranceRecognizer DeIdCardRecognizer DeTaxIdRecognizer "
    "EsNieRecognizer EsNifRecognizer InAadhaarRecognizer KrRrnRecognizer NhsRecognizer PlPeselRecognizer "
    "SePersonnummerRecognizer ThTninRecognizer TrNationalIdRecognizer ZaIdNumberRecognizer"
).split()
"""Those of which about one number in ten passes: one of their words must stand before it."""

_MAYBE = re.compile(
    r"(?i)\b(?:medicare|tax file|tfn|versicherten\w*|versicherungs\w*|kranken\w*|rvnr|svnr|kvnr"
    r"|(?:personal)?ausweis\w*|steuer\w*|idnr|dni|nif|nie|identificación|identidad|aadhaar|uidai|rrn|registration|nhs|health|pesel"
    r"|personnummer|samordningsnummer|tnin|thai|kimlik|tckn|tc no|identity|id)\b[^\n]{0,90}?\d{3}"
    r"|\b[A-Z]{6}[0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]\b|\b\d{6}[-+ABCDEFYXWVU]\d{3}\w\b"
    r"|\b\d{8}[A-Z]\d{3}\b"
)
"""What a text must have for Presidio to be asked: importing it takes torch and transformers with it, five seconds."""


def identifiers(text: str) -> Iterator[Finding]:
    """Numbers that stand for a person, in no order; they may lie over one another."""
    for match in _SSN.finditer(text):
        yield Finding("personal", "national id", *match.span(), 0.9)
    for match in _NINO.finditer(text):
        yield Finding("personal", "national id", *match.span(), 0.9)
    for match in _SMALL_IBAN.finditer(text):
        if is_iban(match[0].upper()):
            yield Finding("personal", "IBAN", *match.span(), 1.0)
    yield from _cards(text)
    yield from _told(text)
    if _MAYBE.search(text):
        yield from _checked(text)


def _cards(text: str) -> Iterator[Finding]:
    """Card numbers of any issuer and length: the check digit is right and a word before them names a card."""
    for match in _LONG.finditer(text):
        if luhn(re.sub("[ -]", "", match[0])) and _CARD_WORD.search(text, max(0, match.start() - NEAR), match.start()):
            yield Finding("personal", "card", *match.span(), 0.95)


def _told(text: str) -> Iterator[Finding]:
    """What the text itself calls a number of that kind."""
    for kind, words in _TOLD:
        for match in words.finditer(text):
            number = _TOKEN.match(text, match.end())
            if number and (kind != "postcode" or len(number[0]) <= 10):
                yield Finding("personal", kind, *number.span(), 0.85)


def _checked(text: str) -> Iterator[Finding]:
    """National ids by Presidio's patterns, where its check digits confirm them."""
    for recogniser, needs_word in _recognisers():
        for found in recogniser.analyze(text, recogniser.supported_entities):
            if found.score < 1:
                continue
            before = text[max(0, found.start - NEAR) : found.start].lower()
            if not needs_word or any(
                re.search(rf"\b{re.escape(word.lower())}\b", before) for word in recogniser.context
            ):
                yield Finding("personal", "national id", found.start, found.end, 1.0)


@lru_cache(maxsize=1)
def _recognisers() -> "tuple[tuple[PatternRecognizer, bool], ...]":
    from presidio_analyzer import predefined_recognizers as ready

    made = [(getattr(ready, name)(), False) for name in _ALONE]
    return tuple(made + [(getattr(ready, name)(), True) for name in _WITH_WORD])
