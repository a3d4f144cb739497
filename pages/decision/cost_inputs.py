"""The inputs of the cost model as sliders and as a table; what is set lives in the session, until it is reset."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core.errors import RequestError
from pages.shared import address
from pages.shared.words import plain

if TYPE_CHECKING:
    from core.decision.cost import Scenario
    from core.decision.money import Figure
    from core.decision.scenario import Setting

SET, TROUBLE, TABLE = "cost_set", "cost_trouble", "cost_table"
_STEPS: Mapping[str, Sequence[float]] = {
    "requests": (100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1e6, 3e6, 1e7, 3e7, 1e8),
    "growth": (0.0, 0.1, 0.2, 0.3, 0.5, 1.0),
    "changes": (0, 1, 2, 4, 8, 15, 30, 60, 120),
    "engineer_week": (1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 8_000, 10_000),
    "price_in": (0.02, 0.05, 0.1, 0.15, 0.3, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0),
    "price_out": (0.1, 0.2, 0.4, 0.6, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0),
    "tuned_rate": (1.0, 1.25, 1.5, 2.0, 3.0),
    "machine_hour": (0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 2.5, 4.0, 8.0),
    "idle": (1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0),
    "wrong_cost": (0.0, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0),
    "worth": (0.0, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000),
}
_SHOWN: Mapping[str, tuple[str, ...]] = {
    "hosted": ("requests", "growth", "changes", "engineer_week", "price_in", "price_out", "tuned_rate", "wrong_cost"),
    "own": ("requests", "growth", "changes", "engineer_week", "machine_hour", "idle", "worth", "wrong_cost"),
}
_NUMBERS: Mapping[str, int] = {"Value": 82, "Low": 68, "High": 72}
_TEXTS: Mapping[str, int] = {"Input": 226, "Unit": 146, "Source": 96, "Rests on": 420, "Group": 92}
"""Pixels of the columns of the table; up to "Source" they leave room for what it rests on in a window 1280 wide."""


def settings() -> "dict[str, Setting]":
    """What somebody set in this session, by the name of the input."""
    held: dict[str, Setting] = st.session_state.setdefault(SET, {})
    return held


def reset() -> None:
    """Back to what was measured and assumed."""
    st.session_state[SET] = {}
    _fresh()


def tiers() -> tuple[tuple[float, float], ...]:
    """What a host takes off by volume, as it is written in the table of this session."""
    from core.decision.prices import TIERS

    st.caption("From so many dollars of tokens a month at list price on, this share is taken off what lies above.")
    usual = pd.DataFrame(TIERS[1:], columns=["From $ a month", "Share off"])
    made = st.data_editor(
        usual, key="cost_tiers", num_rows="dynamic", hide_index=True, width=320,
        column_config={
            "From $ a month": st.column_config.NumberColumn(min_value=1, format="%,.0f"),
            "Share off": st.column_config.NumberColumn(min_value=0.0, max_value=0.99, format="percent"),
        },
    ).dropna()  # fmt: skip
    steps = {float(begin): float(off) for begin, off in made.itertuples(index=False)}
    return tuple(sorted(({0.0: 0.0} | steps).items()))


def linked(page: str) -> None:
    """Take over, once a session, what the address sets; an address that makes no sense is told, and sets nothing."""
    from core.decision.scenario import read_back, scenario

    if SET in st.session_state:
        return
    st.session_state[SET] = {}
    try:
        held = read_back(address.held(page, "set"))
        scenario({}, held)
        st.session_state[SET] = held
    except RequestError as error:
        st.session_state[TROUBLE] = str(error)


def sliders(scenario: "Scenario") -> None:
    """The inputs that people argue about most, two rows of four."""
    from core.decision.prices import INPUTS, PATHS

    shown = _SHOWN[scenario.serving]
    judged = all(f"right_{path}" in scenario.figures for path in PATHS)
    for row in (shown[:4], shown[4:]):
        for place, name in zip(st.columns(4, gap="medium"), row, strict=True):
            held = INPUTS[name]
            value = scenario.figures[name].to(held.unit).value
            key = f"cost_slide_{name}"
            st.session_state[key] = value
            idle = name == "wrong_cost" and not judged
            help_text = f"{held.told} ({name}, {held.unit})"
            if idle:
                help_text = "Counts once the share of right answers is known of all three paths."
            place.select_slider(
                plain(held.title), sorted({*map(float, _STEPS[name]), value}), key=key, disabled=idle,
                format_func=lambda number, unit=held.unit: amount(number, unit), help=plain(help_text),
                on_change=_slid, args=(name,),
            )  # fmt: skip


def amount(number: float, unit: str) -> str:
    """A value as a slider writes it."""
    if unit.startswith("share"):
        return f"{number:.0%}"
    if unit.startswith("$"):
        return f"${number:,.0f}" if number >= 100 else f"${number:g}"
    if number >= 1e6:
        return f"{number / 1e6:.3g} M"
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def table(measured: "Mapping[str, Figure]", scenario: "Scenario") -> None:
    """Every input with value, range, unit and source; value and range can be written over.

    What a number rests on stands within the width of a small window; the group, by which rows are ordered, and the name
    for the command line come last.
    """
    from core.decision.prices import GROUPS, INPUTS

    names = [name for group in GROUPS for name, held in INPUTS.items() if held.group == group]
    frame = pd.DataFrame([_row(name, scenario.figures.get(name)) for name in names])
    frame = frame[["Input", "Value", "Low", "High", "Unit", "Source", "Rests on", "Group", "Name"]]
    key = f"{TABLE}_{st.session_state.setdefault(TABLE, 0)}"
    st.data_editor(
        frame, key=key, hide_index=True, height=520, num_rows="fixed",
        disabled=["Group", "Input", "Unit", "Source", "Rests on", "Name"],
        column_config={
            name: st.column_config.NumberColumn(format="%.6g", width=wide) for name, wide in _NUMBERS.items()
        } | {name: st.column_config.TextColumn(width=wide) for name, wide in _TEXTS.items()},
        on_change=_edited, args=(key, names, dict(measured), dict(scenario.figures)),
    )  # fmt: skip


def _row(name: str, figure: "Figure | None") -> dict[str, object]:
    from core.decision.prices import INPUTS
    from core.decision.scenario import SET_HERE

    held = INPUTS[name]
    row: dict[str, object] = {"Group": held.group, "Input": held.title}
    if figure is None:
        empty = {"Value": None, "Low": None, "High": None, "Unit": held.unit, "Source": "not measured"}
        return row | empty | {"Rests on": held.measured_by, "Name": name}
    shown, source = figure.to(held.unit), figure.source
    kind = "set by hand" if source.told == SET_HERE else source.kind
    told = f"{source.at}: {source.told}" + (f" ({', '.join(source.runs)})" if source.runs else "")
    return row | {
        "Value": shown.value, "Low": shown.low, "High": shown.high, "Unit": held.unit, "Source": kind,
        "Rests on": told, "Name": name,
    }  # fmt: skip


def _slid(name: str) -> None:
    from core.decision.scenario import Setting

    settings()[name] = Setting(name, float(st.session_state[f"cost_slide_{name}"]))
    _fresh()


def _edited(key: str, names: Sequence[str], measured: "Mapping[str, Figure]", figures: "Mapping[str, Figure]") -> None:
    """Take over the cells that were written; one that makes no sense is told, and changes nothing."""
    from core.decision.prices import INPUTS
    from core.decision.scenario import Setting, scenario

    st.session_state.pop(TROUBLE, None)
    for place, cells in st.session_state[key]["edited_rows"].items():
        name = names[int(place)]
        held, before = figures.get(name), settings().get(name)
        value = cells.get("Value", held.to(INPUTS[name].unit).value if held else None)
        if value is None:
            settings().pop(name, None)
            continue
        made = Setting(name, float(value))
        if held and ("Low" in cells or "High" in cells):
            shown = held.to(INPUTS[name].unit)
            low, high = (cells.get(end, now) for end, now in (("Low", shown.low), ("High", shown.high)))
            made = Setting(name, float(value), low=float(low or 0.0), high=float(high if high is not None else value))
        settings()[name] = made
        try:
            scenario(measured, settings())
        except RequestError as error:
            st.session_state[TROUBLE] = str(error)
            settings().pop(name)
            if before:
                settings()[name] = before
    _fresh(keep_trouble=True)


def _fresh(keep_trouble: bool = False) -> None:
    """Draw the table anew: what was written in it stands in the settings now."""
    st.session_state[TABLE] = st.session_state.get(TABLE, 0) + 1
    if not keep_trouble:
        st.session_state.pop(TROUBLE, None)
