"""The controls of a recipe's route, with the two sliders of the router."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import streamlit as st

from core.servers import on_server
from core.types import Recipe, Route, Routing
from pages.shared.recipes import ROUTES
from pages.shared.words import plain

_SAME = ""


def routing(recipe: Recipe, key: str, released: Sequence[str]) -> tuple[Route, Routing]:
    """The route, and how the router chooses; `released` are the adapters that may answer."""
    now = recipe.routing
    st.markdown("**The route**")
    one, two, three = st.columns(3)
    with one:
        route = st.selectbox(
            "Each question", list(ROUTES), list(ROUTES).index(recipe.route), key=f"route_{key}",
            format_func=lambda name: ROUTES[name][:1].upper() + ROUTES[name][1:],
            help="The router chooses the adapter alone, a search, or both, and declines where none is likely right.",
        )  # fmt: skip
    if route != "router":
        return cast("Route", route), now
    with two:
        budget = st.slider(
            "Latency budget (ms)", 0, 6_000, min(now.latency_budget_ms, 6_000), 100, key=f"budget_{key}",
            help="The most that an answer is expected to take; 0 sets no limit.",
        )  # fmt: skip
    with three:
        least = st.slider(
            "Least confidence", 0.0, 1.0, now.least_confidence, 0.05, key=f"least_{key}",
            help="Below this estimated chance of being right it says that there is no answer.",
        )  # fmt: skip
    names = list(dict.fromkeys([_SAME, *released, *filter(None, [now.closed])]))
    closed = st.selectbox(
        "Answers alone", names, names.index(now.closed or _SAME), key=f"alone_{key}",
        format_func=lambda name: name or "the adapter that reads the sources",
        help="The adapter for questions whose answer it learned by heart. Train the router under Adapters, Router.",
    )  # fmt: skip
    if closed and closed not in released and not on_server(recipe.generation.model):
        st.caption(f":material/block: {plain(closed)} does not answer any longer: the router passes its route over.")
    made = replace(now, latency_budget_ms=int(budget), least_confidence=float(least), closed=closed or None)
    return cast("Route", route), made
