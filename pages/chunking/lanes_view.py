"""The view of lanes: the text beside its cuts, the numbers below, and one chunk opened."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.governance.principals import may_build
from core.lab.chunking import Lane, Lanes
from core.types import Principal, Recipe
from core.workbench import Workbench
from pages.chunking import figures, lanes
from pages.chunking.choosing import LETTERS, Subject
from pages.shared import charts
from pages.shared.reader import reader
from pages.shared.saving import offer
from pages.shared.words import many, plain

_OPEN = "open_chunk"
_BINS = 30


def show(bench: Workbench, who: Principal, subject: Subject, recipes: Sequence[Recipe]) -> None:
    """Cut the document and draw it; raises what the core raises."""
    with st.spinner("Cutting the text…", show_time=True):
        told = bench.lab.chunking.lanes(subject.document.id, recipes, who, subject.set_name)
    lanes.draw(told, _opened)
    left, right = st.columns([5, 4], gap="large")
    with left:
        _numbers(told)
    with right:
        _lengths(told)
    if may_build(who):
        _keep(bench, who, told)
    if picked := st.session_state.get(_OPEN):
        _chunk(told, *picked)


def _numbers(told: Lanes) -> None:
    frame = figures.figures(told.lanes, len({each.span for each in told.gold}))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Numbers", anchor=False, help=figures.explained())
        charts.download(frame, f"chunking {told.document.name}", key="numbers_csv")
    figures.table(frame)


def _lengths(told: Lanes) -> None:
    rows = [
        {"lane": lanes.title(lane, letter), "tokens": chunk.tokens}
        for lane, letter in zip(told.lanes, LETTERS, strict=False)
        for chunk in lane.chunks
    ]
    frame = pd.DataFrame(rows, columns=["lane", "tokens"])
    charts.histogram(frame, "tokens", "lane", "How long the chunks are", "Tokens", "Chunks", key="lengths", bins=_BINS)


def _keep(bench: Workbench, who: Principal, told: Lanes) -> None:
    st.subheader("Keep a way of cutting", anchor=False)
    st.caption("A lane becomes a recipe: its index is built beside those in use, then it can be chosen in the sidebar.")
    for column, lane, letter in zip(st.columns(len(told.lanes)), told.lanes, LETTERS, strict=False):
        with column:
            st.markdown(f"**{lanes.title(lane, letter)}**")
            offer(bench, who, lane.recipe, _name(lane), "From the chunking lab.", f"lane_{letter}")


def _name(lane: Lane) -> str:
    cut = lane.recipe.chunking
    return f"{cut.strategy} {cut.size}" + (f" {cut.overlap}" if cut.overlap else "")


def _opened(lane: int, index: int) -> None:
    st.session_state[_OPEN] = (lane, index)


def _close() -> None:
    st.session_state.pop(_OPEN, None)


@st.dialog("Chunk", position="right", width=640, icon=":material/content_cut:", on_dismiss=_close)  # type: ignore[untyped-decorator]
def _chunk(told: Lanes, at: int, index: int) -> None:
    if at >= len(told.lanes) or index >= len(told.lanes[at].chunks):
        st.caption("This chunk is no longer there: the lane was cut anew.")
        return
    lane = told.lanes[at]
    chunk = lane.chunks[index]
    st.markdown(f"**{lanes.title(lane, LETTERS[at])}, chunk {index + 1} of {len(lane.chunks):,}**")
    facts = [many(chunk.tokens, "token"), f"characters {chunk.start:,} to {chunk.end:,}"]
    if chunk.pages:
        facts.append("page " + ", ".join(map(str, chunk.pages)))
    st.caption(" · ".join(facts) + f"  \n{plain(told.document.name)} · id {chunk.id}")
    if chunk.headings:
        st.caption(":material/toc: " + plain(" › ".join(chunk.headings)))
    reader(chunk.text, key="opened_chunk", height=420)
    if chunk.around:
        st.caption("Found by the text above; read with what stands around it:")
        reader(told.document.text[chunk.around.start : chunk.around.end], key="opened_around", height=320)
    if index and (repeated := lane.chunks[index - 1].end - chunk.start) > 0:
        st.caption(f":material/content_copy: Its first {many(repeated, 'character')} end the chunk before as well.")
    gold = [each for each in told.gold if each.span.start < chunk.end and each.span.end > chunk.start]
    for each in gold:
        whole = chunk.start <= each.span.start and each.span.end <= chunk.end
        icon = ":material/check_circle: holds" if whole else ":material/content_cut: holds a part of"
        st.caption(f"{icon} the quote that answers “{plain(each.question)}”")
