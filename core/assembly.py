"""The composition root: builds the parts of one workspace from Settings, each when it is first used.

It is the only place that picks implementations. It knows no person, no page and no command.
"""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import cached_property, partial
from typing import TYPE_CHECKING, Self

from core.embedding.encoder import SPECS, Embedder, Encoder
from core.errors import LimitReached, NotFound, TouchstoneError, WeightsMissing
from core.evaluation.cuts import Cuts
from core.evaluation.scratch import ScratchRoom
from core.governance.limits import Allowance, Limits
from core.index.contract import IndexSpec
from core.jobs import JobRunner
from core.models.cache import missing, model_folder
from core.recipes import BUILT_IN
from core.servers import checked_url, on_server, split_name
from core.settings import Settings
from core.stores import Stores
from core.types import Embedding, Principal, Recipe
from core.workspace import require_space

if TYPE_CHECKING:
    from pathlib import Path

    from core.answering.events import Preparing
    from core.answering.spans import Spans
    from core.generation.contract import LanguageModel
    from core.index.contract import VectorIndex
    from core.index.server import ServerIndex
    from core.indexing import LiveIndex
    from core.library.parsing import Parsers
    from core.retrieval.reranking import Reranker
    from core.retrieval.retriever import Retriever
    from core.watch import Watch

_NEW_INDEX = 128 << 20
"""Bytes that the empty shards of a new index may take."""


