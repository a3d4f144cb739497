"""The recipes of the workspace: what sets each apart, whether its index is there, its export and its removal."""

import json
from dataclasses import asdict

import streamlit as st

from core.errors import WeightsMissing
from core.governance.principals import may_build
from core.recipes import Saved
from core.servers import on_server
from core.types import Principal, Recipe
from core.workbench import Workbench
from pages.shared.notices import guarded
from pages.shared.recipes import ANSWERERS, MODES, away, in_words
from pages.shared.words import many, moment, plain


def listing(bench: Workbench, who: Principal) -> None:
    """One row a recipe."""
    for saved in bench.recipes.all():
        with st.container(border=True, key=f"recipe_{saved.name}", gap="xsmall"):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**{plain(saved.name)}** :gray[·] :small[{plain(_whose(saved))}]", width="stretch")
                _export(saved)
                if may_build(who) and not saved.built_in:
                    _remove(bench, who, saved)
            if saved.note:
                st.markdown(plain(saved.note))
            st.markdown(plain(_apart(saved)))
            if told := silent(bench, who, saved.recipe):
                st.caption(f":material/block: {plain(told)}")
            st.caption(f"{plain(index_state(bench, who, saved.recipe))} · hash {saved.recipe.hash}")
    for name, why in bench.recipes.unreadable().items():
        st.caption(f":material/warning: “{plain(name)}” was saved by another version and is left out: {plain(why)}")


def index_state(bench: Workbench, who: Principal, recipe: Recipe) -> str:
    """Whether the index of a recipe answers at once, and how many passages of it this persona may find."""
    try:
        ready = bench.prepared(recipe)
        bench.embedder(recipe.embedding)
    except WeightsMissing:
        return "Its search model is not on this computer"
    if not ready:
        return "No index yet: it is built when the recipe is first used"
    chunks = sum(summary.chunks for summary in bench.documents(who, recipe))
    return f"Index ready: {many(chunks, 'passage')} that you may find"


def silent(bench: Workbench, who: Principal, recipe: Recipe) -> str:
    """That adapters of a recipe do not answer, and what that means for it; empty where all do."""
    if on_server(recipe.generation.model):  # which has adapters of its own
        return ""
    alone = recipe.routing.closed if recipe.route == "router" else None
    worn = bench.adapters.away([recipe.generation.adapter], who)
    return away(worn, "questions by this recipe fail until another is chosen") or away(
        bench.adapters.away([alone], who), "the router passes its route over"
    )


def exported(saved: Saved) -> str:
    """The recipe as JSON, in the form of `python -m core recipes export`."""
    body = {"name": saved.name, "hash": saved.recipe.hash, "recipe": asdict(saved.recipe)}
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"


def _whose(saved: Saved) -> str:
    return "built in" if saved.built_in else f"saved by {saved.saved_by}, {moment(saved.saved_at)}"


def _apart(saved: Saved) -> str:
    if saved.name == "default":
        found, written = saved.recipe.retrieval, saved.recipe.generation
        worn = f" with the adapter {written.adapter}" if written.adapter else ""
        return f"Found by {MODES[found.mode]}; {many(found.top_k, 'source')}; {ANSWERERS[written.answerer]}{worn}."
    words = in_words(saved.recipe)
    return f"Differs from default: {'; '.join(words)}." if words else "The same as default."


def _export(saved: Saved) -> None:
    st.download_button(
        "Export",
        exported(saved),
        file_name=f"{saved.name}.json",
        mime="application/json",
        icon=":material/download:",
        type="tertiary",
        key=f"export_{saved.name}",
        on_click="ignore",
        help="Every field of the recipe as JSON.",
    )


def _remove(bench: Workbench, who: Principal, saved: Saved) -> None:
    with st.popover("Remove…", type="tertiary", key=f"removal_{saved.name}"):
        st.markdown(
            f"“{plain(saved.name)}” will be forgotten, and its index where no other recipe uses it. Answers that it "
            "made keep their records."
        )
        if st.button("Remove for good", key=f"remove_{saved.name}", type="primary"):
            with guarded(), st.spinner("Waiting for running work, then removing…"):
                bench.remove_recipe(saved.name, who)
                st.rerun()
