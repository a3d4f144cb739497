"""What a recipe does, in words; it changes none."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any
from urllib.parse import urlsplit

from core.chunking import STRATEGIES
from core.models.catalogue import CATALOGUE
from core.recipes import BUILT_IN
from core.servers import on_server, split_name
from core.types import Answer, Recipe, Retrieval
from pages.shared.cutting import named
from pages.shared.words import many

EMBEDDERS = {"minilm": "MiniLM (English)", "e5": "E5 (many languages)"}
ANSWERERS = {"local": "a model writes", "extractive": "quotes, word for word"}
MODES = {"hybrid": "meaning and words", "dense": "meaning alone", "sparse": "words alone"}
FUSIONS = {"rrf": "by ranks (RRF)", "dbsf": "by scores (DBSF)"}
RERANKERS = {"none": "none", "maxsim": "MaxSim"}
EXPANSIONS = {
    "none": "the passage alone",
    "new": "without what a better one shows",
    "neighbours": "with its neighbours",
    "parent": "with its section",
}
ROUTES = {
    "auto": "knows small talk",
    "rag": "always searches",
    "closed": "never searches",
    "router": "chooses for each question",
}
QUANTIZATIONS = {
    "none": "whole vectors",
    "int8": "8 bits a number",
    "binary": "1 bit a number",
}


def writer(model: str) -> str:
    """A model that writes, by its name, and where it is unless it is on this computer."""
    if not on_server(model):
        return model
    name, url = split_name(model)
    return f"{name} on {urlsplit(url).netloc}"


def spoke(answer: Answer) -> str:
    """Who an answer's words come from: "SmolLM2 + handbook", "SmolLM2", "quotes" or "small talk"."""
    if answer.model in _NOT_WRITTEN:
        return _NOT_WRITTEN[answer.model]
    model = written_by(answer.model)
    return f"{model} + {answer.adapter}" if answer.adapter else model


def written_by(model: str) -> str:
    """A model's short title: "SmolLM2"; one on a server as `writer` names it."""
    return CATALOGUE[model].title.partition("-")[0] if model in CATALOGUE else writer(model)


_NOT_WRITTEN = {"extractive": "quotes", "none": "small talk"}
_WORDS: dict[str, Any] = {
    "chunking.strategy": lambda value: f"cut by: {named(value).lower()}",
    "chunking.size": lambda value: f"passages of up to {many(value, 'token')}",
    "chunking.overlap": lambda value: f"{many(value, 'token')} of overlap" if value else "no overlap",
    "chunking.window": lambda value: f"read with {many(value, 'sentence')} on each side",
    "chunking.breakpoint": lambda value: f"ends where meaning turns more than at {value}% of sentences",
    "chunking.parent": lambda value: f"read with up to {many(value, 'token')} around",
    "embedding.model": lambda value: f"meaning by {EMBEDDERS.get(value, value)}",
    "embedding.distance": lambda value: f"{value} distance",
    "embedding.quantization": lambda value: f"searched in {QUANTIZATIONS[value]}",
    "retrieval.mode": lambda value: f"found by {MODES[value]}",
    "retrieval.top_k": lambda value: many(value, "source"),
    "retrieval.candidates": lambda value: many(value, "candidate"),
    "retrieval.fusion": lambda value: f"joined {FUSIONS[value]}",
    "retrieval.rrf_k": lambda value: f"RRF constant {value}",
    "retrieval.dense_weight": lambda value: f"meaning counts {value:g}",
    "retrieval.sparse_weight": lambda value: f"words count {value:g}",
    "retrieval.rerank": lambda value: f"reranker: {RERANKERS.get(value, value)}",
    "retrieval.rerank_depth": lambda value: f"the first {value} reranked",
    "retrieval.rerank_order": lambda value: "the reranker decides alone" if value == "alone" else "reranker fused",
    "retrieval.rerank_weight": lambda value: f"reranker counts {value:g}",
    "retrieval.words_known": lambda value: f"words count where {value:.0%} of them are known",
    "retrieval.mmr": lambda value: "no diversity" if value is None else f"diversity (MMR {value:g})",
    "retrieval.expand": lambda value: f"shown {EXPANSIONS[value]}" if value != "none" else "shown as found",
    "retrieval.followups": lambda value: "understands follow-ups" if value else "takes each question by itself",
    "generation.answerer": lambda value: ANSWERERS[value],
    "generation.model": lambda value: f"written by {writer(value)}",
    "generation.adapter": lambda value: f"adapter {value}" if value else "no adapter",
    "generation.budget": lambda value: f"prompts of up to {many(value, 'token')}",
    "generation.max_tokens": lambda value: f"answers of up to {many(value, 'token')}",
    "generation.sentences": lambda value: f"up to {many(value, 'sentence')} quoted",
    "generation.abstain_below": lambda value: f"says no below {value:g}",
    "route": lambda value: ROUTES[value],
    "routing.latency_budget_ms": lambda value: f"answers within {value:,} ms" if value else "takes its time",
    "routing.least_confidence": lambda value: f"declines below {value:.0%} sure",
    "routing.closed": lambda value: f"{value} answers alone" if value else "the same adapter answers alone",
}


def in_words(recipe: Recipe, base: Recipe = BUILT_IN["default"]) -> list[str]:
    """Each way in which a recipe differs from another, as a few words; empty when they are the same."""
    own, other = _flat(recipe), _flat(base)
    unused = _without_effect(recipe.retrieval) | _not_read(recipe.chunking.strategy)
    unused |= {path for path in own if path.startswith("routing.")} if recipe.route != "router" else set()
    return [
        _WORDS[path](value) if path in _WORDS else f"{path} {value}"
        for path, value in own.items()
        if value != other[path] and path not in unused
    ]


def away(gone: Mapping[str, str], then: str) -> str:
    """That adapters do not answer, by name with why, and what follows, as one sentence; empty for none."""
    whom = "; ".join(f"The adapter {name} {why}" for name, why in gone.items())
    return f"{whom}: {then}." if gone else ""


def _without_effect(retrieval: Retrieval) -> set[str]:
    """Fields that change nothing, such as a fusion where only one list is searched."""
    idle: set[str] = set()
    if retrieval.mode != "hybrid":
        idle |= {"retrieval.fusion", "retrieval.dense_weight", "retrieval.sparse_weight"}
    if retrieval.rerank == "none":
        idle |= {"retrieval.rerank_depth", "retrieval.rerank_order", "retrieval.rerank_weight"}
    return idle


def _not_read(strategy: str) -> set[str]:
    """Fields that a strategy does not look at."""
    read = STRATEGIES[strategy].controls if strategy in STRATEGIES else ()
    return {f"chunking.{name}" for name in ("window", "breakpoint", "parent") if name not in read}


def _flat(recipe: Recipe) -> dict[str, Any]:
    """Every field by `section.field`; the route has no section."""
    flat = {
        f"{part}.{each.name}": getattr(getattr(recipe, part), each.name)
        for part in ("chunking", "embedding", "retrieval", "generation", "routing")
        for each in fields(getattr(recipe, part))
    }
    return {**flat, "route": recipe.route}
