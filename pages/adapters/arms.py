"""Four arms: one question answered without and with retrieval, without and with an adapter; then a whole set."""

import streamlit as st

from core.errors import TouchstoneError
from core.recipes import BUILT_IN
from core.servers import on_server
from core.types import Principal, Recipe
from core.workbench import Workbench
from pages.adapters import arms_set
from pages.adapters.four import Four
from pages.adapters.grid_view import draw
from pages.shared import address, frame
from pages.shared.notices import trouble

PAGE = "adapters"
_FOUR, _QUESTION, _SAMPLE, _FAILED = "four_arms", f"{PAGE}_question", "arms_sample", "arms_failed"
_TICK = 0.25
"""Seconds between two looks at answers that are being written."""
_SAMPLES = 4


def show(bench: Workbench, who: Principal) -> None:
    """The whole part."""
    name, recipe = frame.recipe(bench)
    if on_server(recipe.generation.model):
        name, recipe = "default", BUILT_IN["default"]
    names = [held.name for held in bench.adapters.released(who, recipe.generation.model)]
    if not names:
        with st.container(border=True, key="no_arms", gap="small"):
            st.markdown(":material/grid_view: **No adapter that may answer yet**")
            st.caption(
                "Here one question gets four answers: by the model alone, with an adapter, with retrieval, and with "
                "both. Release an adapter first; it is then shown beside what your documents say."
            )
        return
    st.caption(
        "The same question to the same small model, four times. What does the adapter add, what do the documents add? "
        f"Passages are found as the recipe {name} says; the model writes in each arm."
    )
    _ask(bench, who, names, recipe)
    four: Four | None = st.session_state.get(_FOUR)
    if four is not None and four.principal == who:
        if four.over:
            with st.container():  # the same nesting as the fragment's, so that the browser keeps what it shows
                _grid(four)
        else:
            st.fragment(_live, run_every=_TICK)(four)
    st.divider()
    arms_set.show(bench, who, recipe, str(st.session_state[f"{PAGE}_worn"]))


def _ask(bench: Workbench, who: Principal, names: list[str], recipe: Recipe) -> None:
    """The adapter, the question, and questions to press."""
    address.take(PAGE, {"worn": names[0], "question": ""})
    if st.session_state[f"{PAGE}_worn"] not in names:
        st.session_state[f"{PAGE}_worn"] = names[0]
    running = st.session_state.get(_FOUR) is not None and not st.session_state[_FOUR].over
    with st.container(horizontal=True, vertical_alignment="bottom"):
        worn = st.selectbox("Adapter", names, key=f"{PAGE}_worn", width=220)
        question = st.text_input(
            "Question", key=_QUESTION, max_chars=4_000, placeholder="Ask about your documents", width="stretch"
        )
        if st.button(
            "Ask four ways",
            type="primary",
            icon=":material/grid_view:",
            key="ask_four",
            disabled=running or not question.strip(),
        ):
            _begin(bench, who, recipe, str(worn), question.strip())
    if samples := _samples(bench, who):
        st.pills("Its answer is known", samples, key=_SAMPLE, on_change=_take_sample)
    address.put(PAGE, {"worn": str(worn), "question": question})
    if error := st.session_state.pop(_FAILED, None):
        trouble(error)


def _samples(bench: Workbench, who: Principal) -> list[str]:
    """A few questions of a set with short answers, the last of them one that the documents do not answer."""
    for listed in bench.lab.sets.all(who):
        questions = bench.lab.sets.get(listed.name, who).questions
        free = [q for q in questions if not q.persona and "cross-lingual" not in q.tags]
        plain = [q.text for q in free if q.answerable and q.answers]
        without = [q.text for q in free if not q.answerable]
        if plain:
            step = max(1, len(plain) // _SAMPLES)
            return list(dict.fromkeys([*plain[::step][:_SAMPLES], *without[:1]]))
    return []


def _take_sample() -> None:
    if chosen := st.session_state.get(_SAMPLE):
        st.session_state[_QUESTION] = chosen


def _begin(bench: Workbench, who: Principal, recipe: Recipe, adapter: str, question: str) -> None:
    if (before := st.session_state.pop(_FOUR, None)) is not None:
        before.stop()
    try:
        st.session_state[_FOUR] = Four(bench, question, recipe, adapter, who)
    except TouchstoneError as error:
        st.session_state[_FAILED] = error
    st.rerun()


def _live(four: Four) -> None:
    over = four.look()
    _grid(four)
    if over:
        st.rerun()


def _grid(four: Four) -> None:
    st.text(four.question)
    draw(four, key="arms_grid")
    if not four.over:
        st.button("Stop", icon=":material/stop_circle:", key="stop_four", on_click=four.stop)
    elif four.error:
        trouble(four.error)
