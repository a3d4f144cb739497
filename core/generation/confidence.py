"""How likely it is that some sources hold the answer: a logistic model of two measured numbers, for each embedder.

The coefficients are in calibration.json, fitted on public questions by `python -m benchmarks.abstention --write` and
tested there on others. An embedder without an entry uses that of MiniLM, whose scale of cosines is the usual one.
"""

import json
import math
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("calibration.json")


def probability(support: float, nearest: float, embedder: str) -> float:
    """Probability, 0 to 1, from the best sentence's support and the nearest source's cosine."""
    bias, by_support, by_nearest = _coefficients(embedder)
    return 1 / (1 + math.exp(-(bias + by_support * support + by_nearest * nearest)))


@cache
def _coefficients(embedder: str) -> tuple[float, float, float]:
    held = json.loads(_FILE.read_text())["coefficients"]
    bias, by_support, by_nearest = held.get(embedder, held["minilm"])
    return bias, by_support, by_nearest
