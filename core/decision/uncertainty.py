"""How sure a break-even is: ranges of the inputs drawn many times, and each input varied alone; it knows no source.

Draws are triangular over low, value and high; where the range spans a factor of four or more they are lognormal in two
halves, with the value as median and low and high as 5th and 95th percentile. The same scenario always gives the same
draws.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.decision.cost import Array, Priced, Scenario, Values, total
from core.decision.money import Figure
from core.decision.prices import INPUTS, PATHS, Path
from core.decision.terms import names

DRAWS = 1_000
SEED = 20_261_129
GRID: Array = np.concatenate([[0.0], np.logspace(1, 9, 65)])
"""Requests a month at which curves are read and between which a crossing is looked for."""
_WIDE = 4.0
_Z95 = 1.6448536269514722
"""Standard deviations of a normal distribution to its 95th percentile."""
_HALVINGS = 80
PAIRS: tuple[tuple[Path, Path], ...] = (("retrieval", "tuning"), ("retrieval", "both"), ("tuning", "both"))


@dataclass(frozen=True, slots=True)
class Crossing:
    """A volume at which two paths cost the same."""

    requests: float
    """A month, at the start."""
    cheaper_above: Path


@dataclass(frozen=True, slots=True)
class BreakEven:
    """Where two paths cost the same."""

    pair: tuple[Path, Path]
    crossings: tuple[Crossing, ...]
    """Ascending; none where one path costs less at every volume, more than one where discounts turn it back."""
    cheaper: Path
    """The path that costs less at the smallest volume."""
    low: float | None
    """10th percentile over the draws that cross in the direction of the first crossing; None where none does."""
    median: float | None
    high: float | None
    """90th percentile."""
    share: float
    """Of the draws, those that cross so at all."""


@dataclass(frozen=True, slots=True)
class Curve:
    """The cost of a path by volume, with the band that most draws lie in."""

    path: Path
    requests: tuple[float, ...]
    cost: tuple[float, ...]
    low: tuple[float, ...]
    """10th percentile of the draws."""
    high: tuple[float, ...]
    """90th percentile of the draws."""


@dataclass(frozen=True, slots=True)
class Swing:
    """What one input does to the difference of two paths when it alone is at its low or its high end."""

    name: str
    figure: Figure
    at_low: float
    """Dollars: cost of the first path less the second, with the input at its low end."""
    at_high: float

    @property
    def width(self) -> float:
        """How much the difference moves."""
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over the draws."""

    low: float
    """10th percentile."""
    median: float
    high: float
    """90th percentile."""


def draws(scenario: Scenario, count: int = DRAWS) -> Values:
    """Values of every input of the scenario, those with a range drawn from it; shape (count,).

    Each input has a stream of its own, so that a change of one leaves the draws of all others as they were.
    """
    used = set(names(scenario.serving))
    found = {}
    for place, name in enumerate(INPUTS):
        if name in scenario.figures:
            generator = np.random.default_rng([SEED, place])
            figure = scenario.figures[name].to(INPUTS[name].unit)
            vary = name in used and name != "requests"  # the volume is what the break-even is told in
            found[name] = _drawn(figure, generator, count) if vary else np.full(count, figure.value)
    return found


def _drawn(figure: Figure, generator: np.random.Generator, count: int) -> Array:
    low, value, high = figure.low, figure.value, figure.high
    if low == high:
        return np.full(count, value)
    if low > 0 and high / low >= _WIDE and figure.unit != "share":
        normal = generator.standard_normal(count)
        width = np.where(normal < 0, math.log(value / low), math.log(high / value)) / _Z95
        return np.asarray(value * np.exp(normal * width))
    return generator.triangular(low, value, high, count)


def volumes(scenario: Scenario, points: int = 57) -> Array:
    """Requests a month for a chart: two decades about the scenario's own volume, on to a hundred million."""
    begin = float(scenario.figures["requests"].to("request/month").value)
    return np.logspace(np.log10(max(1.0, begin / 100)), np.log10(max(1e8, begin * 10)), points)


def curves(scenario: Scenario, drawn: Values, at: Sequence[float] | Array) -> list[Curve]:
    """The cost of each path at so many requests, in requests a month."""
    values, found = scenario.values(), []
    for path in PATHS:
        one, many = Priced.of(scenario, path, values), Priced.of(scenario, path, drawn)
        middle = [float(one.at(each)) for each in at]
        bands = [np.percentile(many.at(each), (10, 90)) for each in at]
        lows, highs = (tuple(float(band[place]) for band in bands) for place in (0, 1))
        found.append(Curve(path, tuple(float(each) for each in at), tuple(middle), lows, highs))
    return found