class Assembly(Stores):
    """All parts of one workspace; safe to share between threads."""

    def __init__(self, settings: Settings, holder: str = "") -> None:
        """Take the workspace; raises WorkspaceInUse when another process holds it, WrongKey when it is encrypted."""
        super().__init__(settings, holder)
        self.limits = Limits(_allowance(settings), time.monotonic, self._note_limit)
        self.jobs = JobRunner(self.limits.job)
        self.scratch = ScratchRoom(self.workspace.scratch, self.seal)
        self.mended: list[str] = []
        self.erasures = 0
        """Counts up with each erasure, so that whoever holds texts can tell that some may be gone since."""
        self._encoders: dict[str, Embedder] = {}
        self._rerankers: dict[str, Reranker | None] = {}
        self._models: dict[str, LanguageModel] = {}
        self._complete: set[str] = set()
        self._watches: list[Watch] = []
        self._building = threading.RLock()
        self._ingesting = threading.Lock()

    def _note_limit(self, name: str, act: str) -> None:
        self.audit.note(Principal(name, (), ()), act, "refused", why=LimitReached.__name__)

    def close(self) -> None:
        """Stop watches, jobs and models, flush the index, release the workspace."""
        for watch in self._watches:
            watch.stop()
        self.jobs.close()
        for model in self._models.values():
            model.close()
        if self.__dict__.get("spans"):
            self.__dict__["spans"].close()
        if "parsers" in self.__dict__:
            self.parsers.close()
        if "index" in self.__dict__:
            self.index.close()
        self.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def parsers(self) -> "Parsers":
        """The processes that read files, kept between runs."""
        from core.library.parsing import Parsers

        return Parsers()

    @cached_property
    def spans(self) -> "Spans | None":
        """Where answers are sent as OpenTelemetry spans; None where no endpoint is set. Raises RequestError."""
        if not self.settings.otel_endpoint:
            return None
        from core.answering.spans import Spans, headers_of

        headers = headers_of(self.settings.otel_headers.get_secret_value())
        endpoint = checked_url(self.settings.otel_endpoint, "the collector of traces", "TOUCHSTONE_OTEL_HEADERS")
        return Spans(endpoint, headers, self.settings.otel_texts)

    @cached_property
    def index(self) -> "VectorIndex":
        """The vector store; what an interrupted run left behind is put right when it opens.

        Raises IndexUnavailable while the server that holds it is away; the next use tries again.
        """
        from core.indexing import reconcile

        with self._building:
            if "index" in self.__dict__:
                built: VectorIndex = self.__dict__["index"]  # by another thread, while this one waited
                return built
            index = self.store()
            self._drop_others(index)
            recipes = self._live_recipes(index.keys())
            for recipe in recipes:
                index.open(self.spec(recipe))
            self.mended = reconcile(self.library, index, [self.live(recipe) for recipe in recipes])
            self._complete = {recipe.index_key for recipe in recipes}
            self.__dict__["index"] = index
            return index

    def store(self) -> "VectorIndex":
        """The store that the settings name, with no index opened yet; whoever asks for it closes it."""
        url = self.settings.qdrant_url
        return self.server_store(url, self.settings.qdrant_api_key.get_secret_value()) if url else self.edge_store()

    def edge_store(self) -> "VectorIndex":
        """The store in the workspace's own folder; one at a time."""
        from core.index.edge import EdgeIndex

        require_space(self.workspace.root, 0 if self.workspace.index.exists() else _NEW_INDEX)
        return EdgeIndex(self.workspace.index, self.seal)

    def server_store(self, url: str, api_key: str) -> "ServerIndex":
        """The store on a server; nothing is sent yet."""
        from core.index.server import ServerIndex
        from core.index.server_collections import ServerSettings

        settings = self.settings
        return ServerIndex(
            ServerSettings(
                url,
                api_key,
                settings.qdrant_timeout,
                shard_number=settings.qdrant_shards,
                replication_factor=settings.qdrant_replicas,
                prefix=settings.qdrant_prefix,
                owner=self.workspace.identity(),
            )
        )

    def embedder(self, embedding: Embedding) -> Embedder:
        """The embedding model of a recipe, with vectors of unit length where its distance is the cosine.

        Raises NotFound for a name of no known form, WeightsMissing, WeightsError.
        """
        from core.embedding.registry import open_embedder
        from core.models.hub import locate

        unit = embedding.distance == "cosine" or embedding.model in SPECS  # the catalogue's make no others
        name = embedding.model if unit else f"{embedding.model} raw"
        with self._building:
            if name not in self._encoders:
                find = partial(locate, self.settings.models)
                self._encoders[name] = open_embedder(embedding.model, self.settings, find, unit=unit)
            return self._encoders[name]

    def encoder(self, key: str) -> Encoder:
        """The encoder of a catalogue key, which also gives states of tokens; raises NotFound, WeightsMissing."""
        if key not in SPECS:
            raise NotFound(f"There is no embedding model '{key}' in the catalogue; choose {', '.join(SPECS)}.")
        found = self.embedder(Embedding(key))
        assert isinstance(found, Encoder)
        return found

    def reranker(self, name: str) -> "Reranker | None":
        """The reranker of a recipe's `retrieval.rerank`, None for "none"; raises NotFound, WeightsMissing."""
        from core.models.hub import locate
        from core.retrieval.reranking import open_reranker

        with self._building:
            if name not in self._rerankers:
                tokens = self.encoder("minilm") if name == "maxsim" else None
                find = partial(locate, self.settings.models)
                self._rerankers[name] = open_reranker(name, self.settings, tokens, find)
            return self._rerankers[name]

    def judge(self, recipe: Recipe) -> Embedder:
        """Compares sentences of answers and sources; its similarities were calibrated."""
        from core.generation.relevance import calibrated

        key = recipe.embedding.model
        return self.embedder(recipe.embedding) if key in calibrated() else self.encoder("minilm")

    def retriever(self, recipe: Recipe) -> "Retriever":
        """What `retrieve` needs for a recipe; its index must be there."""
        from core.retrieval.retriever import Retriever

        guard = self.guards.current
        return Retriever(
            self.index,
            self.embedder(recipe.embedding),
            self.reranker(recipe.retrieval.rerank),
            guard.text,
            lambda key: [*self.edits.closed_spans(recipe.index_key, key), *guard.closed(key)],
            guard.sift,
        )

    def forget_texts(self) -> None:
        """Drop what models remember of texts in memory, as an erasure must, and tell who holds texts elsewhere."""
        from core.retrieval.reranking import MaxSim

        self.erasures += 1
        self.guards.forget()
        with self._building:
            for embedder in self._encoders.values():
                if isinstance(embedder, Encoder):
                    embedder.forget()
            for reranker in self._rerankers.values():
                if isinstance(reranker, MaxSim):
                    reranker.forget()
            if self._models:
                from core.generation.local import LocalModel

                for model in self._models.values():
                    if isinstance(model, LocalModel):
                        model.forget()

    def model(self, name: str) -> "LanguageModel":
        """The language model of a recipe's `generation.model`: one of the catalogue, or one on a server.

        Raises NotFound, WeightsMissing, and RequestError for an address that is none; no server is asked yet.
        """
        from core.generation.local import LocalModel
        from core.generation.server import ServerModel

        settings = self.settings
        with self._building:
            if on_server(name):
                model, url = split_name(name)
                name = f"openai:{model}@{url}"
                if name not in self._models:
                    self._models[name] = ServerModel(model, url, settings.openai_api_key)
            elif name not in self._models:
                folder = model_folder(settings.models, name)
                place = partial(self._adapter_place, name)
                self._models[name] = LocalModel(
                    folder,
                    settings.threads,
                    settings.queue,
                    place,
                    opened=self.adapter_store.opened,
                )
            return self._models[name]

    def _adapter_place(self, model: str, name: str) -> "Path":
        """The folder of an adapter; candidates are found too, since proof asks them: `require` guards the answers."""
        from core.models.catalogue import base_sha256

        return self.adapter_store.place(name, base_sha256(model), ("released", "candidate"))

    def warm(self) -> None:
        """Load what the default recipe needs; called behind the first page."""
        recipe = BUILT_IN["default"]
        absent = {weights.key for weights in missing(self.settings.models)}
        if recipe.embedding.model not in absent:
            _ = self.index
            self.encoder(recipe.embedding.model).warm()
        if recipe.generation.model not in absent:
            self.model(recipe.generation.model).warm()

    # -- indexes -------------------------------------------------------------------------------------------------

    def prepared(self, recipe: Recipe) -> bool:
        """Whether the index of a recipe is there and complete."""
        _ = self.index
        return recipe.index_key in self._complete

    def prepare(
        self,
        recipe: Recipe,
        report: "Callable[[Preparing], None]" = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Build the index of a recipe where it is not complete; False when it was cancelled half-way.

        It is built beside those that answer now, and used from the moment that it holds every document.
        """
        from core.answering.events import Preparing
        from core.indexing import build

        index = self.index
        if recipe.index_key in self._complete:
            return True
        with self._ingesting:
            if recipe.index_key in self._complete:
                return True
            index.open(self.spec(recipe))
            self.note_cut(recipe)
            name = self.recipes.name_of(recipe.hash)

            def tell(done: int, documents: int) -> None:
                report(Preparing(name, done, documents))

            complete = build(self.live(recipe), self.library, index, tell, cancelled)
            if complete:
                self._complete.add(recipe.index_key)
        return complete

    def changing(self) -> AbstractContextManager[object]:
        """Hold it while the library or an index changes: one change at a time."""
        return self._ingesting

    def settle(self) -> "list[LiveIndex]":
        """The indexes that a change of the library must reach; any other is removed first.

        An index that no recipe names, or whose model is not on this machine, could not follow the change and would
        answer from what is gone. What it cost comes back quickly: vectors are cached.
        """
        self._drop_others(self.index)
        return self._all_live()

    def _drop_others(self, index: "VectorIndex") -> None:
        keys = index.keys()
        live = {recipe.index_key for recipe in self._live_recipes(keys)}
        for key in set(keys) - live:
            index.drop(key)
            self.library.forget_index(key)
            self._complete.discard(key)

    def _live_recipes(self, keys: Sequence[str]) -> list[Recipe]:
        """The default recipe, and one for each further index that this workspace holds and can fill."""
        default = BUILT_IN["default"]
        known = {saved.recipe.index_key: saved.recipe for saved in reversed(self.recipes.all())}
        others = [known[key] for key in keys if key in known and key != default.index_key]
        return [default, *(recipe for recipe in others if self._has_weights(recipe))]

    def _has_weights(self, recipe: Recipe) -> bool:
        try:
            self.embedder(recipe.embedding)
        except WeightsMissing:  # its index is completed when the weights are there and it is asked for
            return False
        return True

    def note_cut(self, recipe: Recipe) -> None:
        """Remember that vectors of documents cut in this way are about to be cached."""
        Cuts(self._engine).note(recipe.chunking, recipe.embedding, self.embedder(recipe.embedding).revision)

    def known_cuts(self) -> "tuple[list[LiveIndex], list[str]]":
        """Every way in which documents were ever cut and embedded, and revisions of models that are gone since."""
        known, lost = [], []
        for cut in Cuts(self._engine).all():
            try:
                live = self.live(Recipe(chunking=cut.chunking, embedding=cut.embedding))
            except TouchstoneError:  # weights that are gone, a server that is away
                lost.append(cut.revision)
                continue
            known.append(live)
            if live.embedder.revision != cut.revision:
                lost.append(cut.revision)
        return known, lost

    def live(self, recipe: Recipe) -> "LiveIndex":
        """What fills the index of a recipe; vectors of passages come from the cache where they can."""
        from core.indexing import LiveIndex

        embedder = self.vectors.around(self.embedder(recipe.embedding))
        edits = partial(self.edits.of, recipe.index_key)
        return LiveIndex(recipe.index_key, recipe.chunking, embedder, edits)

    def _all_live(self) -> "list[LiveIndex]":
        return [self.live(recipe) for recipe in self._live_recipes(self.index.keys())]

    def spec(self, recipe: Recipe) -> IndexSpec:
        """What an index of the recipe records of itself."""
        embedder = self.embedder(recipe.embedding)
        return IndexSpec(
            recipe.index_key,
            recipe.embedding.model,
            embedder.revision,
            embedder.spec.dimension,
            recipe.embedding.distance,
            recipe.embedding.quantization,
        )


def _allowance(settings: Settings) -> Allowance:
    most = (settings.limit_questions, settings.limit_characters, settings.limit_uploads, settings.limit_jobs)
    return Allowance(*(each or 0 for each in most))
