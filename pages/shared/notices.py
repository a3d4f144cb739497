"""Errors as one sentence with the way out; never a traceback, never Markdown out of a message."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from core.errors import QueueFull, TouchstoneError, WeightsMissing, WorkspaceInUse
from pages.shared.words import plain

PULL = "python -m core models pull"


@contextmanager
def guarded() -> Iterator[None]:
    """Show a known error where it happens and let the rest of the page live."""
    try:
        yield
    except TouchstoneError as error:
        trouble(error)


def trouble(error: TouchstoneError) -> None:
    """One known error, with what to do about it."""
    st.warning(plain(str(error)), icon=":material/info:")
    if way := way_out(error):
        st.caption(way)


def way_out(error: TouchstoneError) -> str:
    """What the reader can do, where the message alone does not say it."""
    if isinstance(error, QueueFull):
        return "The extractive recipe needs no model and answers at once; switch to it in the sidebar."
    if isinstance(error, WeightsMissing):
        return "Until then the extractive recipe answers with the search model alone."
    return ""


def blocked(error: TouchstoneError) -> None:
    """The whole page when the workspace cannot be opened."""
    with (
        st.container(horizontal_alignment="center"),
        st.container(border=True, width=620, key="blocked"),
    ):
        in_use = isinstance(error, WorkspaceInUse)
        st.subheader("This workspace is busy" if in_use else "The workspace could not be opened")
        st.markdown(plain(str(error)))
        if in_use:
            st.markdown(
                "Only one program may own a workspace at a time. End that program and try again, or start this one "
                "on another folder:"
            )
            st.code("TOUCHSTONE_WORKSPACE=another-folder make run", language="bash")
        st.button("Try again", icon=":material/refresh:", type="primary")
