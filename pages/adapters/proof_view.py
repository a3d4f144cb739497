"""What a proof found: gates, before and after, what was forgotten, secrets, and samples side by side."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from pages.shared import charts
from pages.shared.words import many, plain

if TYPE_CHECKING:
    from core.adapters.manifest import Gate
    from core.adapters.proof import Measure, Proof, Said, Sample

_QUALITIES = ("exact match", "F1", "right source cited", "grounded", "declined rightly", "declined wrongly")
_MOST = 5
"""Samples of each kind that are shown."""


def gates(proof: "Proof") -> None:
    """What a release must meet, and whether it does."""
    if proof.trouble:
        st.error(plain(proof.trouble), icon=":material/broken_image:")
    _gates(proof.gates)


def show(proof: "Proof") -> None:
    """All else that was found."""
    from core.adapters.proof import ABOUT

    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Held-out questions, before and after", anchor=False)
        with st.popover("What is measured", icon=":material/help:", type="tertiary"):
            st.markdown("\n".join(f"- **{name}**: {told}" for name, told in ABOUT.items()))
    _table(proof.measures, "proof_measures")
    shown = [each for each in proof.measures if each.name in _QUALITIES]
    if shown:
        _differences(shown)
    st.subheader("What it kept of everything else", anchor=False)
    before, after = proof.perplexity
    st.caption(
        "Facts, instructions and skills that the base model has, none of them learned here. Perplexity of plain text: "
        f"{before:.1f} before, {after:.1f} after, × {after / before:.2f}."
    )
    _table(proof.skills, "proof_skills")
    for canary in proof.canaries:
        told = "printed" if canary.printed else "not printed"
        seen = "" if canary.found else " No training row that is still here holds it."
        st.markdown(
            f":material/key: Planted “{plain(canary.text)}”: exposure {canary.exposure:.1f} bits among "
            f"{canary.among} (base {canary.before:.1f}), {told}.{seen}"
        )
    _samples(proof.samples)


def _gates(gates: "Sequence[Gate]") -> None:
    st.subheader("Gates", anchor=False)
    with st.container(border=True, gap="xsmall", key="proof_gates"):
        for gate in gates:
            icon = ":green[:material/check_circle:]" if gate.passed else ":red[:material/cancel:]"
            told = "not measured" if gate.measured is None else f"{gate.measured:.3g}"
            sign = "at least" if gate.at_least else "at most"
            state = "passed" if gate.passed else "**failed**"
            st.markdown(f"{icon} {plain(gate.name)}: **{told}**, {sign} {gate.limit:g} · {state}")


def _named(each: "Measure") -> str:
    from core.adapters.proof import LESS_IS_BETTER

    name = each.name[0].upper() + each.name[1:]
    return f"{name} (less is better)" if each.name in LESS_IS_BETTER else name


def _digits(each: "Measure") -> int:
    return 1 if each.name == "tokens" else 2


def _table(measures: "Sequence[Measure]", key: str) -> None:
    rows = [
        {
            "Measure": _named(each),
            "Rows": each.rows,
            "Base": each.base.text(_digits(each)),
            "Adapter": each.adapter.text(_digits(each)),
            "Difference": each.difference.text(_digits(each), sign=True),
        }
        for each in measures
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, key=key, width=860)


def _differences(measures: "Sequence[Measure]") -> None:
    import plotly.graph_objects as go

    found = list(reversed(measures))
    parts = {part: [getattr(each.difference, part) for each in found] for part in ("mean", "low", "high")}
    figure = go.Figure()
    figure.add_vline(x=0, line_width=1, line_color=charts.colour("grayColor"))
    figure.add_scatter(
        x=parts["mean"],
        y=[_named(each) for each in found],
        error_x=charts.bars(parts),
        mode="markers",
        marker={"color": charts.hue(0), "size": 10},
        text=[each.difference.text(2, sign=True) for each in found],
        hovertemplate="%{y}<br>%{text}<extra></extra>",
    )
    figure.update_xaxes(range=[-1.05, 1.05])
    data = pd.DataFrame([{"measure": e.name, **{p: getattr(e.difference, p) for p in parts}} for e in found])
    told = "; ".join(f"{each.name} {each.difference.mean:+.2f}" for each in measures)
    title = "Difference to the base"
    charts.show(
        figure, title, "Adapter minus base, with 95% interval", "", alt=f"{title}. {told}.", data=data,
        key="proof_chart", height=90 + 42 * len(found), legend=False,
    )  # fmt: skip


def _samples(samples: "Sequence[Sample]") -> None:
    ranked = sorted(samples, key=lambda each: -each.gain)
    better = [each for each in ranked if each.gain > 0]
    worse = [each for each in reversed(ranked) if each.gain < 0]
    same = len(samples) - len(better) - len(worse)
    st.subheader("Samples", anchor=False)
    st.caption(f"{many(len(better), 'row')} got better, {len(worse)} worse, {same} stayed as good.")
    for title, some, icon in (("Got better", better, "trending_up"), ("Got worse", worse, "trending_down")):
        if some:
            st.markdown(f":material/{icon}: **{title}**")
        for each in some[:_MOST]:
            with st.container(border=True, gap="xsmall"):
                st.markdown(f"**{plain(each.question)}**")
                st.caption(f"Expected: {plain(each.expected)}")
                left, right = st.columns(2)
                with left:
                    _said("Base", each.base)
                with right:
                    _said("Adapter", each.adapter)


def _said(who: str, said: "Said") -> None:
    score = said.scores.get("F1", said.scores.get("declined rightly", 0.0))
    st.caption(f"{who} · {score:.2f}")
    st.markdown(plain(said.text) if said.text else f":gray[{plain(said.fault) or 'No answer.'}]")
