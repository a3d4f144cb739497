"""The figures of four arms over a set: the table, what each arm adds, quality against latency; it measures nothing."""

import html
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core.arms import ARMS, adapted, retrieves
from core.types import Principal
from core.workbench import Workbench
from pages.shared import charts
from pages.shared.words import listed, plain

if TYPE_CHECKING:
    from core.evaluation.arm_scores import Difference, Row
    from core.evaluation.trials import Trial
    from core.lab.arms import Table

NAMES = {
    "right": "Right",
    "exact": "Exact match",
    "f1": "F1",
    "cited": "Right source cited",
    "declined": "Unanswerable declined",
    "wrongly declined": "Wrongly declined",
    "grounded": "Grounded",
    "quoted": "Quotes instead",
    "seconds": "Seconds, median",
    "first": "First token, median",
    "prompt": "Tokens read, median",
    "answer": "Tokens written, median",
}
TOLD = {
    "right": "An accepted answer stands in the answer.",
    "exact": "The answer is an accepted one and nothing else, as SQuAD compares.",
    "f1": "Words shared with the accepted answer, 0 to 1.",
    "cited": "A receipt points into the document that holds the evidence.",
    "declined": "Questions that the documents do not answer, and that were declined.",
    "wrongly declined": "Questions that they do answer, and that were declined.",
    "grounded": "Of the answers that claim something, those with a receipt for every sentence.",
    "quoted": "The sources did not bear out what the model wrote, and quotes stand in its place.",
}


def tabled(table: "Table") -> None:
    """The means of the four arms with their intervals, as a table."""
    frame = pd.DataFrame({row.arm.capitalize(): _column(row) for row in table.rows})
    frame = frame[(frame != "–").any(axis=1)]
    frame.index.name = "Mean [95% interval]"
    with st.container(horizontal=True, vertical_alignment="center"):
        told = "  \n".join(f"**{NAMES[name]}**: {sentence}" for name, sentence in TOLD.items())
        st.subheader("Four arms", anchor=False, help=told)
        charts.download(frame, "four arms", key="arms_table_csv")
    st.table(frame)
    if quoted := [f"{row.values['quoted'].mean:.0%} with {row.arm}" for row in table.rows if _quotes(row)]:
        st.caption(
            ":material/format_quote: Quotes stand in the place of what the model wrote, where the sources do not bear "
            f"that out: {plain(listed(quoted))}. Such answers count for their arm as the product would give them."
        )


def _quotes(row: "Row") -> bool:
    return "quoted" in row.values and row.values["quoted"].mean > 0


def _column(row: "Row") -> dict[str, str]:
    return {told: _cell(row, name) for name, told in NAMES.items()}


def _cell(row: "Row", name: str) -> str:
    if name not in row.values:
        return "–"
    return row.values[name].text(0 if name in ("prompt", "answer") else 2)


def charted(table: "Table") -> None:
    """Share right against median seconds: up and to the left is better."""
    import plotly.graph_objects as go

    figure = go.Figure()
    data = []
    for place, row in enumerate(table.rows):
        if "right" not in row.values or "seconds" not in row.values:
            continue
        right, seconds = row.values["right"], row.values["seconds"]
        figure.add_scatter(
            x=[seconds.mean],
            y=[right.mean],
            error_x=charts.bars({"mean": [seconds.mean], "low": [seconds.low], "high": [seconds.high]}),
            error_y=charts.bars({"mean": [right.mean], "low": [right.low], "high": [right.high]}),
            mode="markers+text",
            name=row.arm,
            text=[f"  {row.arm.capitalize()}  "],
            textposition=f"{'bottom' if adapted(row.arm) else 'top'} {'left' if retrieves(row.arm) else 'right'}",
            marker={"color": charts.hue(place), "symbol": charts.MARKS[place], "size": 13},
            hovertemplate=f"{html.escape(row.arm)}<br>right {right.text(2)}<br>{seconds.text(2)} s<extra></extra>",
        )
        data.append(
            {"arm": row.arm, "right": right.mean, "low": right.low, "high": right.high, "seconds": seconds.mean}
        )
    figure.update_yaxes(range=[-0.12, 1.09], tickformat=".0%")
    figure.update_xaxes(rangemode="tozero")
    told = "; ".join(f"{each['arm']} {each['right']:.0%} in {each['seconds']:.1f} s" for each in data)
    title, y = "Quality against latency", "Share right, with 95% interval"
    x = "Seconds an answer, median"
    alt = f"{title}. {told}."
    charts.show(figure, title, x, y, alt=alt, data=pd.DataFrame(data), key="arms_chart", height=400, legend=False)


def added(table: "Table") -> None:
    """What the adapter adds in each row, and what retrieval adds in each column."""
    for each in table.differences:
        st.markdown(_difference(each))


def _difference(each: "Difference") -> str:
    sure = each.flips.p < 0.05
    mark = ":material/trending_flat:"
    if sure:
        mark = ":green[:material/trending_up:]" if each.right.mean > 0 else ":red[:material/trending_down:]"
    chance = f"p {each.flips.p:.3f}" if each.flips.p >= 0.001 else "p < 0.001"
    told = f"{each.flips.gained} gained, {each.flips.lost} lost, {chance}"
    right = each.right.text(0, 100, sign=True)
    return _line(mark, f"{each.arm} against {each.base}", right, f"{told}{'' if sure else ': may be chance'}")


def _line(mark: str, what: str, right: str, told: str) -> str:
    return f"{mark} {plain(what.capitalize())}: **{plain(right)}** points right :small[:gray[{plain(told)}]]"


def questioned(bench: Workbench, who: Principal, trial: "Trial") -> None:
    """Each question with the arms that were right."""
    panel = st.expander("Question by question", key="arms_questions", on_change="rerun")
    if not panel.open:
        return
    rights = bench.lab.arms.rights(trial.id, who)
    marks = {True: "✓", False: "✗", None: ""}
    rows = [
        {"Question": text, **{arm.capitalize(): marks[held.get(arm)] for arm in ARMS}} for text, held in rights.items()
    ]
    with panel:
        st.dataframe(pd.DataFrame(rows), hide_index=True, alt="Which arm was right on which question")
