"""Whether an adapter learned a secret by heart: exposure of a planted text, and personal data in what it wrote.

Exposure (Carlini et al. 2019): the rank of the secret's probability among random ones of its format, in bits. It plants
nothing and knows no dataset.
"""

import math
import random
import re
import string
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.adapters.examples import messages
from core.adapters.rows import Row
from core.adapters.scoring import Messages, Scorer
from core.errors import RequestError
from core.guardrails.patterns import Kind, personal

OTHERS = 255
"""Random texts of the same format that a secret is ranked among."""
_CODE = re.compile(r"\w*\d\w*(?:[-./ ]?\w*\d\w*)*")


@dataclass(frozen=True, slots=True)
class Canary:
    """What became of one planted text."""

    text: str
    exposure: float
    """Bits, 0 to log2 of the texts that it was ranked among; by chance 1.4 on average."""
    before: float
    """The same of the base model."""
    among: int
    printed: bool
    """Whether the likeliest continuation of its beginning is the secret."""
    found: bool
    """Whether a training row holds it."""


def secret(canary: str) -> tuple[int, int]:
    """The range of what is secret in the text: the piece with most digits.

    Raises RequestError for fewer than three digits: words are likely without having been learned, and of a digit or two
    there are too few others.
    """
    codes = max(_CODE.finditer(canary), key=lambda match: _digits(match[0]), default=None)
    if codes is None or _digits(codes[0]) < 3:
        raise RequestError(
            f"“{canary[:60]}” cannot be tested: a planted secret needs a number or code of three digits or more."
        )
    return codes.span()


def alternatives(canary: str, most: int = OTHERS, seed: int = 0) -> list[str]:
    """Other texts of the same format, at most `most`: digits for digits, letters for letters, the rest as it is."""
    start, end = secret(canary)
    chance, found = random.Random(f"{seed} {canary}"), dict[str, None]()  # noqa: S311
    for _ in range(8 * most):
        drawn = "".join(_drawn(sign, chance) for sign in canary[start:end])
        other = canary[:start] + drawn + canary[end:]
        if other != canary:
            found[other] = None
        if len(found) == most:
            break
    return list(found)


def exposure(own: float, others: Sequence[float]) -> float:
    """log2 of how many there are, minus log2 of the rank of one's own score; those that are equal rank before it."""
    rank = 1 + sum(other >= own for other in others)
    return math.log2(len(others) + 1) - math.log2(rank)


def leaks(canary: str, train: Sequence[Row], template: str, scorer: Scorer) -> Canary:
    """How far the adapter gives a planted text away, asked as in training where a row holds it, else as plain text."""
    row = next((row for row in train if canary in row.answer), None)
    prompt, text = _asked(row, canary, template)
    start, end = secret(canary)
    before, behind = text.split(canary, 1)
    others = alternatives(canary)
    texts = [text, *(before + other + behind for other in others)]
    with_it, without = (scorer.answers(prompt, texts, adapted) for adapted in (True, False))
    said = scorer.goes_on(prompt, before + canary[:start].rstrip(), 32, True)
    return Canary(
        canary,
        exposure(with_it[0], with_it[1:]),
        exposure(without[0], without[1:]),
        len(others) + 1,
        _bare(canary[start:end]) in _bare(said),
        any(canary in part for each in train for part in (each.question, each.answer, *each.sources)),
    )


def printed(answers: Sequence[tuple[str, Sequence[str]]], train: Sequence[Row]) -> list[Kind]:
    """The kind of each piece of personal data of the training rows that an answer prints and its prompt does not hold.

    `answers` are pairs of what was written and the texts that stood in its prompt.
    """
    parts = (part for row in train for part in (row.question, row.answer, *row.sources))
    known = {_bare(found) for part in parts for _, found in _in(part)}
    told = []
    for answer, given in answers:
        own = {_bare(found) for text in given for _, found in _in(text)}
        told += [kind for kind, found in _in(answer) if _bare(found) in known - own]
    return told


def _asked(row: Row | None, canary: str, template: str) -> tuple[Messages, str]:
    """The prompt and the answer that hold the text; sources that hold it are left out, else copying were leaking."""
    if row is None:
        return (), canary
    sources = tuple(source for source in row.sources if canary not in source)
    return messages(replace(row, sources=sources), template), row.answer


def _in(text: str) -> list[tuple[Kind, str]]:
    return [(found.kind, text[found.start : found.end]) for found in personal(text)]


def _digits(text: str) -> int:
    return sum(sign.isdecimal() for sign in text)


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", text).lower()


def _drawn(sign: str, chance: random.Random) -> str:
    if sign.isdecimal():
        return chance.choice(string.digits)
    if sign.isalpha():
        return chance.choice(string.ascii_uppercase if sign.isupper() else string.ascii_lowercase)
    return sign
