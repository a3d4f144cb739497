"""Measures over ranks: nDCG, recall at k and reciprocal rank of one question. It knows neither texts nor rankers."""

import math
from collections.abc import Hashable, Mapping, Sequence


def ndcg(ranked: Sequence[Hashable], gains: Mapping[Hashable, int], depth: int = 10) -> float:
    """Normalised discounted cumulative gain as trec_eval's ndcg_cut: gain / log2(rank + 1) over the ideal order's.

    0 when nothing has a gain.
    """
    found = sum(gains.get(key, 0) / math.log2(rank + 1) for rank, key in enumerate(ranked[:depth], start=1))
    best = sorted(gains.values(), reverse=True)[:depth]
    ideal = sum(gain / math.log2(rank + 1) for rank, gain in enumerate(best, start=1))
    return found / ideal if ideal else 0.0


def first_rank(ranked: Sequence[Hashable], wanted: Sequence[Hashable]) -> int | None:
    """The rank of the first wanted key, counted from 1; None when none is there."""
    sought = set(wanted)
    return next((rank for rank, key in enumerate(ranked, start=1) if key in sought), None)


def found_within(rank: int | None, depth: int) -> float:
    """1 when the rank is within the depth, else 0."""
    return float(rank is not None and rank <= depth)


def reciprocal(rank: int | None) -> float:
    """1 / rank, 0 for None."""
    return 1 / rank if rank else 0.0
