"""Thresholds that a team keeps under version control, and whether measured figures meet them; it measures nothing.

The file is TOML. Each table is a thing that is judged, such as `[eval]` or `[eval.extractive]` for one recipe and
`[freshness]`; each key is a measure with a bound in front: `min_` or `max_`.

    [eval]
    min_right = 0.6
    max_p95_ms = 4000
    [freshness]
    max_drifted = 0
"""

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.errors import RequestError
from core.evaluation.junit import Case


@dataclass(frozen=True, slots=True)
class Threshold:
    """A bound on one measure."""

    measure: str
    bound: Literal["min", "max"]
    value: float


@dataclass(frozen=True, slots=True)
class Judged:
    """A threshold beside what was measured."""

    threshold: Threshold
    measured: float | None
    """None where the measure was not to be had, which does not pass."""

    @property
    def passed(self) -> bool:
        """Whether the bound is kept; what was not measured, or is no number, does not keep it."""
        if self.measured is None or math.isnan(self.measured):
            return False
        if self.threshold.bound == "min":
            return self.measured >= self.threshold.value
        return self.measured <= self.threshold.value

    @property
    def sentence(self) -> str:
        """What was asked and what was found."""
        sign = "at least" if self.threshold.bound == "min" else "at most"
        found = "was not measured" if self.measured is None else f"is {self.measured:.4g}"
        return f"{self.threshold.measure} {found}; {sign} {self.threshold.value:.4g} is asked."


Gates = Mapping[str, tuple[Threshold, ...]]
"""By the dotted name of the table."""


def read_gates(path: Path) -> Gates:
    """The thresholds of a file; raises RequestError with what is wrong, and for a file that cannot be read."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RequestError(f"The file of gates '{path}' cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise RequestError(f"The file of gates '{path}' is no text in UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise RequestError(f"'{path}' is no TOML: {error}.") from error
    found: dict[str, tuple[Threshold, ...]] = {}
    _collect("", tables, found)
    return found


def cases_of(judged: Sequence[Judged], suite: str) -> list[Case]:
    """A case of JUnit for each threshold, such as `max_drifted` of the suite `freshness.gates`."""
    return [
        Case(
            f"{suite}.gates",
            f"{each.threshold.bound}_{each.threshold.measure}",
            "passed" if each.passed else "failed",
            "" if each.passed else each.sentence,
        )
        for each in judged
    ]


def judge(thresholds: tuple[Threshold, ...], measured: Mapping[str, float | None]) -> list[Judged]:
    """Each threshold beside its measure; raises RequestError for a measure of an unknown name."""
    for threshold in thresholds:
        if threshold.measure not in measured:
            known = ", ".join(measured)
            raise RequestError(f"There is no measure '{threshold.measure}' to set a gate on; there are {known}.")
    return [Judged(threshold, measured[threshold.measure]) for threshold in thresholds]


def _collect(name: str, table: Mapping[str, object], found: dict[str, tuple[Threshold, ...]]) -> None:
    own: list[Threshold] = []
    for key, value in table.items():
        place = f"{name}.{key}" if name else key
        if isinstance(value, dict):
            _collect(place, value, found)
        else:
            own.append(_threshold(place, key, value))
    if own:
        found[name] = tuple(own)


def _threshold(place: str, key: str, value: object) -> Threshold:
    bound, _, measure = key.partition("_")
    if not measure or bound not in ("min", "max"):
        raise RequestError(f"The gate '{place}' begins with neither min_ nor max_.")
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise RequestError(f"The gate '{place}' is {value!r}; it must be a number.")
    return Threshold(measure, "min" if bound == "min" else "max", float(value))
