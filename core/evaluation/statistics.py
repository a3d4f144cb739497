"""How sure a mean or a difference is: bootstrap intervals and exact tests over questions; it knows no measure.

The same values always give the same result, and no result is ever a NaN.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

DRAWS = 2_000
SEED = 0
_TOGETHER = 2_000_000
"""Values that are drawn at once."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over questions with its 95% interval."""

    mean: float
    low: float
    high: float

    def text(self, digits: int = 3, scale: float = 1.0, sign: bool = False) -> str:
        """As in "0.71 [0.66, 0.75]"."""
        plus = "+" if sign else ""
        mean, low, high = (f"{value * scale:{plus}.{digits}f}" for value in (self.mean, self.low, self.high))
        return f"{mean} [{low}, {high}]"


@dataclass(frozen=True, slots=True)
class Flips:
    """The questions on which two runs differ, and whether it is more than chance."""

    gained: int
    """Questions that only the first has right."""
    lost: int
    """Questions that only the second has right."""
    p: float
    """Probability of a split at least this uneven if each difference fell either way with equal chance."""


def estimate(values: Sequence[float]) -> Estimate:
    """Mean with its percentile bootstrap interval (Efron 1979); questions are drawn with replacement.

    Raises ValueError when there are no values, or one is not a finite number.
    """
    data = np.asarray(values, dtype=float)
    if not len(data):
        raise ValueError("There are no values to estimate a mean from.")
    if not np.isfinite(data).all():
        raise ValueError("A value to estimate a mean from is not a finite number.")
    if (data == data[0]).all():  # rounding must not make a spread of none
        return Estimate(float(data[0]), float(data[0]), float(data[0]))
    generator = np.random.default_rng(SEED)
    at_once = max(1, _TOGETHER // len(data))
    means = np.concatenate(
        [
            data[generator.integers(len(data), size=(min(at_once, DRAWS - done), len(data)))].mean(axis=1)
            for done in range(0, DRAWS, at_once)
        ]
    )
    low, high = np.percentile(means, [2.5, 97.5])
    return Estimate(float(data.mean()), float(low), float(high))


def median(values: Sequence[float]) -> Estimate:
    """The median in the place of the mean, with its percentile bootstrap interval; raises as `estimate` does."""
    return percentile(values, 50)


def percentile(values: Sequence[float], share: float) -> Estimate:
    """The value below which `share` percent lie, in the place of the mean, with its percentile bootstrap interval.

    Between two values it is interpolated linearly (Hyndman and Fan 1996, type 7). Raises as `estimate` does.
    """
    data = np.asarray(values, dtype=float)
    if not len(data) or not np.isfinite(data).all():
        raise ValueError("A median or percentile needs values, and each a finite number.")
    generator = np.random.default_rng(SEED)
    at_once = max(1, _TOGETHER // len(data))
    found = np.concatenate(
        [
            np.percentile(
                data[generator.integers(len(data), size=(min(at_once, DRAWS - done), len(data)))], share, axis=1
            )
            for done in range(0, DRAWS, at_once)
        ]
    )
    low, high = np.percentile(found, [2.5, 97.5])
    return Estimate(float(np.percentile(data, share)), float(low), float(high))


def wilson(right: float, of: int) -> tuple[float, float]:
    """The 95% score interval of a share; a bootstrap of 0 of 17 would call itself certain.

    Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
    """
    share, z = right / of, 1.96
    middle, whole = share + z * z / (2 * of), 1 + z * z / of
    reach = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole)


def share(values: Sequence[float]) -> Estimate:
    """As `estimate`, for measures from 0 to 1: of those that are only ever 0 or 1, with Wilson's interval.

    Raises as `estimate` does.
    """
    found = estimate(values)
    if not all(value in (0, 1) for value in values):
        return found
    return Estimate(found.mean, *wilson(sum(values), len(values)))


def paired(values: Sequence[float], base: Sequence[float]) -> Estimate:
    """The mean difference to a base over the same questions, with its interval; a question is drawn as a pair."""
    return estimate([value - other for value, other in zip(values, base, strict=True)])


def mcnemar(right: Sequence[bool], base: Sequence[bool]) -> Flips:
    """McNemar's test (1947) in its exact form: the questions that flipped against a fair coin, two-sided.

    `p` is 1 when none flipped. Raises ValueError when there are not as many of one as of the other.
    """
    pairs = list(zip(right, base, strict=True))
    gained = sum(one and not other for one, other in pairs)
    lost = sum(other and not one for one, other in pairs)
    return Flips(gained, lost, coin(gained, lost))


def signs(values: Sequence[float], base: Sequence[float]) -> Flips:
    """The sign test (Dixon and Mood 1946): better against worse, questions with equal values left out, two-sided."""
    pairs = list(zip(values, base, strict=True))
    gained = sum(one > other for one, other in pairs)
    lost = sum(one < other for one, other in pairs)
    return Flips(gained, lost, coin(gained, lost))


def coin(heads: int, tails: int) -> float:
    """Probability that a fair coin thrown as often splits at least as unevenly; 1 when it was not thrown."""
    thrown, fewer = heads + tails, min(heads, tails)
    tail = sum(math.comb(thrown, k) for k in range(fewer + 1))
    return min(1.0, 2 * tail / 2**thrown) if thrown else 1.0
