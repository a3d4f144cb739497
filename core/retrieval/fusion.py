"""Ranked lists become one; it knows ranks and scores, nothing of what is ranked."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

import numpy as np

Key = TypeVar("Key", bound=Hashable)


def reciprocal_rank_fusion(
    lists: Mapping[str, Sequence[Key]], k: int, weights: Mapping[str, float] | None = None
) -> list[tuple[Key, float]]:
    """Keys by falling sum of weight / (k + rank) over the lists that hold them, rank counted from 1.

    Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning
    Methods", SIGIR 2009. A list without a weight counts 1. Ties keep the order of first appearance.
    """
    scores: dict[Key, float] = {}
    for name, ranked in lists.items():
        weight = 1.0 if weights is None else weights.get(name, 1.0)
        for rank, key in enumerate(ranked, start=1):
            scores[key] = scores.get(key, 0.0) + weight / (k + rank)
    return sorted(scores.items(), key=lambda item: -item[1])


def distribution_based_fusion(
    lists: Mapping[str, Sequence[tuple[Key, float]]], weights: Mapping[str, float] | None = None
) -> list[tuple[Key, float]]:
    """Keys by falling sum of weighted scores, each list's scores brought to 0..1 by its mean ± 3 standard deviations.

    Mazzeschi, "Distribution-Based Score Fusion", 2023. A list of equal scores gives each of its keys one half. Scores
    beyond three deviations are cut to 0 or 1; a key that a list does not hold gets nothing from it.
    """
    scores: dict[Key, float] = {}
    for name, ranked in lists.items():
        weight = 1.0 if weights is None else weights.get(name, 1.0)
        values = np.array([value for _, value in ranked], dtype=np.float64)
        spread = 6 * values.std() if len(values) else 0.0
        for key, value in ranked:
            share = 0.5 if spread == 0 else float(np.clip((value - values.mean()) / spread + 0.5, 0, 1))
            scores[key] = scores.get(key, 0.0) + weight * share
    return sorted(scores.items(), key=lambda item: -item[1])


def maximal_marginal_relevance(vectors: np.ndarray, relevance: np.ndarray, balance: float) -> list[int]:
    """Positions in the order in which each adds most: balance × relevance − (1 − balance) × likeness to what is chosen.

    `vectors` are unit rows of shape (n, dimension), `relevance` lies in 0..1, shape (n,); likeness is the largest
    cosine to a chosen row. Carbonell and Goldstein, "The Use of MMR", SIGIR 1998.
    """
    left = list(range(len(relevance)))
    likeness = np.zeros(len(relevance))
    order: list[int] = []
    while left:
        gains = [balance * relevance[i] - (1 - balance) * likeness[i] for i in left]
        best = left.pop(int(np.argmax(gains)))
        order.append(best)
        likeness = np.maximum(likeness, vectors @ vectors[best]) if order[1:] else vectors @ vectors[best]
    return order
