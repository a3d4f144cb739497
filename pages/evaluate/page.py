"""Evaluate: question sets, what recipes answer to them, how good that is and what changed; a file for each view."""

import streamlit as st

from core.errors import TouchstoneError
from core.types import Principal
from core.workbench import Workbench
from pages.evaluate import board, comparing, runs, sets, single
from pages.shared import frame
from pages.shared.activity import activity
from pages.shared.bench import workbench
from pages.shared.notices import guarded, trouble
from pages.shared.views import switch

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


def _draw(bench: Workbench, who: Principal) -> None:
    show = SHOW[switch(PAGE, VIEWS)]
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
