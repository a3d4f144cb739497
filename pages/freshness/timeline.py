"""States over time for each answerer, and what changed since the check before."""

import pandas as pd
import streamlit as st

from core.evaluation.facts import STATES
from core.freshness import counted, differences
from core.types import Principal
from core.workbench import Workbench
from pages.freshness.signs import HUES, SIGNS
from pages.shared import charts
from pages.shared.words import many, moment, plain


def show(bench: Workbench, who: Principal) -> None:
    """The chart, then the changes."""
    history = bench.freshness.history(who)
    if not history:
        st.caption("The first check begins the timeline.")
        return
    names = sorted({each.answerer for _, found in history for each in found})
    answerer = str(st.selectbox("Answerer", names, key="timeline_answerer", width=320))
    rows = []
    for check, found in history:
        own = [each for each in found if each.answerer == answerer]
        if own:
            rows.append({"time": check.began_at, **counted(own), "why": check.why})
    if len(rows) < 2:
        for place, state in zip(st.columns(len(STATES)), STATES, strict=True):
            place.metric(SIGNS[state], rows[-1][state])
        st.caption("One check so far; the chart begins with the second.")
    else:
        _chart(pd.DataFrame(rows), answerer)
    past = [found for _, found in history if any(each.answerer == answerer for each in found)]
    st.subheader("Since the check before", anchor=False)
    changed = [
        (was, now)
        for was, now in (differences(past[-2], past[-1]) if len(past) > 1 else [])
        if now.answerer == answerer
    ]
    if not changed:
        st.caption("Nothing changed." if len(past) > 1 else "This was the first check of this answerer.")
    for was, now in changed:
        st.markdown(f"**{plain(now.fact)}**: {SIGNS[was.state]} → {SIGNS[now.state]}. {plain(now.why)}")
    st.caption("; ".join(f"{moment(check.began_at)}, {check.why}, {plain(check.by)}" for check, _ in history[-3:]))


def _chart(data: pd.DataFrame, answerer: str) -> None:
    import plotly.graph_objects as go

    figure = go.Figure()
    for place, state in enumerate(STATES):
        figure.add_scatter(
            x=data["time"],
            y=data[state],
            name=SIGNS[state],
            mode="lines+markers",
            line={"color": charts.colour(HUES[state]), "dash": charts.DASHES[place], "width": 2},
            marker={"symbol": charts.MARKS[place], "size": 9},
            hovertemplate=f"%{{y}} {state}, %{{x}}<extra></extra>",
        )
    figure.update_yaxes(rangemode="tozero")
    figure.update_xaxes(tickformat="%d %b %H:%M")
    last = data.iloc[-1]
    told = ", ".join(f"{last[state]} {state}" for state in STATES)
    title = f"Facts by state, {answerer}"
    alt = f"{title}: {many(len(data), 'check')}, the last with {told}."
    charts.show(figure, title, "Time of the check", "Facts", alt=alt, data=data, key="timeline")
