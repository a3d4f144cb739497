"""Evaluate: question sets, what recipes answer to them, how good that is and what changed; a file for each view."""

import streamlit as st

from core.errors import TouchstoneError
from core.types import Principal
from core.workbench import Workbench
from pages.evaluate import board, comparing, runs, sets, single
from pages.shared import address, frame
from pages.shared.activity import activity
from pages.shared.bench import workbench
from pages.shared.notices import guarded, trouble

PAGE = "evaluate"
VIEWS = {
    "runs": ":material/play_circle: Runs",
    "leaderboard": ":material/leaderboard: Leaderboard",
    "compare": ":material/difference: Compare",
    "questions": ":material/format_list_numbered: Questions",
    "sets": ":material/quiz: Sets",
}
SHOW = {
    "runs": runs.show,
    "leaderboard": board.show,
    "compare": comparing.show,
    "questions": single.show,
    "sets": sets.show,
}


def _view() -> str:
    """The part of the page that the address names."""
    address.take(PAGE, {"view": "runs"})
    if st.session_state[f"{PAGE}_view"] not in VIEWS:
        st.session_state[f"{PAGE}_view"] = "runs"
    st.segmented_control(
        "View",
        VIEWS,
        key=f"{PAGE}_view",
        required=True,
        format_func=VIEWS.__getitem__,
        label_visibility="collapsed",
        width="content",
    )
    chosen = str(st.session_state[f"{PAGE}_view"])
    address.put(PAGE, {"view": "" if chosen == "runs" else chosen})
    return chosen


def _draw(bench: Workbench, who: Principal) -> None:
    show = SHOW[_view()]
    with guarded():
        show(bench, who)


bench, who = workbench(), frame.principal()
st.title("Evaluate", anchor=False)
st.markdown(
    "Know before the users do: a question set answered by recipes, measured with intervals, compared question by "
    "question. Every answer opens what happened inside."
)
activity(bench, who)
try:
    _draw(bench, who)
except TouchstoneError as error:
    trouble(error)
