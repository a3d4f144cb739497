"""The form that makes a recipe from another one; it reads controls and hands the recipe to a job."""

from dataclasses import replace

import streamlit as st

from core.errors import TouchstoneError
from core.recipes import Saved
from core.servers import on_server
from core.types import Principal, Recipe
from core.workbench import Workbench
from pages.recipes.controls import cutting, finding, ordering, writing
from pages.recipes.listing import index_state
from pages.recipes.routing import routing
from pages.shared.notices import guarded
from pages.shared.recipes import in_words
from pages.shared.saving import start
from pages.shared.words import plain


def editor(bench: Workbench, who: Principal) -> None:
    """The form, filled with the recipe to start from; nothing is saved before the button is pressed."""
    st.subheader("Make a recipe", anchor=False)
    known = {saved.name: saved for saved in bench.recipes.all()}
    left, right = st.columns(2)
    base = known[
        left.selectbox("Start from", list(known), key="recipe_base", help="Its values fill the controls below.")
    ]
    with right:
        name = st.text_input(
            "Name",
            "" if base.built_in else base.name,
            max_chars=60,
            placeholder="Such as: more sources",
            key=f"name_{base.name}",
            help="Letters, digits, spaces, dots, dashes. The name of a saved recipe replaces that recipe.",
        ).strip()
    with guarded():
        chosen = _chosen(bench, who, base)
        note = st.text_input(
            "What it is for", base.note, key=f"note_{base.name}", help="Shown in the sidebar beside the recipe."
        )
        _effect(bench, who, base, chosen)
        if name in known and not known[name].built_in:
            st.caption(f":material/sync_alt: This replaces the recipe “{plain(name)}” once its index is complete.")
        if st.button("Save recipe", type="primary", icon=":material/save:", disabled=not name, key="save_recipe"):
            start(bench, who, name, chosen, note.strip())
            st.rerun()
        if not name:
            st.caption("Give it a name first.")


def _chosen(bench: Workbench, who: Principal, base: Saved) -> Recipe:
    """The recipe of the controls; raises RequestError where they contradict each other."""
    recipe, key = base.recipe, base.name
    found = finding(recipe, key)
    ordered = ordering(recipe, key, found)
    chunking, embedding = cutting(recipe, key)

    def released(model: str) -> list[str]:
        return [held.name for held in bench.adapters.released(who, model)]

    written = writing(recipe, key, lambda url: bench.served(url, who), released)
    route, routed = routing(recipe, key, released(recipe.generation.model))
    chosen = replace(
        recipe,
        route=route,
        routing=routed,
        chunking=replace(recipe.chunking, **chunking),
        embedding=replace(recipe.embedding, **embedding),
        retrieval=replace(recipe.retrieval, **found, **ordered),
        generation=replace(recipe.generation, **written),
    )
    adapter = chosen.generation.adapter
    if on_server(chosen.generation.model) or adapter == recipe.generation.adapter:
        return chosen
    before = replace(chosen, generation=replace(chosen.generation, adapter=recipe.generation.adapter))
    return bench.adapters.worn(before, adapter, who)  # with the instructions that it was trained with


def _effect(bench: Workbench, who: Principal, base: Saved, chosen: Recipe) -> None:
    """What the choices change, and whether an index has to be built for them."""
    words = in_words(chosen, base.recipe)
    told = f"Against {base.name}: {'; '.join(words)}." if words else f"The same as {base.name} so far."
    try:
        state = index_state(bench, who, chosen)
    except TouchstoneError as error:
        state = str(error)
    st.caption(f":material/difference: {plain(told)}  \n:material/database: {plain(state)}.")
