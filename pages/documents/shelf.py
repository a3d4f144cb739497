"""The list of documents: filter it, press a row to look inside."""

from collections.abc import Sequence
from datetime import datetime
from textwrap import shorten
from typing import Any

import pandas as pd
import streamlit as st

from core.governance.principals import may_build
from core.library.store import Summary
from core.types import Principal, fingerprint
from core.workbench import Workbench
from pages.documents.detail import chosen, open_document
from pages.documents.manage import manage
from pages.shared.words import called, many

_ROUND = "shelf_round"
_TWO_LINES = 62
"""Pixels of a row in which a long name or many labels wrap; Streamlit wraps in rows of more than 4 rem only."""
_NAME, _LABELS, _NOTES, _ROOMY = 28, 22, 19, 40
"""Characters that stand on one line at a width of 1280 pixels; notes have more room where no document has a label."""


def shelf(bench: Workbench, documents: Sequence[Summary], who: Principal, above: str = "") -> None:
    """Filter and table; an empty shelf says what to do. Several rows may be chosen for one change.

    `above` changes with the room that stands above: a table that was moved takes its first press to learn where it is
    now, so one that was moved is a new one.
    """
    if not documents:
        _empty(who)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        words = st.text_input(
            "Find", placeholder="Name or label", icon=":material/search:", label_visibility="collapsed", width=320
        )
        zones = st.pills(
            "Zones",
            [zone for zone in who.zones if any(d.zone == zone for d in documents)],
            selection_mode="multi",
            format_func=str.capitalize,
            label_visibility="collapsed",
        )
        several = may_build(who) and st.toggle("Choose several", key="several")
    shown = [d for d in documents if _fits(d, words or "", zones or [])]
    passages = many(sum(document.chunks for document in shown), "passage")
    what = "Tick the rows that are to change." if several else "Press a row to look inside."
    st.caption(f"{many(len(shown), 'document')}, {passages}. {what}")
    if not shown:
        st.markdown("No document fits this filter.")
    elif several:
        _bulk(bench, who, shown)
    else:
        _table(shown, above)


def clear_selection() -> None:
    """Forget the pressed row, so that it can be pressed again."""
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def _fits(document: Summary, words: str, zones: Sequence[str]) -> bool:
    text = " ".join((document.name, *document.labels)).lower()
    return all(word in text for word in words.lower().split()) and (not zones or document.zone in zones)


def _bulk(bench: Workbench, who: Principal, documents: Sequence[Summary]) -> None:
    form = st.container()
    key = f"bulk_{st.session_state.get(_ROUND, 0)}"
    picked = _draw(documents, key, "rerun", ["multi-row"]).selection.rows
    rows = [documents[row] for row in picked if row < len(documents)]
    if rows:
        with form.container(border=True):
            st.markdown(f"**{many(len(rows), 'document')} chosen**")
            manage(bench, who, [chosen(row, len(bench.versions(row.name, who))) for row in rows], "bulk")


def _table(documents: Sequence[Summary], above: str) -> None:
    held = fingerprint([above, [document.id for document in documents]])
    key = f"shelf_{st.session_state.get(_ROUND, 0)}_{held}"

    def pressed() -> None:
        selection = st.session_state[key].selection
        rows = [*selection.rows, *(row for row, _ in selection.cells)]
        if rows and rows[0] < len(documents):
            open_document(documents[rows[0]].id)

    _draw(documents, key, pressed, ["single-row", "single-cell"])


def _draw(documents: Sequence[Summary], key: str, on_select: Any, selection_mode: Any) -> Any:
    room = _NOTES if (labelled := any(document.labels for document in documents)) else _ROOMY
    frame_of_rows = pd.DataFrame([_row(document, room) for document in documents])
    bare = [] if labelled else ["Labels"]
    bare += [] if any(document.notes for document in documents) else ["Notes"]
    frame_of_rows = frame_of_rows.drop(columns=bare)
    return st.dataframe(
        frame_of_rows,
        key=key,
        hide_index=True,
        height="content" if len(documents) <= 24 else 880,
        row_height=_TWO_LINES if any(_long(document, room) for document in documents) else None,
        on_select=on_select,
        selection_mode=selection_mode,
        column_config={
            "Name": st.column_config.TextColumn(width=176),
            "Zone": st.column_config.TextColumn(width=78, help="Who may find it"),
            "Labels": st.column_config.TextColumn(width=136),
            "Version": st.column_config.NumberColumn("Ver.", width=36, format="v%d"),
            "Pages": st.column_config.NumberColumn(width=44),
            "Passages": st.column_config.NumberColumn(width=62, help="Pieces that a search can find"),
            "Size": st.column_config.NumberColumn(width=54, format="bytes"),
            "Notes": st.column_config.TextColumn(
                width=132 if labelled else 268, help="What could not be read, or was read by OCR"
            ),
            "Added": st.column_config.DatetimeColumn(width=88, format="D MMM YYYY"),
        },
        alt="The documents that you may see",
    )


def _long(document: Summary, room: int) -> bool:
    labels = ", ".join(document.labels)
    return len(document.name) > _NAME or len(labels) > _LABELS or len(_noted(document, room)) > room


def _noted(document: Summary, room: int) -> str:
    """What is hidden first; cut behind a word where it would not fit on two lines: the document shows all of it."""
    notes = sorted(document.notes, key=lambda note: not note.startswith("Hidden"))
    return shorten("; ".join(notes), 2 * room - 4, placeholder=" …")


def _row(document: Summary, room: int) -> dict[str, object]:
    return {
        "Name": document.name,
        "Zone": document.zone,
        "Labels": ", ".join(document.labels),
        "Version": document.version,
        "Pages": document.pages,
        "Passages": document.chunks,
        "Size": document.size,
        "Notes": _noted(document, room),
        "Added": datetime.fromisoformat(document.added_at) if document.added_at else None,
    }


def _empty(who: Principal) -> None:
    with st.container(border=True, gap="small", key="empty_shelf"):
        st.markdown(":material/menu_book: **No documents yet**")
        st.caption(
            f"Nothing here is visible to {called(who)}. Files that are added appear in this list as soon as they can "
            "be searched, and not before."
        )
