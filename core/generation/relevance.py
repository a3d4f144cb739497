"""How likely a sentence answers a question, and how likely some sources hold the answer: two small logistic models.

The coefficients are in calibration.json, for each embedder, fitted by `python -m benchmarks.calibration --write` on
public questions and tested there on others. It knows nothing of where the sentences come from.
"""

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from core.generation.evidence import Passage, coverage, rarity

_FILE = Path(__file__).with_name("calibration.json")
_ASKS_NUMBER = re.compile(
    r"""\b(how\s(many|much|long|old|far|often|late|early|soon|high|big|heavy|tall|fast|hot)|when|until|deadline|price|
    cost|limit|what\s(year|date|day|time|percentage|number)|wie\s?(viel|lange|oft|hoch|weit|schwer)\w*|wann|bis\swann|
    cu[aá]nt[oa]s?|cu[aá]ndo|hasta\scu[aá]ndo|combien|quand)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_DIGIT = re.compile(r"\d")
FEATURES = ("cosine", "words", "source cosine", "number answers number", "asks for a number", "length")


def features(question: str, cosines: np.ndarray, passages: Sequence[Passage], nearest: np.ndarray) -> np.ndarray:
    """What the sentence model sees, shape (passages, len(FEATURES)).

    `cosines` holds the question's cosine to each sentence in its context, `nearest` that to the source of each.
    """
    weights = rarity(passages)
    asks = float(bool(_ASKS_NUMBER.search(question)))
    lexical = [coverage(question, passage, weights) for passage in passages]
    answers = [asks * bool(_DIGIT.search(passage.text)) for passage in passages]
    lengths = [np.log1p(len(passage.text.split())) for passage in passages]
    return np.column_stack([cosines, lexical, nearest, answers, np.full(len(passages), asks), lengths])


def sentence_logits(rows: np.ndarray, embedder: str) -> np.ndarray:
    """Log odds that each sentence answers, from its features."""
    bias, *slopes = _coefficients(embedder)["sentence"]
    return np.asarray(bias + rows @ np.array(slopes))


def answerable(best_logit: float, nearest: float, embedder: str) -> float:
    """Probability that the sources hold the answer: from the best sentence's log odds and the nearest cosine."""
    bias, by_logit, by_nearest = _coefficients(embedder)["answerable"]
    return float(1 / (1 + np.exp(-(bias + by_logit * best_logit + by_nearest * nearest))))


def calibrated() -> frozenset[str]:
    """The embedders that have coefficients of their own."""
    return frozenset(json.loads(_FILE.read_text())["embedders"])


@cache
def _coefficients(embedder: str) -> dict[str, list[float]]:
    held: dict[str, dict[str, list[float]]] = json.loads(_FILE.read_text())["embedders"]
    return held.get(embedder, held["minilm"])
