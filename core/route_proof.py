"""The router against single routes, chance and the oracle, over outcomes that it did not learn from; it asks nothing.

Every route answered every question, so that each policy is replayed on what truly came of it: the answer that it would
have given, and the time that it would have taken, the search for signals and a thrown-away draft included.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from statistics import fmean, median
from typing import Any, Literal

import numpy as np

from core.answering.routing_model import Outcome, RouteModel
from core.answering.routing_plan import Routes, plan, settled
from core.answering.routing_rules import ZoneRules
from core.errors import RequestError
from core.evaluation.statistics import DRAWS, SEED, Estimate, estimate, paired, share
from core.evaluation.statistics import median as middle
from core.types import Recipe, Routing, Way

LOOKS_MS = 25.0
"""What the search for signals takes; measured, see `benchmarks/router.py`."""
FASTER = 0.6
"""The goal: the share of the best single route's median time at which its quality must be reached."""
SAME = 1.05
"""Up to this share of the best single route's median time counts as the same time."""
STRICT = ZoneRules({"public": "retrieval only", "internal": "any", "restricted": "adapter only"})
"""Rules under which every question is routed once more, to count how often one is broken."""
_BINS = 5
FEWEST = 10
"""Questions below which nothing is proved."""


@dataclass(frozen=True, slots=True)
class Point:
    """A policy over the questions."""

    policy: str
    budget_ms: int
    """Of the router; 0 for none, and for every other policy."""
    right: Estimate
    ms: Estimate
    """The median."""
    mean_ms: float
    tokens: Estimate
    regret: float
    """Share of right answers that the oracle has and this has not."""
    shares: Mapping[str, float]
    """Of the questions, by the route that answered."""
    against: Estimate
    """Right answers less those of the best single route, question by question."""
    ratio: Estimate
    """Median time as a share of the best single route's, questions drawn together."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of about the same confidence."""

    confidence: float
    right: float
    questions: int


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of it."""

    questions: int
    points: tuple[Point, ...]
    """Single routes, chance, the oracle, then the router by falling budget."""
    best: str
    """The single route with the most right answers; the faster of equals."""
    bins: tuple[Bin, ...]
    brier: float
    """Mean squared difference of confidence and outcome, of the router without a budget."""
    broken: int
    """Questions that went a way which the strict rules forbid."""
    verdict: Literal["better", "faster", "not better"]
    """Of the router at `operating_ms` alone."""
    told: str
    operating_ms: int = 0
    """The budget of the recipe; 0 for none."""

    @property
    def won(self) -> bool:
        """Whether the goal was reached."""
        return self.verdict != "not better"


@dataclass(frozen=True, slots=True)
class _Went:
    way: Way
    right: bool
    ms: float
    tokens: int
    confidence: float = 0.0


def prove(
    outcomes: Sequence[Outcome],
    model: RouteModel,
    rules: ZoneRules,
    routing: Routing,
    budgets: Sequence[int] | None = None,
    speeds: Mapping[Way, float] | None = None,
) -> Proof:
    """The proof, at some budgets: by default none, and from the fastest route's time to that of all together.

    The verdict is of the budget of `routing` alone: the best of several on these questions would be picked with the
    answers in sight. `speeds` are the milliseconds that a question asked now would be planned with; without them those
    of the outcomes that were learned. Raises RequestError for fewer than ten questions.
    """
    if len(outcomes) < FEWEST:
        raise RequestError(f"{len(outcomes)} questions are too few to prove by; {FEWEST} are the least.")
    ways = [way for way in outcomes[0].right if way in model.chances]
    single = {f"always {way}": [_single(each, way) for each in outcomes] for way in ways}
    best = f"always {best_single(outcomes, ways)}"
    chance = np.random.default_rng(SEED)
    runs: list[tuple[str, int, list[_Went]]] = [(name, 0, went) for name, went in single.items()]
    runs.append(("random", 0, [_single(each, ways[chance.integers(len(ways))]) for each in outcomes]))
    runs.append(("oracle", 0, [_oracle(each, ways) for each in outcomes]))
    ms = {way: (speeds or model.ms).get(way, model.ms[way]) for way in ways}
    routes = Routes(dict.fromkeys(ways, Recipe()), rules, ms, model)
    chosen_ms = routing.latency_budget_ms
    for budget in sorted({chosen_ms, *(budgets if budgets is not None else _budgets(ms))}, key=_falling):
        chosen = replace(routing, latency_budget_ms=budget)
        runs.append(("router", budget, [route(each, routes, chosen) for each in outcomes]))
    oracle = [went.right for went in runs[len(single) + 1][2]]
    points = tuple(_point(name, budget, went, single[best], oracle) for name, budget, went in runs)
    free = next((went for name, budget, went in runs if name == "router" and not budget), runs[-1][2])
    verdict, told = _verdict(points, best, chosen_ms)
    strict = replace(routes, rules=STRICT)
    went = [(each, route(each, strict, routing).way) for each in outcomes]
    broken = sum(not STRICT.allows(way, each.signals.zone) for each, way in went)
    brier = fmean((each.confidence - each.right) ** 2 for each in free)
    return Proof(len(outcomes), points, best, _bins(free), brier, broken, verdict, told, chosen_ms)


def _falling(budget: int) -> float:
    """No budget first, then by falling budget."""
    return -budget if budget else -float("inf")


def best_single(outcomes: Sequence[Outcome], ways: Sequence[Way]) -> Way:
    """The route with the most right answers; the faster of equals."""
    return max(
        ways, key=lambda way: (fmean(each.right[way] for each in outcomes), -median(each.ms[way] for each in outcomes))
    )


def route(outcome: Outcome, routes: Routes, routing: Routing) -> _Went:
    """Where the router would send a question, and what came of that."""
    before = plan(outcome.signals, routes, routing, LOOKS_MS)
    ms, tokens, way = LOOKS_MS, 0, before.way
    if way == "closed":
        ms, tokens = ms + outcome.ms["closed"], outcome.tokens["closed"]
        before = settled(before, outcome.signals, routes, routing, ms)
        if before.way == "closed":
            return _Went("closed", outcome.right["closed"], ms, tokens, before.confidence)
        way = before.way
    if way == "decline":
        return _declined(outcome, 1 - before.confidence, ms, tokens)
    right, took = outcome.right[way], outcome.ms[way]
    return _Went(way, right, ms + took, tokens + outcome.tokens[way], before.confidence)


def as_json(proof: Proof) -> dict[str, Any]:
    """The proof as plain values."""
    return {**asdict(proof), "won": proof.won}


def _budgets(ms: Mapping[Way, float]) -> list[int]:
    """No budget, and budgets from the fastest route's time to more than that of all."""
    low, high = min(ms.values()), sum(ms.values())
    return [0, *sorted({int(round(b, -1)) for b in np.geomspace(low * 1.05, high, 6)}, reverse=True)]


