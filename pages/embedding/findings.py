"""What the places tell: questions with no passage near, passages that stand apart, texts that say the same twice."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from core.lab.maps import Map
from core.types import Principal
from core.workbench import Workbench
from pages.embedding.choosing import Subject
from pages.shared import charts
from pages.shared.reader import reader
from pages.shared.recipes import EMBEDDERS
from pages.shared.words import called, many, plain

if TYPE_CHECKING:
    from core.embedding.neighbours import Far

_MOST = 200
_FARTHEST = 10
"""Questions that are listed at least."""
_DUPLICATE = 0.95


def show(bench: Workbench, who: Principal, subject: Subject) -> None:
    """The three findings over the passages that the principal may see; raises what the core raises."""
    model = EMBEDDERS.get(subject.recipe.embedding.model, subject.recipe.embedding.model)
    if not bench.prepared(subject.recipe):
        st.info(f"There is no index by {model} yet; the map builds one.", icon=":material/scatter_plot:")
        return
    with st.spinner("Reading the passages…", show_time=True):
        held = bench.lab.maps.pca(subject.recipe, who)
    if not held.entries:
        st.caption(f"There are no passages that {called(who)} may see.")
        return
    if subject.set_name:
        _lonely(bench, who, held, subject.set_name)
    _duplicates(bench, held)
    _outliers(bench, held)


def _lonely(bench: Workbench, who: Principal, held: Map, set_name: str) -> None:
    ids, far = bench.lab.maps.lonely(held, set_name, who)
    texts = {question.id: question.text for question in bench.lab.sets.get(set_name, who).questions}
    answerable = {question.id: question.answerable for question in bench.lab.sets.get(set_name, who).questions}
    farthest = [int(i) for i in np.argsort(far.cosines)[: max(_FARTHEST, len(far.far))]]
    frame = pd.DataFrame(
        [
            {
                "Question": texts[ids[i]],
                "Nearest passage": round(float(far.cosines[i]), 3),
                "Far": i in far.far,
                "In the documents": "yes" if answerable[ids[i]] else "no, by the set",
            }
            for i in farthest
        ],
    )
    _histogram(ids, far, answerable)
    told = (
        f"**{many(len(far.far), 'question')} with no passage near** (cosine below {far.below:.2f}): the documents may "
    )
    told += "not speak of it, or speak otherwise."
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(told if far.far else "**Every question has a passage near.** The farthest are these:")
        charts.download(frame, "questions with no passage near", key="lonely_csv")
    st.dataframe(frame, hide_index=True, key="lonely")


def _histogram(ids: Sequence[str], far: "Far", answerable: dict[str, bool]) -> None:
    import plotly.graph_objects as go

    figure = go.Figure()
    edges = np.linspace(float(min(far.cosines)), float(max(far.cosines)) + 1e-6, 25)
    for place, (name, wanted) in enumerate((("answerable", True), ("not answerable", False))):
        values = [float(c) for c, each in zip(far.cosines, ids, strict=True) if answerable[each] == wanted]
        counts, _ = np.histogram(values, edges)
        figure.add_bar(
            x=(edges[:-1] + edges[1:]) / 2,
            y=counts,
            name=name,
            marker={"color": charts.hue(place), "pattern": {"shape": "" if not place else "/"}},
            hovertemplate=f"%{{y}} {name}, cosine about %{{x:.2f}}<extra></extra>",
        )
    figure.update_layout(barmode="stack", bargap=0.06)
    if far.below > -1:
        figure.add_vline(x=far.below, line={"color": charts.colour("redColor"), "dash": "dash"})
    data = pd.DataFrame({"question": list(ids), "cosine of the nearest passage": far.cosines})
    charts.show(
        figure,
        "How near the nearest passage is",
        "Cosine of question and nearest passage",
        "Questions",
        alt=f"How near the nearest passage is to each of {many(len(ids), 'question')}: median "
        f"{float(np.median(far.cosines)):.2f}; {len(far.far)} below {far.below:.2f}.",
        data=data,
        key="nearness",
    )


def _duplicates(bench: Workbench, held: Map) -> None:
    st.subheader("The same in two documents", anchor=False)
    least = st.slider(
        "At least as alike as", 0.8, 1.0, _DUPLICATE, 0.01, key="alike_least", width=320, help="The cosine of the two."
    )
    found = bench.lab.maps.near_duplicates(held, least)
    if not found.pairs:
        st.caption("No two passages of different documents are as alike.")
        return
    frame = pd.DataFrame(
        [
            {
                "Cosine": round(pair.cosine, 3),
                "One": held.entries[pair.one].document,
                "Other": held.entries[pair.other].document,
                "Passage": _start(held, pair.one),
            }
            for pair in found.pairs[:_MOST]
        ]
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{many(found.total, 'pair')}; an answer may cite either. Press a row to read both.")
        charts.download(frame, "near duplicates", key="duplicates_csv")
    rows = _picked(frame, "duplicates")
    if rows:
        pair = found.pairs[rows[0]]
        for column, i in zip(st.columns(2), (pair.one, pair.other), strict=True):
            with column:
                _read(held, i)


def _outliers(bench: Workbench, held: Map) -> None:
    st.subheader("Passages that stand apart", anchor=False)
    far = bench.lab.maps.outliers(held)
    if not len(far.far):
        st.caption("None: every passage has others like it.")
        return
    frame = pd.DataFrame(
        [
            {
                "Likeness to its five nearest": round(float(far.cosines[i]), 3),
                "Document": held.entries[i].document,
                "Passage": _start(held, int(i)),
            }
            for i in far.far[:_MOST]
        ]
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"{many(len(far.far), 'passage')}: often a table of contents, a remnant of layout, or a topic alone."
        )
        charts.download(frame, "outliers", key="outliers_csv")
    rows = _picked(frame, "outliers")
    if rows:
        _read(held, int(far.far[rows[0]]))


def _picked(frame: pd.DataFrame, key: str) -> list[int]:
    event = st.dataframe(frame, hide_index=True, on_select="rerun", selection_mode="single-row", key=key)
    return list(event.selection.rows) if event else []


def _read(held: Map, i: int) -> None:
    entry = held.entries[i]
    page = f", page {entry.chunk.pages[0]}" if entry.chunk.pages else ""
    st.markdown(f"**{plain(entry.document)}**{page}")
    reader(entry.chunk.text, key=f"finding_{i}", height=280)


def _start(held: Map, i: int) -> str:
    return " ".join(held.entries[i].chunk.text.split())[:160]
