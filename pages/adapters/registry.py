"""The adapters of the workspace: where each comes from, what was measured of it, and who let it answer."""

from collections.abc import Callable
from typing import cast

import pandas as pd
import streamlit as st

from core.adapters.manifest import Gate, Manifest
from core.adapters.registry import Adapter
from core.errors import TouchstoneError
from core.generation.prompt import templates
from core.governance.principals import may_build
from core.types import Principal, Zone
from core.workbench import Workbench
from pages.shared import address, charts
from pages.shared.notices import trouble
from pages.shared.recipes import written_by
from pages.shared.words import listed, many, moment, plain

PAGE = "adapters"
_OPEN, _FAILED, _DONE = f"{PAGE}_adapter", "adapter_failed", "adapter_done"
STATES = {
    "candidate": ":orange-badge[:material/science: Candidate]",
    "released": ":green-badge[:material/verified: Released]",
    "retired": ":gray-badge[:material/block: Retired]",
}
_ZONES = {"public": "anyone", "internal": "who sees internal documents", "restricted": "who sees all documents"}
_SOURCES = {"trained": "trained here", "imported": "brought from elsewhere", "shipped": "comes with Touchstone"}


def show(bench: Workbench, who: Principal) -> None:
    """The whole part."""
    held = bench.adapters.all(who)
    address.take(PAGE, {"adapter": held[0].name if held else ""})
    if st.session_state[_OPEN] not in {adapter.name for adapter in held}:
        st.session_state[_OPEN] = held[0].name if held else ""
    address.put(PAGE, {"adapter": st.session_state[_OPEN]})
    if error := st.session_state.pop(_FAILED, None):
        trouble(error)
    if told := st.session_state.pop(_DONE, ""):
        st.toast(told, icon=":material/check:")
    if may_build(who):
        with st.container(horizontal=True, horizontal_alignment="right"):
            _import(bench, who)
    if not held:
        with st.container(border=True, key="empty_adapters", gap="small"):
            st.markdown(":material/extension: **No adapter yet**")
            st.caption("Train one from a dataset, or bring one that PEFT wrote elsewhere.")
    for adapter in held:
        _row(bench, who, adapter, adapter.name == st.session_state[_OPEN])


def _row(bench: Workbench, who: Principal, adapter: Adapter, opened: bool) -> None:
    made = adapter.manifest
    with st.container(border=True, key=f"adapter_{adapter.name}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            facts = [f"on {written_by(made.base)}", f"for {_ZONES[made.zone]}", _learned(made)]
            st.markdown(
                f"**{plain(adapter.name)}** {STATES[adapter.state]} :small[{plain(' · '.join(facts))}]",
                width="stretch",
            )
            if not opened:
                st.button("Open", key=f"open_{adapter.name}", type="tertiary", on_click=_open, args=(adapter.name,))
        if measured := _measures(made):
            st.caption(measured)
        if opened:
            _card(bench, who, adapter)


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
            st.table(
                {plain(name): f"{value:.3f}" for name, value in made.measures.items()},
                hide_header=True,
                border="horizontal",
            )
        if made.curve:
            _curve(adapter.name, made)
    if may_build(who):
        _actions(bench, who, adapter)
    else:
        st.caption(f":material/lock: The {who.name} may look at adapters, not release them.")


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


def _actions(bench: Workbench, who: Principal, adapter: Adapter) -> None:
    name, desk = adapter.name, bench.adapters
    with st.container(horizontal=True, vertical_alignment="center"):
        if adapter.state == "candidate":
            st.button(
                "Release",
                type="primary",
                icon=":material/verified:",
                key=f"release_{name}",
                disabled=not adapter.manifest.releasable,
                help="Let it answer. Every gate must be passed.",
                on_click=_do,
                args=(lambda: desk.release(name, who), f"“{plain(name)}” may answer now."),
            )
        if adapter.state != "retired":
            with st.popover("Retire…", icon=":material/block:", key=f"retirement_{name}"):
                st.markdown("It stops answering, for good. What it answered keeps its records.")
                reason = st.text_input("Why", key=f"reason_{name}", max_chars=200)
                st.button(
                    "Retire for good",
                    type="primary",
                    key=f"retire_{name}",
                    disabled=not reason.strip(),
                    on_click=_do,
                    args=(lambda: desk.retire(name, reason, who), f"“{plain(name)}” is retired."),
                )
        st.download_button(
            "Export",
            lambda: desk.parcel(name, who),
            file_name=f"{name}.zip",
            mime="application/zip",
            icon=":material/download:",
            key=f"export_{name}",
            on_click="ignore",
            help="As PEFT and vLLM read it, with its manifest.",
        )
        if adapter.state != "released" and not adapter.shipped:
            with st.popover("Remove…", type="tertiary", key=f"removal_{name}"):
                st.markdown(f"The files of “{plain(name)}” and all that was measured of it will be gone.")
                st.button(
                    "Remove for good",
                    type="primary",
                    key=f"remove_{name}",
                    on_click=_do,
                    args=(lambda: desk.remove(name, who), f"“{plain(name)}” is gone."),
                )


def _import(bench: Workbench, who: Principal) -> None:
    with st.popover("Import", icon=":material/upload:", key="import_adapter"), st.form("bring_adapter", border=False):
        st.markdown("A folder that PEFT wrote for the model here, as a zip file.")
        file = st.file_uploader("Adapter", type=["zip"], key="adapter_file")
        name = st.text_input("Name", max_chars=60, placeholder="handbook", key="adapter_name")
        zone = st.selectbox(
            "Who may be answered by it",
            who.zones,
            format_func=_ZONES.__getitem__,
            index=len(who.zones) - 1,
            key="adapter_zone",
            help="What it learned from is not known here: an adapter can tell what its documents say.",
        )
        template = st.selectbox(
            "Instructions",
            ["", *templates()],
            format_func=lambda each: each or "as its manifest says",
            key="adapter_template",
            help="The prompt that it was trained with.",
        )
        if st.form_submit_button("Bring it in", type="primary", icon=":material/upload:"):
            if file is None:
                st.caption("Choose a file first.")
                return
            content = file.getvalue()
            with st.spinner("Checking its weights…"):
                work = lambda: bench.adapters.bring_parcel(  # noqa: E731
                    name.strip(), content, who, cast("Zone", zone), template
                )
                if _do(work, f"“{plain(name.strip())}” is a candidate."):
                    st.session_state[_OPEN] = name.strip()
            st.rerun()


def _do(work: Callable[[], object], told: str) -> bool:
    """Carry something out; what came of it is told on the next run."""
    try:
        work()
    except TouchstoneError as error:
        st.session_state[_FAILED] = error
        return False
    st.session_state[_DONE] = told
    return True


def _open(name: str) -> None:
    st.session_state[_OPEN] = name


def _learned(made: Manifest) -> str:
    if not made.dataset:
        return _SOURCES[made.source]
    return f"learned from {made.dataset}" + (f", {many(len(made.documents), 'document')}" if made.documents else "")


def _measures(made: Manifest) -> str:
    shown = list(made.measures.items())[:4]
    return " · ".join(f"{plain(name)} **{plain(f'{value:.2f}')}**" for name, value in shown)


def _told(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(f"`{each}`" for each in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
