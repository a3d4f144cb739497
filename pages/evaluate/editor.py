"""The form of one question, whose quotes are found in the documents as they are typed; it stores nothing itself."""

from typing import TYPE_CHECKING

import streamlit as st

from core.errors import TouchstoneError
from core.evaluation.questions import Evidence, Question
from core.evaluation.quotes import WHY
from core.governance.principals import PERSONAS
from core.types import ZONES, Principal
from core.workbench import Workbench
from pages.shared.notices import trouble
from pages.shared.words import plain

if TYPE_CHECKING:
    from core.evaluation.questions import QuestionSet

_OPEN, _FAILED, _TOLD = "editor_open", "editor_failed", "editor_told"
_QUOTES = 4


def open_on(set_name: str, question: Question) -> None:
    """A callback: fill the form with a question of the set."""
    st.session_state[_OPEN] = (set_name, question.id)
    st.session_state["sets_part"] = "Write"
    fill(question)


def fill(question: Question) -> None:
    """Put a question into the fields."""
    fields = {
        "text": question.text,
        "answers": "\n".join(question.answers),
        "answerable": question.answerable,
        "language": question.language,
        "zone": question.zone,
        "persona": question.persona,
        "tags": ", ".join(question.tags),
    }
    for number in range(_QUOTES):
        item = question.evidence[number] if number < len(question.evidence) else Evidence("", "")
        fields |= {f"document_{number}": item.document or None, f"quote_{number}": item.quote}  # type: ignore[dict-item]
    for name, value in fields.items():
        st.session_state[f"editor_{name}"] = value


def show(bench: Workbench, who: Principal, set_name: str, held: "QuestionSet | None") -> None:
    """The form, empty or with the question that was opened, and what can be done with it."""
    if told := st.session_state.pop(_TOLD, ""):
        st.success(plain(told), icon=":material/check:")
    if error := st.session_state.pop(_FAILED, None):
        trouble(error)
    of, editing = st.session_state.get(_OPEN, ("", ""))
    known = {question.id for question in held.questions} if held else set()
    if of != set_name or editing not in known:
        editing = ""
    st.subheader(f"Question {editing}" if editing else "A new question", anchor=False)
    question = fields(bench, who)
    made = Question(
        editing or bench.lab.growth.free_id(set_name, who),
        question.text, question.answers, question.answerable, question.evidence, question.language, question.zone,
        question.persona, question.tags,
    )  # fmt: skip
    with st.container(horizontal=True):
        st.button(
            "Save", type="primary", icon=":material/save:", key="save_question", disabled=not question.text.strip(),
            on_click=_save, args=(bench, who, set_name, made, editing),
        )  # fmt: skip
        if editing:
            st.button("Remove", icon=":material/delete:", key="remove_question", on_click=_remove,
                      args=(bench, who, set_name, editing))  # fmt: skip
            st.button("Write another", icon=":material/add:", key="another_question", type="tertiary", on_click=_clear)


def fields(bench: Workbench, who: Principal) -> Question:
    """The fields, and the question that stands in them now; each quote says where it stands."""
    documents = [document.name for document in bench.documents(who)]
    text = st.text_area("Question", key="editor_text", height=70, max_chars=4_000)
    answerable = st.toggle(
        "The documents answer it", value=True, key="editor_answerable",
        help="Off: nothing answers it, and declining is right.",
    )  # fmt: skip
    answers: tuple[str, ...] = ()
    evidence: list[Evidence] = []
    if answerable:
        lines = st.text_area(
            "Accepted answers, one a line", key="editor_answers", height=90,
            help="Any of them will do. The shorter, the fairer: an answer is right where one of them stands in it.",
        )  # fmt: skip
        answers = tuple(dict.fromkeys(line.strip() for line in lines.splitlines() if line.strip()))
        evidence = _evidence(bench, who, documents)
    with st.container(horizontal=True):
        zones = [zone for zone in ZONES if zone in who.zones]
        zone = st.selectbox("Zone", zones, key="editor_zone", width=150, help="Who may see the question.")
        persona = st.selectbox(
            "Asked as",
            ["", *PERSONAS],
            key="editor_persona",
            width=170,
            format_func=lambda each: each or "whoever runs it",
        )
        tongue = st.text_input("Language", key="editor_language", width=110, max_chars=8, placeholder="en")
        tags = st.text_input("Tags", key="editor_tags", placeholder="with commas between", width="stretch")
    return Question(
        "", text.strip(), answers, answerable, tuple(evidence), tongue.strip(), zone or "internal", persona or "",
        tuple(dict.fromkeys(tag.strip() for tag in tags.split(",") if tag.strip())),
    )  # fmt: skip


def _evidence(bench: Workbench, who: Principal, documents: list[str]) -> list[Evidence]:
    """Quotes with their documents; another pair of fields comes once one is filled."""
    found: list[Evidence] = []
    for number in range(_QUOTES):
        with st.container(horizontal=True, vertical_alignment="top"):
            document = st.selectbox(
                "Document",
                documents,
                index=None,
                key=f"editor_document_{number}",
                width=260,
                placeholder="Evidence in…",
            )
            quote = st.text_area("Quote, word for word", key=f"editor_quote_{number}", height=80, width="stretch")
        if not document or not quote.strip():
            if bool(document) != bool(quote.strip()):
                st.caption("A piece of evidence needs its document and its quote.")
            break
        item = Evidence(str(document), quote.strip())
        found.append(item)
        place = bench.lab.growth.locate(item, who)
        if place.state == "found":
            spans = ", ".join(f"{span.start:,} to {span.end:,}" for span in place.spans[:3])
            st.caption(f":green[:material/check_circle:] Stands there: characters {spans}.")
        else:
            st.caption(f":orange[:material/warning:] {plain(WHY[place.state])}")
    return found


def _save(bench: Workbench, who: Principal, set_name: str, question: Question, editing: str) -> None:
    try:
        kept = bench.lab.growth.put(set_name, question, who, editing or None)
    except TouchstoneError as error:
        st.session_state[_FAILED] = error
        return
    st.session_state[_TOLD] = f"Saved as {question.id}; {set_name} is version {kept.version} now."
    _clear()


def _remove(bench: Workbench, who: Principal, set_name: str, editing: str) -> None:
    try:
        kept = bench.lab.growth.take_out(set_name, editing, who)
    except TouchstoneError as error:
        st.session_state[_FAILED] = error
        return
    st.session_state[_TOLD] = f"Removed {editing}; {set_name} is version {kept.version} now."
    _clear()


def _clear() -> None:
    st.session_state.pop(_OPEN, None)
    fill(Question("", "", zone=st.session_state.get("editor_zone") or "internal"))
