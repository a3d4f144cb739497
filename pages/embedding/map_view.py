"""The map: every passage as a point, a question with lines to what it finds, and what was pressed or lassoed below."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from core.governance.rights import may
from core.lab.maps import Map
from core.types import Principal, Recipe
from core.workbench import Workbench
from pages.embedding import selecting
from pages.embedding.choosing import PAGE, Subject
from pages.embedding.scatter import Asked, scatter
from pages.embedding.selecting import Place
from pages.shared import address, charts
from pages.shared.recipes import EMBEDDERS
from pages.shared.words import called, language, many

HOWS = {"pca": "PCA, at once", "umap": "UMAP, neighbourhoods"}
COLOURS = ("document", "zone", "language", "cluster")
_CLUSTERS = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """How the map is drawn."""

    how: str
    colour: str
    question: str


def show(bench: Workbench, who: Principal, subject: Subject) -> None:
    """The maps side by side, and the passages that were chosen in one of them; raises what the core raises."""
    choice = _choose()
    recipes = [each for each in (subject.recipe, subject.second) if each]
    selected = selecting.now()
    drawn = []
    for number, (column, recipe) in enumerate(zip(st.columns(len(recipes)), recipes, strict=True)):
        with column:
            drawn.append(_one(bench, who, recipe, choice, selected, number, several=len(recipes) > 1))
    if any(drawn):
        chosen = next(each for each in drawn if each)
        selecting.listed(chosen, selected)


def _choose() -> Choice:
    address.take(PAGE, {"how": "pca", "colour": "document", "q": ""})
    for name, options in (("how", list(HOWS)), ("colour", list(COLOURS))):
        if st.session_state[f"{PAGE}_{name}"] not in options:
            st.session_state[f"{PAGE}_{name}"] = options[0]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        question = st.text_input(
            "Question",
            key=f"{PAGE}_q",
            placeholder="Type a question: it appears on the map with lines to what it finds",
            max_chars=500,
        )
        colour = st.selectbox("Colour by", COLOURS, key=f"{PAGE}_colour", format_func=str.capitalize, width=150)
        how = st.segmented_control(
            "Drawn by",
            HOWS,
            format_func=HOWS.__getitem__,
            key=f"{PAGE}_how",
            required=True,
            width="content",
            help="PCA keeps large distances and is there at once. UMAP keeps neighbourhoods; it is fitted once, as a "
            "job, and kept.",
        )
    address.put(PAGE, {"how": str(how), "colour": colour, "q": question})
    return Choice(str(how), colour, question.strip())


def _one(
    bench: Workbench, who: Principal, recipe: Recipe, choice: Choice, selected: list[Place], number: int, several: bool
) -> Map | None:
    """A map with its chart; None while it has to be built first."""
    model = EMBEDDERS.get(recipe.embedding.model, recipe.embedding.model)
    ready = bench.prepared(recipe)
    with st.spinner("Reading the passages…", show_time=True):
        held = (bench.lab.maps.umap if choice.how == "umap" else bench.lab.maps.pca)(recipe, who) if ready else None
    if held is None:
        _offer(bench, who, recipe, model, ready, number)
        return None
    if not held.entries:
        st.caption(f"{model}: no passages that {called(who)} may see.")
        return None
    groups = _groups(bench, held, choice.colour)
    asked = _ask(bench, who, held, recipe, choice.question) if choice.question else None
    places = selecting.places(held)
    figure = scatter(held, groups, asked, selecting.touched(places, selected))
    told = f"{many(len(held.entries), 'passage')} of {many(len({p[0] for p in places}), 'document')} as points"
    if asked:
        told += f"; the question finds {', '.join(dict.fromkeys(held.entries[i].document for i in asked.hits))}"
    axes = ["UMAP 1", "UMAP 2"]
    if held.plane:
        axes = [f"Component {n} ({share:.0%} of variance)" for n, share in enumerate(held.plane.explained, start=1)]
    key = f"map_{number}_{selecting.turn()}"
    charts.show(
        figure,
        model,
        axes[0],
        axes[1],
        alt=f"Map of {model}: {told}.",
        data=_table(held, groups),
        key=key,
        height=460 if several else 580,
        on_select=partial(selecting.take, key, places),
        selection_mode=("points", "lasso", "box"),
    )
    return held


def _offer(bench: Workbench, who: Principal, recipe: Recipe, model: str, ready: bool, number: int) -> None:
    with st.container(border=True, key=f"map_offer_{number}"):
        st.markdown(f"**{model}**")
        if ready:
            st.caption("UMAP has not been fitted to these passages yet; it takes from seconds to a few minutes, once.")
        else:
            st.caption("There is no index of these documents by this embedder yet; it is built behind the page, once.")
        if not may(who, "evaluate"):
            st.caption(f":material/lock: {called(who).capitalize()} may look at maps, not build them.")
        elif st.button("Fit the map" if ready else "Build it", key=f"build_map_{number}", icon=":material/play_arrow:"):
            bench.lab.maps.start_umap(recipe, who)
            st.rerun()


def _groups(bench: Workbench, held: Map, colour: str) -> list[str]:
    if colour == "zone":
        return [entry.zone for entry in held.entries]
    if colour == "language":
        return [language(code) if code else "Unknown" for code in held.languages]
    if colour == "cluster":
        found = bench.lab.maps.clusters(held, "kmeans", min(_CLUSTERS, len(held.entries)))
        return [f"Cluster {each + 1}" for each in found]
    return [entry.document for entry in held.entries]


def _ask(bench: Workbench, who: Principal, held: Map, recipe: Recipe, question: str) -> Asked:
    at = {entry.chunk.id: i for i, entry in enumerate(held.entries)}
    hits, _ = bench.search(question, recipe, who, recipe.retrieval.top_k)
    point = np.asarray(bench.lab.maps.place(held, [question])[0])
    return Asked(question, point, [at[hit.chunk.id] for hit in hits if hit.chunk.id in at])


def _table(held: Map, groups: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "document": [entry.document for entry in held.entries],
            "start": [entry.chunk.start for entry in held.entries],
            "group": groups,
            "x": held.points[:, 0],
            "y": held.points[:, 1],
        }
    )
