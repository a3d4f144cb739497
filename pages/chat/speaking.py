"""Who answers the next question: with which adapter, and with the documents or without; it asks nothing."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from core.errors import TouchstoneError
from core.servers import on_server
from core.types import Principal, Recipe
from core.workbench import Workbench
from pages.shared import address
from pages.shared.notices import trouble

PAGE = "chat"
NONE = "none"
_ADAPTER, _SEARCHES, _OF = f"{PAGE}_adapter", f"{PAGE}_searches", f"{PAGE}_adapter_of"


def speaking(bench: Workbench, recipe: Recipe, name: str, who: Principal) -> Recipe:
    """Draw the choices; the recipe as they change it. An adapter is offered to those only who may use it."""
    here = not on_server(recipe.generation.model)
    names = [held.name for held in bench.adapters.released(who, recipe.generation.model)] if here else []
    own = recipe.generation.adapter or NONE
    usual = own if own in names else NONE
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="speaking"):
        chosen = _adapter(names, usual, name) if names else own
        searches = _searches(recipe)
    now = {"adapter": "" if chosen in (usual, own) else chosen, "retrieval": "" if searches else "off"}
    address.put(PAGE, now)
    try:
        worn = (
            recipe
            if chosen == usual or not here
            else bench.adapters.worn(recipe, None if chosen == NONE else chosen, who)
        )
    except TouchstoneError as error:  # retired a moment ago
        trouble(error)
        worn = recipe
    if searches:
        return replace(worn, route="auto") if recipe.route == "closed" else worn
    return replace(worn, route="closed")


def _adapter(names: Sequence[str], usual: str, recipe_name: str) -> str:
    """The adapter of the next answer; another recipe brings its own."""
    address.take(PAGE, {"adapter": usual})
    moved = st.session_state.setdefault(_OF, recipe_name) != recipe_name
    if moved or st.session_state[_ADAPTER] not in (NONE, *names):
        st.session_state[_ADAPTER], st.session_state[_OF] = usual, recipe_name
    return str(
        st.selectbox(
            "Adapter",
            [NONE, *names],
            key=_ADAPTER,
            format_func=lambda each: "No adapter" if each == NONE else f"Adapter: {each}",
            label_visibility="collapsed",
            width=220,
            help="What the model has learned. It applies to the next question, at once.",
        )
    )


def _searches(recipe: Recipe) -> bool:
    st.session_state.setdefault(_SEARCHES, recipe.route != "closed" and address.held(PAGE, "retrieval") != "off")
    return bool(
        st.toggle(
            "Search the documents",
            key=_SEARCHES,
            help="Off: the model answers from what it has learned, without sources and without receipts.",
        )
    )
