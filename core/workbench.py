"""The composition root: builds the parts from Settings and is the one door for pages and command line.

It picks implementations; it draws nothing and computes nothing itself.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from core.embedding.cache import VectorCache
from core.embedding.encoder import SPECS, Encoder
from core.errors import AccessDenied, NotFound, RequestError
from core.index.contract import Access, IndexSpec
from core.jobs import Job, JobRunner
from core.library.store import Library, Summary
from core.models.cache import missing, model_folder
from core.models.catalogue import Weights
from core.recipes import BUILT_IN
from core.settings import Settings
from core.storage.database import open_database
from core.types import Document, Hit, Page, Principal, Recipe, Zone
from core.workspace import Workspace, require_space, this_command

if TYPE_CHECKING:
    from core.answering.ask import Event, Parts, Stop
    from core.answering.records import Records
    from core.erasure import Places, Receipt
    from core.generation.local import LocalModel
    from core.index.contract import Entry, VectorIndex
    from core.index.server import ServerIndex
    from core.ingestion import Incoming, LiveIndex, Outcome, Progress
    from core.library.duplicates import Pair
    from core.library.rendering import PageImage
    from core.watch import Watch

_NEW_INDEX = 128 << 20
"""Bytes that the empty shards of a new index may take."""
SAMPLES = Path(__file__).parent.parent / "sample_docs"


@dataclass(frozen=True, slots=True)
class State:
    """What the home page shows of a workspace."""

    workspace: Path
    documents: int
    chunks: int
    characters: int
    answers: int
    missing: tuple[Weights, ...]
    """Default weights that are not on this machine."""
    mended: tuple[str, ...]
    """What was put right after the last run ended badly."""


class Workbench:
    """All parts of one workspace, built when first used; safe to share between threads."""

    def __init__(self, settings: Settings, holder: str = "") -> None:
        """Take the workspace; raises WorkspaceInUse when another process holds it."""
        self.settings = settings
        self.workspace = Workspace(settings.workspace)
        self.workspace.acquire(holder or this_command())
        self.jobs = JobRunner()
        self.mended: list[str] = []
        self._encoders: dict[str, Encoder] = {}
        self._models: dict[str, LocalModel] = {}
        self._complete: set[str] = set()
        self._watches: list[Watch] = []
        self._building = threading.RLock()
        self._ingesting = threading.Lock()

    def close(self) -> None:
        """Stop watches, jobs and models, flush the index, release the workspace."""
        for watch in self._watches:
            watch.stop()
        self.jobs.close()
        for model in self._models.values():
            model.close()
        if "index" in self.__dict__:
            self.index.close()
        if "_engine" in self.__dict__:
            self._engine.dispose()
        self.workspace.release()

    def __enter__(self) -> "Workbench":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- parts ---------------------------------------------------------------------------------------------------

    @cached_property
    def _engine(self) -> Engine:
        return open_database(self.workspace.database)

    @cached_property
    def library(self) -> Library:
        """The documents."""
        return Library(self._engine, self.workspace.originals)

    @cached_property
    def records(self) -> "Records":
        """The traces."""
        from core.answering.records import Records

        return Records(self._engine)

    @cached_property
    def vectors(self) -> VectorCache:
        """The vectors that were computed before."""
        return VectorCache(self._engine, self.settings.cached_vectors)

    @cached_property
    def index(self) -> "VectorIndex":
        """The vector store; what an interrupted run left behind is put right when it opens.

        Raises IndexUnavailable while the server that holds it is away; the next use tries again.
        """
        from core.ingestion import reconcile

        with self._building:
            if "index" in self.__dict__:
                built: VectorIndex = self.__dict__["index"]  # by another thread, while this one waited
                return built
            index = self.store()
            recipes = self._live_recipes(index.keys())
            for recipe in recipes:
                index.open(self._spec(recipe))
            self.mended = reconcile(self.library, index, [self._live(recipe) for recipe in recipes])
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
        return EdgeIndex(self.workspace.index)

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

    def encoder(self, key: str) -> Encoder:
        """The embedding model of this catalogue key; raises WeightsMissing."""
        if key not in SPECS:
            raise NotFound(f"There is no embedding model '{key}'; choose {', '.join(SPECS)}.")
        with self._building:
            if key not in self._encoders:
                folder = model_folder(self.settings.models, key)
                self._encoders[key] = Encoder(SPECS[key], folder, self.settings.threads)
            return self._encoders[key]

    def model(self, key: str) -> "LocalModel":
        """The local language model of this catalogue key; raises WeightsMissing."""
        from core.generation.local import LocalModel

        with self._building:
            if key not in self._models:
                folder = model_folder(self.settings.models, key)
                self._models[key] = LocalModel(folder, self.settings.threads, self.settings.queue)
            return self._models[key]

    def warm(self) -> None:
        """Load what the default recipe needs; called behind the first page."""
        recipe = BUILT_IN["default"]
        absent = {weights.key for weights in missing(self.settings.models)}
        if recipe.embedding.model not in absent:
            _ = self.index
            self.encoder(recipe.embedding.model).warm()
        if recipe.generation.model not in absent:
            self.model(recipe.generation.model).warm()

    # -- documents -----------------------------------------------------------------------------------------------

    def documents(self, principal: Principal) -> list[Summary]:
        """The documents that the principal may see, by name."""
        rows = self.library.summaries(BUILT_IN["default"].index_key, principal.zones)
        return [row for row in rows if may_see(principal, row.zone, row.labels)]

    def ingest(
        self,
        files: Sequence["Incoming"],
        by: str,
        report: "Callable[[Progress], None]" = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> list["Outcome"]:
        """Take in files; one run at a time."""
        from core.ingestion import ingest

        with self._ingesting:
            return ingest(files, self.library, self.index, self._all_live(), by, report, cancelled)

    def start_ingest(self, files: Sequence["Incoming"], by: str, title: str) -> Job:
        """The same as a job: `job.progress` is a Progress, `job.result` the outcomes.

        Uploads of the job (see `receive`) are noted on disk until it ends: a restart of the app takes the job up again.
        """
        from core import inbox

        note = inbox.remember(self.workspace.inbox, files, by, title)
        return self.jobs.start(title, by, lambda job: self._ingest_job(job, files, note))

    def resume_jobs(self) -> list[Job]:
        """Start again the uploads that were being taken in when the app ended."""
        from core import inbox

        return [
            self.jobs.start(
                f"{left.title} (resumed)",
                left.by,
                lambda job, left=left: self._ingest_job(job, left.files, left.note),  # type: ignore[misc]
            )
            for left in inbox.unfinished(self.workspace.inbox)
        ]

    def _ingest_job(self, job: Job, files: Sequence["Incoming"], note: Path | None) -> list["Outcome"]:
        from core import inbox

        def report(progress: "Progress") -> None:
            job.progress = progress

        outcomes = self.ingest(files, job.by, report, lambda: job.cancelled)
        inbox.forget(self.workspace.inbox, files, note)
        return outcomes

    def receive(self, name: str, content: bytes) -> Path:
        """Put an upload into the workspace's inbox, from where a job takes it in."""
        from core import inbox

        return inbox.receive(self.workspace.inbox, content)

    def versions(self, name: str, principal: Principal) -> list[Summary]:
        """All versions of a document, newest first, as far as the principal may see them."""
        found = self.library.versions(name, BUILT_IN["default"].index_key)
        return [summary for summary in found if may_see(principal, summary.zone, summary.labels)]

    def passages(self, document_id: str, recipe: Recipe, principal: Principal) -> "list[Entry]":
        """The passages of a current document as a recipe's index holds them, in reading order."""
        document = self.visible(document_id, principal)
        self._ensure_index(recipe)
        return list(self.index.entries(recipe.index_key, document.zone, document.id))

    def retag(
        self,
        document_id: str,
        principal: Principal,
        labels: Sequence[str],
        valid_from: str | None,
        valid_until: str | None,
    ) -> None:
        """Change labels and validity of a current document; its vectors stay as they are."""
        from core.changes import retag

        self.may_build(principal)
        document = self.visible(document_id, principal)
        with self._ingesting:
            retag(document, labels, valid_from, valid_until, self.library, self.index, self._all_live())

    def rezone(self, document_id: str, principal: Principal, zone: Zone) -> None:
        """Carry a current document to another zone, vectors and all."""
        from core.changes import rezone

        self.may_build(principal)
        document = self.visible(document_id, principal)
        with self._ingesting:
            rezone(document, zone, self.library, self.index, self._all_live())

    def withdraw(self, document_id: str, principal: Principal) -> None:
        """Stop a document from answering; it stays readable for audit."""
        from core.changes import withdraw

        self.may_build(principal)
        document = self.visible(document_id, principal)
        with self._ingesting:
            withdraw(document, self.library, self.index, self._all_live())

    def erase(self, name_or_id: str, principal: Principal) -> "Receipt":
        """Erase a document, all versions, everywhere; returns the receipt of it."""
        from core.erasure import erase

        self.may_build(principal)
        name = self.library.any_of(name_or_id).name
        for document in self.library.every():
            if document.name == name:
                self.visible(document.id, principal)
        with self._ingesting:
            return erase(name_or_id, principal.name, self._places())

    def receipts(self) -> "list[Receipt]":
        """Receipts of all erasures, newest first."""
        from core.erasure import kept_receipts

        return kept_receipts(self._engine)

    def check(self, repair: bool) -> list[str]:
        """A sentence for each way in which library, index and originals disagree; with `repair` they are put right.

        What the last run left behind was put right, and is told in `mended`, when the index was opened.
        """
        from core.ingestion import reconcile

        with self._ingesting:
            return reconcile(self.library, self.index, self._all_live(), repair)

    def duplicates(self, principal: Principal, least: float = 0.7) -> "list[Pair]":
        """Pairs of current documents that say the same, among those the principal may see."""
        from core.library.duplicates import find_pairs

        seen = [d for d in self.library.ready() if may_see(principal, d.zone, d.labels)]
        return find_pairs(seen, least)

    def watch(self, folder: Path, zone: Zone, by: str, labels: tuple[str, ...] = ()) -> "Watch":
        """Keep the library in step with a folder until the watch is stopped."""
        from core.watch import Watch

        return Watch(self, folder, zone, by, labels)

    def start_watch(self, folder: Path, zone: Zone, principal: Principal) -> "Watch":
        """Follow a folder until `unwatch`, or until this workbench closes; raises RequestError when it is followed."""
        self.may_build(principal)
        if folder.resolve() in {watch.folder for watch in self._watches}:
            raise RequestError(f"The folder '{folder}' is followed already.")
        watch = self.watch(folder, zone, principal.name).start()
        self._watches.append(watch)
        return watch

    def watches(self) -> "list[Watch]":
        """The folders that are followed now, and those whose following broke."""
        return list(self._watches)

    def unwatch(self, watch: "Watch") -> None:
        """Follow a folder no longer; its documents stay."""
        watch.stop()
        self._watches.remove(watch)

    def may_build(self, principal: Principal) -> None:
        """Raises AccessDenied unless the principal may change the library."""
        if not {"builder", "administrator"} & set(principal.roles):
            raise AccessDenied(f"'{principal.name}' may read documents, not change them.")

    def _places(self) -> "Places":
        from core.erasure import Places

        return Places(
            self.workspace.root,
            self._engine,
            self.library,
            self.index,
            self._all_live(),
            self.vectors,
            self.records,
        )

    def samples(self) -> list["Incoming"]:
        """The invented company's papers that come with Touchstone, with their zones and labels."""
        import json

        from core.ingestion import Incoming

        entries = json.loads((SAMPLES / "manifest.json").read_text())["documents"]
        return [Incoming(SAMPLES / "files" / e["name"], e["name"], e["zone"], tuple(e["labels"])) for e in entries]

    def page_image(self, document_id: str, page: int, start: int, end: int, principal: Principal) -> "PageImage":
        """A page of a PDF with the range [start, end) of the document's text boxed; raises NotFound, AccessDenied."""
        from core.library.rendering import page_image

        document = self.visible(document_id, principal)
        place = next((p for p in document.pages if p.number == page), None)
        if place is None:
            raise NotFound(f"'{document.name}' has no page {page}.")
        first, last = max(start, place.start) - place.start, min(end, place.end) - place.start
        return page_image(self.library.original(document), page, first, max(first, last))

    def visible(self, document_id: str, principal: Principal) -> Document:
        """A document if the principal may see it; for anyone else it does not exist: raises NotFound."""
        document = self.library.get(document_id)
        if not may_see(principal, document.zone, document.labels):
            raise NotFound(f"There is no document with the id '{document_id}'.")
        return document

    # -- questions -----------------------------------------------------------------------------------------------

    def ask(
        self, question: str, recipe: Recipe, principal: Principal, stop: "Stop" = lambda: False
    ) -> Iterator["Event"]:
        """The events of one answer; its trace is kept when it is done."""
        from core.answering.ask import Done, ask

        for event in ask(question, recipe, principal, self.parts(recipe), stop):
            if isinstance(event, Done):
                self.records.keep(event.answer)
            yield event

    def search(self, question: str, recipe: Recipe, principal: Principal, k: int) -> tuple[list[Hit], float]:
        """The first k hits and the milliseconds that the search took."""
        from core.retrieval.retriever import retrieve

        if not question.strip():
            raise RequestError("The question is empty.")
        parts = self.parts(recipe)
        parts.embedder.queries([question])
        began = time.perf_counter()
        hits = retrieve(question, recipe, Access.of(principal), parts.index, parts.embedder)
        return hits[:k], (time.perf_counter() - began) * 1000

    def parts(self, recipe: Recipe) -> "Parts":
        """What `ask` needs for a recipe; builds the recipe's index first when this workspace has none."""
        from core.answering.ask import Parts

        self._ensure_index(recipe)
        return Parts(
            index=self.index,
            embedder=self.encoder(recipe.embedding.model),
            model=lambda: self.model(recipe.generation.model),
            pages=self._pages,
        )

    def state(self) -> State:
        """What the home page shows."""
        documents = self.library.summaries(BUILT_IN["default"].index_key)
        return State(
            workspace=self.workspace.root,
            documents=len(documents),
            chunks=sum(d.chunks for d in documents),
            characters=sum(d.characters for d in documents),
            answers=self.records.count(),
            missing=missing(self.settings.models),
            mended=tuple(self.mended),
        )

    # -- within --------------------------------------------------------------------------------------------------

    def _pages(self, document_ids: Sequence[str]) -> dict[str, tuple[Page, ...]]:
        return self.library.pages(document_ids)

    def _ensure_index(self, recipe: Recipe) -> None:
        from core.ingestion import index_document

        index = self.index
        if recipe.index_key in self._complete:
            return
        with self._ingesting:
            if recipe.index_key in self._complete:
                return
            index.open(self._spec(recipe))
            live = self._live(recipe)
            for document in self.library.ready():
                index_document(document, live, self.library, index)
            self._complete.add(recipe.index_key)

    def _live_recipes(self, keys: Sequence[str]) -> list[Recipe]:
        """The default recipe, and one for each further index that this workspace holds."""
        default = BUILT_IN["default"]
        others = {r.index_key: r for r in BUILT_IN.values() if r.index_key in keys and r.index_key != default.index_key}
        return [default, *others.values()]

    def _live(self, recipe: Recipe) -> "LiveIndex":
        from core.ingestion import LiveIndex

        embedder = self.vectors.around(self.encoder(recipe.embedding.model))
        return LiveIndex(recipe.index_key, recipe.chunking, embedder)

    def _all_live(self) -> "list[LiveIndex]":
        return [self._live(recipe) for recipe in self._live_recipes(self.index.keys())]

    def _spec(self, recipe: Recipe) -> IndexSpec:
        encoder = self.encoder(recipe.embedding.model)
        return IndexSpec(
            recipe.index_key,
            recipe.embedding.model,
            encoder.revision,
            encoder.spec.dimension,
            recipe.embedding.distance,
        )


def may_see(principal: Principal, zone: Zone, labels: Sequence[str]) -> bool:
    """The rule of the index's filter, for what is read without a search."""
    return zone in principal.zones and (principal.labels is None or set(labels) <= set(principal.labels))


def incoming_files(paths: Sequence[Path], zone: Zone, labels: tuple[str, ...]) -> list["Incoming"]:
    """Files and the files below folders, named by file name or by path below the folder; hidden files are left out.

    Raises NotFound for a path that does not exist and RequestError for a folder without files.
    """
    from core.ingestion import Incoming

    files: list[Incoming] = []
    for path in paths:
        if not path.exists():
            raise NotFound(f"There is no file or folder '{path}'.")
        if not path.is_dir():
            files.append(Incoming(path, path.name, zone, labels))
            continue
        inside = [p for p in sorted(path.rglob("*")) if p.is_file() and not _hidden(p.relative_to(path))]
        if not inside:
            raise RequestError(f"The folder '{path}' holds no files.")
        files += [Incoming(p, p.relative_to(path).as_posix(), zone, labels) for p in inside]
    return files


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
