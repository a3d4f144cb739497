"""What surrounds every page: the logo, who asks, and with which recipe.

The recipe lives in the address bar, and so does the demo persona, which only a workspace without sign-on has.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from core.governance.claims import Admitted
from core.governance.principals import PERSONAS, sees_all
from core.governance.rights import in_short
from core.recipes import BUILT_IN, Saved
from core.types import Principal, Recipe
from core.workbench import Workbench
from pages.shared.bench import workbench
from pages.shared.recipes import in_words
from pages.shared.sign_in import configured, signed_in
from pages.shared.words import listed, moment, plain

_HERE = Path(__file__).parent
LOGO = str(_HERE / "assets" / "logo.svg")
MARK = str(_HERE / "assets" / "mark.svg")

RECIPE, PERSONA = "recipe", "as"
"""Keys in the session, and names in the query string."""

_UNKNOWN = "unknown_recipe"
_NEXT = "next_page"
_RECIPES = {
    "default": "A small model on this computer writes the answer; every sentence is checked against its source.",
    "extractive": "The best sentences, word for word. Nothing is written by a model.",
    "multilingual": "Finds passages in other languages than the question's, and quotes them word for word.",
}
COMES_WITH = tuple(Saved(name, recipe) for name, recipe in BUILT_IN.items())
"""The recipes where no workspace could be opened."""


def style() -> None:
    """How everything looks, whoever sees it."""
    st.html(_HERE / "frame.css")


def sidebar(recipes: Sequence[Saved] = COMES_WITH, person: Admitted | None = None) -> None:
    """What applies to the next question: the recipe, and the person who signed in or else the demo persona."""
    known = {saved.name: saved for saved in recipes}
    _fall_back(known)
    with st.sidebar:
        name = st.selectbox(
            "Recipe",
            list(known),
            key=RECIPE,
            bind="query-params",
            on_change=_settled,
            help="How answers are made. It applies to the next question.",
        )
        if unknown := st.session_state.get(_UNKNOWN):
            st.caption(f":material/info: There is no recipe “{plain(unknown)}” here; the default one answers.")
        st.caption(_says(known[name]))
        if person is None:
            _personas()
        else:
            _person(person)


def recipe(bench: Workbench) -> tuple[str, Recipe]:
    """The chosen recipe with its name."""
    chosen = st.session_state.get(RECIPE)
    held = {saved.name: saved.recipe for saved in bench.recipes.all()}
    return (chosen, held[chosen]) if chosen in held else ("default", BUILT_IN["default"])


def principal() -> Principal:
    """Who asks: the person who signed in, where that is configured; else the chosen persona, the least one if unknown.

    Raises AccessDenied where nobody is signed in.
    """
    if configured():
        return signed_in(workbench()).principal
    return PERSONAS.get(st.session_state.get(PERSONA, ""), PERSONAS["viewer"])


def go(page: str, **query: str) -> None:
    """Open another page with the same recipe and persona, and with this in its address.

    What else the address holds belongs to this page.

    Streamlit refuses to clear what is bound to a widget unless told what comes in its place, which may be nothing.
    """
    st.switch_page(page, query_params=query)


def ask_with(name: str) -> None:
    """A callback: make this the recipe of the next question, and open Chat."""
    st.session_state[RECIPE] = name
    st.session_state[_NEXT] = "pages/chat/page.py"


def leaving() -> bool:
    """Whether a callback asked for another page; what draws itself without its page must rerun the page then."""
    return _NEXT in st.session_state


def onward() -> None:
    """Open the page that a callback asked for. A press is not enough: the new recipe reruns the page first."""
    if page := st.session_state.pop(_NEXT, None):
        go(page)


def _personas() -> None:
    default = list(PERSONAS).index("administrator")
    chosen = st.selectbox(
        "Demo persona",
        list(PERSONAS),
        index=default,
        key=PERSONA,
        bind="query-params",
        help="Whose eyes the next question is asked with. Anybody may choose any of them: it is for demonstrations. "
        "A sign-on takes this place where one is configured; see docs/access.md.",
    )
    st.caption(_sees(PERSONAS[chosen]))
    st.caption(":material/lock_open: A demonstration: nobody signs in.")


def _person(person: Admitted) -> None:
    st.markdown(f":material/person: **{plain(person.shown)}**")
    st.caption(_sees(person.principal))
    st.caption(f"Signed in until {moment(datetime.fromtimestamp(person.until, UTC).isoformat())}.")
    st.button("Sign out", icon=":material/logout:", on_click=st.logout, key="sign_out", type="tertiary")


def _fall_back(known: dict[str, Saved]) -> None:
    """Choose default, and remember to say so, where the address or the session names a recipe that is not there."""
    chosen = st.session_state.get(RECIPE) or st.query_params.get(RECIPE)
    if chosen and chosen not in known:
        st.session_state[_UNKNOWN] = chosen
        st.session_state[RECIPE] = "default"


def _settled() -> None:
    st.session_state.pop(_UNKNOWN, None)


def _says(saved: Saved) -> str:
    if saved.built_in:
        return _RECIPES.get(saved.name, "")
    return plain(saved.note or f"{listed(in_words(saved.recipe)) or 'The same as default'}.")


def _sees(who: Principal) -> str:
    zones = f"Sees {listed(who.zones)} documents" if who.zones else "Sees no document"
    if sees_all(who):
        zones = "Sees all documents"
    elif who.zones and who.labels is not None:
        zones += f", of labelled ones those with {listed(who.labels)}" if who.labels else " without labels"
    return f"{zones}; {in_short(who)}."
