"""Keys, tokens and passwords in a text, by the forms that their issuers gave them and by the words that assign them.

It says where a secret stands, never whether it works: nothing is tried at any issuer. It needs no network and keeps no
text.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator

from core.guardrails.findings import Finding, in_order
from core.guardrails.secret_forms import (
    ASSIGNED,
    AWS_BESIDE,
    AWS_SECRET,
    BLOCK,
    FORMS,
    HARMLESS,
    HEADER,
    LOGIN,
    PASSWORD,
    UUID,
)
from core.guardrails.spans import apart

_BEFORE = 120
"""Characters before a value in which the id of its key, or the word that gives it, is looked for."""
_DRAWN = 4.0
"""Least bits a sign of forty signs of base 64 that were drawn at random: of a million drawn none has less."""


def secrets(text: str) -> tuple[Finding, ...]:
    """Secrets in reading order, none over another; the finding covers the secret, not the words that name it."""
    return in_order(apart(_found(text)))


def _found(text: str) -> Iterator[Finding]:
    for match in BLOCK.finditer(text):
        yield Finding("secret", "private key", *match.span(), 1.0)
    for kind, form in FORMS:
        for match in form.finditer(text):
            if kind != "Twilio key" or len(set(match[0])) > 10:
                yield Finding("secret", kind, *match.span(), 0.95)
    for match in LOGIN.finditer(text):
        if not HARMLESS.match(match["secret"]):
            yield Finding("secret", "password", *match.span("secret"), 0.9)
    for match in HEADER.finditer(text):
        if not HARMLESS.match(match["secret"]):
            yield Finding("secret", "authorization", *match.span("secret"), 0.85)
    yield from _aws_secrets(text)
    yield from _passwords(text)
    for match in ASSIGNED.finditer(text):
        if _random(match["secret"]):
            yield Finding("secret", "assigned key", *match.span("secret"), 0.75)


def _aws_secrets(text: str) -> Iterator[Finding]:
    """Forty signs drawn at random behind the id of a key, or behind a word that gives a secret."""
    for match in AWS_SECRET.finditer(text):
        value = match[0]
        told = AWS_BESIDE.search(text[max(0, match.start() - _BEFORE) : match.start()])
        drawn = all(any(map(kind, value)) for kind in (str.isupper, str.islower, str.isdigit)) and value.count("/") < 5
        if told and drawn and entropy(value) >= _DRAWN:
            yield Finding("secret", "AWS secret key", *match.span(), 0.9 if told["id"] else 0.7)


def _passwords(text: str) -> Iterator[Finding]:
    """What a text gives as a password: not a placeholder, and in prose not just the next word of the sentence."""
    for match in PASSWORD.finditer(text):
        start, end = match.span("secret")
        quoted = text[start] in "\"'`"
        start, end = (start + 1, end - 1) if quoted else (start, start + len(match["secret"].rstrip(".,;:")))
        value = text[start:end]
        if len(value) >= 4 and not HARMLESS.match(value) and (quoted or _mixed(value)):
            yield Finding("secret", "password", start, end, 0.8)


def _mixed(value: str) -> bool:
    """Whether a value is no word of a sentence: digits beside letters, signs within, or capitals after the first."""
    letters, digits = any(map(str.isalpha, value)), any(map(str.isdigit, value))
    signs = any(not sign.isalnum() and sign not in "-'’./" for sign in value)
    return letters and (digits or signs or (any(map(str.isupper, value[1:])) and not value.isupper()))


def _random(value: str) -> bool:
    """Whether an assigned value is drawn at random rather than a name, a path, an id or a hash.

    Shannon's entropy in bits a sign, over the signs of the value; hexadecimal can reach 4, base 64 can reach 6.
    """
    if HARMLESS.match(value) or UUID.fullmatch(value) or value.count("/") > 2 or value.count(".") > 2:
        return False
    if not any(sign.isdigit() for sign in value) or not any(sign.isalpha() for sign in value):
        return False
    parts = [part for part in re.split(r"[-_./]", value) if part]
    if len(parts) > 2 and max(map(len, parts)) < 12:
        return False  # a name of several words
    return entropy(value) >= (3.0 if re.fullmatch(r"[0-9a-fA-F]+", value) else 3.5)


def entropy(value: str) -> float:
    """Bits a sign of a text: the sum of -p log2 p over its signs."""
    return -sum(count / len(value) * math.log2(count / len(value)) for count in Counter(value).values())
