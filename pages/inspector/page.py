"""Inspector: one question, several recipes, and the fate of every passage."""

import streamlit as st

from core.errors import TouchstoneError
from core.types import Principal
from core.workbench import Workbench
from pages.inspector import columns, compare, link, presenting, traces
from pages.shared import frame
from pages.shared.activity import activity
from pages.shared.bench import workbench
from pages.shared.notices import guarded, trouble

_VIEWS = ("Compare", "Traces")


def _draw(bench: Workbench, who: Principal) -> None:
    columns.look(who)
    with guarded():
        link.arrive(bench, who)
    if presenting.presents():
        presenting.stage()
        compare.show(bench, who, large=True)
        return
    st.title("Inspector", anchor=False)
    st.markdown(
        "One question, several recipes side by side: where each passage was lost, what it cost, and the same again "
        "with one thing changed."
    )
    activity(bench, who)
    st.session_state.setdefault(traces.VIEW, _VIEWS[0])
    view = st.segmented_control("View", _VIEWS, key=traces.VIEW, required=True, label_visibility="collapsed")
    if view == "Traces":
        traces.show(bench, who)
    else:
        compare.show(bench, who, large=False)
        link.leave()


bench, who = workbench(), frame.principal()
try:
    _draw(bench, who)
except TouchstoneError as error:
    trouble(error)
