"""What a run's results amount to, and where two runs differ by more than chance; it runs nothing.

Times are told as percentiles and never compared by chance: they depend on what else the machine did.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import RequestError
from core.evaluation.questions import half_of
from core.evaluation.ranking import found_within, reciprocal
from core.evaluation.retrieval_runs import COSTS, METRICS, Result
from core.evaluation.statistics import Estimate, Flips, estimate, mcnemar, paired, share, signs

FOUND_AT = 5
"""A question counts as found when its first relevant hit is among so many."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The means of a run; without a question there are no values."""

    questions: int
    values: Mapping[str, Estimate]
    """By the names of METRICS, with 95% intervals over questions."""
    ms_p50: float
    ms_p95: float


@dataclass(frozen=True, slots=True)
class Change:
    """A question whose first relevant hit moved."""

    question: str
    rank: int | None
    """In the first run."""
    base: int | None
    """In the second."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The first run against the second, over the questions that both asked in the same form."""

    questions: int
    differences: Mapping[str, Estimate]
    """First less second, by the names of METRICS without "ms", paired by question."""
    flips: Flips
    """McNemar's test on the questions found among the first five hits by one run only."""
    ranks: Flips
    """The sign test on the rank of the first relevant hit."""
    gained: tuple[str, ...]
    """Questions that only the first run finds among its first five hits."""
    lost: tuple[str, ...]
    """Questions that only the second does."""
    changed: tuple[Change, ...]
    """Every question whose rank differs, the largest difference of 1 / rank first."""
    left_out: tuple[str, ...]
    """Questions that only one of them asked, or that were changed in between."""


def summary(results: Sequence[Result]) -> Summary:
    """Means with intervals of all that was measured."""
    if not results:
        return Summary(0, {}, 0.0, 0.0)
    values = {
        name: (estimate if name in COSTS else share)([result.values[name] for result in results]) for name in METRICS
    }
    middle, late = np.percentile([result.values["ms"] for result in results], [50, 95])
    return Summary(len(results), values, float(middle), float(late))


def halves(results: Sequence[Result]) -> tuple[Summary, Summary]:
    """One summary to choose a recipe by and one to report, over different questions; see `half_of`."""
    choose = [result for result in results if half_of(result.question) == "choose"]
    report = [result for result in results if half_of(result.question) == "report"]
    return summary(choose), summary(report)


def compare(first: Sequence[Result], second: Sequence[Result]) -> Comparison:
    """Paired differences of two runs and the questions that changed; raises RequestError when they share none."""
    ours, theirs = ({result.question: result for result in run} for run in (first, second))
    shared = [q for q in ours if q in theirs and ours[q].hash == theirs[q].hash]
    if not shared:
        raise RequestError("The two runs have no question in common.")
    a, b = [ours[q] for q in shared], [theirs[q] for q in shared]
    found = [[bool(found_within(result.rank, FOUND_AT)) for result in run] for run in (a, b)]
    moved = [Change(x.question, x.rank, y.rank) for x, y in zip(a, b, strict=True) if x.rank != y.rank]
    return Comparison(
        questions=len(shared),
        differences={
            name: paired(*([r.values[name] for r in run] for run in (a, b))) for name in METRICS if name != "ms"
        },
        flips=mcnemar(*found),
        ranks=signs(*([r.values["mrr"] for r in run] for run in (a, b))),
        gained=tuple(q for q, one, other in zip(shared, *found, strict=True) if one and not other),
        lost=tuple(q for q, one, other in zip(shared, *found, strict=True) if other and not one),
        changed=tuple(sorted(moved, key=lambda c: -abs(reciprocal(c.rank) - reciprocal(c.base)))),
        left_out=tuple(q for q in (*ours, *(q for q in theirs if q not in ours)) if q not in set(shared)),
    )
