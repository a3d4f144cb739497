"""The parts of a page and the control between them; the one that is open stands in the address bar."""

from collections.abc import Mapping

import streamlit as st

from pages.shared import address


def switch(page: str, views: Mapping[str, str]) -> str:
    """Draw the control and return the name of the view that is open; `views` holds labels by name.

    The first is the usual one: it is left out of the address, and opened where that names a view that there is not.
    """
    usual, key = next(iter(views)), f"{page}_view"
    address.take(page, {"view": usual})
    if st.session_state[key] not in views:
        st.session_state[key] = usual
    st.segmented_control(
        "View",
        views,
        key=key,
        required=True,
        format_func=views.__getitem__,
        label_visibility="collapsed",
        width="content",
    )
    chosen = str(st.session_state[key])
    address.put(page, {"view": "" if chosen == usual else chosen})
    return chosen
