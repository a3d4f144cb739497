"""Total cost of ownership of a path over a horizon, as a tree of lines that opens to its inputs; it measures nothing.

Up-front payments fall due at once, all others at the end of their month: month m counts for (1 + discount)^(-m/12).
Requests grow by (1 + growth)^(1/12) a month. Every formula is a product of inputs (see `core.decision.terms`), so that
it can be computed for one set of values or for thousands at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from core.decision.money import Figure, Source, product_factor
from core.decision.prices import CALLED, INPUTS, PATHS, TIERS, Path
from core.decision.terms import PARTS, SERVINGS, Serving, Term, names, terms
from core.errors import RequestError

Array = npt.NDArray[np.float64]
Values = Mapping[str, Array]
"""By the name of an input, one value or one for each draw: shape () or (draws,)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One number with what it comes of: inputs that were multiplied, or lines that were added."""

    title: str
    amount: float
    """Dollars over the horizon, discounted."""
    words: str
    """The formula in words."""
    inputs: tuple[tuple[str, Figure], ...] = ()
    """By the name of each input that is multiplied."""
    lines: tuple["Line", ...] = ()
    """What is added; empty for a product."""


@dataclass(frozen=True, slots=True)
class Bill:
    """What a path costs."""

    path: Path
    total: float
    """Dollars over the horizon, discounted."""
    requests: float
    """Over the horizon, discounted as payments are, so that a price for each that covers the total can be told."""
    right: Figure | None
    """Share of answers that are right; None where nobody measured or said it."""
    line: Line

    @property
    def per_answer(self) -> float:
        """Dollars; the price of a request at which income covers the total."""
        return self.total / self.requests

    @property
    def per_right_answer(self) -> float | None:
        """Dollars for an answer that is right; None where the share is unknown or 0."""
        return self.per_answer / self.right.value if self.right and self.right.value else None


@dataclass(frozen=True, slots=True)
class Scenario:
    """All that the three paths are computed from."""

    figures: Mapping[str, Figure]
    """By the name of an input; see INPUTS. One without a default may be left out."""
    horizon: int = 24
    """Months."""
    serving: Serving = "hosted"
    tiers: tuple[tuple[float, float], ...] = field(default=TIERS)
    """(dollars a month of tokens at list price, share off for what lies above), ascending from 0."""

    def __post_init__(self) -> None:
        if not 1 <= self.horizon <= 120:
            raise RequestError(f"A horizon of {self.horizon} months is outside 1 to 120.")
        if self.serving not in SERVINGS:
            raise RequestError(f"A model is served {' or '.join(SERVINGS)}, not '{self.serving}'.")
        _check_tiers(self.tiers)
        for name, figure in self.figures.items():
            if name not in INPUTS:
                raise RequestError(f"There is no input '{name}'; there are {', '.join(INPUTS)}.")
            _check(name, figure)
        missing = [name for name in names(self.serving) if name not in self.figures and not name.startswith("right_")]
        if missing:
            raise RequestError(f"The model needs {', '.join(missing)}.")
        object.__setattr__(self, "figures", MappingProxyType(dict(self.figures)))

    def given(self, **values: float) -> "Scenario":
        """The same with other values for some inputs, without ranges around them; raises RequestError."""
        changed = {}
        for name, value in values.items():
            if name not in INPUTS:
                raise RequestError(f"There is no input '{name}'; there are {', '.join(INPUTS)}.")
            held = self.figures.get(name) or Figure(0.0, INPUTS[name].unit, Source("assumption", ""))
            changed[name] = held.at(value)
        return replace(self, figures={**self.figures, **changed})

    def values(self) -> dict[str, Array]:
        """The value of each input, in the unit that the catalogue names."""
        return {name: np.asarray(figure.to(INPUTS[name].unit).value) for name, figure in self.figures.items()}

    def terms(self, path: Path) -> tuple[Term, ...]:
        """The lines of a path; wrong answers count only where the share of every path is known."""
        known = all(f"right_{each}" in self.figures for each in PATHS)
        return tuple(t for t in terms(path, self.serving) if known or t.title != "Wrong answers")


def bill(scenario: Scenario, path: Path) -> Bill:
    """What a path costs at the scenario's own volume, line by line."""
    values, found = scenario.values(), scenario.terms(path)
    shape = _Calendar(scenario.horizon, values)
    lines = [_line(scenario, term, values, shape) for term in found]
    parts = []
    for part in PARTS:
        held = tuple(line for line, term in zip(lines, found, strict=True) if term.part == part)
        if part == "Per request" and (off := -float(Priced.of(scenario, path, values).taken_off(values["requests"]))):
            told = "What lies above each step of the tokens' monthly price at list is charged at its discount"
            held = (*held, Line("Discount by volume", off, told))
        if held:
            parts.append(Line(part, sum(each.amount for each in held), "The sum of these lines", lines=held))
    whole = sum(part.amount for part in parts)
    told = f"All payments over {scenario.horizon} months, discounted to today"
    line = Line(CALLED[path], whole, told, lines=tuple(parts))
    return Bill(path, whole, float(shape.requests * values["requests"]), scenario.figures.get(f"right_{path}"), line)


def total(scenario: Scenario, path: Path, values: Values, requests: Array | float | None = None) -> Array:
    """Dollars over the horizon for one set of values, or for each draw of many; shape () or (draws,).

    `requests` stands in the place of the scenario's own volume: requests a month at the start, at least 0.
    """
    return Priced.of(scenario, path, values).at(values["requests"] if requests is None else requests)


