"""How sure a break-even is: ranges of the inputs drawn many times, and each input varied alone; it knows no source.

Draws are triangular over low, value and high; where the range spans a factor of four or more they are lognormal in two
halves, with the value as median and low and high as 5th and 95th percentile. The same scenario always gives the same
draws.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.decision.cost import Array, Priced, Scenario, Values, total
from core.decision.money import Figure
from core.decision.prices import INPUTS, PATHS, Path
from core.decision.terms import names

DRAWS = 1_000
SEED = 20_261_129
GRID: Array = np.concatenate([[0.0], np.logspace(1, 9, 65)])
"""Requests a month at which curves are read and between which a crossing is looked for."""
FURTHEST = float(GRID[-1])
"""Requests a month up to which a crossing is looked for."""
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
    turns_to: Path
    """The path that costs less above the first crossing; without one, above the crossings that most draws have."""
    low: float | None
    """10th percentile over the draws that cross so that `turns_to` costs less above; None where none does."""
    median: float | None
    high: float | None
    """90th percentile."""
    share: float
    """Of the draws, those that cross so at all."""
    never: float
    """Of the draws, those in which `cheaper` costs less at every volume that was looked at."""
    other_way: float
    """Of the draws, those in which the other path costs less at every volume that was looked at."""


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
    """Requests a month for a chart: from two decades below the scenario's own volume on, as far as is looked."""
    begin = float(scenario.figures["requests"].to("request/month").value)
    return np.logspace(np.log10(max(1.0, begin / 100)), np.log10(max(FURTHEST, begin * 10)), points)


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
        rises, falls = _crosses(difference, True), _crosses(difference, False)
        for place in np.flatnonzero(rises | falls):
            volume = _between(scenario, (one, other), values, GRID[place], GRID[place + 1])
            crossings.append(Crossing(float(volume[0]), other if rises[place] else one))
        apart = difference[difference != 0]
        cheaper = one if not len(apart) or apart[0] < 0 else other
        many_apart = many[one] - many[other]
        never, other_way = _throughout(many_apart, cheaper == one)
        rising = cheaper == one  # from where on the other costs less
        if not crossings and _crosses(many_apart, not rising).sum() > _crosses(many_apart, rising).sum():
            rising = not rising
        band = _band(scenario, (one, other), drawn, many_apart, rising)
        turns_to = other if rising else one
        found.append(BreakEven((one, other), tuple(crossings), cheaper, turns_to, *band, never, other_way))
    return found


def _crosses(difference: Array, rising: bool) -> npt.NDArray[np.bool_]:
    """Whether the difference of each draw rises through 0, or falls through it, from one volume to the next."""
    sign = 1 if rising else -1
    return (sign * difference[:-1] < 0) & (sign * difference[1:] >= 0)


def _throughout(difference: Array, first: bool) -> tuple[float, float]:
    """Of draws, the share in which the first path of a pair costs less at every volume, and that in which the second.

    Without `first` the shares stand the other way about.
    """
    sign = 1 if first else -1
    below, above = (sign * difference < 0).any(axis=0), (sign * difference > 0).any(axis=0)
    return float((~above).mean()), float((above & ~below).mean())


def _on_grid(scenario: Scenario, path: Path, values: Values) -> Array:
    """Shape (volumes, draws)."""
    priced = Priced.of(scenario, path, values)
    return np.stack([priced.at(volume) for volume in GRID])


def _band(
    scenario: Scenario, pair: tuple[Path, Path], drawn: Values, difference: Array, rising: bool
) -> tuple[float | None, float | None, float | None, float]:
    """Percentiles of the first crossing of each draw at which the difference rises through 0, or falls through it."""
    crosses = _crosses(difference, rising)
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
