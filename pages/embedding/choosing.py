"""What the embedding lab looks at; all of it stands in the address bar too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from core.evaluation.question_sets import SAMPLES, Listed
from core.types import Recipe
from pages.shared import address
from pages.shared.recipes import EMBEDDERS

PAGE = "embedding"
VIEWS = {
    "map": ":material/scatter_plot: Map",
    "compare": ":material/balance: Compare",
    "findings": ":material/troubleshoot: Findings",
}
NO_SET, NO_SECOND = "none", "none"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is looked at."""

    view: str
    set_name: str | None
    recipe: Recipe
    """With the first embedder."""
    second: Recipe | None
    """With the embedder beside it."""


def choose(base: Recipe, sets: Sequence[Listed]) -> Subject:
    """The view, the embedders and the question set."""
    address.take(PAGE, {"view": "map", "set": "", "model": base.embedding.model, "beside": NO_SECOND})
    _settle("view", list(VIEWS), "map")
    view = str(
        st.segmented_control(
            "View",
            VIEWS,
            key=f"{PAGE}_view",
            required=True,
            format_func=VIEWS.__getitem__,
            label_visibility="collapsed",
            width="content",
        )
    )
    models = list(dict.fromkeys([*EMBEDDERS, base.embedding.model]))
    model, beside = st.session_state[f"{PAGE}_model"], st.session_state[f"{PAGE}_beside"]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if view != "compare":
            _settle("model", models, base.embedding.model)
            model = st.selectbox("Embedder", models, format_func=_named, key=f"{PAGE}_model", width=240)
        if view == "map":
            rest = [NO_SECOND, *(each for each in models if each != model)]
            _settle("beside", rest, NO_SECOND)
            beside = st.selectbox("Beside it", rest, format_func=_named, key=f"{PAGE}_beside", width=240)
        set_name = _set({each.name: each for each in sets}) if view != "map" else None
    kept = st.session_state.get(f"{PAGE}_set", "")
    address.put(PAGE, {"view": view, "set": kept, "model": str(model), "beside": str(beside)})
    second = None if beside in (NO_SECOND, model) else _with(base, str(beside))
    return Subject(view, set_name, _with(base, str(model)), second)


def _set(held: Mapping[str, Listed]) -> str | None:
    _settle("set", [NO_SET, *held], SAMPLES if SAMPLES in held else next(iter(held), NO_SET))
    chosen = st.selectbox(
        "Question set",
        [NO_SET, *held],
        format_func=lambda name: f"{name} ({held[name].questions})" if name in held else "None",
        key=f"{PAGE}_set",
        width=240,
    )
    return None if chosen == NO_SET else str(chosen)


def _settle(name: str, options: Sequence[str], usual: str) -> None:
    if st.session_state.get(f"{PAGE}_{name}") not in options:
        st.session_state[f"{PAGE}_{name}"] = usual


def _with(base: Recipe, model: str) -> Recipe:
    return replace(base, embedding=replace(base.embedding, model=model))


def _named(model: str) -> str:
    return "None" if model == NO_SECOND else EMBEDDERS.get(model, model)
