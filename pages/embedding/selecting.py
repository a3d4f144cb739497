"""What was pressed or lassoed on a map: places of documents, so that the maps of two embedders show the same."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.lab.maps import Map
from pages.shared.reader import reader
from pages.shared.words import many, plain

_SELECTED, _ROUND = "selected_passages", "map_round"
_MOST = 200
"""Passages of a selection that are listed."""

Place = tuple[str, int, int]
"""A document's id with the range of a passage: the same in the maps of two embedders, or nearly."""


def places(held: Map) -> list[Place]:
    """The place of each passage of a map."""
    return [(e.chunk.document_id, e.chunk.start, e.chunk.end) for e in held.entries]


def now() -> list[Place]:
    """What is selected."""
    selected: list[Place] = st.session_state.get(_SELECTED, [])
    return selected


def turn() -> int:
    """A number that grows when a selection is cleared: charts of a new number begin without one."""
    return int(st.session_state.get(_ROUND, 0))


def take(key: str, places: Sequence[Place]) -> None:
    """A callback: what was pressed or lassoed in one map is what all maps show."""
    points = st.session_state[key].selection.points
    passages = {int(point["customdata"][0]) for point in points if "customdata" in point}  # the question has none
    st.session_state[_SELECTED] = [places[i] for i in sorted(passages)]


def _clear() -> None:
    st.session_state[_SELECTED] = []
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def touched(places: Sequence[Place], selected: Sequence[Place]) -> list[int] | None:
    """Positions of the passages that share text with the selected ones; None without a selection."""
    if not selected:
        return None
    by_document: dict[str, list[Place]] = {}
    for place in selected:
        by_document.setdefault(place[0], []).append(place)
    return [
        i
        for i, (document, start, end) in enumerate(places)
        if any(start < other[2] and other[1] < end for other in by_document.get(document, []))
    ]


def listed(held: Map, selected: Sequence[Place]) -> None:
    """The passages of the selection, and the one that was pressed."""
    if not selected:
        st.caption("Press a point to read its passage; draw a lasso around several to list them.")
        return
    chosen = touched(places(held), selected) or []
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(f"{many(len(chosen), 'passage')} chosen", anchor=False)
        st.button("Clear", key="clear_selection", type="tertiary", icon=":material/close:", on_click=_clear)
    if len(chosen) > 1:
        frame = pd.DataFrame(
            [
                {
                    "Passage": " ".join(held.entries[i].chunk.text.split())[:200],
                    "Document": held.entries[i].document,
                    "Headings": " › ".join(held.entries[i].chunk.headings),
                    "Tokens": held.entries[i].chunk.tokens,
                }
                for i in chosen[:_MOST]
            ]
        )
        picked = st.dataframe(frame, hide_index=True, on_select="rerun", selection_mode="single-row", key="map_rows")
        rows = picked.selection.rows if picked else []
        chosen = [chosen[rows[0]]] if rows else []
    for i in chosen[:1]:
        entry = held.entries[i]
        page = f", page {entry.chunk.pages[0]}" if entry.chunk.pages else ""
        above = f" · {plain(' › '.join(entry.chunk.headings))}" if entry.chunk.headings else ""
        st.markdown(f"**{plain(entry.document)}**{page}")
        st.caption(f"{many(entry.chunk.tokens, 'token')}{above}")
        reader(entry.chunk.text, key="map_passage", height=320)
