"""What a column runs: its recipe, and a panel that changes any field of it. It asks nothing."""

import json
from typing import Any

import streamlit as st

from core.answering.replay import first_changed
from core.errors import RequestError, TouchstoneError
from core.recipes import field_names, varied
from core.servers import on_server
from core.types import Answer, Principal, Recipe
from core.workbench import Workbench
from pages.inspector.columns import LETTERS, OWN, Column, remove
from pages.shared.notices import trouble
from pages.shared.recipes import in_words
from pages.shared.words import listed, plain

_STEPS = {
    "retrieve": "the search",
    "pack": "the packing of the prompt",
    "generate": "the answer; search and prompt stay",
}
_NUMBERS = {
    "retrieval.top_k": ("Sources in the prompt (top_k)", 1, 200),
    "generation.budget": ("Prompt budget, tokens", 200, 100_000),
}
_CHOICES: dict[str, tuple[str, dict[str, str]]] = {
    "retrieval.mode": ("Search", {"hybrid": "meaning and words", "dense": "meaning", "sparse": "words"}),
    "retrieval.rerank": ("Rerank", {"none": "none", "maxsim": "MaxSim"}),
    "generation.answerer": ("Answerer", {"local": "a model writes", "extractive": "quotes"}),
    "route": ("Route", {"auto": "auto", "rag": "always search", "closed": "never search", "router": "router"}),
}
_AS_IS = "as in the recipe"
_NO_ADAPTER = "no adapter"


def controls(bench: Workbench, who: Principal, column: Column, place: int, count: int) -> None:
    """The head of a column: recipe, changes, and the way out of the comparison."""
    names = [saved.name for saved in bench.recipes.all()]
    names = [OWN, *names] if column.own is not None and (column.base == OWN or column.trace) else names
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"inspector_head_{column.id}"):
        base = st.selectbox(
            f"{LETTERS[place]} · Recipe",
            names,
            index=names.index(column.base) if column.base in names else 0,
            key=f"inspector_base_{column.id}_{column.draws}",
        )
        if base != column.base:
            column.base, column.changes, column.adapter = base, {}, None
            column.draws += 1
            st.rerun()
        with st.popover("Vary", icon=":material/tune:", key=f"inspector_vary_{column.id}"):
            try:
                _vary(bench, who, column)
            except TouchstoneError as error:
                trouble(error)
        if count > 2:
            st.button(
                "",
                icon=":material/close:",
                key=f"inspector_remove_{column.id}",
                help=f"Take column {LETTERS[place]} out",
                on_click=remove,
                args=(column,),
            )


def changed(bench: Workbench, who: Principal, column: Column, answer: Answer | None) -> None:
    """What was changed since the answer, and from where it would run again."""
    try:
        base, now = column.base_recipe(bench), column.recipe(bench, who)
    except TouchstoneError as error:
        trouble(error)
        return
    words = listed([plain(each) for each in in_words(now, base)])
    before = answer.trace.choice if answer else None
    if before is not None and before != now:
        st.caption(
            f":material/edit: {words or 'Another recipe'} · runs again from {_STEPS[first_changed(before, now)]}."
        )


def _vary(bench: Workbench, who: Principal, column: Column) -> None:
    base = column.base_recipe(bench)
    st.caption(f"Changes of {plain(column.base)}; the recipe itself stays as it is.")
    flat = _flat(varied(base, {k: v for k, v in column.changes.items() if k in field_names()}))
    kept = _flat(base)
    picked: dict[str, Any] = {}
    left, right = st.columns(2)
    for path, (title, low, high) in _NUMBERS.items():
        with left:
            picked[path] = st.number_input(title, low, high, int(flat[path]), key=_key(column, path))
    for path, (title, words) in _CHOICES.items():
        options = list(words) if flat[path] in words else [*words, flat[path]]
        with left if path == "retrieval.mode" else right:
            picked[path] = st.selectbox(
                title,
                options,
                options.index(flat[path]),
                format_func=lambda each, words=words: words.get(each, each),
                key=_key(column, path),
            )
    with left:
        column.adapter = _adapter(bench, who, column, base)
    rows = _rows(column, [*_NUMBERS, *_CHOICES])
    changes = {path: json.dumps(value) for path, value in picked.items() if value != kept[path]}
    column.changes = _fitting(base, changes | rows)


def _rows(column: Column, known: list[str]) -> dict[str, str]:
    """Any other field, a row each."""
    others = "\n".join(f"{path}={value}" for path, value in column.changes.items() if path not in known)
    typed = st.text_area(
        "Other fields, FIELD=VALUE",
        others,
        height=96,
        key=_key(column, "rows"),
        placeholder="chunking.size=80\nretrieval.candidates=20",
        help="One a line. The fields: " + ", ".join(field_names()),
    )
    rows: dict[str, str] = {}
    for line in filter(None, map(str.strip, (typed or "").splitlines())):
        path, sign, value = line.partition("=")
        if not sign:
            raise RequestError(f"'{line[:60]}' is no change; write FIELD=VALUE, as retrieval.top_k=8.")
        rows[path.strip()] = value.strip()
    return rows


def _fitting(base: Recipe, changes: dict[str, str]) -> dict[str, str]:
    """The changes where they make a recipe; candidates and rerank_depth follow a larger top_k where nobody set them."""
    top_k = json.loads(changes.get("retrieval.top_k", str(base.retrieval.top_k)))
    for path, least in (
        ("retrieval.candidates", base.retrieval.candidates),
        ("retrieval.rerank_depth", base.retrieval.rerank_depth),
    ):
        if top_k > least and path not in changes:
            changes = {**changes, path: str(top_k)}
    varied(base, changes)
    return changes


def _adapter(bench: Workbench, who: Principal, column: Column, base: Recipe) -> str | None:
    """The adapter that a person chose in the place of the recipe's; empty for none."""
    if on_server(base.generation.model):
        return None
    names = [held.name for held in bench.adapters.released(who, base.generation.model)]
    options = [_AS_IS, _NO_ADAPTER, *names]
    held = _AS_IS if column.adapter is None else column.adapter or _NO_ADAPTER
    chosen = st.selectbox(
        "Adapter", options, options.index(held) if held in options else 0, key=_key(column, "adapter")
    )
    return None if chosen == _AS_IS else "" if chosen == _NO_ADAPTER else str(chosen)


def _key(column: Column, path: str) -> str:
    return f"inspector_{path}_{column.id}_{column.draws}"


def _flat(recipe: Recipe) -> dict[str, Any]:
    """The fields of the panel by path."""
    held: dict[str, Any] = {"route": recipe.route}
    for path in (*_NUMBERS, *_CHOICES):
        section, _, name = path.partition(".")
        if name:
            held[path] = getattr(getattr(recipe, section), name)
    return held
