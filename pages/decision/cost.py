"""What retrieval, an adapter and both together cost: sliders, break-even, what matters most, every line opened."""

import time
from typing import TYPE_CHECKING

import streamlit as st

from core.decision.prices import CALLED, INPUTS
from core.decision.questions import CHANGES, QUESTIONS
from core.decision.scenario import by_hand, written
from core.decision.telling import count, money, told
from core.decision.terms import SERVINGS
from core.errors import RequestError
from core.types import Principal
from core.workbench import Workbench
from pages.decision import cost_inputs, held
from pages.decision.cost_lines import lines
from pages.decision.cost_pictures import by_volume, tornado
from pages.shared import address
from pages.shared.notices import trouble
from pages.shared.words import many, plain

if TYPE_CHECKING:
    from core.decision.cost import Scenario
    from core.decision.lens import Lens
    from core.decision.money import Figure
    from core.decision.terms import Serving
    from core.desks.costs import Costs

_MEASURED = "cost_measured"
_SECONDS = 60.0
"""For how long what was measured is not read again, so that a slider follows the hand."""
_SERVED = {"hosted": "Paid by the token", "own": "On machines of our own"}
_HORIZONS = (12, 24, 36, 60)
_USUAL = 24
PAGE = "decision"
"""The page that this is a part of: its choices stand in its address."""


def show(bench: Workbench, who: Principal) -> None:
    """The whole view; a slider draws only this anew."""
    st.fragment(_view)(bench, who)


def _view(bench: Workbench, who: Principal) -> None:
    from core.decision.uncertainty import PAIRS

    measured = _measured(bench, who)
    cost_inputs.linked(PAGE)
    serving, horizon, tiers = _frame()
    settings, lens = cost_inputs.settings(), held.lens()
    address.put(
        PAGE,
        {
            "served": "" if serving == "hosted" else serving,
            "months": "" if horizon == _USUAL else str(horizon),
            "set": written(settings.values()),
        },
    )
    try:
        scenario = bench.decision.cost.scenario(who, settings, horizon, serving, tiers, measured, lens.answers["cost"])
    except RequestError as error:
        trouble(error)
        st.button("Reset what was set", on_click=cost_inputs.reset, key="cost_reset_trouble")
        return
    held.price(scenario, who)
    cost_inputs.sliders(scenario)
    found = bench.decision.cost.costs(scenario, who, PAIRS[st.session_state.setdefault("cost_pair", 0)])
    _cards(found)
    st.segmented_control(
        "Compare", range(len(PAIRS)), key="cost_pair", required=True,
        format_func=lambda place: f"{CALLED[PAIRS[place][0]]} / {CALLED[PAIRS[place][1]]}",
    )  # fmt: skip
    _told(found, lens)
    left, right = st.columns([11, 9], gap="large")
    with left:
        by_volume(found)
    with right:
        tornado(found)
    st.caption(
        "Bands hold 8 of 10 draws of the uncertain inputs. The grey column is where the break-even of the chosen pair "
        "falls in 8 of 10 of the draws that have one. Bars show the difference with one input at the end of its range."
    )
    lines(found)
    _inputs(measured, scenario)
    _unmeasured(found)


def _measured(bench: Workbench, who: Principal) -> "dict[str, Figure]":
    held = st.session_state.get(_MEASURED)
    if held and held[0] == who and time.monotonic() - held[1] < _SECONDS:
        known: dict[str, Figure] = held[2]
        return known
    found = bench.decision.cost.measured(who)
    st.session_state[_MEASURED] = (who, time.monotonic(), found)
    return found


