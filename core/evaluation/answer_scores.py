"""What one answer is worth, what a run's answers amount to, and where two runs differ by more than chance.

Answers are words of documents and are not kept: of each only what was measured is, with the id of its trace. It asks
nothing.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from core.arms import judged
from core.errors import RequestError
from core.evaluation.answer_metrics import (
    Embed,
    cited_documents,
    cited_spans,
    grounded,
    refusal,
    retrieval_values,
    similarity,
)
from core.evaluation.asking import Asked
from core.evaluation.judging import Opinion
from core.evaluation.measures import MEASURES, QUALITIES
from core.evaluation.retrieval_runs import Place, Planned, Result, score
from core.evaluation.statistics import Estimate, Flips, estimate, mcnemar, paired, percentile, share
from core.index.contract import Access
from core.types import Answer, Recipe

_PERCENTILES = {"p50_ms": ("ms", 50), "p95_ms": ("ms", 95), "first_p50_ms": ("first_ms", 50)}
"""By measure, what it is of and which percentile."""


@dataclass(frozen=True, slots=True)
class Prices:
    """What a million tokens are assumed to cost, in whatever currency; nothing unless somebody says so."""

    read: float = 0.0
    written: float = 0.0

    def __post_init__(self) -> None:
        if not all(math.isfinite(price) and price >= 0 for price in (self.read, self.written)):
            raise RequestError("A price must be a number of at least 0.")


@dataclass(frozen=True, slots=True)
class Flip:
    """A question that only one of two runs dealt with rightly."""

    question: str
    """The question's id."""
    gained: bool
    """Whether the first run is the one that did."""
    trace: str
    base_trace: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run against another, over the questions that both asked in the same form."""

    questions: int
    differences: Mapping[str, Estimate]
    """First less second by measure, paired by question; times and what was not measured of both are left out."""
    flips: Flips
    """McNemar's test on the questions that only one run dealt with rightly."""
    flipped: tuple[Flip, ...]
    """Those lost first."""
    left_out: tuple[str, ...]
    """Questions that only one of them asked, or that were changed in between."""


def measure(each: Asked, answer: Answer, recipe: Recipe, ms: float, first_ms: float, embed: Embed, on: date) -> Result:
    """What is kept of an answer.

    Values stand under the names of MEASURES where they can be told of one question, with "answerable" and "declined"
    (0 or 1), and "ms" and "first_ms" of which percentiles are taken.
    """
    question, verdict = each.question, judged(each.question, answer)
    searched = recipe.route != "closed"
    told: dict[str, float | bool | None] = {
        "answerable": question.answerable,
        "declined": verdict.declined,
        "overall": verdict.right,
        "ms": ms,
        "first_ms": first_ms,
        "tokens_read": answer.tokens.prompt,
        "tokens_written": answer.tokens.answer,
        **refusal(question.answerable, verdict.declined),
    }
    if question.answerable and question.answers:
        near = 0.0 if verdict.declined else similarity(answer.text, question.answers, embed)
        told |= {"right": verdict.right, "exact": verdict.exact, "f1": verdict.f1, "similarity": near}
    if searched and not verdict.declined:
        told["grounded"] = grounded(answer.citations, answer.unsupported)
    if searched and recipe.generation.answerer == "local":
        told["quoted"] = answer.model == "extractive"
    rank: int | None = None
    places: tuple[Place, ...] = ()
    if searched and each.wanted:
        receipts = () if verdict.declined else answer.citations
        told |= {**cited_documents(receipts, each.wanted), **cited_spans(receipts, each.wanted)}
        hits = sorted(answer.trace.candidates, key=lambda hit: hit.rank)
        planned = Planned(question, each.wanted, Access.of(each.asker, on))
        found = score(planned, hits, recipe.retrieval.top_k, ms)
        told |= retrieval_values(found.values)
        rank, places = found.rank, found.places
    values = {name: float(value) for name, value in told.items() if value is not None}
    assert all(map(math.isfinite, values.values()))
    return Result(question.id, question.hash, rank, values, places, answer.trace.id)


def with_opinion(result: Result, opinion: Opinion) -> Result:
    """The result with what a judge says; a failure is counted as one, and no verdict stands in its place."""
    told = {"judge_failed": float(opinion.right is None)}
    if opinion.right is not None:
        told["judge"] = float(opinion.right)
    return replace(result, values={**result.values, **told})


def summary(results: Sequence[Result], prices: Prices | None = None) -> dict[str, Estimate]:
    """Each measure with its 95% interval over the questions that have it, in the order of MEASURES.

    What no question has is left out. assumed_cost is there with prices only.
    """
    found: dict[str, Estimate] = {}
    for name in MEASURES:
        of, percent = _PERCENTILES.get(name, (name, 0))
        column = [result.values[of] for result in results if of in result.values]
        if name == "assumed_cost" and prices and results:
            column = [_cost(result, prices) for result in results]
        if not column:
            continue
        if name in _PERCENTILES:
            found[name] = percentile(column, percent)
        else:
            found[name] = share(column) if name in QUALITIES else estimate(column)
    return found


def compare(first: Sequence[Result], second: Sequence[Result]) -> Comparison:
    """The first run's answers against the second's; raises RequestError when they share no question."""
    ours, theirs = ({result.question: result for result in run} for run in (first, second))
    shared = [q for q in ours if q in theirs and ours[q].hash == theirs[q].hash]
    if not shared:
        raise RequestError("The two runs have no question in common.")
    differences: dict[str, Estimate] = {}
    for name in MEASURES:
        both = [q for q in shared if name in ours[q].values and name in theirs[q].values]
        if both:
            differences[name] = paired(*([run[q].values[name] for q in both] for run in (ours, theirs)))
    told = [q for q in shared if "overall" in ours[q].values and "overall" in theirs[q].values]
    right = [[bool(run[q].values["overall"]) for q in told] for run in (ours, theirs)]
    flipped = [
        Flip(q, one, ours[q].trace, theirs[q].trace) for q, one, other in zip(told, *right, strict=True) if one != other
    ]
    return Comparison(
        questions=len(shared),
        differences=differences,
        flips=mcnemar(*right),
        flipped=tuple(sorted(flipped, key=lambda flip: flip.gained)),
        left_out=tuple(q for q in (*ours, *(q for q in theirs if q not in ours)) if q not in set(shared)),
    )


def worst_first(results: Sequence[Result]) -> list[Result]:
    """The answers from worst to best: wrong before right, then by F1, similarity and the rank of the evidence."""

    def worth(result: Result) -> tuple[float, ...]:
        values = result.values
        rank = 1 / result.rank if result.rank else 0.0
        return (values.get("overall", 0.5), values.get("f1", 0.5), values.get("similarity", 0.5), rank)

    return sorted(results, key=worth)


def _cost(result: Result, prices: Prices) -> float:
    """Of a thousand answers such as this one."""
    values = result.values
    return (values["tokens_read"] * prices.read + values["tokens_written"] * prices.written) / 1_000
