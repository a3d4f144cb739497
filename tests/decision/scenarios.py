"""Scenarios of tests: all inputs at their defaults, or at nothing but what a test names."""

from core.decision.cost import Scenario
from core.decision.money import Figure, Source
from core.decision.prices import INPUTS
from core.decision.scenario import scenario
from core.decision.terms import Serving

ASSUMED = Source("assumption", "2026-11-29", "for a test")


def usual(serving: Serving = "hosted", **values: float) -> Scenario:
    """The defaults, with other values for some."""
    return scenario({}, serving=serving).given(**values)


def bare(
    horizon: int = 12,
    serving: Serving = "hosted",
    tiers: tuple[tuple[float, float], ...] = ((0.0, 0.0),),
    **values: float,
) -> Scenario:
    """Nothing costs anything but what is named; no growth, no discount rate, one of whatever is counted."""
    ones = {"changes_release", "tuned_rate", "idle", "attempts", "releases", "locales", "variants", "requests"}
    figures = {
        name: Figure(values.get(name, 1.0 if name in ones else 0.0), held.unit, ASSUMED)
        for name, held in INPUTS.items()
        if not name.startswith("right_") or name in values
    }
    return Scenario(figures, horizon, serving, tiers)