@dataclass(frozen=True, slots=True)
class Priced:
    """The cost of a path as a function of volume, for one set of values or for each draw of many."""

    fixed: Array
    """Dollars over the horizon, whatever the volume."""
    slope: Array
    """Dollars over the horizon for each request a month at the start, before the discount by volume."""
    listed: Array
    """Of these, tokens at list price: dollars a request."""
    growth: Array
    """Requests of each month for one at the start, shape (…, months)."""
    counts: Array
    """For how much a payment of each month counts today, shape (…, months)."""
    tiers: tuple[tuple[float, float], ...]

    @classmethod
    def of(cls, scenario: Scenario, path: Path, values: Values) -> "Priced":
        """The function of a path; the values' own volume does not matter."""
        shape = _Calendar(scenario.horizon, values)
        fixed, slope, listed = (np.zeros_like(values["growth"]) for _ in range(3))
        for term in scenario.terms(path):
            amount = product(term, values)
            if term.when == "per request":
                slope = slope + amount * shape.requests
                listed = listed + amount if term.tiered else listed
            else:
                fixed = fixed + amount * (shape.months if term.when == "monthly" else 1.0)
        return cls(fixed, slope, listed, shape.growth, shape.counts, scenario.tiers)

    def at(self, requests: Array | float) -> Array:
        """Dollars over the horizon at so many requests a month at the start; shape () or (draws,)."""
        return np.asarray(self.fixed + self.slope * requests - self.taken_off(requests))

    def taken_off(self, requests: Array | float) -> Array:
        """The discount by volume over the horizon."""
        spend = self.listed * requests
        first = next((begin for begin, off in self.tiers if off), None)
        if first is None or float((spend * self.growth.max(-1)).max()) <= first:
            return np.zeros_like(spend)
        return np.asarray((tiered(spend[..., None] * self.growth, self.tiers) * self.counts).sum(-1))


def product(term: Term, values: Values) -> Array:
    """The product of a line's inputs in its unit, `$`, `$/month` or `$/request`."""
    found = np.asarray(_factor(term))
    for factor in term.factors:
        value = 1 - values[factor.name] if factor.complement else values[factor.name]
        found = found * value**factor.power
    return np.asarray(found)


def tiered(spend: Array, tiers: Sequence[tuple[float, float]]) -> Array:
    """What is taken off a monthly price at list: each share applies only to what lies between its step and the next."""
    found = np.zeros_like(spend)
    for place, (begins, off) in enumerate(tiers):
        ends = tiers[place + 1][0] if place + 1 < len(tiers) else np.inf
        found = found + off * np.clip(spend - begins, 0.0, ends - begins)
    return found


class _Calendar:
    """The months of a scenario: how requests grow, and for how much payments count."""

    def __init__(self, horizon: int, values: Values) -> None:
        month = np.arange(1, horizon + 1)
        growth, discount = (values[name][..., None] for name in ("growth", "discount"))  # a row of months for each
        self.growth = (1 + growth) ** ((month - 1) / 12)
        self.counts = (1 + discount) ** (-month / 12)
        self.months = self.counts.sum(-1)
        """Months of the horizon, discounted."""
        self.requests = (self.growth * self.counts).sum(-1)
        """Requests over the horizon for one a month at the start, discounted."""


def _line(scenario: Scenario, term: Term, values: Values, shape: _Calendar) -> Line:
    amount = float(product(term, values))
    used = tuple((factor.name, scenario.figures[factor.name]) for factor in term.factors)
    told = _words(term)
    if term.when == "monthly":
        amount *= float(shape.months)
        told += f", for {scenario.horizon} months ({float(shape.months):.2f} after discount)"
    if term.when == "per request":
        begun = float(values["requests"])
        amount *= float(shape.requests) * begun
        of = f"{float(shape.growth.sum()) * begun:,.0f} requests ({float(shape.requests) * begun:,.0f} after discount)"
        told += f", for {of}"
    return Line(term.title, amount, told, used)


def _words(term: Term) -> str:
    told = ""
    for factor in term.factors:
        name = INPUTS[factor.name].title
        name = name[0].lower() + name[1:]
        name = f"(1 − {name})" if factor.complement else name
        told += name if not told else f" {'÷' if factor.power < 0 else '×'} {name}"
    return told[0].upper() + told[1:]


def _factor(term: Term) -> float:
    """What makes the product of the inputs' own units the term's; raises RequestError where it cannot be one."""
    units = ((INPUTS[factor.name].unit, factor.power) for factor in term.factors)
    return product_factor(units, term.unit, f"The line '{term.title}'")


def _check(name: str, figure: Figure) -> None:
    """Raises RequestError for a figure in a unit that its input does not have, or out of its bounds."""
    held = INPUTS[name]
    try:
        value = figure.to(held.unit)
    except RequestError as error:
        raise RequestError(f"{held.title} ('{name}') is told in {held.unit}: {error}") from None
    if held.unit == "share" and value.high > 1:
        raise RequestError(f"{held.title} ('{name}') is a share; it must be between 0 and 1.")
    if name == "requests" and value.value > 1e12:
        raise RequestError(f"{held.title} ('{name}') must be at most 1,000,000,000,000.")
    if name in ("requests", "changes_release") and value.low <= 0:
        raise RequestError(f"{held.title} ('{name}') must be above 0.")


def _check_tiers(tiers: Sequence[tuple[float, float]]) -> None:
    begins = [begin for begin, _ in tiers]
    if not begins or begins[0] != 0 or begins != sorted(set(begins)):
        raise RequestError("The steps of a discount must ascend from 0.")
    offs = [off for _, off in tiers]
    if any(not 0 <= off < 1 for off in offs):
        raise RequestError("A discount must be a share from 0 to below 1.")
