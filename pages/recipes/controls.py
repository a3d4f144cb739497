"""The controls of a recipe, each with its help in plain words; every function returns the fields that it sets."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.chunking import STRATEGIES
from core.embedding.encoder import SPECS
from core.types import Recipe
from pages.recipes.author import Released, Serves, author
from pages.shared.cutting import number, strategy, values
from pages.shared.recipes import ANSWERERS, EMBEDDERS, EXPANSIONS, FUSIONS, MODES, QUANTIZATIONS, RERANKERS

_DIVERSITY = 0.7
"""Where the slider of diversity starts when it is switched on."""


def finding(recipe: Recipe, key: str) -> dict[str, Any]:
    """What is searched, how much is fetched, and how two searches become one list."""
    now = recipe.retrieval
    st.markdown("**Finding passages**")
    one, two, three = st.columns(3)
    with one:
        mode = _choice(
            "Search by", MODES, now.mode, f"mode_{key}",
            "Meaning finds other words for the same thing; words find names, numbers and codes. Both together miss "
            "least.",
        )  # fmt: skip
    with two:
        top_k = int(
            st.number_input(
                "Sources", value=now.top_k, key=f"top_k_{key}", help="Passages that the answer may draw on."
            )
        )
    with three:
        candidates = int(
            st.number_input(
                "Candidates", value=now.candidates, key=f"candidates_{key}",
                help="Passages that each search fetches before the best are chosen; at least as many as sources.",
            )
        )  # fmt: skip
    both = mode == "hybrid"
    one, two, three = st.columns(3)
    with one:
        fusion = _choice(
            "Join the two lists", FUSIONS, now.fusion, f"fusion_{key}",
            "RRF looks at ranks only; DBSF brings the scores to one scale and adds them.", off=not both,
        )  # fmt: skip
    with two:
        dense = _weight("Weight of meaning", now.dense_weight, f"dense_{key}", not both)
    with three:
        sparse = _weight("Weight of words", now.sparse_weight, f"sparse_{key}", not both)
    return {
        "mode": mode,
        "top_k": top_k,
        "candidates": candidates,
        "fusion": fusion,
        "dense_weight": dense,
        "sparse_weight": sparse,
    }


def ordering(recipe: Recipe, key: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """What is done with the list: a second look, diversity, and how much of the text around is shown."""
    now = recipe.retrieval
    one, two, three = st.columns(3)
    with one:
        known = RERANKERS if now.rerank in RERANKERS else {**RERANKERS, now.rerank: now.rerank}
        rerank = _choice(
            "Second look", known, now.rerank, f"rerank_{key}",
            "MaxSim compares every word of the question with every word of the first candidates; slower, often better.",
        )  # fmt: skip
    with two:
        diverse = st.toggle(
            "Avoid repetition", now.mmr is not None, key=f"diverse_{key}",
            help="Passages that say the same as one chosen before move back (MMR).",
        )  # fmt: skip
        mmr = st.slider(
            "Relevance against diversity", 0.0, 1.0, _DIVERSITY if now.mmr is None else now.mmr, 0.05,
            key=f"mmr_{key}", disabled=not diverse, help="1 is relevance alone, 0 diversity alone.",
        )  # fmt: skip
    with three:
        expand = _choice(
            "What the answerer reads", EXPANSIONS, now.expand, f"expand_{key}",
            "A passage is found by itself; it may be read with the passages beside it, with its whole section, or, "
            "where passages overlap, cut to what no better one shows.",
        )  # fmt: skip
    followups = st.toggle(
        "Understand follow-ups", now.followups, key=f"followups_{key}",
        help="“And for contractors?” is searched together with the question that it leans on.",
    )  # fmt: skip
    depth = now.rerank_depth
    if rerank != "none":  # the reranker sees at least what is shown and at most what is fetched
        depth = min(max(depth, found["top_k"]), max(found["candidates"], found["top_k"]))
    return {
        "rerank": rerank,
        "rerank_depth": depth,
        "mmr": mmr if diverse else None,
        "expand": expand,
        "followups": followups,
    }


def cutting(recipe: Recipe, key: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields of chunking and those of embedding; a change of either needs an index of its own."""
    st.markdown("**The index** :small[:gray[a change here builds a new one beside the old]]")
    one, two, three = st.columns(3)
    with one:
        chosen = strategy(recipe.chunking, key)
    places = iter(st.columns(3))

    def draw(name: str, now: int, field_key: str) -> int:
        with next(places):
            return number(name, now, field_key)

    chunking = values(chosen, recipe.chunking, key, draw)
    if chosen in STRATEGIES:
        st.caption(STRATEGIES[chosen].when)
    with two:
        model = _choice(
            "Search model", EMBEDDERS, recipe.embedding.model, f"model_{key}",
            "MiniLM is fast and knows English; E5 also finds passages in other languages. MiniLM reads "
            f"{SPECS['minilm'].window} tokens of a passage, E5 {SPECS['e5'].window}; what is beyond is not seen.",
        )  # fmt: skip
    with three:
        quantization = _choice(
            "Vectors", QUANTIZATIONS, recipe.embedding.quantization, f"quantization_{key}",
            "A smaller copy is searched first and the best are scored with the whole vectors; it pays with very many "
            "passages.",
        )  # fmt: skip
    return chunking, {"model": model, "quantization": quantization}


def writing(recipe: Recipe, key: str, serves: Serves, released: Released) -> dict[str, Any]:
    """Who puts the answer together, and when it says no.

    `serves` asks a server for its models, `released` tells the adapters of one that is here.
    """
    st.markdown("**The answer**")
    one, two = st.columns(2)
    with one:
        answerer = _choice(
            "Answerer", ANSWERERS, recipe.generation.answerer, f"answerer_{key}",
            "Quotes are the documents' own sentences. A model writes its own; each is checked against its source.",
        )  # fmt: skip
    with two:
        below = st.number_input(
            "Say no below", value=recipe.generation.abstain_below, step=0.01, format="%.2f", key=f"below_{key}",
            help="The estimated probability that the sources hold the answer; below it the reply is that they do not.",
        )  # fmt: skip
    model = author(recipe.generation, key, serves, released) if answerer == "local" else {}
    return {"answerer": answerer, "abstain_below": float(below), **model}


def _choice(label: str, options: Mapping[str, str], now: str, key: str, told: str, off: bool = False) -> Any:
    """A list of named choices; the value that a recipe holds is among them."""
    names = list(options) if now in options else [*options, now]
    return st.selectbox(
        label,
        names,
        names.index(now),
        format_func=lambda name: options.get(name, name)[:1].upper() + options.get(name, name)[1:],
        key=key,
        help=told,
        disabled=off,
    )


def _weight(label: str, now: float, key: str, off: bool) -> float:
    told = "What this search counts when the two are joined; 1 and 1 count the same."
    return float(st.number_input(label, 0.0, 10.0, now, 0.25, key=key, help=told, disabled=off))
