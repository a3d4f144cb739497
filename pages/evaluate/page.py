"""Evaluate: question sets, what recipes answer to them, how good that is and what changed; a file for each view."""

from core.types import Principal
from core.workbench import Workbench
from pages.evaluate import board, comparing, runs, sets, single
from pages.shared.room import part, room

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
    part(bench, who, PAGE, VIEWS, SHOW)


room(
    "Evaluate",
    "Know before the users do: a question set answered by recipes, measured with intervals, compared question by "
    "question. Every answer opens what happened inside.",
    _draw,
)
