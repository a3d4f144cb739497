"""The comparison: one question, the answers side by side, the fate of every passage, and what it cost."""

import streamlit as st

from core.errors import TouchstoneError
from core.types import Principal
from core.workbench import Workbench
from pages.inspector import board, costs, fates, presenting
from pages.inspector.acting import apply, ask
from pages.inspector.actions import actions, dialogs
from pages.inspector.board import Side
from pages.inspector.columns import MOST, Column, add, columns, opened, question, running, set_question, settle
from pages.inspector.controls import changed, controls
from pages.inspector.finding import LOOKING, looking
from pages.inspector.panels import show_passage
from pages.inspector.passage import sheet
from pages.inspector.sides import side_of, title, without_shown

_TICK = 0.3
"""Seconds between two looks at answers that are being written."""


def show(bench: Workbench, who: Principal, large: bool) -> None:
    """Draw it all; `large` leaves the controls out."""
    settle(bench)
    if not large:
        _asked(bench, who)
        for place, (box, column) in enumerate(zip(st.columns(len(columns())), columns(), strict=True)):
            with box:
                controls(bench, who, column, place, len(columns()))
    if running():
        st.fragment(_live, run_every=_TICK)(bench, who, large)
        return
    sides = _board(bench, who, large)
    answers = [side.answer for side in sides]
    if not any(answers):
        return
    if not large:
        for box, column, answer in zip(st.columns(len(columns())), columns(), answers, strict=True):
            with box:
                changed(bench, who, column, answer)
                if answer is not None:
                    actions(bench, who, column, answer)
    titles = [title(bench, column, answer) for column, answer in zip(columns(), answers, strict=True)]
    st.subheader(
        "The fate of every passage",
        anchor=False,
        help="Each line is a passage on its way through the ranks. Where it ends, it was lost: point at it or go "
        "through with the arrow keys for the reason, press it or Enter for its text.",
    )
    fates.draw(titles, answers, show_passage, large)
    st.subheader("Time and tokens", anchor=False, help="All columns on one scale of time; the prompt by what fills it.")
    costs.draw(titles, answers, large)
    if not large:
        presenting.tools(bench, who, titles, sides)
    sheet(bench, who)
    dialogs(bench, who)
    if any(side.found is LOOKING for side in sides):  # as drawn: a diagnosis may have ended since
        st.fragment(_until_found, run_every=_TICK)()


def _until_found() -> None:
    if not looking():
        st.rerun()


def _asked(bench: Workbench, who: Principal) -> None:
    """The question, and the buttons that ask it."""
    with (
        st.form("inspector_form", border=False),
        st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
    ):
        typed = st.text_input(
            "Question",
            question(),
            key=f"inspector_typed_{question()}",
            max_chars=4_000,
            placeholder="Ask all columns at once",
        )
        pressed = st.form_submit_button("Ask", type="primary", icon=":material/play_arrow:")
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Add a column",
            icon=":material/add:",
            type="tertiary",
            key="inspector_add",
            disabled=len(columns()) >= MOST,
            on_click=add,
        )
        if running():
            st.button("Stop", icon=":material/stop_circle:", type="tertiary", key="inspector_stop", on_click=_stop_all)
    if pressed and (typed or "").strip():
        set_question(str(typed).strip())
        for column in _unanswered(bench, who):
            ask(bench, column, who)
        st.rerun()


def _unanswered(bench: Workbench, who: Principal) -> list[Column]:
    """The columns without an answer to this question by their recipe; all, where every one has its answer."""
    found = []
    for column in columns():
        try:
            answer = opened(bench, column, who)
            if (
                answer is not None
                and answer.trace.question == question()
                and answer.trace.choice == column.recipe(bench, who)
            ):
                continue
        except TouchstoneError:  # gone, or a recipe that cannot be: asking says so in the column
            pass
        found.append(column)
    return found or columns()


def _stop_all() -> None:
    for column in columns():
        if column.asking is not None:
            column.asking.stop()


def _live(bench: Workbench, who: Principal, large: bool) -> None:
    over = [column.asking.look() for column in columns() if column.asking is not None]
    _board(bench, who, large)
    if all(over):
        st.rerun()


def _board(bench: Workbench, who: Principal, large: bool) -> list[Side]:
    """Draw the answers as far as they have come; returns what was drawn."""
    sides = without_shown([side_of(bench, who, column) for column in columns()])

    def cited(place: int, number: int) -> None:
        answer = sides[place].answer
        source = next((each for each in answer.sources if each.number == number), None) if answer else None
        if source is not None:
            show_passage(place, source.hit.chunk.id)

    board.draw(sides, cited, lambda place: _apply(bench, who, place, sides), large)
    return sides


def _apply(bench: Workbench, who: Principal, place: int, sides: list[Side]) -> None:
    found = sides[place].found
    if found and found.get("suggestion"):
        apply(bench, columns()[place], dict(found["suggestion"]["changes"]), who)
