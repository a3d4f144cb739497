"""The charts of a sweep; they draw what the core measured."""

from collections.abc import Sequence

import pandas as pd

from core.evaluation.sweep import Row, cost_of, front
from pages.shared import charts
from pages.shared.cutting import brief, named
from pages.shared.measures import NAMES, text
from pages.shared.recipes import EMBEDDERS

COSTS = {"tokens": "tokens a prompt", "ms": "milliseconds a search"}


def heat(rows: Sequence[Row], quality: str) -> None:
    """Every recipe as a cell: sizes to the right, all else that varies downwards."""
    import plotly.graph_objects as go

    frame = pd.DataFrame(
        [
            {"way": _way(row, rows), "size": row.recipe.chunking.size, "mean": row.choose.values[quality].mean}
            for row in rows
        ]
    )
    grid = frame.pivot_table(index="way", columns="size", values="mean", sort=False).sort_index(axis=1)
    figure = go.Figure(
        go.Heatmap(
            z=grid.to_numpy(),
            x=[str(each) for each in grid.columns],
            y=list(grid.index),
            colorscale=[[0, charts.veil(0, 0.06)], [1, charts.veil(0, 0.85)]],
            texttemplate="%{z:.2f}",
            hovertemplate="%{y}<br>size %{x}<br>" + NAMES[quality] + " %{z:.3f}<extra></extra>",
            hoverongaps=False,
            colorbar={"thickness": 10},
            xgap=2,
            ygap=2,
        )
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(type="category", showgrid=False)
    top = frame.loc[frame["mean"].idxmax()]
    charts.show(
        figure,
        "Every way of cutting",
        "Chunk size, tokens",
        "",
        alt=f"{NAMES[quality]} by way of cutting and size; highest is {top['mean']:.2f}: {top['way']}, {top['size']}.",
        data=frame,
        key="sweep_heat",
        height=max(260, 60 + 44 * len(grid)),
        legend=False,
    )


def quality_against_cost(rows: Sequence[Row], quality: str, cost: str) -> None:
    """Every recipe as a point, with the front of those that nothing beats in both."""
    import plotly.graph_objects as go

    best_ones = front(rows, quality, cost)
    others = [row for row in rows if row not in best_ones]
    figure = go.Figure()
    for place, (name, held) in enumerate({"Others": others, "Nothing is better in both": best_ones}.items()):
        figure.add_scatter(
            x=[cost_of(row, cost) for row in held],
            y=[row.choose.values[quality].mean for row in held],
            mode="lines+markers" if place else "markers",
            name=name,
            marker={"color": charts.hue(1 if place else 5), "symbol": charts.MARKS[place], "size": 9 + 2 * place},
            line={"color": charts.hue(1), "width": 1.5, "dash": "dot"},
            text=[f"{label(row)}<br>{NAMES[quality]} {text(row.choose.values[quality], quality)}" for row in held],
            hovertemplate="%{text}<br>%{x:.0f} " + COSTS[cost] + "<extra></extra>",
        )
    data = pd.DataFrame(
        {
            "recipe": list(map(label, rows)),
            COSTS[cost]: [cost_of(row, cost) for row in rows],
            NAMES[quality]: [row.choose.values[quality].mean for row in rows],
            "front": [row in best_ones for row in rows],
        }
    )
    told = [f"{label(row)} {row.choose.values[quality].mean:.2f} at {cost_of(row, cost):.0f}" for row in best_ones]
    charts.show(
        figure,
        "Quality against cost",
        COSTS[cost].capitalize(),
        NAMES[quality],
        alt=f"{NAMES[quality]} against {COSTS[cost]}. Nothing is better in both than: {'; '.join(told)}.",
        data=data,
        key="sweep_front",
    )


def label(row: Row) -> str:
    """A recipe by what a sweep varies of it."""
    model = row.recipe.embedding.model
    return f"{brief(row.recipe.chunking)}, {EMBEDDERS.get(model, model)}"


def _way(row: Row, rows: Sequence[Row]) -> str:
    """A row of the heat map: everything that varies but the size."""
    cut, model = row.recipe.chunking, row.recipe.embedding.model
    parts = [named(cut.strategy)]
    if len({each.recipe.chunking.overlap for each in rows}) > 1:
        parts.append(f"overlap {cut.overlap}")
    if len({each.recipe.embedding.model for each in rows}) > 1:
        parts.append(EMBEDDERS.get(model, model))
    return ", ".join(parts)
