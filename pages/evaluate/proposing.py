"""Questions that documents and feedback suggest, each accepted, changed or turned down by a person; it makes none."""

from typing import TYPE_CHECKING

import streamlit as st

from core.errors import TouchstoneError
from core.types import Principal
from core.workbench import Workbench
from pages.evaluate import editor
from pages.shared.notices import trouble
from pages.shared.words import many, plain

if TYPE_CHECKING:
    from core.evaluation.proposed import Proposal

_FAILED, _TOLD, _CHANGING = "proposing_failed", "proposing_told", "proposing_changes"
_SHOWN = 10


def count(bench: Workbench, who: Principal, set_name: str) -> int:
    """How many wait for this set."""
    return len(bench.lab.growth.open(who, set_name))


def show(bench: Workbench, who: Principal, set_name: str) -> None:
    """The sources of proposals, and those that wait."""
    if error := st.session_state.pop(_FAILED, None):
        trouble(error)
    if told := st.session_state.pop(_TOLD, ""):
        st.success(plain(told), icon=":material/check:")
    names = [document.name for document in bench.documents(who) if document.characters]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.multiselect("Documents", names, key="propose_documents", placeholder="From which documents?")
        most = int(st.number_input("Of each, at most", 1, 200, 10, key="propose_most", width=140))
        st.button(
            "Propose", icon=":material/auto_awesome:", key="propose", disabled=not chosen,
            on_click=_propose, args=(bench, who, set_name, chosen, most),
            help="By rule, from headings, tables and sentences; nothing is invented.",
        )  # fmt: skip
        st.button(
            "From feedback", icon=":material/thumb_down:", key="propose_feedback",
            on_click=_propose, args=(bench, who, set_name, None, most),
            help="Answers in Chat that people marked as wrong and corrected.",
        )  # fmt: skip
    waiting = bench.lab.growth.open(who, set_name)
    if not waiting:
        st.caption("Nothing waits for a review.")
        return
    changing = next((each for each in waiting if each.id == st.session_state.get(_CHANGING)), None)
    if changing:
        _change(bench, who, changing)
        return
    st.caption(f"{many(len(waiting), 'question')} wait; none counts before you accepted it.")
    for each in waiting[:_SHOWN]:
        with st.container(border=True, key=f"proposal_{each.id}", gap="xsmall"):
            _one(bench, who, each)


def _one(bench: Workbench, who: Principal, each: "Proposal") -> None:
    st.markdown(f"**{plain(each.question.text)}**")
    st.markdown(plain(" · ".join(each.question.answers)))
    for item in each.question.evidence:
        st.caption(plain(f"{item.document}: {item.quote[:300]}"))
    if not each.question.evidence:
        st.caption("No evidence: the correction stands in no document word for word.")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Accept", icon=":material/check:", key=f"accept_{each.id}", on_click=_act,
                  args=(bench.lab.growth.accept, each.id, who))  # fmt: skip
        st.button("Change", icon=":material/edit:", key=f"change_{each.id}", on_click=_open, args=(each,))
        st.button("Turn down", icon=":material/close:", key=f"reject_{each.id}", type="tertiary", on_click=_act,
                  args=(bench.lab.growth.reject, each.id, who))  # fmt: skip
        st.caption(
            plain(f"from {'feedback in Chat' if each.origin == 'feedback' else 'a document'}, {each.question.zone}")
        )


def _change(bench: Workbench, who: Principal, each: "Proposal") -> None:
    """The proposal in the editor's fields."""
    st.subheader("Change and accept", anchor=False)
    question = editor.fields(bench, who)
    with st.container(horizontal=True):
        st.button("Accept as it stands here", type="primary", icon=":material/check:", key="accept_changed",
                  on_click=_act, args=(bench.lab.growth.accept, each.id, who, question))  # fmt: skip
        st.button(
            "Back", key="back_to_proposals", type="tertiary", on_click=lambda: st.session_state.pop(_CHANGING, None)
        )


def _open(each: "Proposal") -> None:
    st.session_state[_CHANGING] = each.id
    editor.fill(each.question)


def _act(act: "object", *args: object) -> None:
    try:
        act(*args)  # type: ignore[operator]
    except TouchstoneError as error:
        st.session_state[_FAILED] = error
        return
    st.session_state.pop(_CHANGING, None)


def _propose(bench: Workbench, who: Principal, set_name: str, names: list[str] | None, most: int) -> None:
    try:
        if names is None:
            added = bench.lab.growth.from_feedback(set_name, who)
        else:
            added = bench.lab.growth.from_documents(set_name, names, who, most=most)
    except TouchstoneError as error:
        st.session_state[_FAILED] = error
        return
    st.session_state[_TOLD] = f"{many(added, 'new proposal')}; what was proposed before is not proposed again."
