"""Embedding lab: which embedder finds more, and what its space of meaning looks like."""

import streamlit as st

from core.types import Principal
from core.workbench import Workbench
from pages.embedding import compare, findings, map_view
from pages.embedding.choosing import choose
from pages.shared import frame
from pages.shared.notices import guarded
from pages.shared.room import room


def _draw(bench: Workbench, who: Principal) -> None:
    if not bench.documents(who):
        with st.container(border=True, key="empty_lab"):
            st.markdown(":material/scatter_plot: **Nothing to compare yet**")
            st.caption("The lab looks at the passages of this workspace. Add documents, or take the samples on Home.")
            st.page_link("pages/documents/page.py", label="Documents", icon=":material/description:")
        return
    _, recipe = frame.recipe(bench)
    subject = choose(recipe, bench.lab.sets.all(who))
    show = {"map": map_view.show, "compare": compare.show, "findings": findings.show}[subject.view]
    with guarded():
        show(bench, who, subject)


room(
    "Embedding lab",
    "An embedder turns every passage into a place; what lies near a question is found. See the places, and measure "
    "which embedder puts the answers nearer.",
    _draw,
)
