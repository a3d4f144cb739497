"""Where rows come from: documents, question sets, feedback in Chat, files. It reviews none."""

from collections.abc import Callable

import streamlit as st

from core.adapters.proposals import KINDS, Kind
from core.desks.datasets import Added, Listed
from core.errors import TouchstoneError
from core.tabular import format_of
from core.types import Principal
from core.workbench import Workbench
from pages.shared.notices import trouble
from pages.shared.words import many, plain

_ORIGINS = {
    "documents": ":material/description: Documents",
    "questions": ":material/quiz: Question set",
    "feedback": ":material/thumbs_up_down: Feedback",
    "file": ":material/upload_file: File",
}
_KINDS: dict[Kind, str] = {"heading": "Headings", "table": "Tables", "sentence": "Sentences"}
_FAILED, _ADDED = "adding_failed", "adding_done"


def panel(bench: Workbench, who: Principal, chosen: Listed) -> None:
    """Choose an origin, fill in what it needs, and add its rows to the draft."""
    with st.expander("Add rows", icon=":material/add_circle:", expanded=not chosen.rows):
        origin = st.segmented_control(
            "Origin",
            _ORIGINS,
            key="adding_origin",
            default="documents",
            required=True,
            format_func=_ORIGINS.__getitem__,
            label_visibility="collapsed",
            width="content",
        )
        form = {"documents": _documents, "questions": _questions, "feedback": _feedback, "file": _file}
        form[str(origin)](bench, who, chosen.name)
    if error := st.session_state.pop(_FAILED, None):
        trouble(error)
    added: Added | None = st.session_state.pop(_ADDED, None)
    if added is not None and added.dataset == chosen.name:
        _tell(added)


def _documents(bench: Workbench, who: Principal, name: str) -> None:
    held = bench.documents(who)
    if not held:
        st.caption("There are no documents yet.")
        st.page_link("pages/documents/page.py", label="Documents", icon=":material/description:")
        return
    st.caption(
        "Rules propose questions from headings, table cells and sentences with a number or a definition; each answer "
        "is a piece of the text. Expect to reject some."
    )
    names = st.multiselect(
        "Documents",
        [row.name for row in held],
        placeholder=f"All {many(len(held), 'document')}",
        key="adding_documents",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kinds = st.pills(
            "From", KINDS, selection_mode="multi", default=KINDS, format_func=_KINDS.__getitem__, key="adding_kinds"
        )
        rephrased = st.number_input(
            "Other ways to ask",
            min_value=0,
            max_value=5,
            value=1,
            key="adding_rephrased",
            width=150,
            help="Each question is also asked in other words, by rules: “Could you tell me…”, without capitals.",
        )
        sources = _with_sources("documents")
        _press(
            "Propose rows",
            lambda: bench.datasets.add_documents(name, names, who, list(kinds), sources, int(rephrased)),
            disabled=not kinds,
        )


def _questions(bench: Workbench, who: Principal, name: str) -> None:
    sets = {row.name: row for row in bench.lab.sets.all(who)}
    if not sets:
        st.caption("There is no question set yet. `python -m core questions import FILE` brings one.")
        return
    chosen = st.selectbox(
        "Question set",
        list(sets),
        format_func=lambda each: f"{each} ({sets[each].questions})",
        key="adding_set",
        width=320,
    )
    test = sets[chosen].role == "test"
    learned = st.toggle(
        "This set is for training",
        value=not test,
        key=f"adding_role_{chosen}",
        help="A set measures unless you say otherwise. An adapter that learned the questions it is measured with "
        "proves nothing, so rows of a measuring set are flagged.",
    )
    if learned == test:
        _try(lambda: bench.lab.sets.set_role(chosen, "training" if learned else "test", who))
        st.rerun()
    if not learned:
        st.caption(":material/flag: It measures: each of its rows will be flagged as a test question.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        sources = _with_sources("questions")
        _press("Add its questions", lambda: bench.datasets.add_questions(name, chosen, who, sources))


def _feedback(bench: Workbench, who: Principal, name: str) -> None:
    given = bench.feedback_book.counts()
    useful = given["corrected"] + given["liked"]
    st.caption(
        f"In Chat, thumbs stand under each answer. So far: {many(given['corrected'], 'corrected answer')}, "
        f"{given['liked']:,} liked, {given['disliked']:,} disliked without a correction, which teach nothing."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        sources = _with_sources("feedback")
        _press("Add feedback", lambda: bench.datasets.add_feedback(name, who, sources), disabled=not useful)


def _file(bench: Workbench, who: Principal, name: str) -> None:
    st.caption(
        "JSON lines or CSV with `question` and `answer`, and as they apply `sources`, `documents`, `zone`, `declines`, "
        "`id`. A file is taken whole or not at all."
    )
    brought = st.file_uploader("File", type=["jsonl", "ndjson", "csv"], key="adding_file", label_visibility="collapsed")
    _press(
        "Add the file's rows",
        lambda: bench.datasets.add_file(name, brought.getvalue(), format_of(brought.name), who),
        disabled=brought is None,
    )


def _with_sources(origin: str) -> bool:
    return bool(
        st.toggle(
            "With the passages",
            value=True,
            key=f"adding_sources_{origin}",
            help="On: the prompt holds the passage and the answer cites it, for an adapter that answers from what is "
            "found. Off: question and answer alone, for an adapter that knows by heart.",
        )
    )


def _press(label: str, add: Callable[[], Added], disabled: bool = False) -> None:
    if st.button(label, type="primary", icon=":material/add:", key="adding_press", disabled=disabled):
        with st.spinner("Reading…"):
            _try(lambda: st.session_state.__setitem__(_ADDED, add()))
        st.rerun()


def _try(work: Callable[[], object]) -> None:
    try:
        work()
    except TouchstoneError as error:
        st.session_state[_FAILED] = error


def _tell(added: Added) -> None:
    told = [f"{many(added.added, 'row')} added"]
    if added.known:
        told.append(f"{added.known:,} were there already")
    if added.left_out:
        told.append(f"{added.left_out:,} left out, about what you may not see")
    icon = ":material/check:" if added.added else ":material/info:"
    st.toast(
        f"{'; '.join(told)}. {plain(added.dataset)} waits for your review." if added.added else f"{'; '.join(told)}.",
        icon=icon,
    )