def spread(scenario: Scenario, path: Path, drawn: Values) -> Spread:
    """The cost of a path over the draws, at the scenario's own volume."""
    low, middle, high = np.percentile(total(scenario, path, drawn), (10, 50, 90))
    return Spread(float(low), float(middle), float(high))


def break_evens(scenario: Scenario, drawn: Values) -> list[BreakEven]:
    """For each pair of paths, where they cost the same, with the band over the draws."""
    values = {name: np.reshape(value, (1,)) for name, value in scenario.values().items()}
    told = {path: _on_grid(scenario, path, values) for path in PATHS}
    many = {path: _on_grid(scenario, path, drawn) for path in PATHS}
    found = []
    for one, other in PAIRS:
        difference = (told[one] - told[other])[:, 0]
        crossings = []
        rises = (difference[:-1] < 0) & (difference[1:] >= 0)
        falls = (difference[:-1] > 0) & (difference[1:] <= 0)
        for place in np.flatnonzero(rises | falls):
            volume = _between(scenario, (one, other), values, GRID[place], GRID[place + 1])
            crossings.append(Crossing(float(volume[0]), other if rises[place] else one))
        apart = difference[difference != 0]
        cheaper = one if not len(apart) or apart[0] < 0 else other
        rising = cheaper == one  # from where on the other costs less
        low, middle, high, share = _band(scenario, (one, other), drawn, many[one] - many[other], rising)
        found.append(BreakEven((one, other), tuple(crossings), cheaper, low, middle, high, share))
    return found


def _on_grid(scenario: Scenario, path: Path, values: Values) -> Array:
    """Shape (volumes, draws)."""
    priced = Priced.of(scenario, path, values)
    return np.stack([priced.at(volume) for volume in GRID])


def _band(
    scenario: Scenario, pair: tuple[Path, Path], drawn: Values, difference: Array, rising: bool
) -> tuple[float | None, float | None, float | None, float]:
    """Percentiles of the first crossing of each draw at which the difference rises through 0, or falls through it."""
    sign = 1 if rising else -1
    crosses = (sign * difference[:-1] < 0) & (sign * difference[1:] >= 0)
    has = crosses.any(axis=0)
    if not has.any():
        return None, None, None, 0.0
    place = crosses.argmax(axis=0)[has]
    chosen = {name: value[has] for name, value in drawn.items()}
    found = _between(scenario, pair, chosen, GRID[place], GRID[place + 1])
    low, middle, high = np.percentile(found, (10, 50, 90))
    return float(low), float(middle), float(high), float(has.mean())


def _between(scenario: Scenario, pair: tuple[Path, Path], values: Values, low: Array, high: Array) -> Array:
    """The volume of each draw at which two paths cost the same, by bisection between two that differ in sign."""
    left, right = (np.asarray(each, dtype=float) * np.ones_like(values["growth"]) for each in (low, high))
    one, other = (Priced.of(scenario, path, values) for path in pair)

    def apart(volume: Array) -> Array:
        return one.at(volume) - other.at(volume)

    below = np.sign(apart(left))
    for _ in range(_HALVINGS):
        middle = (left + right) / 2
        if np.all((middle == left) | (middle == right)):
            break
        same = np.sign(apart(middle)) == below
        left, right = np.where(same, middle, left), np.where(same, right, middle)
    return (left + right) / 2


def tornado(scenario: Scenario, pair: tuple[Path, Path], most: int = 12) -> list[Swing]:
    """The inputs that move the difference of two paths most, the strongest first; each is varied alone."""
    values, (one, other), found = scenario.values(), pair, []
    for name in names(scenario.serving):
        if name not in scenario.figures:
            continue
        figure = scenario.figures[name].to(INPUTS[name].unit)
        ends = []
        for end in (figure.low, figure.high):
            held: Mapping[str, Array] = {**values, name: np.asarray(end)}
            ends.append(float(total(scenario, one, held) - total(scenario, other, held)))
        found.append(Swing(name, scenario.figures[name], ends[0], ends[1]))
    return sorted((each for each in found if each.width > 0), key=lambda each: -each.width)[:most]
