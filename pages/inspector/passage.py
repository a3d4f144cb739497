"""A candidate in a side sheet: why it ended where it did, its text in its document, its neighbours and its scores."""

import streamlit as st

from core.answering.journeys import Journey, journeys
from core.types import Answer, Chunk, Principal, Recipe, Span
from core.workbench import Workbench
from pages.chat.answer import place_of
from pages.chat.scores import KINDS, present, rank, says, value, widened
from pages.inspector.acting import toggle_bar, toggle_pin
from pages.inspector.columns import LETTERS, Column, columns
from pages.inspector.panels import close_passage, passage
from pages.shared.notices import guarded
from pages.shared.reader import reader
from pages.shared.words import many, plain

_AROUND = 900
"""Characters of text shown before and after the passage."""


def sheet(bench: Workbench, who: Principal) -> None:
    """Show the candidate that a person opened, if any."""
    held = passage()
    if held is not None:
        _sheet(bench, who, *held)


@st.dialog("Passage", position="right", width=720, icon=":material/plagiarism:", on_dismiss=close_passage)  # type: ignore[untyped-decorator]
def _sheet(bench: Workbench, who: Principal, column: Column, chunk_id: str) -> None:
    with guarded():
        answer = bench.inspector.open(column.trace, who)
        way = next((way for way in journeys(answer) if way.hit.chunk.id == chunk_id), None)
        if way is None:
            st.caption("This passage is no candidate of the answer any longer.")
            return
        _head(column, way)
        _buttons(bench, who, column, way)
        _text(bench, who, way.hit.chunk)
        _neighbours(bench, who, answer, way.hit.chunk)
        _scores(way, answer.trace.choice or column.base_recipe(bench))


def _head(column: Column, way: Journey) -> None:
    letter = LETTERS[columns().index(column)]
    st.markdown(f"**{plain(way.hit.document)}** :small[{plain(place_of(way.hit.chunk))}]")
    st.markdown(f":material/flag: **{letter}: {plain(way.note)}.** {plain(way.why)}")


def _buttons(bench: Workbench, who: Principal, column: Column, way: Journey) -> None:
    chunk = way.hit.chunk
    pinned, barred = chunk.id in column.pinned, chunk.id in column.barred
    with st.container(horizontal=True):
        first = st.button(
            "No longer first" if pinned else "Put first",
            icon=":material/keep_off:" if pinned else ":material/keep:",
            key="inspector_pin",
            type="primary",
            help="Runs the column again with this passage as the first source.",
        )
        out = st.button(
            "Let it in again" if barred else "Keep out",
            icon=":material/undo:" if barred else ":material/block:",
            key="inspector_bar",
            help="Runs the column again, with or without this passage.",
        )
    if first:
        toggle_pin(bench, column, chunk.document_id, chunk.id, who)
    elif out:
        toggle_bar(bench, column, chunk.id, who)
    if first or out:
        st.rerun()  # of the whole page: a press in a dialog draws the dialog only


def _text(bench: Workbench, who: Principal, chunk: Chunk) -> None:
    document = bench.visible(chunk.document_id, who)
    if chunk.edited:
        st.caption(":material/edit: Written by hand; it stands in the place of what is marked below:")
        reader(chunk.text, key="inspector_by_hand", height=180)
    start, end = max(0, chunk.start - _AROUND), min(len(document.text), chunk.end + _AROUND)
    marked = Span(chunk.start - start, chunk.end - start)
    cut = (start > 0, end < len(document.text))
    text = bench.excerpt(document.id, start, end, who)
    reader(text, [marked], key="inspector_reader", height=380, cut=cut)


def _neighbours(bench: Workbench, who: Principal, answer: Answer, chunk: Chunk) -> None:
    """The passages before and after it in the index that it was found in, where that is still the document's."""
    recipe = answer.trace.choice
    if recipe is None or not bench.prepared(recipe):
        return
    held = [entry.chunk for entry in bench.passages(chunk.document_id, recipe, who)]
    at = next((place for place, each in enumerate(held) if each.id == chunk.id), None)
    if at is None:
        st.caption("Its document was replaced or cut anew since: its neighbours are no longer known.")
        return
    ranks = {hit.chunk.id: hit.rank for hit in answer.trace.candidates}
    for word, place in (("before", at - 1), ("after", at + 1)):
        if 0 <= place < len(held):
            beside = held[place]
            ranked = f"ranked {ranks[beside.id]}" if beside.id in ranks else "not among the candidates"
            with st.expander(f"The passage {word} it, {ranked}", key=f"inspector_{word}"):
                text = (
                    beside.text if beside.edited else bench.excerpt(beside.document_id, beside.start, beside.end, who)
                )
                reader(text, key=f"inspector_text_{word}", height=200)


def _scores(way: Journey, recipe: Recipe) -> None:
    hit = way.hit
    st.table(
        [
            {"Score": KINDS[kind], "Value": value(kind, hit), "Rank": rank(kind, hit), "What it is": says(kind, recipe)}
            for kind in present([hit])
        ],
        hide_index=True,
    )
    facts = [f"Final rank {hit.rank}", many(hit.chunk.tokens, "token")]
    facts.append(f"characters {hit.chunk.start:,} to {hit.chunk.end:,} of the document")
    if how := widened(hit, recipe):
        facts.append(how)
    st.caption(" · ".join(facts))
