"""The adapters of the workspace: where each comes from, what was measured of it, and who let it answer."""

import pandas as pd
import streamlit as st

from core.adapters.manifest import Gate, Manifest, beside
from core.adapters.registry import Adapter
from core.forgetting.debts import untrainable
from core.governance.principals import may_audit, may_build
from core.governance.rights import may
from core.types import Principal
from core.workbench import Workbench
from pages.adapters.registry_actions import DONE, FAILED, OPEN, ZONES, actions, bringing
from pages.shared import address, charts
from pages.shared.notices import trouble
from pages.shared.recipes import written_by
from pages.shared.words import called, listed, many, moment, plain

PAGE = "adapters"
STATES = {
    "candidate": ":orange-badge[:material/science: Candidate]",
    "released": ":green-badge[:material/verified: Released]",
    "retired": ":gray-badge[:material/block: Retired]",
}
_SOURCES = {"trained": "trained here", "imported": "brought from elsewhere", "shipped": "comes with Touchstone"}


def show(bench: Workbench, who: Principal) -> None:
    """The whole part."""
    held = bench.adapters.all(who)
    address.take(PAGE, {"adapter": held[0].name if held else ""})
    if st.session_state[OPEN] not in {adapter.name for adapter in held}:
        st.session_state[OPEN] = held[0].name if held else ""
    address.put(PAGE, {"adapter": st.session_state[OPEN]})
    if error := st.session_state.pop(FAILED, None):
        trouble(error)
    if told := st.session_state.pop(DONE, ""):
        st.toast(told, icon=":material/check:")
    if may(who, "release"):
        with st.container(horizontal=True, horizontal_alignment="right"):
            bringing(bench, who)
    if not held:
        with st.container(border=True, key="empty_adapters", gap="small"):
            st.markdown(":material/extension: **No adapter yet**")
            st.caption("Train one from a dataset, or bring one that PEFT wrote elsewhere.")
    for adapter in held:
        _row(bench, who, adapter, adapter.name == st.session_state[OPEN])


