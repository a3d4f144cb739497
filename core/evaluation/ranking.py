"""Measures over ranks of one question: recall, precision, reciprocal rank, nDCG. It knows neither texts nor rankers.

The definitions are trec_eval's (github.com/usnistgov/trec_eval: recall_k, P_k, recip_rank, ndcg_cut), so that figures
can be held against published ones. Keys of a ranking are best first and each stands in it once.
"""

import math
from collections.abc import Hashable, Mapping, Sequence


def recall(ranked: Sequence[Hashable], wanted: Sequence[Hashable], depth: int) -> float:
    """The share of the wanted keys among the first `depth`; 0 when nothing is wanted."""
    sought = set(wanted)
    return len(sought.intersection(ranked[:depth])) / len(sought) if sought else 0.0


def precision(ranked: Sequence[Hashable], wanted: Sequence[Hashable], depth: int) -> float:
    """The share of the first `depth` places that hold a wanted key; a place that is empty holds none.

    Raises ValueError for a depth below 1.
    """
    if depth < 1:
        raise ValueError(f"A depth of {depth} has no places.")
    return len(set(wanted).intersection(ranked[:depth])) / depth


def ndcg(ranked: Sequence[Hashable], gains: Mapping[Hashable, float], depth: int = 10) -> float:
    """Normalised discounted cumulative gain (Järvelin and Kekäläinen 2002): gain / log2(rank + 1) over the ideal's.

    The ideal order has the largest gains first. 0 when nothing has a gain.
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
    """1 / rank, 0 for None; its mean over questions is the MRR."""
    return 1 / rank if rank else 0.0
