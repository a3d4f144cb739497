"""Choices of a page that stand in the address bar, so that a link opens the same view; they outlive other pages."""

from collections.abc import Mapping

import streamlit as st

_KEPT = "address_of_"


def take(page: str, usual: Mapping[str, str]) -> None:
    """Give each choice that the session does not hold its value: the address's, the last visit's or the usual one.

    A choice `name` is kept in the session under `page_name`.
    """
    for name, value in usual.items():
        st.session_state.setdefault(f"{page}_{name}", held(page, name) or value)


def held(page: str, name: str) -> str:
    """What the address says, or said at the last visit; empty where neither does."""
    kept: dict[str, str] = st.session_state.get(_KEPT + page, {})
    return st.query_params.get(name) or kept.get(name, "")


def put(page: str, now: Mapping[str, str]) -> None:
    """Write the choices into the address, and keep them; an empty one is left out, others of the page stay."""
    kept = {**st.session_state.get(_KEPT + page, {}), **now}
    st.session_state[_KEPT + page] = kept
    for name, value in now.items():
        if value and st.query_params.get(name) != value:
            st.query_params[name] = value
        elif not value and name in st.query_params:
            del st.query_params[name]
