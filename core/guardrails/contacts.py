"""How a person is reached: telephone numbers that a word or a national form tells, addresses on the network.

E-mail addresses and international telephone numbers are `patterns.py`'s; it knows nothing of postal addresses.
"""

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from core.guardrails.findings import Finding

_EXTENSION = r"(?: ?(?:x|ext\.?|extension) ?\d{1,6})?"
_END = r"(?![\w-]|[.,:/]\d|[ ]?[%€$£])"
_NORTH_AMERICA = re.compile(
    rf"(?<![\w+./-])(?:\+?1[-. ])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[-. ])[2-9]\d\d[-.]\d{{4}}{_EXTENSION}{_END}"
)
_LOOSE = re.compile(
    rf"(?<![\w+./,-])(?:\+|\()?\d(?:[ ()./-]{{0,2}}\d){{5,14}}{_EXTENSION}(?!\w|-\d|[.,:/]\d|[ ]?[%€$£])"
)
"""Any grouping of 6 to 15 digits: a telephone number only where a word says so."""
_WORD = (
    r"(?:phone|telephone|tel|fax|mobile|cell|cellphone|telefon|mobil|handy|hotline|whatsapp|durchwahl|festnetz)"
    r"(?:nummer| number|[ -]?no\.?|[ -]?nr\.?)?"
)
_BEFORE = re.compile(
    rf"(?:\b{_WORD}\b[^\w\d]{{0,6}}(?:(?:is|was|ist|lautet|at|to|on|unter)\b[^\w\d]{{0,3}})?"
    r"|\b(?:call|reach|ring|phone|contact|text|dial|rufen sie)\b(?: (?:me|us|him|her|them|back|uns|mich))?"
    r"(?: (?:at|on|under|unter))?\s"
    r"|\bregistered (?:number )?"
    r"|\b(?:my|his|her|their|our|your|contact|new) number (?:is|to|was)\s)$",
    re.IGNORECASE,
)
_AFTER = re.compile(r"\s?[-(]?\s?(?:office|fax|mobile|cell|phone|home|work|büro|mobil|privat)\b", re.IGNORECASE)
_IPV4 = re.compile(r"(?<![\w.:-])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\w)")
_IPV6 = re.compile(r"(?<![\w:.])(?=(?:[0-9A-Fa-f]*:){2})[0-9A-Fa-f:]{3,39}(?![\w:])")
_MAC = re.compile(r"(?<![\w:-])[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![\w:-])")
_URL = re.compile(r"\b(?:https?://|www\.)[^\s<>\"'\[\]{}|\\^`]{3,400}", re.IGNORECASE)


def contacts(text: str) -> Iterator[Finding]:
    """Telephone numbers, machine and web addresses, in no order; they may lie over one another."""
    for match in _NORTH_AMERICA.finditer(text):
        yield Finding("personal", "telephone", *match.span(), 0.75)
    for match in _LOOSE.finditer(text):
        before = _BEFORE.search(text[max(0, match.start() - 48) : match.start()])
        if before or _AFTER.match(text, match.end()):
            yield Finding("personal", "telephone", *match.span(), 0.8)
    for match in _MAC.finditer(text):
        yield Finding("personal", "MAC address", *match.span(), 0.95)
    for match in _URL.finditer(text):
        yield Finding("personal", "web address", match.start(), match.start() + len(match[0].rstrip(".,;:!?)*")), 0.9)
    yield from _machines(text)


def _machines(text: str) -> Iterator[Finding]:
    """Addresses of the Internet Protocol; a section or version number of four small parts is none."""
    for match in _IPV4.finditer(text):
        parts = [int(part) for part in match[0].split(".")]
        if _is(IPv4Address, match[0]) and max(parts) > 31 and parts[0]:
            yield Finding("personal", "IP address", *match.span(), 0.95)
    for match in _IPV6.finditer(text):
        if _is(IPv6Address, match[0]) and len(match[0]) > 5:
            yield Finding("personal", "IP address", *match.span(), 0.95)


def _is(family: type[IPv4Address] | type[IPv6Address], text: str) -> bool:
    try:
        family(text)
    except AddressValueError:
        return False
    return True
