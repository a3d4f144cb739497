"""The picture of a map; it computes no place."""

import html
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.lab.maps import Map
from pages.shared import charts

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_GROUPS = 7
"""Groups with a colour of their own; the smaller ones share grey."""
_MANY = 1_500
"""Points above which they are drawn by the graphics card."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on the map."""

    text: str
    point: np.ndarray
    """Shape (2,)."""
    hits: Sequence[int]
    """Positions of what it finds, the best first."""


def scatter(held: Map, groups: Sequence[str], asked: Asked | None, chosen: Sequence[int] | None) -> "Figure":
    """Points by group, the smaller groups in grey; what is not among the chosen is faint."""
    import plotly.graph_objects as go

    figure = go.Figure()
    kind = go.Scattergl if len(held.entries) > _MANY else go.Scatter
    own = [group for group, _ in Counter(groups).most_common(_GROUPS)]
    rest = [group for group in dict.fromkeys(groups) if group not in own]
    names = [*own, "Others"] if rest else own
    faint = set(range(len(groups))) - set(chosen) if chosen is not None else set()
    for place, name in enumerate(names):
        at = [i for i, group in enumerate(groups) if group == name or (name == "Others" and group not in own)]
        figure.add_trace(
            kind(
                x=held.points[at, 0],
                y=held.points[at, 1],
                mode="markers",
                name=_short(name),
                customdata=[[i] for i in at],
                text=[_hover(held, i, groups[i]) for i in at],
                hovertemplate="%{text}<extra></extra>",
                marker={
                    "color": charts.colour("grayColor") if name == "Others" else charts.spread(place),
                    "symbol": "circle-open" if name == "Others" else charts.MARKS[place % len(charts.MARKS)],
                    "size": [5 if i in faint else 8 for i in at],
                    "opacity": [0.18 if i in faint else 0.85 for i in at],
                    "line": {"width": 0},
                },
                selected={"marker": {"opacity": 0.95}},
                unselected={"marker": {"opacity": 0.25}},
            )
        )
    if asked:
        _question(figure, held, asked)
    figure.update_layout(dragmode="lasso", clickmode="event+select")
    figure.update_xaxes(showticklabels=False, zeroline=False)
    figure.update_yaxes(showticklabels=False, zeroline=False)
    return figure


def _question(figure: "Figure", held: Map, asked: Asked) -> None:
    ink = charts.colour("textColor")
    x, y = asked.point
    for rank, i in enumerate(asked.hits, start=1):
        hit = held.points[i]
        figure.add_scatter(
            x=[x, hit[0]],
            y=[y, hit[1]],
            mode="lines+text",
            text=["", str(rank)],
            textposition="top center",
            textfont={"color": ink, "size": 12},
            line={"color": ink, "width": 1.1, "dash": "dot"},
            hoverinfo="skip",
            showlegend=False,
        )
    figure.add_scatter(
        x=[x],
        y=[y],
        mode="markers",
        name="Question",
        marker={"symbol": "star", "size": 18, "color": charts.colour("redColor"), "line": {"color": ink, "width": 1}},
        text=[charts.wrapped(asked.text)],
        hovertemplate="%{text}<extra></extra>",
    )


def _hover(held: Map, i: int, group: str) -> str:
    entry = held.entries[i]
    page = f", page {entry.chunk.pages[0]}" if entry.chunk.pages else ""
    told = f"<b>{html.escape(entry.document)}</b>{page}<br>{charts.wrapped(entry.chunk.text, 320)}"
    return told if group == entry.document else f"{told}<br><i>{html.escape(group)}</i>"


def _short(name: str) -> str:
    return name if len(name) <= 26 else name[:25] + "…"
