"""Charts with what each of them needs: title, axes, hover text that wraps, words for a screen reader and a CSV file.

Colours are the theme's; where they tell lines apart, dashes or marks do so too.
"""

import html
import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from core.evaluation.statistics import Estimate

HUES = ("blueColor", "orangeColor", "violetColor", "greenColor", "redColor", "grayColor")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
MARKS = ("circle", "diamond", "square", "triangle-up", "x", "cross")
HEIGHT = 380
_SPREAD = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#B8A72A", "#8C6BB1")
_TOOLBAR = 40
"""Pixels right of the plot, in which Plotly's toolbar stands when the chart is pointed at."""
_HOVER = 56
"""Characters of a line of hover text."""
_EXCEL = ("=", "+", "-", "@", "\t", "\r")


def hue(place: int) -> str:
    """The colour of the first, second … thing that is compared, in the theme that is shown."""
    return colour(HUES[place % len(HUES)])


def colour(name: str) -> str:
    """A colour of the theme that is shown, such as "redColor"."""
    shown = st.context.theme.type or "light"
    return str(st.get_option(f"theme.{shown}.{name}"))


def spread(place: int) -> str:
    """One of eight colours that stay apart for the colour-blind (Okabe and Ito 2008), as both themes bear them."""
    return _SPREAD[place % len(_SPREAD)]


def veil(place: int, share: float) -> str:
    """The same colour, let through: `share` from 0 to 1."""
    value = hue(place).lstrip("#")
    red, green, blue = (int(value[at : at + 2], 16) for at in (0, 2, 4))
    return f"rgba({red},{green},{blue},{share})"


def wrapped(text: str, most: int = 420) -> str:
    """Text of a document for a hover label: short lines, and nothing of it read as markup."""
    cut = text if len(text) <= most else text[: most - 1] + "…"
    lines = textwrap.wrap(" ".join(cut.split()), _HOVER, break_long_words=True) or [""]
    return "<br>".join(html.escape(line, quote=False) for line in lines)


def show(
    figure: "Figure",
    title: str,
    x: str,
    y: str,
    *,
    alt: str,
    data: pd.DataFrame,
    key: str,
    height: int = HEIGHT,
    legend: bool = True,
    **more: Any,
) -> Any:
    """Draw a chart with its CSV file; `more` goes to `st.plotly_chart`, whose answer is returned."""
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": _TOOLBAR, "t": 14, "b": 8},
        showlegend=legend,
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.01, "x": 0, "title": None},
        hoverlabel={"align": "left", "namelength": -1},
        modebar={"orientation": "v"},
    )
    figure.update_xaxes(title=x, automargin=True)
    figure.update_yaxes(title=y, automargin=True)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(title, anchor=False)
        download(data, title, key=f"{key}_csv")
    return st.plotly_chart(figure, key=key, alt=alt, config={"displaylogo": False}, **more)


def histogram(
    data: pd.DataFrame, value: str, group: str, title: str, x: str, y: str, *, key: str, bins: int = 30
) -> None:
    """How often each value occurs, a stepped line for each group."""
    import numpy as np
    import plotly.graph_objects as go

    figure = go.Figure()
    most = max(1, int(data[value].max())) if len(data) else 1
    edges = np.linspace(0, most, min(bins, most) + 1)
    told = []
    for place, (name, rows) in enumerate(data.groupby(group, sort=False)):
        counts, _ = np.histogram(rows[value], edges)
        figure.add_scatter(
            x=edges,
            y=[*counts, counts[-1]],
            name=str(name),
            line={"shape": "hv", "color": hue(place), "dash": DASHES[place], "width": 2},
            fill="tozeroy",
            fillcolor=veil(place, 0.12),
            mode="lines",
            hovertemplate=f"{html.escape(str(name))}<br>%{{y}} with %{{x:.0f}} {x.lower()} or more<extra></extra>",
        )
        told.append(f"{name}: {len(rows)}, median {rows[value].median():.0f}")
    show(figure, title, x, y, alt=f"{title}. {'; '.join(told)}.", data=data, key=key, height=420)


def intervals(
    rows: Mapping[str, Mapping[str, "Estimate"]],
    names: Mapping[str, str],
    title: str,
    *,
    key: str,
    places: Sequence[int] = (),
    height: int = 440,
) -> None:
    """Means with their 95% intervals: for each measure of `names` a mark of every row, side by side.

    `places` are the rows' places in the order of colours, their own order without it.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    data = []
    for number, (row, held) in enumerate(rows.items()):
        place = places[number] if places else number
        estimates = [held[name] for name in names]
        parts = {part: [getattr(each, part) for each in estimates] for part in ("mean", "low", "high")}
        figure.add_scatter(
            x=[at + 0.14 * (number - (len(rows) - 1) / 2) for at in range(len(names))],
            y=parts["mean"],
            error_y=bars(parts),
            mode="markers",
            name=row,
            marker={"color": hue(place), "symbol": MARKS[place % len(MARKS)], "size": 10},
            text=[f"{names[name]} {each.text()}" for name, each in zip(names, estimates, strict=True)],
            hovertemplate=f"{html.escape(row)}<br>%{{text}}<extra></extra>",
        )
        data += [
            {"row": row, "measure": names[name], "mean": each.mean, "low": each.low, "high": each.high}
            for name, each in zip(names, estimates, strict=True)
        ]
    labels = [name.replace(" ", "<br>") for name in names.values()]
    figure.update_xaxes(tickvals=list(range(len(names))), ticktext=labels, tickangle=0)
    figure.update_yaxes(rangemode="tozero")
    told = "; ".join(f"{each['row']} {each['measure']} {each['mean']:.2f}" for each in data)
    y = "Mean over questions, with 95% interval"
    show(figure, title, "Measure", y, alt=f"{title}. {told}.", data=pd.DataFrame(data), key=key, height=height)


def download(data: pd.DataFrame, name: str, *, key: str) -> None:
    """The figures of a chart or a table as a CSV file."""
    st.download_button(
        "CSV",
        csv(data),
        f"{re.sub(r'[^A-Za-z0-9]+', '-', name).strip('-').lower()}.csv",
        "text/csv",
        key=key,
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        help=f"The figures of “{name}”",
    )


def csv(data: pd.DataFrame) -> bytes:
    """CSV that a spreadsheet opens as text: a cell that would be a formula begins with an apostrophe."""
    index = not isinstance(data.index, pd.RangeIndex)
    safe = data.map(lambda cell: f"'{cell}" if isinstance(cell, str) and cell.startswith(_EXCEL) else cell)
    text: str = safe.to_csv(index=index)
    return text.encode("utf-8-sig")


def bars(estimates: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    """Error bars of plotly from means with their intervals: keys "mean", "low", "high"."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [high - mean for mean, high in zip(estimates["mean"], estimates["high"], strict=True)],
        "arrayminus": [mean - low for mean, low in zip(estimates["mean"], estimates["low"], strict=True)],
        "thickness": 1.4,
        "width": 5,
    }
