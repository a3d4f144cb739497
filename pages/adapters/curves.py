"""The curves of trainings: loss over tokens read, training and held out; several overlaid, each in a colour."""

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core.adapters.hyper import Curve
from pages.shared import charts

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_MOST = 6


def draw(curves: Sequence[tuple[str, Curve]], key: str, title: str = "Loss") -> None:
    """Held-out readings as marks on a line, the training loss thin beneath them; at most six."""
    import plotly.graph_objects as go

    figure = go.Figure()
    rows = []
    for place, (name, curve) in enumerate(curves[:_MOST]):
        _trace(figure, name, curve, place)
        rows += [
            {
                "training": name,
                "step": p.step,
                "tokens": p.tokens,
                "loss": p.loss,
                "held out": p.held_out,
                "rate": p.rate,
            }
            for p in curve.points
        ]
    told = "; ".join(f"{name}: {_ends(curve)}" for name, curve in curves[:_MOST])
    charts.show(
        figure, title, "Tokens read", "Nats a token of the answers", alt=f"{title}. {told}.", data=pd.DataFrame(rows),
        key=key, height=340,
    )  # fmt: skip
    if len(curves) > _MOST:
        st.caption(f"{len(curves) - _MOST} more are not drawn.")


def _trace(figure: "Figure", name: str, curve: Curve, place: int) -> None:
    shown = html.escape(name)
    smooth = pd.Series([point.loss for point in curve.points], dtype=float).ewm(span=9).mean()
    figure.add_scatter(
        x=[point.tokens for point in curve.points], y=smooth, name=f"{shown}, training", mode="lines",
        line={"color": charts.hue(place), "width": 1.2}, opacity=0.7,
        hovertemplate=f"{shown}, training<br>%{{y:.3f}} after %{{x:,}} tokens<extra></extra>",
    )  # fmt: skip
    looked = [point for point in curve.points if point.held_out is not None]
    figure.add_scatter(
        x=[point.tokens for point in looked], y=[point.held_out for point in looked], name=f"{shown}, held out",
        mode="lines+markers",
        line={"color": charts.hue(place), "width": 2.5, "dash": charts.DASHES[place % len(charts.DASHES)]},
        marker={"symbol": charts.MARKS[place % len(charts.MARKS)], "size": 9},
        hovertemplate=f"{shown}, held out<br>%{{y:.3f}} after %{{x:,}} tokens<extra></extra>",
    )  # fmt: skip


def _ends(curve: Curve) -> str:
    held = [point.held_out for point in curve.points if point.held_out is not None]
    return f"held-out loss {held[-1]:.3f}" if held else f"{curve.done} of {curve.steps} steps"
