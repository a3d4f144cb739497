"""The lens: questions and weights on the left, the picture of the scores, reasons and contradictions on the right."""

import streamlit as st

from core.types import Principal
from core.workbench import Workbench
from pages.decision import controls, held, reasons, scores
from pages.shared.words import moment


def show(bench: Workbench, who: Principal) -> None:
    """Everything from the answers to the plan."""
    controls.beginnings()
    evidence = held.evidence(bench, who)
    asked, told = st.columns([5, 6], gap="large")
    with asked:
        lens = controls.questions()
    found = bench.decision.recommend(lens, who, evidence)
    with told, st.container(key="decision_told"):
        scores.headline(found)
        scores.picture(found)
        reasons.contradictions(found)
        reasons.because(found)
        reasons.flips(found)
    reasons.plan(found)
    reasons.points(found)
    reasons.evidence(evidence)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Read {moment(evidence.as_of)}.", width="content")
        st.button("Read again", icon=":material/refresh:", type="tertiary", on_click=held.read_again)
