"""Which panel of the inspector is open: a candidate's sheet, a prompt, or what can be kept. There is room for one."""

import streamlit as st

from pages.inspector.columns import Column, columns

_PASSAGE, _DIALOG = "inspector_passage", "inspector_dialog"


def show_passage(place: int, chunk_id: str) -> None:
    """Open a candidate of a column on the next run."""
    close_dialog()  # there is room for one
    st.session_state[_PASSAGE] = (columns()[place].id, chunk_id)


def close_passage() -> None:
    """Open none."""
    st.session_state.pop(_PASSAGE, None)


def passage() -> tuple[Column, str] | None:
    """The candidate that is open, with its column."""
    held = st.session_state.get(_PASSAGE)
    column = next((column for column in columns() if held and column.id == held[0]), None)
    return (column, held[1]) if column else None


def show_dialog(kind: str, column: Column) -> None:
    """Open the prompt ("prompt") of a column or what can be kept of it ("keep") on the next run."""
    close_passage()
    st.session_state[_DIALOG] = (kind, column.id)


def close_dialog() -> None:
    """Open none."""
    st.session_state.pop(_DIALOG, None)


def dialog() -> tuple[str, Column] | None:
    """The dialog that is open, with its column."""
    held = st.session_state.get(_DIALOG)
    column = next((column for column in columns() if held and column.id == held[1]), None)
    return (held[0], column) if column else None
