"""Makes a scenario of what was measured, what is assumed and what somebody set; it computes no cost.

What is measured goes before an assumption, what somebody sets before both.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from core.decision.cost import Scenario
from core.decision.evidence import CostInput
from core.decision.money import Figure, Source, converted
from core.decision.prices import INPUTS, TIERS, Input
from core.decision.questions import QUESTIONS, TRAFFIC
from core.decision.terms import Serving
from core.errors import RequestError

SET_HERE = "Set by hand"
_SETTING = re.compile(r"\s*(?P<name>[\w]+)\s*=\s*(?P<value>[-+]?[0-9][0-9_,.]*(?:[eE][-+]?\d+)?)\s*(?P<unit>\S.*)?")


@dataclass(frozen=True, slots=True)
class Setting:
    """An input that somebody set."""

    name: str
    value: float
    unit: str = ""
    """Empty for the input's own."""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """An input that a workspace could tell and does not."""

    held: Input
    figure: Figure | None
    """The assumption in its place; None where there is none."""


def scenario(
    measured: Mapping[str, Figure],
    settings: Mapping[str, Setting] | None = None,
    horizon: int = 24,
    serving: Serving = "hosted",
    tiers: tuple[tuple[float, float], ...] = TIERS,
) -> Scenario:
    """The scenario of these figures; raises RequestError for a name, unit or value that is none."""
    figures = {name: figure for name, held in INPUTS.items() if (figure := measured.get(name) or held.assumed())}
    for name, setting in (settings or {}).items():
        if name not in INPUTS:
            raise RequestError(f"There is no input '{name}'; there are {', '.join(INPUTS)}.")
        figures[name] = _set(INPUTS[name], setting, figures.get(name))
    return Scenario(figures, horizon, serving, tiers)


def parsed(text: str) -> Setting:
    """A setting as a person writes it: "price_in=0.4", or with a unit, "disk=0.1 $/GB/month"; raises RequestError."""
    found = _SETTING.fullmatch(text)
    if not found or found["name"] not in INPUTS:
        named = text.split("=", maxsplit=1)[0].strip()
        if named and named not in INPUTS and "=" in text:
            raise RequestError(f"There is no input '{named}'; there are {', '.join(INPUTS)}.")
        raise RequestError(f"'{text}' is no setting; write it as NAME=VALUE, such as price_in=0.3.")
    try:
        value = float(found["value"].replace(",", "").replace("_", ""))
    except ValueError:
        raise RequestError(f"'{found['value']}' is no number.") from None
    return Setting(found["name"], value, (found["unit"] or "").strip())


def written(settings: Iterable[Setting]) -> str:
    """Settings as one line that `read_back` takes: "price_in=0.4;rows=900:300:5000", the numbers after it its range."""
    return ";".join(
        f"{s.name}={s.value:.6g}" + ("" if s.low is None or s.high is None else f":{s.low:.6g}:{s.high:.6g}")
        for s in settings
    )


def read_back(text: str) -> dict[str, Setting]:
    """Settings of such a line by name; raises RequestError for what is none."""
    found = {}
    for part in filter(None, text.split(";")):
        value, *ends = part.split(":")
        setting = parsed(value)
        try:
            low, high = map(float, ends) if ends else (None, None)
        except ValueError:
            raise RequestError(f"'{part}' is no setting; write it as NAME=VALUE or NAME=VALUE:LOW:HIGH.") from None
        found[setting.name] = replace(setting, low=low, high=high)
    return found


def by_hand(figure: Figure) -> bool:
    """Whether somebody set it."""
    return figure.source.told == SET_HERE


def requests_of(answer: str) -> Figure:
    """The requests a month that an answer to the lens' cost shape stands for, which is an assumption."""
    held = INPUTS["requests"]
    usual = held.assumed()
    assert usual is not None
    label = QUESTIONS["cost"].options[answer].label
    source = replace(usual.source, told=f"What the answer “{label}” on the lens stands for")
    return replace(_set(held, Setting("requests", TRAFFIC[answer]), usual), source=source)


def told_inputs(scenario: Scenario) -> list[CostInput]:
    """Every input in words, in the order of the catalogue: what a report shows of them."""
    found = []
    for name, held in INPUTS.items():
        if (figure := scenario.figures.get(name)) is None:
            continue
        shown, source = figure.to(held.unit), figure.source
        ends = [f"{end:.0%}" if held.unit.startswith("share") else number(end) for end in (shown.low, shown.high)]
        spread = f" ({' to '.join(ends)})" if shown.low < shown.high else ""
        found.append(
            CostInput(
                held.title,
                f"{_said(shown.value, held.unit)}{spread}",
                "measured" if figure.measured else "set by hand" if by_hand(figure) else "assumption",
                f"{source.told.rstrip('.')}, {source.at}",
                source.runs,
            )
        )
    return found


def _said(value: float, unit: str) -> str:
    """A value with its unit as people read it: "20% a year", "3×", "$0.2 an hour"."""
    first, *per = unit.split("/")
    shown = number(value)
    plural = first if first.isupper() or value == 1 else f"{first}s"
    told = {"share": f"{value:.0%}", "times": f"{shown}×", "$": f"${shown}"}.get(first, f"{shown} {plural}")
    return told + "".join(f" {'an' if each[0] in 'aeiou' or each == 'hour' else 'a'} {each}" for each in per)


def number(value: float) -> str:
    """Whole from a thousand on, else four digits that count."""
    return f"{value:,.0f}" if value >= 1_000 else f"{value:.4g}"


def unmeasured(figures: Mapping[str, Figure]) -> list[Unmeasured]:
    """The inputs that a command would measure and that are not measured here, in the order of the catalogue."""
    return [
        Unmeasured(held, figures.get(name))
        for name, held in INPUTS.items()
        if held.measured_by and not (name in figures and figures[name].measured)
    ]


def _set(held: Input, setting: Setting, before: Figure | None) -> Figure:
    """The input at another value; a range that was not set keeps its proportion to the value."""
    value = setting.value if not setting.unit else converted(setting.value, setting.unit, held.unit)
    source = Source("assumption", date.today().isoformat(), SET_HERE)
    if setting.low is not None and setting.high is not None:
        return Figure(value, held.unit, source, setting.low, setting.high)
    if before is None or not before.value:
        return Figure(value, held.unit, source)
    times = value / before.to(held.unit).value
    low, high = (each * times for each in (before.to(held.unit).low, before.to(held.unit).high))
    return Figure(value, held.unit, source, low, min(1.0, high) if held.unit == "share" else high)
