"""Figures with a unit, a range and a source, and the units they are multiplied in; it knows no price.

A unit is written as its parts: "$/Mtoken", "token/request", "person-minute/row". Parts of one kind convert into each
other (a Mtoken is a million tokens); a sum whose parts do not come out as money is an error, never a number.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType
from typing import Literal

from core.errors import RequestError

_PARTS: Mapping[str, tuple[str, float]] = MappingProxyType(
    {
        "$": ("$", 1.0),
        "request": ("request", 1.0),
        "token": ("token", 1.0),
        "Mtoken": ("token", 1e6),
        "second": ("second", 1.0),
        "minute": ("second", 60.0),
        "hour": ("second", 3600.0),
        "byte": ("byte", 1.0),
        "GB": ("byte", 1e9),
        "month": ("month", 1.0),
        "year": ("month", 12.0),
        "change": ("change", 1.0),
        "training": ("training", 1.0),
        "release": ("release", 1.0),
        "row": ("row", 1.0),
        "checkpoint": ("checkpoint", 1.0),
        "person-week": ("person-week", 1.0),
        "person-hour": ("person-week", 1 / 40),
        "person-minute": ("person-week", 1 / 2400),
        "share": ("", 1.0),
        "times": ("", 1.0),
    }
)
"""Each part of a unit: what kind it is of, and how much of that kind. Seconds are of a machine, months of the calendar,
and a person works 40 hours a week."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A product of kinds with whole powers, and the factor to their base parts."""

    kinds: tuple[tuple[str, int], ...]
    """Sorted, none with power 0."""
    factor: float

    def times(self, other: "Unit", power: int = 1) -> "Unit":
        """The product of two units, the other one taken to a power."""
        held = dict(self.kinds)
        for kind, count in other.kinds:
            held[kind] = held.get(kind, 0) + count * power
        return Unit(tuple(sorted((k, n) for k, n in held.items() if n)), self.factor * other.factor**power)


PURE = Unit((), 1.0)


@cache
def unit(text: str) -> Unit:
    """The unit that is written so; raises RequestError for a part that is none."""
    found = PURE
    for place, part in enumerate(text.split("/")):
        for name in part.split("·"):
            if name == "1" and place == 0:
                continue
            if name not in _PARTS:
                raise RequestError(f"'{text}' is no unit: '{name}' is unknown. There are {', '.join(_PARTS)}.")
            kind, factor = _PARTS[name]
            single = Unit(((kind, 1),) if kind else (), factor)
            found = found.times(single, 1 if place == 0 else -1)
    return found


def same_kind(one: str, other: str) -> bool:
    """Whether the two convert into each other."""
    return unit(one).kinds == unit(other).kinds


def converted(value: float, given: str, wanted: str) -> float:
    """The value in another unit of the same kind; raises RequestError where they measure different things."""
    if not same_kind(given, wanted):
        raise RequestError(f"'{given}' does not convert to '{wanted}': they measure different things.")
    return value * unit(given).factor / unit(wanted).factor


def product_factor(units: Iterable[tuple[str, int]], wanted: str, what: str) -> float:
    """The factor by which a product of values must be multiplied to be in the wanted unit.

    `units` holds each factor's unit and power. Raises RequestError, naming `what`, where it does not come out.
    """
    found = PURE
    for text, power in units:
        found = found.times(unit(text), power)
    target = unit(wanted)
    if found.kinds != target.kinds:
        told = "·".join(f"{kind}^{power}" if power != 1 else kind for kind, power in found.kinds) or "a pure number"
        raise RequestError(f"{what} comes out in {told}, not in {wanted}: a unit is wrong.")
    return found.factor / target.factor


Kind = Literal["measured here", "assumption"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure comes from."""

    kind: Kind
    at: str
    """ISO date on which it was measured, or as of which it is assumed."""
    told: str = ""
    """One sentence: over what it was measured, or on what the assumption rests."""
    runs: tuple[str, ...] = ()
    """Ids of the evaluation runs, trials, trainings or traces that it was measured in."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that something is computed from."""

    value: float
    unit: str
    source: Source
    low: float = field(default=math.nan)
    """The lowest that is plausible; the value itself where none is given."""
    high: float = field(default=math.nan)
    """The highest that is plausible; the value itself where none is given."""

    def __post_init__(self) -> None:
        for name in ("low", "high"):
            if math.isnan(getattr(self, name)):
                object.__setattr__(self, name, self.value)
        unit(self.unit)
        if not all(map(math.isfinite, (self.value, self.low, self.high))):
            raise RequestError(f"A figure must be a finite number, not {self.value}.")
        if self.low < 0:
            raise RequestError(f"A figure must be at least 0, not {min(self.low, self.value):g} {self.unit}.")
        if not self.low <= self.value <= self.high:
            raise RequestError(f"{self.value:g} {self.unit} lies outside its range {self.low:g} to {self.high:g}.")

    @property
    def measured(self) -> bool:
        """Whether this workspace measured it."""
        return self.source.kind == "measured here"

    def to(self, wanted: str) -> "Figure":
        """The same in another unit; raises RequestError where that measures something else."""
        value, low, high = (converted(each, self.unit, wanted) for each in (self.value, self.low, self.high))
        return Figure(value, wanted, self.source, low, high)

    def at(self, value: float) -> "Figure":
        """The same with another value and no range around it."""
        return replace(self, value=value, low=value, high=value)