def _row(bench: Workbench, who: Principal, adapter: Adapter, opened: bool) -> None:
    made = adapter.manifest
    with st.container(border=True, key=f"adapter_{adapter.name}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            facts = [f"on {written_by(made.base)}", f"for {ZONES[made.zone]}", _learned(made)]
            st.markdown(
                f"**{plain(adapter.name)}** {STATES[adapter.state]} :small[{plain(' · '.join(facts))}]",
                width="stretch",
            )
            if not opened:
                st.button("Open", key=f"open_{adapter.name}", type="tertiary", on_click=_open, args=(adapter.name,))
        _debts(bench, who, adapter)
        if measured := _measures(made):
            st.caption(measured)
        if opened:
            _card(bench, who, adapter)


def _debts(bench: Workbench, who: Principal, adapter: Adapter) -> None:
    """That it learned what was forgotten since, and what clears it."""
    if not (may_build(who) or may_audit(who)):
        return
    mine = [debt for debt in bench.forgetting.debts(who) if debt.adapter == adapter.name]
    if not mine:
        return
    debt = mine[0]
    lost = [many(debt.rows, "row") + " of its dataset"] if debt.rows else []
    lost += [many(debt.documents, "document")] if debt.documents else []
    command = debt.command if adapter.dataset else ""  # of one that came from elsewhere there is none to train from
    then = "Training anew from what is left clears it:" if command else untrainable(adapter.name, adapter.shipped)
    stands = "" if adapter.state == "retired" else " Its weights still know it, and it goes on as it is, by choice."
    st.warning(
        f"It learned what was forgotten on {moment(debt.at)}: {listed(lost)}.{stands} {plain(then)}",
        icon=":material/person_off:",
    )
    if command:
        st.code(command, language="bash")


def _card(bench: Workbench, who: Principal, adapter: Adapter) -> None:
    """Everything that is known of one adapter."""
    made = adapter.manifest
    if made.note:
        st.caption(plain(made.note))
    left, right = st.columns([5, 6], gap="large")
    with left:
        st.markdown("**Where it comes from**")
        st.table(_lineage(bench, who, adapter), hide_header=True, border="horizontal")
        if made.hyper:
            st.markdown("**How it was trained**")
            values = {name: _told(value) for name, value in made.hyper.items()}
            st.table(values, hide_header=True, border="horizontal")
    with right:
        if made.gates:
            st.markdown("**Gates**")
            for gate in made.gates:
                st.markdown(_gate(gate))
        elif adapter.state == "candidate":
            st.info("Nothing was measured yet; without proof it cannot be released.", icon=":material/science:")
        if made.measures:
            st.markdown("**Measured on held-out rows**")
            st.table(_before_after(made).set_index("measure"), border="horizontal")
        if made.curve:
            _curve(adapter.name, made)
    if may(who, "release"):
        actions(bench, who, adapter)
    else:
        st.caption(f":material/lock: {called(who).capitalize()} may look at adapters, not release them.")


def _lineage(bench: Workbench, who: Principal, adapter: Adapter) -> dict[str, str]:
    made = adapter.manifest
    rows = {
        "Base model": f"{written_by(made.base)} `{made.base_sha256[:12]}`",
        "Weights": f"`{made.weights_sha256[:12]}`, {_SOURCES[made.source]}",
        "Instructions": f"`{made.template}`",
        "Made": f"{moment(adapter.made_at)} by {plain(adapter.made_by)}",
    }
    if made.dataset:
        rows["Dataset"] = f"{plain(made.dataset)} `{made.dataset_hash[:12]}`"
    if documents := bench.adapters.lineage(adapter.name, who):
        rows["Documents"] = plain(listed(documents))
    elif made.source == "imported":
        rows["Documents"] = "not known: it was trained elsewhere"
    if adapter.released_at:
        rows["Released"] = f"{moment(adapter.released_at)} by {plain(adapter.released_by)}"
    if adapter.retired_at:
        rows["Retired"] = f"{moment(adapter.retired_at)}: {plain(adapter.reason)}"
    return rows


def _gate(gate: Gate) -> str:
    sign = "at least" if gate.at_least else "at most"
    told = "not measured" if gate.measured is None else f"{gate.measured:.3g}"
    mark = ":green[:material/check_circle:]" if gate.passed else ":red[:material/cancel:]"
    return f"{mark} {plain(gate.name)}: **{plain(told)}** :small[:gray[{sign} {gate.limit:g}]]"


def _curve(name: str, made: Manifest) -> None:
    import plotly.graph_objects as go

    held_out = [point for point in made.curve if point.held_out is not None]
    figure = go.Figure()
    line = {"color": charts.hue(0), "dash": charts.DASHES[0], "width": 2}
    figure.add_scatter(
        x=[p.step for p in made.curve], y=[p.loss for p in made.curve], name="Training", mode="lines", line=line
    )
    figure.add_scatter(
        x=[p.step for p in held_out], y=[p.held_out for p in held_out], name="Held out", mode="lines+markers",
        line={"color": charts.hue(1), "dash": charts.DASHES[1], "width": 2}, marker={"symbol": charts.MARKS[1]},
    )  # fmt: skip
    data = pd.DataFrame([(p.step, p.loss, p.held_out) for p in made.curve], columns=["step", "training", "held out"])
    last = f" Held out, it ends at {held_out[-1].held_out:.2f}." if held_out else ""
    alt = f"Loss over {made.curve[-1].step} steps.{last}"
    charts.show(figure, "Loss", "Step", "Nats a token", alt=alt, data=data, key=f"curve_{name}", height=260)


def _open(name: str) -> None:
    st.session_state[OPEN] = name


def _learned(made: Manifest) -> str:
    if not made.dataset:
        return _SOURCES[made.source]
    return f"learned from {made.dataset}" + (f", {many(len(made.documents), 'document')}" if made.documents else "")


def _measures(made: Manifest) -> str:
    """The first few measures in one line."""
    found = []
    for each in beside(made.measures)[:4]:
        told = [f"{value:.2f}" for value in (each.base, each.adapter) if value is not None]
        found.append(f"{plain(each.name)} **{plain(' → '.join(told))}**")
    return " · ".join(found)


def _before_after(made: Manifest) -> pd.DataFrame:
    rows = [
        (plain(each.name), *("" if value is None else f"{value:.3f}" for value in (each.base, each.adapter)))
        for each in beside(made.measures)
    ]
    return pd.DataFrame(rows, columns=["measure", "base", "adapter"])


def _told(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(f"`{each}`" for each in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
