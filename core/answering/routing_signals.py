"""What the router looks at before it chooses, measured for one question; it chooses nothing and asks no model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import log1p

import numpy as np

from core.generation.evidence import words
from core.types import Fate, Hit, Tokens, Zone

BEFORE = ("near", "same words", "found", "margin", "words found", "learned", "length")
"""Signals that cost one search and one comparison of vectors."""
DRAFTED = (*BEFORE, "sure", "least sure")
"""With the log-probabilities of a draft."""
MEANS: Mapping[str, str] = {
    "near": "nearness to a question that the adapter learned (cosine)",
    "same words": "share of its words that stand in that question too",
    "found": "nearness of the best passage (cosine)",
    "margin": "how far the best passage is ahead of the fifth",
    "words found": "share of its words that stand in the best passage",
    "learned": "the adapter learned the document of the best passage, in this version",
    "length": "words of the question",
    "sure": "how sure the adapter was of its draft (mean log-probability of a token)",
    "least sure": "log-probability of the least sure token of the draft",
    "zone": "zone of the best passage",
    "stale": "a fact that the adapter answers wrongly by now",
    "budget": "milliseconds that an answer may take",
    "speed": "milliseconds that this route takes here",
    "confidence": "estimated probability that the best route is right",
}
_AHEAD = 5
"""The rank that the margin is measured to."""


@dataclass(frozen=True, slots=True)
class Known:
    """Questions whose answers an adapter learned, and what it learned them from."""

    texts: tuple[str, ...] = ()
    vectors: np.ndarray | None = None
    """Of unit length, shape (questions, dimension); None for no questions."""
    documents: frozenset[str] = frozenset()
    """Ids: those of one version of a document each."""

    def nearest(self, question: str, vector: np.ndarray) -> tuple[float, float]:
        """The cosine to the nearest learned question, and the share of the question's words that stand in it."""
        if self.vectors is None or not len(self.vectors):
            return 0.0, 0.0
        cosines = self.vectors @ vector
        best = int(np.argmax(cosines))
        return float(cosines[best]), _shared(question, self.texts[best])


@dataclass(frozen=True, slots=True)
class Signals:
    """The measures of one question."""

    values: Mapping[str, float]
    """By the names of BEFORE, or of DRAFTED once there is a draft."""
    zone: Zone | None = None
    """Of the best passage; None where nothing was found."""
    stale: bool = False
    """Whether it asks for a fact that the adapter answers wrongly by now."""

    def row(self, names: Sequence[str]) -> np.ndarray:
        """The values in this order, shape (names,)."""
        return np.array([self.values[name] for name in names], dtype=float)

    def drafted(self, tokens: Tokens) -> "Signals":
        """With what a draft tells; one without log-probabilities, as some servers give it, counts as unsure."""
        return replace(self, values={**self.values, **draft_signals(tokens)})


def draft_signals(tokens: Tokens) -> dict[str, float]:
    """The signals of a draft."""
    told = tokens.logprobs or (-5.0,)
    return {"sure": float(np.mean(told)), "least sure": float(min(told))}


def measure(question: str, vector: np.ndarray, hits: Sequence[Hit], known: Known, stale: bool = False) -> Signals:
    """The signals of a question with its vector (unit length) and the candidates of a search, best first."""
    seen = [hit for hit in hits if hit.fate is not Fate.WITHHELD]
    best = seen[0] if seen else None
    cosines = sorted((hit.scores["dense"].value for hit in seen if "dense" in hit.scores), reverse=True)
    near, same = known.nearest(question, vector)
    values = {
        "near": near,
        "same words": same,
        "found": cosines[0] if cosines else 0.0,
        "margin": cosines[0] - cosines[min(_AHEAD, len(cosines)) - 1] if cosines else 0.0,
        "words found": _shared(question, best.shown.text) if best else 0.0,
        "learned": float(best is not None and best.chunk.document_id in known.documents),
        "length": log1p(len(question.split())),
    }
    return Signals(values, best.zone if best else None, stale)


def _shared(question: str, text: str) -> float:
    asked = set(words(question))
    return len(asked & set(words(text))) / len(asked) if asked else 0.0
