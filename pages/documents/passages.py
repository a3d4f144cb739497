"""The passages of one document: where it was cut, and what a search can find of it."""

import streamlit as st

from core.types import Document, Principal, Recipe
from core.workbench import Workbench
from pages.shared.reader import reader
from pages.shared.words import many, plain

_TOGETHER = 12
"""Passages on one screen."""


def passages(bench: Workbench, who: Principal, document: Document, name: str, recipe: Recipe) -> None:
    """Each passage with its place, its headings and its tokens, as the chosen recipe cuts the document."""
    ready = bench.prepared(recipe)
    wait = f"Preparing the index of {plain(name)}: every document is read into it once, which may take minutes…"
    with st.spinner("Reading the index…" if ready else wait, show_time=not ready):
        entries = bench.passages(document.id, recipe, who)
    cut = recipe.chunking
    st.caption(
        f"{many(len(entries), 'passage')}: {cut.strategy}, up to {many(cut.size, 'token')}, "
        f"{cut.overlap or 'no'} overlap, embedded by {recipe.embedding.model}."
    )
    pages = max(1, -(-len(entries) // _TOGETHER))
    page = st.pagination(pages, key="passage_page") if pages > 1 else 1
    for entry in entries[(page - 1) * _TOGETHER : page * _TOGETHER]:
        chunk = entry.chunk
        where = f"page {chunk.pages[0]}" if chunk.pages else "no page"
        above = f" · {plain(' › '.join(chunk.headings))}" if chunk.headings else ""
        st.caption(f"characters {chunk.start:,} to {chunk.end:,} · {where} · {many(chunk.tokens, 'token')}{above}")
        reader(chunk.text, key=f"passage_{chunk.id}", height=360)
