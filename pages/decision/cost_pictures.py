"""Charts of costs: the paths by volume with their bands, and what moves a difference most; they compute nothing."""

import math
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from core.decision.prices import CALLED, IN_SENTENCES, INPUTS
from core.decision.telling import count, money
from pages.shared import charts

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from core.desks.costs import Costs


def by_volume(found: "Costs") -> None:
    """Cost of each path over volume, the band of most draws, the scenario's own volume and the break-evens."""
    import plotly.graph_objects as go

    figure, data = go.Figure(), []
    for place, curve in enumerate(found.curves):
        x = list(curve.requests)
        figure.add_scatter(
            x=[*x, *reversed(x)], y=[*curve.high, *reversed(curve.low)], fill="toself",
            fillcolor=charts.veil(place, 0.11), line={"width": 0}, hoverinfo="skip", showlegend=False,
        )  # fmt: skip
        data += [
            {"path": CALLED[curve.path], "requests": v, "cost": c, "low": low, "high": high}
            for v, c, low, high in zip(x, curve.cost, curve.low, curve.high, strict=True)
        ]
    for place, curve in enumerate(found.curves):
        figure.add_scatter(
            x=list(curve.requests), y=list(curve.cost), mode="lines", name=CALLED[curve.path],
            line={"color": charts.hue(place), "dash": charts.DASHES[place], "width": 2.6},
            hovertemplate=f"{CALLED[curve.path]}<br>%{{x:.3s}} requests a month<br>$%{{y:,.0f}}<extra></extra>",
        )  # fmt: skip
    _marks(figure, found)
    costs = [curve_end for curve in found.curves for curve_end in (min(curve.low), max(curve.high))]
    steps = (1, 2, 5) if max(costs) < 1e4 * max(1.0, min(costs)) else (1,)
    for update, ticks, sign in (
        (figure.update_xaxes, _ticks(found.curves[0].requests[0], found.curves[0].requests[-1], (1,)), ""),
        (figure.update_yaxes, _ticks(min(costs), max(costs), steps), "$"),
    ):
        update(type="log", tickvals=ticks, ticktext=[f"{sign}{_short(tick)}" for tick in ticks])
    own = found.scenario.figures["requests"].to("request/month").value
    at_own = "; ".join(f"{CALLED[bill.path]} {money(bill.total)}" for bill in found.bills)
    charts.show(
        figure, "Cost by volume", "Requests a month at the start", f"Dollars over {found.scenario.horizon} months",
        alt=f"Cost by volume. At {count(own)} requests a month: {at_own}.", data=pd.DataFrame(data), key="cost_curves",
        height=460,
    )  # fmt: skip


def _marks(figure: "Figure", found: "Costs") -> None:
    own = found.scenario.figures["requests"].to("request/month").value
    figure.add_vline(
        own, line={"color": charts.colour("grayColor"), "width": 1.4, "dash": "dot"},
        annotation={"text": "here", "yanchor": "bottom", "showarrow": False}, annotation_position="top",
    )  # fmt: skip
    at = {curve.path: curve for curve in found.curves}
    last = found.curves[0].requests[-1]
    for each in found.break_evens:
        if each.pair == found.pair and each.low and each.high:
            figure.add_vrect(
                each.low, min(each.high, last), fillcolor=charts.colour("grayColor"), opacity=0.10, line_width=0,
                layer="below",
            )  # fmt: skip
        for crossing in each.crossings if each.pair == found.pair else ():
            if crossing.requests > last:
                continue
            figure.add_scatter(
                x=[crossing.requests], y=[_on(at[each.pair[0]].requests, at[each.pair[0]].cost, crossing.requests)],
                mode="markers+text", text=[count(crossing.requests)], textposition="bottom right", name="Break-even",
                marker={
                    "symbol": "diamond", "size": 12, "color": charts.colour("redColor"),
                    "line": {"width": 1.5, "color": charts.colour("backgroundColor")},
                },
                textfont={"color": charts.colour("redColor"), "size": 13},
                hovertemplate="Equal at %{x:,.0f} requests a month<extra></extra>",
            )  # fmt: skip


def _ticks(low: float, high: float, steps: Sequence[int]) -> list[float]:
    """The steps of each decade that lie between two numbers, and one to each side."""
    decades = range(math.floor(math.log10(max(low, 1e-3))), math.ceil(math.log10(max(high, 1e-3))) + 1)
    return [step * 10.0**decade for decade in decades for step in steps]


def _short(number: float) -> str:
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:g}{letter}"
    return f"{number:g}"


def _on(x: tuple[float, ...], y: tuple[float, ...], at: float) -> float:
    """The height of a drawn curve, between its points as a logarithmic axis joins them."""
    import numpy as np

    return float(np.exp(np.interp(np.log(at), np.log(x), np.log(y))))


def tornado(found: "Costs") -> None:
    """What each input does to the difference of two paths at its low and its high end, the strongest at the top."""
    import plotly.graph_objects as go

    totals = {bill.path: bill.total for bill in found.bills}
    one, other = found.pair
    base = totals[one] - totals[other]
    names = ["<br>".join(textwrap.wrap(INPUTS[each.name].title, 30)) for each in found.tornado]
    figure = go.Figure()
    for place, (end, label) in enumerate((("at_low", "Input at its low end"), ("at_high", "Input at its high end"))):
        values = [getattr(each, end) for each in found.tornado]
        inputs = [each.figure.low if end == "at_low" else each.figure.high for each in found.tornado]
        told = [f"{value:,.4g} {each.figure.unit}" for value, each in zip(inputs, found.tornado, strict=True)]
        figure.add_bar(
            y=names, x=[value - base for value in values], base=base, orientation="h", name=label,
            marker={"color": charts.veil(place, 0.85), "pattern": {"shape": "/" if place else "", "size": 6}},
            customdata=[[t, money(v)] for t, v in zip(told, values, strict=True)],
            hovertemplate="%{y}<br>%{customdata[0]}: difference %{customdata[1]}<extra></extra>",
        )  # fmt: skip
    figure.add_vline(0, line={"color": charts.colour("grayColor"), "width": 1.4})
    figure.update_layout(barmode="overlay", bargap=0.28)
    figure.update_yaxes(autorange="reversed", ticklabelstandoff=6)
    figure.update_xaxes(tickformat="$~s", nticks=5, tickangle=0)
    said = "; ".join(f"{INPUTS[s.name].title} {money(s.at_low)} to {money(s.at_high)}" for s in found.tornado[:5])
    data = pd.DataFrame(
        [
            {"input": s.name, "unit": s.figure.unit, "low": s.figure.low, "high": s.figure.high,
             "difference at low": s.at_low, "difference at high": s.at_high}
            for s in found.tornado
        ]
    )  # fmt: skip
    less = f"{CALLED[one]} less {IN_SENTENCES[other]}"
    charts.show(
        figure, "What matters most", f"{less}, dollars", "", alt=f"What moves {less} most. {said}.", data=data,
        key="cost_tornado", height=max(300, 120 + 30 * len(names)),
    )  # fmt: skip
