"""Fits the weights of the signs of planted instructions and writes them, with what made them, into the package.

    python -m scripts.train_instructions

It begins with weights set by hand and moves them as far as one half of the data asks for: of the deepset prompts, and
of honest passages and handbook pages. The other halves, and every other set, are not looked at.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from benchmarks.guardrails.deepset import halves
from benchmarks.guardrails.honest import paragraphs, passages
from core.guardrails.instruction_signs import SIGNS
from core.guardrails.instructions import Weights, score_of, signs

OUT = Path(__file__).parent.parent / "core" / "guardrails" / "data" / "instructions.json"
KINDS = (*SIGNS, "disguised", "shouted")
BIAS = -3.0
PRIOR = {
    "override": 4.0, "new orders": 2.0, "role": 3.0, "persona": 1.5, "reveal": 3.5, "marker": 3.5, "send": 3.5,
    "tool": 2.0, "dictated": 2.5, "your answer": 2.5, "secrecy": 3.0, "pressure": 0.8, "no limits": 2.0,
    "to the machine": 2.0, "praise": 1.2, "disguised": 1.5, "shouted": 1.0,
}  # fmt: skip
"""By hand: one strong sign is enough for even odds, of weak ones it takes several."""
STRENGTH = 2.0
"""How strongly a weight is drawn to that by hand: the penalty is this times the squared distance."""
LOST = 0.02
"""The part of the training injections that a higher threshold may lose."""


def by_hand() -> Weights:
    """The weights before any training, flagged from even odds."""
    return Weights(BIAS, dict(PRIOR), 0.5)


def features(texts: Sequence[str]) -> np.ndarray:
    """A row a text: which kinds of sign it has, float of shape (texts, kinds)."""
    found = [{each.kind for each in signs(text)} for text in texts]
    return np.array([[float(kind in kinds) for kind in KINDS] for kinds in found])


def fitted(rows: np.ndarray, labels: np.ndarray) -> Weights:
    """Logistic regression with both classes of equal weight and a normal prior about the weights by hand."""
    start = np.array([*(PRIOR[kind] for kind in KINDS), BIAS])
    rows = np.hstack([rows, np.ones((len(rows), 1))])
    share = np.where(labels == 1, 0.5 / labels.sum(), 0.5 / (1 - labels).sum()) * labels.sum()
    direction = np.where(labels == 1, 1.0, -1.0)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        margins = direction * (rows @ weights)
        slope = -direction * share / (1 + np.exp(margins))
        distance = weights - start
        return (
            float((share * np.logaddexp(0, -margins)).sum() + STRENGTH * (distance**2).sum()),
            rows.T @ slope + 2 * STRENGTH * distance,
        )

    limits = [(0.0, None)] * len(KINDS) + [(None, None)]
    found = minimize(loss, start, jac=True, bounds=limits).x
    learned = dict(zip(KINDS, (round(float(each), 2) for each in found[:-1]), strict=True))
    return Weights(round(float(found[-1]), 2), learned, 0.0)


def threshold_for(injections: Sequence[str], weights: Weights) -> float:
    """The highest hundredth that loses only `LOST` of the injections that any sign gives away."""
    scores = np.array([score_of(text, weights) for text in injections])
    lowest = (scores > 0.05).mean()
    return max(float(each) for each in np.arange(0.05, 1.0, 0.01).round(2) if (scores >= each).mean() >= lowest - LOST)


def main() -> None:
    """Fit, and write the weights."""
    train, _ = halves()
    injections = [text for text, bad in train if bad]
    asked = [text for text, bad in train if not bad]
    honest = [*passages(0), *paragraphs(0)]
    labels = np.array([1] * len(injections) + [0] * (len(asked) + len(honest)))
    weights = fitted(features([*injections, *asked, *honest]), labels)
    threshold = threshold_for(injections, weights)

    def flagged(texts: Sequence[str]) -> float:
        return round(float(np.mean([score_of(text, weights) >= threshold for text in texts])), 4)

    body = {
        "what": "log odds of the kinds of sign of core/guardrails/instruction_signs.py, fitted by logistic regression "
        "with a normal prior about weights by hand",
        "trained on": f"one half of deepset/prompt-injections (Apache-2.0): {len(injections)} injections, {len(asked)} "
        f"honest prompts; one half of Natural Questions (CC BY-SA 3.0): {len(passages(0))} passages; one half of the "
        f"handbooks of 18F (CC0) and Basecamp (CC BY 4.0): {len(paragraphs(0))} paragraphs",
        "made by": "python -m scripts.train_instructions",
        "on the training part": {
            "recall": flagged(injections),
            "false alarms of prompts": flagged(asked),
            "false alarms of honest texts": flagged(honest),
        },
        "bias": weights.bias,
        "signs": weights.signs,
        "threshold": threshold,
    }
    OUT.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(body, indent=1))


if __name__ == "__main__":
    main()
