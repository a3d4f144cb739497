"""What the reader thinks of an answer: a thumb, and what it should have said. Adapters can learn from it."""

import streamlit as st

from core.errors import TouchstoneError
from pages.chat.conversation import Turn
from pages.shared import frame
from pages.shared.notices import trouble

_THUMBS = ("down", "up")
"""As `st.feedback` counts them."""
_FAILED = "feedback_failed"


def thumbs(turn: Turn) -> None:
    """The thumbs under a finished answer, and the box that corrects it."""
    answer = turn.asking.answer
    if answer is None or answer.model == "none":  # small talk: nothing to learn from
        return
    thumb, proposed = f"thumb_{turn.id}", f"proposed_{turn.id}"
    if thumb not in st.session_state:  # also after another page was open
        given = turn.asking.bench.feedback_book.of(answer.trace.id, turn.principal)
        st.session_state[thumb] = _THUMBS.index(given.thumb) if given else None
        st.session_state[proposed] = (given.corrected if given else "") or answer.text
    with st.container(horizontal=True, vertical_alignment="center", key=f"thumbs_{turn.id}", gap="small"):
        st.feedback("thumbs", key=thumb, on_change=_give, args=(turn,))
        with st.popover("Correct it", icon=":material/edit:", key=f"correct_{turn.id}"):
            st.text_area(
                "What the answer should have said",
                st.session_state[proposed],  # a value in the session would not reach a box that is still closed
                key=f"corrected_{turn.id}",
                height=160,
            )
            st.caption("Marks such as [1] point at the sources above. Datasets take it in from Feedback.")
            st.button("Save", type="primary", key=f"save_correction_{turn.id}", on_click=_correct, args=(turn,))
        _onward(turn.id, answer.trace.id)
    failed = st.session_state.get(_FAILED)
    if failed and failed[0] == turn.id:
        del st.session_state[_FAILED]
        trouble(failed[1])


def _onward(turn_id: str, trace_id: str) -> None:
    """The two ways into the inspector; the trace in their address opens the same answer at any later time."""
    inspector = "pages/inspector/page.py"
    if st.button(
        "Why?",
        icon=":material/plagiarism:",
        type="tertiary",
        key=f"why_{turn_id}",
        help="Opens the trace of this answer: what was found, what reached the prompt, and what became of the rest.",
    ):
        frame.go(inspector, trace=trace_id)
    if st.button(
        "Compare",
        icon=":material/splitscreen_right:",
        type="tertiary",
        key=f"compare_{turn_id}",
        help="Opens this answer beside a second recipe.",
    ):
        frame.go(inspector, trace=trace_id, compare="1")


def _correct(turn: Turn) -> None:
    """Keep the words of the box; who corrects an answer did not find it right, unless he says so."""
    if st.session_state.get(f"thumb_{turn.id}") is None:
        st.session_state[f"thumb_{turn.id}"] = _THUMBS.index("down")
    _give(turn, corrected=True)


def _give(turn: Turn, corrected: bool = False) -> None:
    answer, chosen = turn.asking.answer, st.session_state.get(f"thumb_{turn.id}")
    if answer is None:
        return
    bench = turn.asking.bench
    words = str(st.session_state.get(f"corrected_{turn.id}", "")).strip()
    if not corrected:
        before = bench.feedback_book.of(answer.trace.id, turn.principal)
        words = before.corrected if before else ""
    try:
        bench.feedback(
            answer,
            None if chosen is None else _THUMBS[chosen],
            turn.principal,
            "" if words == answer.text.strip() else words,
        )
    except TouchstoneError as error:
        st.session_state[_FAILED] = (turn.id, error)
        return
    if corrected:
        st.toast("Kept. A dataset can take it in.", icon=":material/check:")
