"""Planted instructions: a flag to look at a passage twice. It is never a boundary, since an attacker chooses the words.

The signs of `instruction_signs` that stand near each other are weighed together by a logistic model over their kinds;
what a passage means, it does not know.
"""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from core.guardrails.findings import Finding, in_order
from core.guardrails.gated import Gates
from core.guardrails.instruction_signs import SIGNS
from core.guardrails.normal import Normal, normal

NEAR: Final = 240
"""Signs at most so many characters apart belong to one instruction."""
_SHOUTED = re.compile(r"(?:\b[A-ZÄÖÜ]{2,}\b[^\w\n]{1,3}){4,}")
_MIXED = re.compile(r"[a-z][0-9@$!|][a-z]")
_PLAIN = str.maketrans("àáâãäåçèéêëìíîïñòóôõöùúûüýÿ’`´", "aaaaaaceeeeiiiinooooouuuuyy'''")


@dataclass(frozen=True, slots=True)
class Weights:
    """The model: log odds of each kind of sign, and those of a passage without any."""

    bias: float
    signs: dict[str, float]
    threshold: float
    """The score from which a passage is flagged; chosen on the training part."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign at [start, end) of the text."""

    kind: str
    start: int
    end: int


def instructions(text: str, threshold: float | None = None) -> tuple[Finding, ...]:
    """Passages that look like planted instructions, each with the kind of its weightiest sign and a score.

    Without a threshold that of the model holds; 0 returns every passage with a sign.
    """
    weights = shipped()
    least = weights.threshold if threshold is None else threshold
    found = []
    for near in passages(signs(text)):
        score = weigh({each.kind for each in near}, weights)
        if score >= least:
            kind = max(near, key=lambda each: weights.signs.get(each.kind, 0.0)).kind
            found.append(Finding("instruction", kind, near[0].start, max(each.end for each in near), score))
    return in_order(found)


def signs(text: str) -> tuple[Sign, ...]:
    """Every sign in reading order, in the text as a reader sees it and with letters spaced out or written as digits."""
    seen = normal(text)
    found = _in_reading(seen)
    joined = seen.joined()
    disguised = set()
    if len(joined.folded) < len(seen.folded):
        disguised |= _in_reading(joined) - found
    for start, end in _around(joined.folded):
        disguised |= _in_reading(joined.part(start, end).leet()) - found
    found |= disguised | {Sign("disguised", each.start, each.end) for each in disguised}
    found |= {Sign("shouted", match.start(), match.end()) for match in _SHOUTED.finditer(text) if _amid(text, match)}
    return tuple(sorted(found, key=lambda each: (each.start, -each.end, each.kind)))


def passages(found: tuple[Sign, ...]) -> list[list[Sign]]:
    """Signs in groups, each near the one before it."""
    groups: list[list[Sign]] = []
    until = -1
    for each in found:
        if groups and each.start - until <= NEAR:
            groups[-1].append(each)
        else:
            groups.append([each])
        until = max(until, each.end)
    return groups


def weigh(kinds: set[str], weights: Weights) -> float:
    """The model's probability, 0 to 1, of an instruction in a passage with signs of these kinds."""
    return 1 / (1 + math.exp(-weights.bias - sum(weights.signs.get(kind, 0.0) for kind in kinds)))


def score_of(text: str, weights: Weights) -> float:
    """The highest score of a text's passages, 0 for a text without a sign."""
    return max((weigh({each.kind for each in near}, weights) for near in passages(signs(text))), default=0.0)


@cache
def shipped() -> Weights:
    """The weights that ship with Touchstone; what made them stands beside them in the file."""
    body = json.loads(files("core.guardrails").joinpath("data", "instructions.json").read_text(encoding="utf-8"))
    return Weights(body["bias"], body["signs"], body["threshold"])


def _around(folded: str) -> Iterator[tuple[int, int]]:
    """Stretches of the text in which signs may stand for letters."""
    start = end = 0
    for match in _MIXED.finditer(folded):
        if match.start() - NEAR > end:
            if end:
                yield start, end
            start = match.start() - NEAR
        end = match.end() + NEAR
    if end:
        yield start, end


@cache
def _gates() -> Gates:
    return Gates(SIGNS)


def _in_reading(reading: Normal) -> set[Sign]:
    return {
        Sign(kind, *reading.span(start, end)) for kind, start, end in _gates().spans(reading.folded.translate(_PLAIN))
    }


def _amid(text: str, match: re.Match[str]) -> bool:
    """Whether small letters stand on the same line: a heading shouts alone."""
    start = text.rfind("\n", 0, match.start()) + 1
    end = text.find("\n", match.end())
    around = text[start : match.start()] + text[match.end() : end if end >= 0 else len(text)]
    return sum(sign.islower() for sign in around[:400]) > 10
