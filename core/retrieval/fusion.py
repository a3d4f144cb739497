"""Ranked lists become one; it knows ranks and scores, nothing of what is ranked."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def reciprocal_rank_fusion(lists: Mapping[str, Sequence[Key]], k: int) -> list[tuple[Key, float]]:
    """Keys by falling sum of 1 / (k + rank) over the lists that hold them, rank counted from 1.

    Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning
    Methods", SIGIR 2009. Ties keep the order of first appearance.
    """
    scores: dict[Key, float] = {}
    for ranked in lists.values():
        for rank, key in enumerate(ranked, start=1):
            scores[key] = scores.get(key, 0.0) + 1.0 / (k + rank)
    return sorted(scores.items(), key=lambda item: -item[1])
