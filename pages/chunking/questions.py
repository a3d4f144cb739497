"""What a search finds with each lane: measured on the question set, with intervals, and the questions that changed."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core.evaluation.comparison import Summary, summary
from core.governance.rights import may
from core.types import Principal, Recipe
from core.workbench import Workbench
from pages.chunking.changed import compare
from pages.chunking.choosing import LETTERS, Subject
from pages.shared import charts
from pages.shared.cutting import brief
from pages.shared.measures import NAMES, TOLD, text
from pages.shared.words import called, many, moment

if TYPE_CHECKING:
    from core.evaluation.run_store import Run

_CHART = ("recall@1", "recall@5", "mrr", "token iou", "token precision", "token recall")


def show(bench: Workbench, who: Principal, subject: Subject, recipes: Sequence[Recipe]) -> None:
    """The runs of the lanes over the set; raises what the core raises."""
    if subject.set_name is None:
        st.info("Choose a question set: its quotes say which chunks a search should find.", icon=":material/quiz:")
        return
    questions = {question.id: question for question in bench.lab.sets.get(subject.set_name, who).questions}
    runs = _runs(bench, who, subject.set_name, recipes)
    _standing(bench, who, subject.set_name, recipes, runs)
    done = {letter: run for letter, run in runs.items() if run and run.complete}
    if not done:
        return
    titles = {letter: f"{letter} · {brief(run.recipe.chunking)}" for letter, run in done.items()}
    summaries = {letter: summary(bench.lab.runs.results(run.id, who)) for letter, run in done.items()}
    left, right = st.columns(2, gap="large")
    with left:
        _table(titles, summaries)
    with right:
        rows = {titles[letter]: held.values for letter, held in summaries.items()}
        names = {name: NAMES[name] for name in _CHART}
        places = [LETTERS.index(letter) for letter in summaries]
        charts.intervals(rows, names, "Quality by lane", key="quality", places=places)
    if len(done) > 1:
        compare(bench, who, titles, done, questions)


def _runs(bench: Workbench, who: Principal, set_name: str, recipes: Sequence[Recipe]) -> dict[str, "Run | None"]:
    """The newest run of each lane on the set and the documents as they are now."""
    now, corpus = bench.lab.sets.get(set_name, who).hash, bench.lab.runs.corpus(who)
    fitting = [run for run in bench.lab.runs.all(who) if run.set_hash == now and run.corpus == corpus]
    return {
        letter: next((run for run in fitting if run.recipe == recipe and run.zones == who.zones), None)
        for letter, recipe in zip(LETTERS, recipes, strict=False)
    }


def _standing(
    bench: Workbench, who: Principal, set_name: str, recipes: Sequence[Recipe], runs: "Mapping[str, Run | None]"
) -> None:
    told = []
    for letter, run in runs.items():
        state = "not measured yet"
        if run and run.complete:
            state = f"{many(run.planned, 'question')}, {moment(run.ended_at or '')}"
        elif run:
            state = f"{run.asked} of {many(run.planned, 'question')} asked"
        told.append(f"**{letter}** {state}")
    st.caption(" · ".join(told))
    lacking = [letter for letter, run in runs.items() if not run or not run.complete]
    if not lacking:
        return
    if not may(who, "evaluate"):
        st.caption(f":material/lock: {called(who).capitalize()} may look at measurements, not start them.")
        return
    busy = any(not job.over and job.title.startswith("Retrieval ") for job in bench.jobs.all())
    if st.button(
        f"Measure {' and '.join(lacking)}",
        type="primary",
        icon=":material/play_arrow:",
        key="measure_lanes",
        disabled=busy,
        help="Builds an index of each lane beside those in use, asks every question of the set, and takes it away.",
    ):
        for letter in lacking:
            run = runs[letter]
            if run:
                bench.lab.runs.resume(run.id, who)
            else:
                bench.lab.runs.start(set_name, recipes[LETTERS.index(letter)], who)
        st.rerun()


def _table(titles: Mapping[str, str], summaries: Mapping[str, Summary]) -> None:
    frame = pd.DataFrame(
        {titles[letter]: [text(held.values[name], name) for name in NAMES] for letter, held in summaries.items()},
        index=pd.Index(list(NAMES.values()), name="Mean [95% interval]"),
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        told = "  \n".join(f"**{NAMES[name]}**: {TOLD[name]}" for name in NAMES)
        st.subheader("Retrieval", anchor=False, help=told)
        charts.download(frame, "retrieval by lane", key="retrieval_csv")
    st.table(frame)
