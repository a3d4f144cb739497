"""One turn on the page: the question, the answer as far as it has come, and how it came about."""

import streamlit as st

from core.answering.followup import standalone
from core.governance.principals import sees_as_much
from core.types import Principal
from pages.chat.answer import draw_answer
from pages.chat.conversation import Turn, again, ask_alone, receipt, turns
from pages.chat.inside import inside
from pages.chat.thumbs import thumbs
from pages.shared.frame import MARK
from pages.shared.notices import trouble
from pages.shared.words import called, language, plain

_TICK = 0.15
"""Seconds between two looks at an answer that is being written."""


def draw(turn: Turn, who: Principal) -> None:
    """Question and answer; the answer redraws itself while it is being written.

    What was asked with the eyes of a persona who sees more is not shown to one who sees less.
    """
    if not sees_as_much(who, turn.principal):
        with st.chat_message("you", avatar=":material/visibility_off:"):
            st.caption(f"Asked as {turn.principal.name}, who sees more documents than {called(who)}: not shown.")
        return
    with st.chat_message("you", avatar=":material/person:"):
        st.text(turn.question)
        if turn.leaning:
            _leaning(turn)
    with st.chat_message("assistant", avatar=MARK):
        if turn.asking.over:
            with st.container():  # the same nesting as the fragment's, so that the browser keeps what it shows
                _answer(turn)
        else:
            st.fragment(_live, run_every=_TICK)(turn)


def _leaning(turn: Turn) -> None:
    """What the question was taken to mean, and the way to ask it by itself."""
    joined = standalone(turn.question, turn.before) or turn.question
    with st.container(horizontal=True, vertical_alignment="center", key=f"leaning_{turn.id}"):
        st.caption(f":material/link: Understood with what was asked before: “{plain(joined)}”", width="stretch")
        if turn.asking.over and turns()[-1] is turn:
            st.button("Ask it alone", key=f"alone_{turn.id}", type="tertiary", on_click=ask_alone, args=(turn,))


def _live(turn: Turn) -> None:
    over = turn.asking.look()
    _answer(turn)
    if over or receipt():
        st.rerun()


def _suggest(turn: Turn) -> None:
    """Offer the recipe that finds across languages, once, where the question's language is not the documents'."""
    offered = turn.asking.suggestion
    if offered is None or turns()[-1] is not turn:
        return
    with st.container(horizontal=True, vertical_alignment="center", key=f"suggest_{turn.id}"):
        st.caption(
            f":material/translate: The question seems to be in {language(offered.asked_in)}, the documents are in "
            f"{language(offered.written_in)}. The recipe {offered.recipe} finds across languages.",
            width="stretch",
        )
        st.button(
            f"Ask with {offered.recipe}",
            key=f"ask_{offered.recipe}_{turn.id}",
            on_click=lambda: again(turn, offered.recipe),
        )


def _answer(turn: Turn) -> None:
    asking = turn.asking
    if not asking.error:
        draw_answer(turn, latest=turns()[-1] is turn)
    if not asking.over:
        st.button(
            "Stop", icon=":material/stop_circle:", key=f"stop_{turn.id}", on_click=asking.stop, disabled=asking.stopping
        )
    elif asking.error:
        if asking.text:
            st.text(asking.text)
        trouble(asking.error)
    elif asking.answer:
        thumbs(turn)
        if asking.answer.trace.candidates:
            inside(turn.id, asking.answer, turn.recipe)
            _suggest(turn)
