"""What the router needs for one question: open routes, their speed here, what was learned, what the adapter knows.

A route whose adapter may not answer who asks is closed to him. It checks no other right and trains nothing.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.answering.routing_signals import Known, Signals
from core.errors import NotFound
from core.types import Principal, Recipe, Routing, Way, fingerprint

if TYPE_CHECKING:
    from core.adapters.registry import Adapter
    from core.answering.route_store import RouteStore
    from core.answering.router import Router
    from core.answering.routing_model import RouteModel
    from core.workbench import Workbench

_STALE = 0.6
"""Cosine from which a question counts as asking for a fact: paraphrases lie above it, and a doubt costs only time."""
_WORDINGS = 1
"""Other ways to ask that are taken as learned, where an adapter's own rows are not here."""


def key_of(recipes: Mapping[Way, Recipe]) -> str:
    """Twelve hex digits over the routes that a model is of."""
    return fingerprint(sorted((way, recipe.hash) for way, recipe in recipes.items()))


class RouteParts:
    """Puts together what one question needs; safe to share between threads."""

    def __init__(self, bench: "Workbench", store: Callable[[], "RouteStore"]) -> None:
        self._bench, self._store = bench, store
        self._known: dict[tuple[str, str, str], Known] = {}
        self._guarded = threading.Lock()

    def router(self, recipe: Recipe, principal: Principal) -> "Router":
        """What the router needs for questions of the principal; raises WorkspaceDamaged for a changed model."""
        from core.answering.router import Router
        from core.answering.routing_plan import Routes as Open

        recipes = self.recipes(recipe, principal)
        model = self.model(recipes, principal)
        closed = recipes["closed"].generation.adapter if "closed" in recipes else None
        known = self._learned(self._bench.adapters.get(closed, principal), recipe) if closed else Known()
        stale = self._stale(closed, recipe, principal)
        return Router(Open(recipes, self._store().rules(), self.speeds(recipes, model), model), known, stale)

    def recipes(self, recipe: Recipe, principal: Principal) -> dict[Way, Recipe]:
        """The recipe of each route that is open to the principal."""
        plain = replace(recipe, route="rag", routing=Routing())
        found: dict[Way, Recipe] = {}
        alone = recipe.routing.closed or recipe.generation.adapter
        if alone and (worn := self._worn(plain, alone, principal)):
            found["closed"] = replace(worn, route="closed")
        found["rag"] = self._bench.adapters.worn(plain, None, principal)
        reader = recipe.generation.adapter
        if reader and (worn := self._worn(plain, reader, principal)):
            found["rag + adapter"] = worn
        return found

    def forget(self) -> None:
        """Drop what is remembered of learned questions in memory, as an erasure must."""
        with self._guarded:
            self._known.clear()

    def looking(self, recipe: Recipe, principal: Principal) -> Callable[[str], Signals]:
        """What measures the signals of a question, as one that is asked has them measured."""
        from core.answering.routing_signals import measure
        from core.index.contract import Access
        from core.retrieval.retriever import retrieve

        router, judge = self.router(recipe, principal), self._bench.judge(recipe)
        retriever = self._bench.retriever(recipe)

        def look(text: str) -> Signals:
            vector = np.asarray(judge.queries([text])[0])
            hits = retrieve(text, recipe, Access.of(principal), retriever)
            return measure(text, vector, hits, router.known, router.stale(vector))

        return look

    def _worn(self, recipe: Recipe, name: str, principal: Principal) -> Recipe | None:
        """With the adapter, or None where it may not answer the principal: then that route is closed to him."""
        try:
            return self._bench.adapters.worn(recipe, name, principal)
        except NotFound:
            return None

    def model(self, recipes: Mapping[Way, Recipe], principal: Principal) -> "RouteModel | None":
        """What was learned for these recipes, with the adapters that it was learned of."""
        model = self._store().model(key_of(recipes))
        same = model is not None and model.manifest["weights"] == self.of(recipes, principal)["weights"]
        return model if same else None

    def of(self, recipes: Mapping[Way, Recipe], principal: Principal) -> dict[str, Any]:
        """The adapter of each route, and its weights."""
        names = {str(way): recipe.generation.adapter or "" for way, recipe in recipes.items()}
        weights = {
            way: self._bench.adapters.get(name, principal).manifest.weights_sha256 if name else ""
            for way, name in names.items()
        }
        return {"adapters": names, "weights": weights}

    def speeds(self, recipes: Mapping[Way, Recipe], model: "RouteModel | None") -> dict[Way, float]:
        """Milliseconds of each route: of the newest answers here, else as learned, else an assumption."""
        from core.answering.routing_plan import USUAL_MS

        found = dict[Way, float]()
        for way, recipe in recipes.items():
            made, writes = recipe.generation, way == "closed" or recipe.generation.answerer == "local"
            here = self._bench.records.median_ms("closed" if way == "closed" else "rag", made.adapter, writes)
            learned = model.ms.get(way) if model else None
            found[way] = here if here is not None else learned if learned is not None else USUAL_MS[way]
        return found

    def _learned(self, adapter: "Adapter", recipe: Recipe) -> Known:
        """The questions that an adapter learned, embedded once.

        They are the accepted rows of its dataset. Where that is not here, as of an adapter that ships, they are those
        that the rules make of the documents it learned from: what it most likely learned.
        """
        manifest, judge = adapter.manifest, self._bench.judge(recipe)
        place = (adapter.name, manifest.weights_sha256, judge.revision)
        with self._guarded:
            if place not in self._known:
                texts = self._questions(manifest.dataset, manifest.documents)
                vectors = np.asarray(judge.queries(list(texts))) if texts else None
                self._known[place] = Known(texts, vectors, frozenset(manifest.documents))
            return self._known[place]

    def _questions(self, dataset: str, documents: tuple[str, ...]) -> tuple[str, ...]:
        from core.adapters.making import rows_of_document

        if (held := self._bench.dataset_store.find(dataset)) is not None:
            return tuple(row.question for row in held.accepted)
        here = [each for each in self._bench.library.every() if each.id in documents]
        rows = [row for each in here for row in rows_of_document(each, with_sources=False, rephrased=_WORDINGS)]
        return tuple(dict.fromkeys(row.question for row in rows))

    def _stale(self, adapter: str | None, recipe: Recipe, principal: Principal) -> Callable[[np.ndarray], bool]:
        """Whether a question's vector is near one of the facts that the adapter was found to answer wrongly."""
        label = f"{adapter} (closed book)"
        bad = {
            each.judgement.fact
            for each in self._bench.facts.latest()
            if each.judgement.answerer == label and each.judgement.state in ("drifted", "wrong")
        }
        asked = [fact.question for fact in self._bench.facts.all() if fact.id in bad and fact.zone in principal.zones]
        vectors = np.asarray(self._bench.judge(recipe).queries(asked)) if asked and adapter else None
        return lambda vector: vectors is not None and bool((vectors @ vector).max() >= _STALE)
