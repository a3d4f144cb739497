"""Learns a router from outcomes, and how much better a slower route must be to be worth its time; it asks nothing.

The worth is picked by cross-fitting: each outcome is replayed with a model that learned from the other folds, so that
no question votes on how well it itself was learned. What proves the router later has no part in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import fmean, median
from typing import Any

import numpy as np

from core.answering.routing_model import FOLDS, Outcome, RouteModel, learn
from core.answering.routing_plan import WORTH, Routes
from core.answering.routing_rules import ZoneRules
from core.evaluation.statistics import SEED
from core.route_proof import FASTER, LOOKS_MS, SAME, best_single, route
from core.types import Recipe, Routing

WORTHS = (0.0, WORTH, 0.06, 0.1, 0.15, 0.2, 0.3)
"""What is tried."""
LEAST = 40
"""Outcomes below which the usual worth stands: a fold of fewer than eight tells nothing."""


def learned(outcomes: Sequence[Outcome], manifest: Mapping[str, Any], rules: ZoneRules, routing: Routing) -> RouteModel:
    """A model with its worth; raises RequestError for too few outcomes."""
    model = learn(outcomes, manifest)
    return replace(model, worth=worth(outcomes, rules, routing))


def worth(outcomes: Sequence[Outcome], rules: ZoneRules, routing: Routing) -> float:
    """How much likelier right a slower route must be, 0 to 1.

    Of those at which the router has at least as many right answers as the best single route in at most FASTER of its
    median time, the one with most right answers; where there is none, of those in its time; else the usual one.
    """
    if len(outcomes) < LEAST:
        return WORTH
    ordered = sorted(outcomes, key=lambda each: each.question)
    folds = np.random.default_rng(SEED).permutation(len(ordered)) % FOLDS
    models = [learn([each for each, fold in zip(ordered, folds, strict=True) if fold != k], {}) for k in range(FOLDS)]
    ways = list(models[0].ms)
    best = best_single(ordered, ways)
    right, ms = fmean(each.right[best] for each in ordered), median(each.ms[best] for each in ordered)
    tried = []
    for value in WORTHS:
        routes = [
            Routes(dict.fromkeys(ways, Recipe()), rules, model.ms, replace(model, worth=value)) for model in models
        ]
        went = [route(each, routes[fold], routing) for each, fold in zip(ordered, folds, strict=True)]
        tried.append((fmean(each.right for each in went), median(each.ms for each in went), value))
    for most in (FASTER, SAME):
        held = [each for each in tried if each[0] >= right and each[1] <= most * max(ms, LOOKS_MS)]
        if held:
            return max(held, key=lambda each: (each[0], -each[1]))[2]
    return WORTH
