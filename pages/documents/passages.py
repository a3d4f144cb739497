"""The passages of one document: where it was cut, what a search can find of it, and what people changed of it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from core.governance.principals import may_build
from core.types import Document, Principal, Recipe
from core.workbench import Workbench
from pages.documents.handwork import Work, at_work, menu, tell_done, tell_failed, tell_lost, work_on
from pages.documents.handwork_list import list_changes
from pages.shared.reader import reader
from pages.shared.words import listed, many, plain

if TYPE_CHECKING:
    from core.chunking.edits import Passage

_TOGETHER = 12
"""Passages on one screen."""


def passages(bench: Workbench, who: Principal, document: Document, name: str, recipe: Recipe) -> None:
    """Each passage with its place, its headings and its tokens, as the chosen recipe cuts the document."""
    ready = bench.prepared(recipe)
    wait = f"Preparing the index of {plain(name)}: every document is read into it once, which may take minutes…"
    with st.spinner("Reading the index…" if ready else wait, show_time=not ready):
        held = bench.handwork.passages(document.id, recipe, who)
    work = Work(bench, who, document, recipe, held)
    st.caption(_told(bench, held, recipe))
    tell_done()
    tell_lost(held)
    list_changes(work)
    pages = max(1, -(-len(held) // _TOGETHER))
    page = st.pagination(pages, key="passage_page") if pages > 1 else 1
    for at in range((page - 1) * _TOGETHER, min(page * _TOGETHER, len(held))):
        _passage(work, at)


def _told(bench: Workbench, held: "Sequence[Passage]", recipe: Recipe) -> str:
    cut = recipe.chunking
    alike = [saved.name for saved in bench.recipes.all() if saved.recipe.index_key == recipe.index_key]
    found = sum(not passage.disabled for passage in held)
    how = (
        f"{many(found, 'passage')}: {cut.strategy}, up to {many(cut.size, 'token')}, "
        f"{cut.overlap or 'no'} overlap, embedded by {recipe.embedding.model}."
    )
    if len(alike) < 2:
        return how
    return f"{how} The recipes {plain(listed(alike))} cut and embed alike and share them."


def _passage(work: Work, at: int) -> None:
    passage = work.passages[at]
    chunk = passage.chunk
    where = f"page {chunk.pages[0]}" if chunk.pages else "no page"
    above = f" · {plain(' › '.join(chunk.headings))}" if chunk.headings else ""
    left, right = st.columns([4, 1.1], vertical_alignment="center")
    left.caption(
        f"**{at + 1}** · characters {chunk.start:,} to {chunk.end:,} · {where} · {many(chunk.tokens, 'token')}{above}"
    )
    with right.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        _mark(passage)
        if may_build(work.who):
            menu(work, at)
    tell_failed(passage.key)
    if at_work(passage):
        work_on(work, passage)
    else:
        reader(chunk.text, key=f"passage_{passage.key}", height=120 if passage.disabled else 360)


def _mark(passage: "Passage") -> None:
    """What was done to the passage by hand, in two words."""
    if passage.disabled:
        st.badge("Disabled", icon=":material/visibility_off:", color="red", help="Nothing finds it.")
    elif passage.chunk.edited:
        st.badge("By hand", icon=":material/edit:", color="blue", help="Its text was written by hand.")
    elif passage.edits:
        st.badge("By hand", icon=":material/content_cut:", color="blue", help="It was split or merged by hand.")
