"""Chunking lab: one text cut in several ways, what that does to the numbers, and what it does to the answers."""

from collections import Counter

import streamlit as st

from core.types import Principal
from core.workbench import Workbench
from pages.chunking import choosing, lane_controls, lanes_view, questions, sweep
from pages.shared import frame
from pages.shared.notices import guarded
from pages.shared.room import room


def _quoted(bench: Workbench, who: Principal) -> Counter[str]:
    """How many quotes of all question sets stand in each document, by name."""
    sets = [bench.lab.sets.get(each.name, who) for each in bench.lab.sets.all(who)]
    return Counter(item.document for held in sets for question in held.questions for item in question.evidence)


def _draw(bench: Workbench, who: Principal) -> None:
    documents = [document for document in bench.documents(who) if document.characters]
    if not documents:
        _empty()
        return
    _, recipe = frame.recipe(bench)
    choosing.restore(recipe)
    subject = choosing.choose(documents, bench.lab.sets.all(who), _quoted(bench, who))
    if subject.view == "sweep":
        choosing.remember(subject)
        with guarded():
            sweep.show(bench, who, subject, recipe)
        return
    chosen = lane_controls.lanes(choosing.count())
    choosing.remember(subject, chosen)
    show = {"text": lanes_view.show, "questions": questions.show}[subject.view]
    with guarded():
        show(bench, who, subject, [lane.of(recipe) for lane in chosen])


def _empty() -> None:
    with st.container(border=True, key="empty_lab"):
        st.markdown(":material/content_cut: **Nothing to cut yet**")
        st.caption("The lab cuts the documents of this workspace. Add some, or take the sample documents on Home.")
        st.page_link("pages/documents/page.py", label="Documents", icon=":material/description:")


room(
    "Chunking lab",
    "One text, cut in several ways side by side. See which boundary goes through an answer, and measure what it costs.",
    _draw,
)
