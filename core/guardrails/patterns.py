"""Personal data that a pattern and a check digit can tell: e-mail, telephone, IBAN, card numbers; names it cannot.

It says where something stands and what it is, never whether that is allowed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["e-mail", "telephone", "IBAN", "card"]

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(
    rf"(?<![\w.+-])[A-Za-z0-9](?:[A-Za-z0-9._%+-]{{0,62}}[A-Za-z0-9_%+-])?@(?:{_LABEL}\.)+[A-Za-z]{{2,24}}(?![\w-])"
)
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}")
_CARD = re.compile(r"(?<![\d.,-])\d(?:[ -]?\d){12,18}(?![\d-]|[.,]\d)")
_TELEPHONE = re.compile(
    r"(?<![\w+./-])(?:(?:\+|00)[1-9](?:[ ()./-]{0,2}\d){6,13}|\(?0[1-9](?:[ ()/-]{0,2}\d){6,11})(?![\w-]|[.,:]\d)"
)
_ISSUERS = re.compile(
    r"4|5[1-5]|2(?:2(?:2[1-9]|[3-9])|[3-6]|7(?:[01]|20))|3[47]|3(?:0[0-5]|[689])|6(?:011|4[4-9]|5)|35(?:2[89]|[3-8])|62"
)
"""First digits of the large issuers of cards."""
_LENGTHS = {
    country: int(length)
    for country, length in (
        pair.split(":")
        for pair in """
        AD:24 AE:23 AL:28 AT:20 AZ:28 BA:20 BE:16 BG:22 BH:22 BR:29 BY:28 CH:21 CR:22 CY:28 CZ:24 DE:22 DK:18 DO:28
        EE:20 EG:29 ES:24 FI:18 FO:18 FR:27 GB:22 GE:22 GI:23 GL:18 GR:27 GT:28 HR:21 HU:28 IE:22 IL:23 IQ:23 IS:26
        IT:27 JO:30 KW:30 KZ:20 LB:28 LC:32 LI:21 LT:20 LU:20 LV:21 LY:25 MC:27 MD:24 ME:22 MK:19 MR:27 MT:31 MU:30
        NL:18 NO:15 PK:24 PL:28 PS:29 PT:25 QA:29 RO:24 RS:22 SA:24 SC:31 SD:18 SE:24 SI:19 SK:24 SM:27 ST:25 SV:28
        TL:23 TN:24 TR:26 UA:29 VA:22 VG:24 XK:20
        """.split()
    )
}
"""Characters of an IBAN by country, from the registry of ISO 13616."""


@dataclass(frozen=True, slots=True)
class Found:
    """Personal data at [start, end) of the text that was looked at."""

    kind: Kind
    start: int
    end: int


def personal(text: str) -> tuple[Found, ...]:
    """E-mail addresses, telephone numbers, IBANs and card numbers, in reading order, none within another.

    An IBAN must have its country's length and the remainder 1 of ISO 7064 (mod 97-10), a card number an issuer's first
    digits and the check digit of ISO/IEC 7812 (Luhn). A telephone number is international or begins with a 0.
    """
    found: list[Found] = []
    for kind, pattern, length in _RULES:
        for match in pattern.finditer(text):
            start, end = match.start(), match.start() + length(match[0])
            if end > start and not any(each.start < end and start < each.end for each in found):
                found.append(Found(kind, start, end))
    return tuple(sorted(found, key=lambda each: each.start))


def is_iban(text: str) -> bool:
    """Whether a text without spaces is an IBAN: a known country, its length, the check digits."""
    if _LENGTHS.get(text[:2]) != len(text) or not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]+", text):
        return False
    return int("".join(str(int(sign, 36)) for sign in text[4:] + text[:4])) % 97 == 1


def luhn(digits: str) -> bool:
    """Whether the last of the digits is the check digit of the others."""
    values = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in values) % 10 == 0


def _iban_length(found: str) -> int:
    """Characters of the text that begin an IBAN; words behind it may have been taken for more of it. 0 for none."""
    wanted, seen = _LENGTHS.get(found[:2], 0), 0
    for place, sign in enumerate(found):
        seen += sign not in " -"
        if wanted and seen == wanted:
            whole = re.sub("[ -]", "", found[: place + 1])
            return place + 1 if is_iban(whole) and not found[place + 1 : place + 2].isalnum() else 0
    return 0


def _card_length(found: str) -> int:
    digits = re.sub("[ -]", "", found)
    return len(found) if _ISSUERS.match(digits) and luhn(digits) and len(set(digits)) > 1 else 0


_RULES: tuple[tuple[Kind, re.Pattern[str], Callable[[str], int]], ...] = (
    ("e-mail", _EMAIL, len),
    ("IBAN", _IBAN, _iban_length),
    ("card", _CARD, _card_length),
    ("telephone", _TELEPHONE, len),
)
