"""Embedders against each other on a question set: quality with intervals, speed, size, and what each one wins."""

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from core.governance.rights import may
from core.types import DISTANCES, QUANTIZATIONS, Embedding, Principal
from core.workbench import Workbench
from pages.embedding.choosing import PAGE, Subject
from pages.shared import address, charts
from pages.shared.measures import NAMES, TOLD, text
from pages.shared.recipes import EMBEDDERS
from pages.shared.recipes import QUANTIZATIONS as NAMED
from pages.shared.trials import choose_trial, state
from pages.shared.words import called, many, plain

if TYPE_CHECKING:
    from core.evaluation.embedders import Row

_SHOWN = ("recall@1", "recall@5", "recall@10", "mrr", "ndcg@10")


def show(bench: Workbench, who: Principal, subject: Subject) -> None:
    """The form and the comparisons so far; raises what the core raises."""
    if subject.set_name is None:
        st.info("Choose a question set: its quotes say which passages should be found.", icon=":material/quiz:")
        return
    trials = bench.lab.trials.all("embedders", who)
    if may(who, "evaluate"):
        with st.expander("New comparison", icon=":material/add:", expanded=not trials):
            _form(bench, who, subject)
    elif not trials:
        st.caption(f":material/lock: Nothing was compared yet; {called(who)} may look at comparisons, not start them.")
    if not trials:
        return
    trial = choose_trial(trials, "Comparison", PAGE)
    address.put(PAGE, {"trial": trial.id})
    state(bench, who, trial, len(bench.lab.trials.embedder_rows(trial.id, who)))
    rows = bench.lab.trials.embedder_rows(trial.id, who)
    if not rows:
        st.caption("Results appear here as soon as the first embedder is done.")
        return
    left, right = st.columns(2, gap="large")
    with left:
        _table(rows)
    with right:
        names = {name: NAMES[name] for name in _SHOWN}
        charts.intervals({_label(row.embedding): row.summary.values for row in rows}, names, "Quality", key="embedders")
    questions = {q.id: q.text for q in bench.lab.sets.get(trial.set_name, who).questions}
    _wins(rows, questions)


def _form(bench: Workbench, who: Principal, subject: Subject) -> None:
    one, two, three = st.columns(3)
    models = one.multiselect(
        "Embedders", list(EMBEDDERS), list(EMBEDDERS), format_func=EMBEDDERS.__getitem__, key="compare_models"
    )
    distances = two.multiselect(
        "Distances",
        DISTANCES,
        ["cosine"],
        key="compare_distances",
        help="How two vectors are held against each other.",
    )
    quantizations = three.multiselect(
        "Vectors",
        QUANTIZATIONS,
        ["none"],
        format_func=NAMED.__getitem__,
        key="compare_quantizations",
        help="A smaller copy is searched first and the best are scored with the whole vectors.",
    )
    chosen = [Embedding(*each) for each in product(models, distances, quantizations)]
    busy = any(not job.over and job.title.startswith("Comparison ") for job in bench.jobs.all())
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            "Compare",
            type="primary",
            icon=":material/play_arrow:",
            key="start_comparison",
            disabled=busy or len(chosen) < 2,
        ):
            bench.lab.trials.embedders(str(subject.set_name), subject.recipe, chosen, who)
            st.rerun()
        told = f"{many(len(chosen), 'embedder')}, searched by meaning alone, each asked all of the set."
        st.caption(told if len(chosen) > 1 else "Choose at least two that differ.")


def _table(rows: "Sequence[Row]") -> None:
    frame = pd.DataFrame(
        {_label(row.embedding): _column(row) for row in rows},
    )
    frame.index.name = "Mean [95% interval]"
    with st.container(horizontal=True, vertical_alignment="center"):
        told = "  \n".join(f"**{NAMES[name]}**: {TOLD[name]}" for name in _SHOWN)
        st.subheader("Embedders", anchor=False, help=told)
        charts.download(frame, "embedders", key="embedders_table_csv")
    st.table(frame)
    if small := [row for row in rows if row.embedding.quantization != "none" and not row.quantized]:
        names = ", ".join(_label(row.embedding) for row in small)
        st.caption(f":material/info: {plain(names)}: this index is small enough to be searched with whole vectors.")


def _column(row: "Row") -> dict[str, str]:
    return {
        **{NAMES[name]: text(row.summary.values[name], name) for name in _SHOWN},
        "Questions won": f"{len(row.wins)} of {row.summary.questions}",
        "Passages a second": f"{row.vectors_per_second:.0f}",
        "Bytes a vector": f"{row.bytes_per_vector:,.0f}",
        "To embed a question, ms": f"{row.query_ms:.1f}",
        "Whole search, ms": f"{row.summary.ms_p50:.1f}",
        "Passages": f"{row.chunks:,}",
    }


def _wins(rows: "Sequence[Row]", questions: dict[str, str]) -> None:
    """The questions that an embedder ranks higher than any other."""
    winners: dict[str, list[str]] = {}
    for row in rows:
        for question in row.wins:
            winners.setdefault(question, []).append(_label(row.embedding))
    data: list[dict[str, Any]] = [
        {"Question": questions.get(question, question), "Won by": ", ".join(names)}
        for question, names in winners.items()
        if len(names) < len(rows)
    ]
    frame = pd.DataFrame(data, columns=["Question", "Won by"])
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Questions that one of them wins", anchor=False)
        charts.download(frame, "questions won", key="wins_csv")
    if frame.empty:
        st.caption("None: every question has its first right passage at the same rank with all of them.")
        return
    named = list(dict.fromkeys(frame["Won by"]))
    only = st.pills("Won by", named, key="wins_of", label_visibility="collapsed")
    st.dataframe(frame[frame["Won by"] == only] if only else frame, hide_index=True, key="wins")


def _label(embedding: Embedding) -> str:
    parts = [EMBEDDERS.get(embedding.model, embedding.model)]
    if embedding.distance != "cosine":
        parts.append(embedding.distance)
    if embedding.quantization != "none":
        parts.append(embedding.quantization)
    return ", ".join(parts)
