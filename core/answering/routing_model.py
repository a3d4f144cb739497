"""How likely each route is right, learned from outcomes: a calibrated logistic regression a route; it routes nothing.

Coefficients are plain numbers, so that a model is kept as JSON and read without running anything of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.answering.routing_signals import BEFORE, DRAFTED, Signals
from core.errors import RequestError, WorkspaceDamaged
from core.types import Way

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression

DRAFT = "draft"
"""Stands beside the routes: the closed route once its draft is there."""
FOLDS = 5
SPLITS = 3
"""Times that the folds are drawn anew: with a hundred outcomes one draw decides too much."""
LEAST = 20
"""Questions with outcomes below which nothing is learned."""
_STRENGTHS = (0.03, 0.1, 0.3, 1.0)
"""Inverse strengths of the penalty that are tried; cross-validation picks one."""
_ROWS = ("names", "centre", "spread", "slopes", "platt")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question asked by every route."""

    question: str
    """Its id."""
    signals: Signals
    """With those of the closed draft, where there was one."""
    right: Mapping[Way, bool]
    ms: Mapping[Way, float]
    tokens: Mapping[Way, int]
    """Read and written."""
    answerable: bool = True
    """False where declining is right."""


@dataclass(frozen=True, slots=True)
class Chance:
    """The probability that one route is right: a logistic regression, then Platt's scaling of its log odds.

    Platt, "Probabilistic Outputs for Support Vector Machines", 1999; fitted on log odds of held-out folds.
    """

    names: tuple[str, ...]
    centre: tuple[float, ...]
    spread: tuple[float, ...]
    slopes: tuple[float, ...]
    bias: float
    platt: tuple[float, float] = (1.0, 0.0)
    """What log odds are multiplied with, and what is added."""
    log_loss: float = 0.0
    """Of the cross-validation, in nats."""
    base_loss: float = 0.0
    """What always saying the mean would have lost."""

    def of(self, signals: Signals) -> float:
        """The probability, strictly between 0 and 1."""
        odds = self.bias + sum(self.pulls(signals).values())
        return _probability(self.platt[0] * odds + self.platt[1])

    def pulls(self, signals: Signals) -> dict[str, float]:
        """What each signal adds to the log odds, against its mean."""
        row = (signals.row(self.names) - np.array(self.centre)) / np.array(self.spread)
        return dict(zip(self.names, (row * np.array(self.slopes)).tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class RouteModel:
    """What was learned, and what of."""

    chances: Mapping[str, Chance]
    """By route, and by DRAFT."""
    ms: Mapping[Way, float]
    """The median of each route when it was learned."""
    manifest: Mapping[str, Any]
    """Adapters with their weights, recipe, question set, count, and when by whom."""
    worth: float = 0.03
    """A slower route must be more likely right by more than this; see `core.route_learning`."""

    def before(self, signals: Signals) -> dict[Way, float]:
        """The probability that each route is right."""
        return {way: chance.of(signals) for way, chance in self.chances.items() if way != DRAFT}  # type: ignore[misc]

    def after(self, signals: Signals) -> float:
        """The probability that the closed draft is right."""
        return self.chances[DRAFT].of(signals)


def learn(outcomes: Sequence[Outcome], manifest: Mapping[str, Any]) -> RouteModel:
    """A model of these outcomes, the same in whatever order they come; raises RequestError for too few."""
    if len(outcomes) < LEAST:
        raise RequestError(f"{len(outcomes)} questions are too few to learn from; {LEAST} are the least.")
    outcomes = sorted(outcomes, key=lambda each: each.question)
    ways = [way for way in outcomes[0].right if all(way in each.right for each in outcomes)]
    chances = {way: _fit(outcomes, way, BEFORE) for way in ways}
    held: dict[str, Chance] = {str(way): chance for way, chance in chances.items()}
    if "closed" in ways:
        held[DRAFT] = _fit(outcomes, "closed", DRAFTED)
    ms = {way: float(np.median([each.ms[way] for each in outcomes])) for way in ways}
    right = {way: float(np.mean([each.right[way] for each in outcomes])) for way in ways}
    return RouteModel(held, ms, {**manifest, "questions": len(outcomes), "right": right})


def as_json(model: RouteModel) -> dict[str, Any]:
    """The model as plain values."""
    return {
        "chances": {name: asdict(chance) for name, chance in model.chances.items()},
        "ms": dict(model.ms),
        "manifest": dict(model.manifest),
        "worth": model.worth,
    }


def from_json(body: Mapping[str, Any]) -> RouteModel:
    """The model of what `as_json` made of it; raises WorkspaceDamaged for what is none."""
    try:
        chances = {
            name: Chance(**{**held, **{key: tuple(held[key]) for key in _ROWS}})
            for name, held in body["chances"].items()
        }
        return RouteModel(chances, dict(body["ms"]), dict(body["manifest"]), float(body.get("worth", 0.03)))
    except (KeyError, TypeError) as error:
        raise WorkspaceDamaged("What the router learned cannot be read; train it anew.") from error


def _fit(outcomes: Sequence[Outcome], way: Way, names: Sequence[str]) -> Chance:
    rows = np.array([each.signals.row(names) for each in outcomes])
    right = np.array([each.right[way] for each in outcomes], dtype=int)
    centre, spread = rows.mean(axis=0), rows.std(axis=0)
    spread[spread < 1e-9] = 1.0
    shaped = (rows - centre) / spread
    share = (right.sum() + 1) / (len(right) + 2)
    base = float(-np.mean(right * np.log(share) + (1 - right) * np.log(1 - share)))
    flat = Chance(
        tuple(names), tuple(centre.tolist()), tuple(spread.tolist()), (0.0,) * len(names),
        float(np.log(share / (1 - share))), log_loss=base, base_loss=base,
    )  # fmt: skip
    if min(right.sum(), len(right) - right.sum()) < FOLDS:  # nearly always the same: nothing to tell apart
        return flat
    best = min((_tried(shaped, right, strength) for strength in _STRENGTHS), key=lambda tried: tried[0])
    loss, strength, platt = best
    if loss >= base:  # the signals say nothing of this route
        return flat
    fitted = _regression(strength).fit(shaped, right)
    slopes = tuple(fitted.coef_[0].tolist())
    return Chance(flat.names, flat.centre, flat.spread, slopes, float(fitted.intercept_[0]), platt, loss, base)


def _tried(rows: np.ndarray, right: np.ndarray, strength: float) -> tuple[float, float, tuple[float, float]]:
    """Log loss of the held-out folds once calibrated, the strength, and the calibration; the mean of several splits."""
    from sklearn.model_selection import StratifiedKFold

    losses, scalings = [], []
    for seed in range(SPLITS):
        odds = np.empty(len(right))
        for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(rows, right):
            odds[test] = _regression(strength).fit(rows[train], right[train]).decision_function(rows[test])
        scaler = _regression(1e3).fit(odds[:, None], right)
        chances = np.clip(scaler.predict_proba(odds[:, None])[:, 1], 1e-6, 1 - 1e-6)
        losses.append(float(-np.mean(right * np.log(chances) + (1 - right) * np.log(1 - chances))))
        scalings.append((float(scaler.coef_[0, 0]), float(scaler.intercept_[0])))
    slope, added = np.mean(scalings, axis=0)
    return float(np.mean(losses)), strength, (float(slope), float(added)) if slope > 0 else (1.0, 0.0)


def _regression(strength: float) -> "LogisticRegression":
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, max_iter=1_000, solver="newton-cholesky")


def _probability(odds: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(odds, -30, 30))))
