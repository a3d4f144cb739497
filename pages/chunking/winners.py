"""What a sweep showed: every recipe as a cell, the front of quality against cost, and the winner to keep."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core.evaluation.sweep import Row, best
from core.governance.principals import may_build
from core.types import Principal
from core.workbench import Workbench
from pages.chunking.pictures import COSTS, heat, label, quality_against_cost
from pages.shared import charts
from pages.shared.measures import NAMES, QUALITIES, TOLD, text
from pages.shared.saving import offer
from pages.shared.words import many, size

if TYPE_CHECKING:
    from core.evaluation.trials import Trial


def show(bench: Workbench, who: Principal, trial: "Trial") -> None:
    """The charts and the table of a sweep, as far as it is done."""
    rows = [row for row in bench.lab.trials.sweep_rows(trial.id, who) if row.choose.questions and row.report.questions]
    if not rows:
        st.caption("Results appear here as soon as the first recipe is done.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        quality = st.selectbox(
            "Quality",
            QUALITIES,
            QUALITIES.index("recall@5"),
            format_func=NAMES.__getitem__,
            key="sweep_quality",
            width=220,
        )
        cost = st.segmented_control(
            "Against", list(COSTS), default="tokens", format_func=COSTS.__getitem__, key="sweep_cost", required=True
        )
    st.caption(TOLD[quality])
    left, right = st.columns(2, gap="large")
    with left:
        heat(rows, quality)
    with right:
        quality_against_cost(rows, quality, str(cost))
    picked = _table(rows, quality)
    if picked is not None:
        _winner(bench, who, picked, rows, quality)


def _table(rows: Sequence[Row], quality: str) -> Row | None:
    """All recipes, the best first; the row that was pressed, or the best one."""
    order = sorted(rows, key=lambda row: (-row.choose.values[quality].mean, row.choose.values["tokens"].mean))
    frame = pd.DataFrame(
        [
            {
                "Way of cutting": label(row),
                f"{NAMES[quality]}, to choose by": text(row.choose.values[quality], quality),
                f"{NAMES[quality]}, held out": text(row.report.values[quality], quality),
                "Tokens a prompt": round(row.choose.values["tokens"].mean),
                "Search, ms": round(row.choose.ms_p50, 1),
                "Chunks": row.chunks,
                "Index": size(row.bytes),
            }
            for row in order
        ]
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"Half of the questions ({rows[0].choose.questions}) choose; the other half ({rows[0].report.questions}) "
            "played no part in the choice. Press a row to keep another."
        )
        charts.download(frame, f"sweep by {quality}", key="sweep_csv")
    picked = st.dataframe(frame, hide_index=True, on_select="rerun", selection_mode="single-row", key="sweep_rows")
    chosen = picked.selection.rows if picked else []
    return order[chosen[0]] if chosen else best(rows, quality)


def _as_good(row: Row, rows: Sequence[Row], quality: str) -> Row | None:
    """The recipe with the shortest prompts whose quality is not surely below that of the best; None if it is that."""
    fit = [each for each in rows if each.choose.values[quality].mean >= row.choose.values[quality].low]
    shortest = min(fit, key=lambda each: each.choose.values["tokens"].mean)
    return None if shortest is row else shortest


def _winner(bench: Workbench, who: Principal, row: Row, rows: Sequence[Row], quality: str) -> None:
    chosen = row is not best(rows, quality)
    with st.container(border=True, key="winner"):
        cut = row.recipe.chunking
        st.markdown(f":material/{'check' if chosen else 'trophy'}: **{'Chosen' if chosen else 'Best'}: {label(row)}**")
        told = (
            f"{NAMES[quality]} {text(row.choose.values[quality], quality)} on the questions to choose by, "
            f"**{text(row.report.values[quality], quality)}** on those that played no part in the choice, with "
            f"{row.report.values['tokens'].mean:.0f} tokens a prompt and {many(row.chunks, 'chunk')}."
        )
        st.markdown(told.replace("[", "\\["))
        if not chosen and (cheaper := _as_good(row, rows, quality)):
            st.caption(
                f":material/savings: {label(cheaper)} lies within its interval, with "
                f"{cheaper.choose.values['tokens'].mean:.0f} tokens a prompt."
            )
        if may_build(who):
            name = f"{cut.strategy} {cut.size}" + (f" {cut.overlap}" if cut.overlap else "")
            offer(bench, who, row.recipe, name, f"Winner of a sweep by {NAMES[quality]}.", f"sweep_{row.recipe.hash}")