def _frame() -> "tuple[Serving, int, tuple[tuple[float, float], ...]]":
    address.take(PAGE, {"served": "hosted", "months": str(_USUAL)})
    for name, known, usual in (("served", SERVINGS, "hosted"), ("months", tuple(map(str, _HORIZONS)), str(_USUAL))):
        if st.session_state[f"{PAGE}_{name}"] not in known:
            st.session_state[f"{PAGE}_{name}"] = usual
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        serving = st.segmented_control(
            "The model is", SERVINGS, key=f"{PAGE}_served", required=True, format_func=_SERVED.__getitem__
        )
        horizon = st.segmented_control(
            "Over", [str(each) for each in _HORIZONS], key=f"{PAGE}_months", required=True,
            format_func=lambda months: f"{months} months",
        )  # fmt: skip
        with st.popover("Discount by volume", icon=":material/percent:", disabled=serving == "own", width="content"):
            tiers = cost_inputs.tiers()
        changed = len(cost_inputs.settings())
        st.button(
            f"Reset {many(changed, 'setting')}" if changed else "Nothing is set by hand", key="cost_reset",
            icon=":material/restart_alt:", disabled=not changed, on_click=cost_inputs.reset,
            help="Back to what was measured here and what is assumed.",
        )  # fmt: skip
    return serving, int(horizon), tiers


def _cards(found: "Costs") -> None:
    least = min(found.bills, key=lambda bill: bill.total).path
    for place, bill in zip(st.columns(3, gap="medium"), found.bills, strict=True):
        with place.container(border=True, key=f"cost_card_{bill.path}", gap="xsmall"):
            band = found.spreads[bill.path]
            badge = " :green-badge[lowest]" if bill.path == least else ""
            st.metric(f"{CALLED[bill.path]}{badge}", money(bill.total))
            st.caption(plain(f"8 of 10 draws: {money(band.low)} to {money(band.high)}"))
            if bill.right is None:
                right = "per right answer: not measured"
            elif bill.per_right_answer is None:
                right = "none of its answers was right"
            else:
                right = f"{money(bill.per_right_answer)} per right answer ({bill.right.value:.0%} are right)"
            st.markdown(plain(f"{money(bill.per_answer)} per answer") + "  \n" + plain(right))


def _told(found: "Costs", lens: "Lens") -> None:
    pair = next(each for each in found.break_evens if each.pair == found.pair)
    st.info(plain(told(pair)), icon=":material/balance:")
    others = [told(each) for each in found.break_evens if each.pair != found.pair]
    requests, changes = (found.scenario.figures[name] for name in ("requests", "changes"))
    told_by = "" if by_hand(requests) else f" ({requests.source.told[:1].lower()}{requests.source.told[1:]})"
    amount = count(requests.to("request/month").value)
    lines = [*others, f"Cards and bars are for {amount} requests a month at the start{told_by}, in dollars of today."]
    often, month = QUESTIONS["change"].options[lens.answers["change"]].label, changes.to("change/month").value
    least, most = CHANGES[lens.answers["change"]]
    if not least <= month <= most:
        lines.append(f"The lens says of facts that change “{often}”; here {month:g} documents change a month.")
    st.caption("  \n".join(map(plain, lines)))


def _inputs(measured: "dict[str, Figure]", scenario: "Scenario") -> None:
    here = sum(figure.measured for figure in scenario.figures.values())
    by_hand = len(cost_inputs.settings())
    st.subheader("Inputs", anchor=False)
    st.caption(
        f":material/straighten: {here} measured here · :material/edit_note: {len(scenario.figures) - here - by_hand} "
        f"assumed · :material/pan_tool: {by_hand} set by hand. Write over Value, Low or High; an empty value takes a "
        "setting back."
    )
    if said := st.session_state.get(cost_inputs.TROUBLE):
        st.warning(plain(said), icon=":material/info:")
    cost_inputs.table(measured, scenario)


def _unmeasured(found: "Costs") -> None:
    if not found.unmeasured:
        return
    with st.expander(
        f"{many(len(found.unmeasured), 'input')} that this workspace could measure and did not", key="cost_open"
    ):
        for command in dict.fromkeys(each.held.measured_by for each in found.unmeasured):
            named = [INPUTS[each.held.name].title for each in found.unmeasured if each.held.measured_by == command]
            st.markdown(plain("; ".join(named)))
            st.code(command, language=None)
