"""What the router learned and what came of its proof, drawn; it measures nothing."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from core.route_learning import LEAST
from pages.shared.charts import DASHES, MARKS, bars, download, hue, show
from pages.shared.routed import NAMES
from pages.shared.words import milliseconds

if TYPE_CHECKING:
    from core.desks.routing import Learned

_WAYS = {
    "closed": "closed: the adapter alone",
    "draft": "closed, once its draft is there",
    "rag": "rag: the documents",
    "rag + adapter": "rag + adapter: both together",
}
_OTHERS = ("always closed", "always rag", "always rag + adapter", "random", "oracle")


def learned(held: "Learned") -> None:
    """For each route, how often it was right, how well its chance is told, and by which signals."""
    rows = []
    right = held.manifest.get("right", {})
    for way, (loss, base) in held.losses.items():
        strongest = sorted(held.slopes[way].items(), key=lambda item: -abs(item[1]))[:2]
        told = [
            f"{NAMES.get(name, name)} {'+' if slope > 0 else '−'}{abs(slope):.2f}" for name, slope in strongest if slope
        ]
        share = right.get("closed" if way == "draft" else way)
        rows.append(
            {
                "Route": _WAYS.get(way, way),
                "Right": "" if share is None else f"{share:.0%}",
                "Median": milliseconds(held.ms[way]) if way in held.ms else "",
                "Told apart": f"{1 - loss / base:.0%}" if base else "",
                "By": "; ".join(told) or "nothing: its mean alone",
            }
        )
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, key="router_slopes",
        column_config={
            "Right": st.column_config.TextColumn(help="Of the questions that it learned from."),
            "Told apart": st.column_config.TextColumn(
                help="How much less its chance of being right surprises than always saying the mean, on questions held "
                "out: 0% is no better, 100% never wrong."
            ),
            "By": st.column_config.TextColumn(help="The two signals that count most, for (+) or against (−) it."),
        },
    )  # fmt: skip
    enough = held.manifest["questions"] >= LEAST
    st.caption(
        f"A slower route is taken where it is likelier right by more than {held.worth:.0%}; "
        + ("this too was learned." if enough else f"from {LEAST} questions on this too is learned.")
    )


def proof(held: Mapping[str, Any]) -> None:
    """The verdict, quality against time, and how far confidence can be believed."""
    icon, draw = (":material/trophy:", st.success) if held["won"] else (":material/block:", st.warning)
    draw(f"{held['told']} {held['questions']} questions that it did not learn from.", icon=icon)
    left, right = st.columns([3, 2], gap="large")
    with left:
        _quality(held["points"])
    with right:
        _calibration(held)
    table = pd.DataFrame([_row(each) for each in held["points"]])
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("All figures", anchor=False)
        download(table, "Router", key="router_table_csv")
    st.dataframe(table, hide_index=True, height="content", key="router_table")
    st.caption(
        f"Regret: right answers that the oracle has and this has not. Under strict zone rules {held['broken']} of "
        f"{held['questions']} questions went a way that is forbidden. "
        f"Brier score of the confidence: {held['brier']:.3f}."
    )


def _quality(points: list[dict[str, Any]]) -> None:
    import plotly.graph_objects as go

    figure = go.Figure()
    for place, name in enumerate(("router", *_OTHERS)):
        some = sorted((each for each in points if each["policy"] == name), key=lambda each: each["ms"]["mean"])
        if not some:
            continue
        right = {part: [each["right"][part] for each in some] for part in ("mean", "low", "high")}
        ms = {part: [each["ms"][part] for each in some] for part in ("mean", "low", "high")}
        figure.add_scatter(
            x=ms["mean"], y=right["mean"], error_y=bars(right), error_x=bars(ms), name=name,
            mode="lines+markers" if name == "router" else "markers",
            line={"color": hue(place), "dash": DASHES[0], "width": 2},
            marker={"color": hue(place), "symbol": MARKS[place % len(MARKS)], "size": 11},
            text=[f"budget {each['budget_ms'] or 'none'}" if name == "router" else "" for each in some],
            hovertemplate=f"{name}<br>%{{y:.0%}} right, %{{x:,.0f}} ms<br>%{{text}}<extra></extra>",
        )  # fmt: skip
    figure.update_yaxes(tickformat=".0%", rangemode="tozero")
    figure.update_xaxes(rangemode="tozero", tickformat=",.0f", nticks=6)
    told = "; ".join(f"{each['policy']} {each['right']['mean']:.2f} in {each['ms']['mean']:.0f} ms" for each in points)
    data = pd.DataFrame([_row(each) for each in points])
    title = "Right answers against time"
    show(figure, title, "Median milliseconds", "Right, with 95% interval", alt=f"{title}. {told}.", data=data,
         key="router_quality", height=420)  # fmt: skip


def _calibration(held: Mapping[str, Any]) -> None:
    import plotly.graph_objects as go

    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": "gray", "dash": "dot", "width": 1}, name="ideal"
    )
    bins = held["bins"]
    figure.add_scatter(
        x=[each["confidence"] for each in bins], y=[each["right"] for each in bins], mode="lines+markers",
        name="router", line={"color": hue(0), "width": 2}, marker={"color": hue(0), "size": 10},
        text=[f"{each['questions']} questions" for each in bins],
        hovertemplate="said %{x:.0%}, was %{y:.0%}<br>%{text}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(range=[0, 1], tickformat=".0%")
    figure.update_yaxes(range=[0, 1], tickformat=".0%")
    told = "; ".join(f"said {each['confidence']:.2f}, was {each['right']:.2f}" for each in bins)
    title = "Calibration"
    show(figure, title, "Confidence", "Share right", alt=f"{title} {told}.", data=pd.DataFrame(bins),
         key="router_calibration", height=420)  # fmt: skip


def _row(each: Mapping[str, Any]) -> dict[str, Any]:
    right, ms = each["right"], each["ms"]
    budget = (milliseconds(each["budget_ms"]) if each["budget_ms"] else "none") if each["policy"] == "router" else ""
    return {
        "Policy": each["policy"],
        "Budget": budget,
        "Right": f"{right['mean']:.2f} [{right['low']:.2f}, {right['high']:.2f}]",
        "Median ms": f"{ms['mean']:,.0f} [{ms['low']:,.0f}, {ms['high']:,.0f}]",
        "Of the best route's time": f"{each['ratio']['mean']:.2f}",
        "Tokens": round(each["tokens"]["mean"]),
        "Regret": f"{each['regret']:.2f}",
        "Answered by": ", ".join(f"{way} {share:.0%}" for way, share in each["shares"].items()),
    }
