"""How sure a mean is: bootstrap intervals over questions, plain and paired; always the same for the same values."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

DRAWS = 2_000
SEED = 0


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


def estimate(values: Sequence[float]) -> Estimate:
    """Mean with its percentile bootstrap interval (Efron 1979); questions are drawn with replacement.

    Raises ValueError when there are no values.
    """
    data = np.asarray(values, dtype=float)
    if not len(data):
        raise ValueError("There are no values to estimate a mean from.")
    draws = np.random.default_rng(SEED).integers(len(data), size=(DRAWS, len(data)))
    low, high = np.percentile(data[draws].mean(axis=1), [2.5, 97.5])
    return Estimate(float(data.mean()), float(low), float(high))


def paired(values: Sequence[float], base: Sequence[float]) -> Estimate:
    """The mean difference to a base over the same questions, with its interval; a question is drawn as a pair."""
    return estimate([value - other for value, other in zip(values, base, strict=True)])
