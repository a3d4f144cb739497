"""The report: whose lens it rests on, what it will say first, and the two files of it."""

import streamlit as st

from core.decision.lens import Lens
from core.decision.votes import Tally
from core.desks.decisions import Form
from core.types import Principal
from core.workbench import Workbench
from pages.decision import held, reasons, scores
from pages.shared.words import many

_OWN = "own"


def show(bench: Workbench, who: Principal) -> None:
    """Choose the lens, look, download."""
    groups: dict[str, Tally] = {}
    titles = {_OWN: "Mine, as they stand on Lens"}
    for each in bench.decision.workshops(who):
        if tally := bench.decision.standing(each.id, who).tally:
            groups[each.id] = tally
            titles[each.id] = f"The group of “{each.title}” ({many(tally.count, 'vote')})"
    chosen = st.selectbox(
        "Whose answers and weights", list(titles), format_func=titles.__getitem__, key="decision_report_of", width=520
    )
    lens, workshop = (held.lens(), "") if chosen == _OWN else (groups[chosen].group, chosen)
    if workshop:
        count = many(groups[chosen].count, "vote")
        st.caption(
            f"The lens of {count}: the mean weights, and of each question the answer with most votes, or all that are "
            "tied for most."
        )
    evidence = held.evidence(bench, who)
    found = bench.decision.recommend(lens, who, evidence)
    left, right = st.columns([1, 1], gap="large")
    with left:
        scores.headline(found)
        scores.picture(found, "decision_report_scores")
    with right:
        reasons.contradictions(found)
        reasons.because(found)
        with st.container(horizontal=True):
            _file(bench, who, lens, workshop, "pdf", "PDF")
            _file(bench, who, lens, workshop, "html", "HTML")
        st.caption(
            "Every number in it is followed by the run, trace or check that it comes from, or marked as an assumption "
            "or a vote. It tells what you may see, to whoever gets the file; the audit notes that it was made."
        )
    reasons.plan(found)


def _file(bench: Workbench, who: Principal, lens: Lens, workshop: str, form: Form, label: str) -> None:
    evidence = held.evidence(bench, who)
    st.download_button(
        f"Download {label}",
        lambda: bench.decision.report(lens, form, who, workshop, evidence),
        f"decision.{form}",
        "application/pdf" if form == "pdf" else "text/html",
        icon=":material/download:",
        type="primary" if form == "pdf" else "secondary",
        on_click="ignore",
        key=f"decision_{form}",
    )
