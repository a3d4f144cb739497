"""What surrounds every page: the logo, who asks, and with which recipe. Both choices live in the address bar too."""

from pathlib import Path

import streamlit as st

from core.governance.principals import PERSONAS
from core.recipes import BUILT_IN
from core.types import Principal, Recipe
from pages.shared.words import listed

_ASSETS = Path(__file__).parent / "assets"
LOGO = str(_ASSETS / "logo.svg")
MARK = str(_ASSETS / "mark.svg")

RECIPE, PERSONA = "recipe", "as"
"""Keys in the session, and names in the query string."""

_RECIPES = {
    "default": "A small model on this computer writes the answer; every sentence is checked against its source.",
    "extractive": "The best sentences, word for word. Nothing is written by a model.",
    "multilingual": "Finds passages in other languages than the question's, and quotes them word for word.",
}


def sidebar() -> None:
    """The two choices that apply to the next question."""
    with st.sidebar:
        name = st.selectbox(
            "Recipe",
            list(BUILT_IN),
            key=RECIPE,
            bind="query-params",
            help="How answers are made. It applies to the next question.",
        )
        st.caption(_RECIPES.get(name, ""))
        default = list(PERSONAS).index("administrator")
        chosen = st.selectbox(
            "Demo persona",
            list(PERSONAS),
            index=default,
            key=PERSONA,
            bind="query-params",
            help="Whose eyes the next question is asked with. A real sign-on takes this place.",
        )
        st.caption(_sees(PERSONAS[chosen]))


def recipe() -> tuple[str, Recipe]:
    """The chosen recipe with its name."""
    name = st.session_state.get(RECIPE)
    return (name, BUILT_IN[name]) if name in BUILT_IN else ("default", BUILT_IN["default"])


def principal() -> Principal:
    """The chosen persona; the one with the fewest rights when the choice is unknown."""
    return PERSONAS.get(st.session_state.get(PERSONA, ""), PERSONAS["viewer"])


def may_add(who: Principal) -> bool:
    """Whether this persona may bring documents."""
    return bool({"builder", "administrator"} & set(who.roles))


def _sees(who: Principal) -> str:
    zones = f"Sees {listed(who.zones)} documents" if len(who.zones) < 3 else "Sees all documents"
    return f"{zones}; {'may add some' if may_add(who) else 'may not add any'}."
