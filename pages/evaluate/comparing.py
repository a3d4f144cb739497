"""Two runs against each other: the verdict, the differences, and each question that flipped; it measures nothing."""

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core.evaluation.measures import MEASURES
from core.types import Principal
from core.workbench import Workbench
from pages.evaluate.choosing import choose_run, inspector, nothing
from pages.evaluate.pictures import differences
from pages.shared import charts
from pages.shared.words import many, plain

if TYPE_CHECKING:
    from core.evaluation.answer_scores import Comparison
    from core.evaluation.questions import Question
    from core.lab.ran import Ran

_CHANCE = 0.05
_MOST = 100
"""Flipped questions that are listed."""


def show(bench: Workbench, who: Principal) -> None:
    """The whole view."""
    runs = [ran for ran in bench.lab.answers.ran(who) if ran.run.asked]
    if not runs:
        nothing(bench, who)
        return
    if len(runs) < 2:
        st.info("Two runs are compared; start another one.", icon=":material/difference:")
        return
    left, right = st.columns(2)
    with left:
        one = choose_run(runs, "Run", "one")
    with right:
        other = choose_run([ran for ran in runs if ran.run.id != one.run.id], "against", "base")
    told = bench.lab.answers.compare(one.run.id, other.run.id, who)
    questions = bench.lab.answers.questions(one.run.set_name, who)
    _verdict(told, one, other)
    differences(told.differences, f"{one.name} less {other.name}")
    _flips(told, one, other, questions)


def _verdict(told: "Comparison", one: "Ran", other: "Ran") -> None:
    flips = told.flips
    sure = flips.p < _CHANCE
    better = flips.gained > flips.lost
    mark = ":material/trending_flat:"
    if sure:
        mark = ":green[:material/trending_up:]" if better else ":red[:material/trending_down:]"
    chance = "more than chance would do" if sure else "which chance alone could do"
    p = f"{flips.p:.3f}" if flips.p >= 0.001 else "below 0.001"
    ours, theirs = (one.name, other.name) if one.name != other.name else ("The first", "the second")
    st.markdown(
        f"{mark} **{plain(ours)}** deals rightly with {many(flips.gained, 'question')} that {plain(theirs)} does not, "
        f"and fails on {flips.lost} that {plain(theirs)} gets: {chance} (McNemar, p {p}).",
    )
    if "overall" in told.differences:
        text = told.differences["overall"].text(1, 100, sign=True)
        st.markdown(
            f"Dealt with rightly: **{plain(text)}** points :small[:gray[over {many(told.questions, 'question')}]]"
        )
    if told.left_out:
        st.caption(f"{many(len(told.left_out), 'question')} left out: only one run asked it in this form.")


def _flips(told: "Comparison", one: "Ran", other: "Ran", questions: "dict[str, Question]") -> None:
    """A table whose marks open the inside of either answer."""
    data = pd.DataFrame(
        [
            {
                "question": questions[flip.question].text if flip.question in questions else flip.question,
                "first": "right" if flip.gained else "wrong",
                "second": "wrong" if flip.gained else "right",
                "first trace": flip.trace,
                "second trace": flip.base_trace,
            }
            for flip in told.flipped
        ]
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Questions that flipped", anchor=False)
        if told.flipped:
            charts.download(data, "flipped questions", key="flips_csv")
    if not told.flipped:
        st.caption("None: each question that both asked was dealt with rightly by both, or by neither.")
        return
    names = (one.name, other.name) if one.name != other.name else ("First", "Second")
    lines = [f"| Question | {plain(names[0])} | {plain(names[1])} |", "|---|---|---|"]
    for flip in told.flipped[:_MOST]:
        text = questions[flip.question].text if flip.question in questions else flip.question
        cells = [_mark(flip.gained, flip.trace), _mark(not flip.gained, flip.base_trace)]
        lines.append(f"| {plain(text)} | {cells[0]} | {cells[1]} |")
    st.markdown("\n".join(lines))
    st.caption(
        f"Lost ones first; press a verdict to open that answer. {plain(MEASURES['overall'].told)}"
        + (f" {len(told.flipped) - _MOST} more are in the CSV." if len(told.flipped) > _MOST else "")
    )


def _mark(right: bool, trace: str) -> str:
    told = ":green[✓ right]" if right else ":red[✗ wrong]"
    return f"[{told}]({inspector(trace)})"
