"""The list of traces: find one, open it beside others, take it away as a file."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core.types import Principal
from core.workbench import Workbench
from pages.inspector.columns import MOST, columns, from_trace, set_columns, set_question
from pages.shared.words import many

if TYPE_CHECKING:
    from core.answering.records import Listed

VIEW = "inspector_view"
_SHOWN = 500
_BEGINNING = 90


def show(bench: Workbench, who: Principal) -> None:
    """Draw the list with its filters."""
    names = {saved.recipe.hash: saved.name for saved in bench.recipes.all()}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        text = st.text_input(
            "Search", key="inspector_search", icon=":material/search:", placeholder="Words of a question or an answer"
        )
        rows = bench.inspector.traces(who, text or "")
        found = [
            _filter("Asked from", "origin", rows, [row.origin or "–" for row in rows]),
            _filter("Route", "route", rows, [row.route for row in rows]),
            _filter("Recipe", "recipe", rows, [names.get(row.recipe, "a varied recipe") for row in rows]),
        ]
    kept = [row for row, *fits in zip(rows, *found, strict=True) if all(fits)]
    if not kept:
        st.info(
            "No trace fits."
            if rows or text
            else "No question was asked yet that you may see; ask one in Chat or here.",
            icon=":material/manage_search:",
        )
        return
    shown = kept[:_SHOWN]
    picked = st.dataframe(
        pd.DataFrame([_row(row, names) for row in shown]),
        hide_index=True,
        height=min(560, 39 + 35 * len(shown)),
        on_select="rerun",
        selection_mode="multi-row",
        key=f"inspector_rows_{len(kept)}",
        column_config={
            "Time": st.column_config.DatetimeColumn(format="D MMM, HH:mm:ss", width=112),
            "Question": st.column_config.TextColumn(width=210),
            "Answer": st.column_config.TextColumn(width=200),
            "Recipe": st.column_config.TextColumn(width=92),
            "Adapter": st.column_config.TextColumn(width=66),
            "Route": st.column_config.TextColumn(width=52),
            "Asked from": st.column_config.TextColumn(width=76),
            "Who": st.column_config.TextColumn(width=84),
            "ms": st.column_config.NumberColumn(format="localized", width=62),
            "Tokens": st.column_config.NumberColumn(format="localized", width=62),
        },
        alt="The traces, newest first",
    )
    _open(bench, who, [shown[at] for at in picked.selection.rows if at < len(shown)])
    more = f", the newest {_SHOWN} shown" if len(kept) > _SHOWN else ""
    st.caption(f"{many(len(kept), 'trace')}{more}. Tick up to {MOST} to open them side by side.")


def place(bench: Workbench, who: Principal, trace_ids: Sequence[str], beside: bool) -> None:
    """Show traces in the first columns, or behind those that are there; the question becomes the first one's."""
    made = [from_trace(bench, trace_id, who) for trace_id in trace_ids[:MOST]]
    if beside:
        held = [column for column in columns() if column.trace]
        set_columns([*held[: MOST - len(made)], *made])
    else:
        others = [column for column in columns()[len(made) :] if column.trace]
        set_columns([*made, *others])
    answer = bench.inspector.open(columns()[0].trace, who)
    set_question(answer.trace.question)
    st.session_state[VIEW] = "Compare"


def _open(bench: Workbench, who: Principal, picked: "Sequence[Listed]") -> None:
    ids = [row.id for row in picked]
    several = len(ids) > 1
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Open side by side" if several else "Open",
            type="primary",
            icon=":material/plagiarism:",
            key="inspector_open",
            disabled=not ids or len(ids) > MOST,
            on_click=place,
            args=(bench, who, ids, False),
        )
        st.button(
            "Open in the next column",
            icon=":material/splitscreen_right:",
            key="inspector_open_next",
            disabled=not ids or len(ids) > MOST or not any(column.trace for column in columns()),
            on_click=place,
            args=(bench, who, ids, True),
        )
        if len(ids) == 1:
            st.download_button(
                "JSON",
                lambda: bench.inspector.export(ids[0], who),
                f"trace-{ids[0][:12]}.json",
                "application/json",
                icon=":material/download:",
                key="inspector_list_json",
                on_click="ignore",
            )


def _filter(title: str, key: str, rows: "Sequence[Listed]", values: Sequence[str]) -> list[bool]:
    chosen = st.multiselect(title, sorted(set(values)), key=f"inspector_by_{key}", placeholder="all")
    return [not chosen or value in chosen for value in values] if rows else []


def _row(row: "Listed", names: dict[str, str]) -> dict[str, object]:
    beginning = " ".join(row.answer.split())
    return {
        "Time": pd.to_datetime(row.started_at),
        "Question": row.question,
        "Answer": beginning if len(beginning) <= _BEGINNING else beginning[: _BEGINNING - 1] + "…",
        "Recipe": names.get(row.recipe, f"varied {row.recipe[:6]}"),
        "Adapter": row.adapter or "",
        "Route": row.route,
        "Asked from": row.origin or "–",
        "Who": row.principal,
        "ms": round(row.total_ms),
        "Tokens": row.tokens,
    }
