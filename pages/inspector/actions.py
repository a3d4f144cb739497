"""What a person does with one column's answer: run it again, word its prompt, keep it, take it away as a file."""

import streamlit as st

from core.answering.summary import packed
from core.errors import NotFound
from core.evaluation.from_answer import as_question
from core.governance.principals import may_build
from core.types import Answer, Principal
from core.workbench import Workbench
from pages.inspector.acting import rerun
from pages.inspector.columns import LETTERS, Column, columns
from pages.inspector.panels import close_dialog, dialog, show_dialog
from pages.shared import frame
from pages.shared.notices import guarded
from pages.shared.saving import offer
from pages.shared.words import many, plain

_NEW = "a new set"


def actions(bench: Workbench, who: Principal, column: Column, answer: Answer) -> None:
    """The row of buttons under a column; beside many columns all but the first are in a menu."""
    narrow = len(columns()) > 2
    with st.container(horizontal=True, gap="small", key=f"inspector_actions_{column.id}"):
        st.button(
            "Run again",
            icon=":material/replay:",
            key=f"inspector_rerun_{column.id}",
            help="With what “Vary” changed, from the first stage that it touches; what came before is taken over.",
            on_click=rerun,
            args=(bench, column, who),
        )
        if narrow:
            with st.popover("More", key=f"inspector_more_{column.id}"):
                _others(bench, who, column, answer)
        else:
            _others(bench, who, column, answer)
    _replayed(answer)


def dialogs(bench: Workbench, who: Principal) -> None:
    """Show the dialog that a person opened, if any."""
    held = dialog()
    if held is not None:
        kind, column = held
        {"prompt": _prompt, "keep": _keep}[kind](bench, who, column, LETTERS[columns().index(column)])


def _others(bench: Workbench, who: Principal, column: Column, answer: Answer) -> None:
    prompt = answer.trace.prompt
    st.button(
        "Prompt",
        icon=":material/edit_note:",
        key=f"inspector_prompt_{column.id}",
        disabled=prompt is None,
        help="Read what the model received, change it and run it." if prompt else "No model was asked.",
        on_click=show_dialog,
        args=("prompt", column),
    )
    if may_build(who):
        st.button(
            "Keep",
            icon=":material/bookmark:",
            key=f"inspector_keep_{column.id}",
            help="As a recipe, or as a row of a question set.",
            on_click=show_dialog,
            args=("keep", column),
        )
    st.download_button(
        "JSON",
        lambda: bench.inspector.export(answer.trace.id, who),
        f"trace-{answer.trace.id[:12]}.json",
        "application/json",
        icon=":material/download:",
        key=f"inspector_json_{column.id}",
        on_click="ignore",
    )


def _replayed(answer: Answer) -> None:
    """From where a replay ran, and what a person put first or kept out."""
    told = []
    if answer.trace.since:
        taken = {"retrieve": "everything ran", "pack": "the search was taken over", "generate": "only the answer ran"}
        told.append(f"Replayed from **{plain(answer.trace.since)}**: {taken.get(answer.trace.since, '')}")
    if answer.trace.pinned:
        told.append(f"{many(len(answer.trace.pinned), 'passage')} put first")
    if answer.trace.barred:
        told.append(f"{many(len(answer.trace.barred), 'passage')} kept out")
    if told:
        st.caption(":material/replay: " + " · ".join(told))


@st.dialog("Prompt", width="large", icon=":material/edit_note:", on_dismiss=close_dialog)  # type: ignore[untyped-decorator]
def _prompt(bench: Workbench, who: Principal, column: Column, letter: str) -> None:
    with guarded():
        answer = bench.inspector.open(column.trace, who)
        prompt = answer.trace.prompt
        if prompt is None:
            st.caption("No model was asked.")
            return
        st.caption(
            f"Column {letter}: prompt {packed(answer)}. Citations still point at the numbered "
            "sources, whatever you write."
        )
        messages = []
        for place, (role, text) in enumerate(prompt.messages):
            title = {"system": "Instructions (system)", "user": "Sources and question (user)"}.get(role, role)
            typed = st.text_area(
                title, text, height=120 if role == "system" else 360, key=f"inspector_message_{place}_{column.trace}"
            )
            messages.append((role, str(typed or "")))
        if st.button("Run with this prompt", type="primary", icon=":material/play_arrow:", key="inspector_run_prompt"):
            close_dialog()
            rerun(bench, column, who, tuple(messages))
            st.rerun()
        if answer.trace.received:
            with st.expander(
                "What the model received, byte for byte", key="inspector_received", on_change="rerun"
            ) as held:
                if held.open:
                    st.code(answer.trace.received, language=None, wrap_lines=True)


@st.dialog("Keep", width="medium", icon=":material/bookmark:", on_dismiss=close_dialog)  # type: ignore[untyped-decorator]
def _keep(bench: Workbench, who: Principal, column: Column, letter: str) -> None:
    with guarded():
        answer = bench.inspector.open(column.trace, who)
        st.markdown(f"**The recipe of column {letter}**")
        recipe = answer.trace.choice
        if recipe is None:
            st.caption("Another version of Touchstone asked with it; it cannot be kept.")
        else:
            offer(bench, who, recipe, f"inspected {recipe.hash[:6]}", "From the inspector.", f"inspector_{column.id}")
            if frame.leaving():
                close_dialog()
                st.rerun()
        st.divider()
        _row(bench, who, answer)


def _row(bench: Workbench, who: Principal, answer: Answer) -> None:
    """The question as a row of a question set."""
    made = as_question(answer)
    st.markdown("**The question, as a row of a question set**")
    told = (
        f"with {many(len(made.evidence), 'quote')} as its evidence" if made.answerable else "as one without an answer"
    )
    st.caption(f"“{plain(made.text)}” {told}. Keep it only if that is right.")
    names = [each.name for each in bench.lab.sets.all(who)]
    chosen = st.selectbox("Question set", [*names, _NEW], key="inspector_set")
    name = st.text_input("Its name", "from the inspector", key="inspector_set_name") if chosen == _NEW else chosen
    accepted = st.text_input("An accepted answer (may stay empty)", key="inspector_accepted") if made.answerable else ""
    if st.button("Add to the set", icon=":material/playlist_add:", key="inspector_add_row", disabled=not name):
        held = bench.lab.sets.add(str(name).strip(), as_question(answer, accepted or ""), who)
        st.success(f"Kept: “{plain(held.name)}” has {many(len(held.questions), 'question')} now.")


def hidden(error: NotFound) -> str:
    """What a column says whose trace this persona may not see, or that is gone."""
    return f"{error} It may be gone with a document, or belong to someone who sees more."