def _single(outcome: Outcome, way: Way) -> _Went:
    return _Went(way, outcome.right[way], outcome.ms[way], outcome.tokens[way])


def _oracle(outcome: Outcome, ways: Sequence[Way]) -> _Went:
    """What may be chosen with the answers in sight: the fastest that is right, declining among them.

    Where nothing is right it declines too, for the search alone.
    """
    right = [_single(outcome, way) for way in ways if outcome.right[way]]
    return min([*right, _declined(outcome)], key=lambda went: (not went.right, went.ms))


def _declined(outcome: Outcome, confidence: float = 0.0, ms: float = LOOKS_MS, tokens: int = 0) -> _Went:
    """Right where the documents hold no answer."""
    return _Went("decline", not outcome.answerable, ms, tokens, confidence)


def _point(name: str, budget: int, went: Sequence[_Went], best: Sequence[_Went], oracle: Sequence[bool]) -> Point:
    right = [float(each.right) for each in went]
    shares: dict[str, float] = {
        way: sum(each.way == way for each in went) / len(went) for way in sorted({each.way for each in went})
    }
    return Point(
        name,
        budget,
        share(right),
        middle([each.ms for each in went]),
        fmean(each.ms for each in went),
        estimate([float(each.tokens) for each in went]),
        fmean(map(float, oracle)) - fmean(right),
        shares,
        paired(right, [float(each.right) for each in best]),
        _ratio([each.ms for each in went], [each.ms for each in best]),
    )


def _ratio(ours: Sequence[float], theirs: Sequence[float]) -> Estimate:
    """The ratio of two medians over the same questions, with its percentile bootstrap interval."""
    one, two = np.asarray(ours), np.asarray(theirs)
    drawn = np.random.default_rng(SEED).integers(len(one), size=(DRAWS, len(one)))
    ratios = np.median(one[drawn], axis=1) / np.median(two[drawn], axis=1)
    low, high = np.percentile(ratios, [2.5, 97.5])
    return Estimate(float(np.median(one) / np.median(two)), float(low), float(high))


def _verdict(
    points: Sequence[Point], best: str, operating_ms: int
) -> tuple[Literal["better", "faster", "not better"], str]:
    """Whether the goal was reached at one budget.

    Better: in the time of the best single route, and of more right answers with intervals apart. Faster: at least
    as many right answers, in at most 0.6 of its median time with intervals apart.
    """
    base = next(point for point in points if point.policy == best)
    ours = next(point for point in points if point.policy == "router" and point.budget_ms == operating_ms)
    rights = f"{_percent(ours.right)} against {_percent(base.right)}"
    told = f"{'Without a budget' if not operating_ms else f'Within {operating_ms:,} ms'}"
    apart = ours.ms.high < base.ms.low
    if ours.ratio.mean <= SAME and ours.right.low > base.right.high:
        return "better", f"{told}, more right answers than {best} in the same time: {rights}."
    if ours.right.mean >= base.right.mean and ours.ratio.mean <= FASTER and apart:
        return "faster", (
            f"{told}, no fewer right answers than {best} in {ours.ratio.mean:.2f} of its median time: {rights}, "
            f"{ours.ms.mean:,.0f} ms against {base.ms.mean:,.0f} ms."
        )
    overlap = ", but the intervals overlap" if ours.ratio.mean <= FASTER and not apart else ""
    return "not better", (
        f"The router is not shown to beat {best}. {told}, {rights} of answers were right, in {ours.ratio.mean:.2f} of "
        f"its median time{overlap}. Use {best}."
    )


def _percent(value: Estimate) -> str:
    return f"{value.mean:.0%} [{value.low:.0%}, {value.high:.0%}]"


def _bins(went: Sequence[_Went]) -> tuple[Bin, ...]:
    """Equal numbers of answers by rising confidence."""
    order = sorted(went, key=lambda each: each.confidence)
    parts = [part for part in np.array_split(np.arange(len(order)), _BINS) if len(part)]
    return tuple(
        Bin(fmean(order[i].confidence for i in part), fmean(order[i].right for i in part), len(part)) for part in parts
    )
