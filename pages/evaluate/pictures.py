"""Charts of an evaluation: dots with whiskers, quality against latency, differences of runs; it measures nothing."""

import html
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core.evaluation.measures import MEASURES
from core.evaluation.report import number
from pages.shared import charts

if TYPE_CHECKING:
    from core.evaluation.statistics import Estimate
    from core.lab.ran import Row


def ranked(rows: "Sequence[Row]", by: str) -> None:
    """A dot with its interval for each recipe, the best at the top."""
    import plotly.graph_objects as go

    measure, shown = MEASURES[by], [row for row in rows if by in row.values]
    figure = go.Figure()
    for place, row in enumerate(shown):
        held = row.values[by]
        figure.add_scatter(
            x=[held.mean],
            y=[row.ran.name],
            error_x=charts.bars({"mean": [held.mean], "low": [held.low], "high": [held.high]}),
            mode="markers",
            marker={"color": charts.hue(0 if place == 0 else 5), "symbol": "circle", "size": 12},
            hovertemplate=f"{html.escape(row.ran.name)}<br>{number(held, by)}<extra></extra>",
        )
    figure.update_yaxes(autorange="reversed", type="category")
    unit = ", ms" if measure.unit == "ms" else ""
    if measure.unit == "share" and by != "similarity":
        figure.update_xaxes(range=[-0.02, 1.02])
    told = "; ".join(f"{row.ran.name} {number(row.values[by], by)}" for row in shown)
    data = pd.DataFrame([_flat(row.ran.name, by, row.values[by]) for row in shown])
    charts.show(
        figure, measure.title, f"{measure.title}{unit}, with 95% interval", "",
        alt=f"{measure.title} by recipe. {told}.",
        data=data, key="ranked", height=max(220, 90 + 56 * len(shown)), legend=False,
    )  # fmt: skip


def against_latency(rows: "Sequence[Row]") -> None:
    """Share dealt with rightly against the median answer's time: up and to the left is better."""
    import plotly.graph_objects as go

    figure, data = go.Figure(), []
    for place, row in enumerate(rows):
        if "overall" not in row.values:
            continue
        right, ms = row.values["overall"], row.values["p50_ms"]
        figure.add_scatter(
            x=[ms.mean / 1_000],
            y=[right.mean],
            error_x=charts.bars({"mean": [ms.mean / 1_000], "low": [ms.low / 1_000], "high": [ms.high / 1_000]}),
            error_y=charts.bars({"mean": [right.mean], "low": [right.low], "high": [right.high]}),
            mode="markers",
            name=row.ran.name,
            marker={"color": charts.hue(place), "symbol": charts.MARKS[place % len(charts.MARKS)], "size": 13},
            hovertemplate=f"{html.escape(row.ran.name)}<br>{right.text(2)}<br>{ms.text(0)} ms<extra></extra>",
        )
        data.append({"recipe": row.ran.name, "overall": right.mean, "p50_ms": ms.mean})
    figure.update_yaxes(range=[0, 1.04], tickformat=".0%")
    figure.update_xaxes(rangemode="tozero")
    told = "; ".join(f"{each['recipe']} {each['overall']:.0%} in {each['p50_ms']:.0f} ms" for each in data)
    charts.show(
        figure, "Quality against latency", "Seconds an answer, median", "Dealt with rightly",
        alt=f"Quality against latency. {told}.", data=pd.DataFrame(data), key="latency",
        height=max(300, 90 + 56 * len(rows)),
    )  # fmt: skip


def differences(held: "Mapping[str, Estimate]", title: str) -> None:
    """What one run has over another by measure; filled where the interval leaves 0 out."""
    import plotly.graph_objects as go

    names = [name for name in held if MEASURES[name].unit == "share"]
    figure = go.Figure()
    figure.add_vline(x=0, line={"color": charts.hue(5), "dash": "dot", "width": 1})
    for sure, place, named in ((True, 0, "leaves 0 out"), (False, 5, "holds 0")):
        some = [name for name in names if _beyond(held[name]) == sure]
        parts = {part: [getattr(held[name], part) for name in some] for part in ("mean", "low", "high")}
        figure.add_scatter(
            x=parts["mean"],
            y=[MEASURES[name].title for name in some],
            error_x=charts.bars(parts),
            mode="markers",
            name=named,
            marker={"color": charts.hue(place), "symbol": "circle" if sure else "circle-open", "size": 10},
            text=[held[name].text(3, sign=True) for name in some],
            hovertemplate="%{y}<br>%{text}<extra></extra>",
        )
    figure.update_yaxes(
        type="category", categoryorder="array", categoryarray=[MEASURES[name].title for name in reversed(names)]
    )
    told = "; ".join(f"{MEASURES[name].title} {held[name].text(2, sign=True)}" for name in names)
    charts.show(
        figure, "Differences", "Difference, with 95% interval", "", alt=f"{title}. {told}.",
        data=pd.DataFrame([_flat(title, name, held[name]) for name in names]), key="differences",
        height=max(300, 90 + 26 * len(names)),
    )  # fmt: skip
    st.caption(
        "Paired by question. Where only a few questions differ, bootstrap intervals are too narrow: then the exact "
        "test above decides."
    )


def _beyond(estimate: "Estimate") -> bool:
    return estimate.low > 0 or estimate.high < 0


def _flat(of: str, name: str, held: "Estimate") -> dict[str, object]:
    return {"of": of, "measure": name, "mean": held.mean, "low": held.low, "high": held.high}
