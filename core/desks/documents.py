"""What a person may do with the documents of a workspace: bring, read, change, follow, erase them.

Every right is checked here, not by hiding a button. It carries nothing out itself, and knows nothing of questions.
"""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.assembly import Assembly
from core.errors import AccessDenied, NotFound, RequestError
from core.evaluation.sample_facts import bring_facts
from core.evaluation.sample_questions import bring_samples
from core.governance.audited import audited
from core.governance.principals import may_see, sees_all
from core.governance.rights import may, require
from core.jobs import Job
from core.library.store import Summary, stricter
from core.recipes import BUILT_IN
from core.types import Document, Principal, Recipe, Zone

if TYPE_CHECKING:
    from core.erasure import Places, Receipt
    from core.incoming import Incoming, Outcome, Progress
    from core.index.contract import Entry
    from core.library.duplicates import Pair
    from core.library.rendering import PageImage
    from core.watch import Watch

SAMPLES = Path(__file__).parent.parent.parent / "sample_docs"


def _taken_in(outcomes: "Sequence[Outcome]") -> dict[str, int | list[str]] | None:
    """What the audit keeps of a run; None where it changed and refused nothing, as most looks at a followed folder."""
    states = Counter(outcome.state for outcome in outcomes)
    changed = [o.document_id for o in outcomes if o.document_id and o.state in ("added", "replaced", "updated")]
    if not changed and not states["refused"]:
        return None
    return {"documents": changed, "files": len(outcomes), "refused": states["refused"]}


class Desk(Assembly):
    """The documents' side of the workbench."""

    def documents(self, principal: Principal, recipe: Recipe = BUILT_IN["default"]) -> list[Summary]:
        """The documents that the principal may see, by name; their passages are those of the recipe's index."""
        rows = self.library.summaries(recipe.index_key, principal.zones)
        return [row for row in rows if may_see(principal, row.zone, row.labels)]

    def names(self, principal: Principal) -> dict[str, str]:
        """The names of all versions of documents that the principal may see, by id."""
        held = self.library.standings()
        return {each.id: each.name for each in held if may_see(principal, each.zone, each.labels)}

    @audited("ingested", told=_taken_in)
    def ingest(
        self,
        files: Sequence["Incoming"],
        principal: Principal,
        report: "Callable[[Progress], None]" = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> list["Outcome"]:
        """Take in files; one run at a time. A file that the principal may not bring is refused, not the others.

        Raises AccessDenied for one who may not change the library at all.
        """
        from core.ingestion import ingest

        require_builder(principal)

        def check(file: "Incoming", current: Document | None) -> None:
            zone = stricter(current.zone if current else None, file.zone)
            if zone not in principal.zones or (current and not may_see(principal, current.zone, current.labels)):
                raise AccessDenied(f"'{principal.name}' may not bring '{file.name}' into the library under this name.")
            self.require_not_barred(file.name, file.path)

        arriving = [file.path for file in files if not file.path.is_relative_to(self.workspace.inbox)]
        self.limits.upload(principal.name, sum(path.stat().st_size for path in arriving if path.is_file()))
        with self._ingesting:
            live = self.settle()
            outcomes = ingest(
                files, self.library, self.index, live, principal.name, check, report, cancelled, self.parsers
            )
        if any(file.path.resolve().is_relative_to(SAMPLES.resolve()) for file in files):
            bring_samples(self.sets, self.library, SAMPLES / "questions.jsonl")
            bring_facts(self.facts, self.library, SAMPLES / "facts.jsonl")
        return outcomes

    def require_not_barred(self, name: str, path: Path) -> None:
        """Raises RequestError for a file that may not come back."""

    def start_ingest(self, files: Sequence["Incoming"], principal: Principal, title: str) -> Job:
        """The same as a job: `job.progress` is a Progress, `job.result` the outcomes.

        Uploads of the job (see `receive`) are noted on disk until it ends: a restart of the app takes the job up again.
        """
        from core import inbox

        require_builder(principal)
        note = inbox.remember(self.workspace.inbox, files, principal, title, self.files)
        return self.jobs.start(title, principal.name, lambda job: self._ingest_job(job, files, principal, note))

    def resume_jobs(self) -> list[Job]:
        """Start again the uploads that were being taken in when the app ended."""
        from core import inbox

        return [
            self.jobs.start(
                f"{left.title} (resumed)",
                left.by.name,
                lambda job, left=left: self._ingest_job(job, left.files, left.by, left.note),  # type: ignore[misc]
                counted=False,
            )
            for left in inbox.unfinished(self.workspace.inbox, self.files)
        ]

    def _ingest_job(
        self, job: Job, files: Sequence["Incoming"], principal: Principal, note: Path | None
    ) -> list["Outcome"]:
        from core import inbox

        def report(progress: "Progress") -> None:
            job.progress = progress

        outcomes = self.ingest(files, principal, report, lambda: job.cancelled)
        inbox.forget(self.workspace.inbox, files, note)
        return outcomes

    def receive(self, contents: Sequence[bytes], principal: Principal) -> list[Path]:
        """Put uploads into the workspace's inbox, from where a job takes them in; raises AccessDenied, LimitReached."""
        from core import inbox

        require_builder(principal)
        self.limits.upload(principal.name, sum(map(len, contents)))
        return [inbox.receive(self.workspace.inbox, content, self.files) for content in contents]

    def versions(self, name: str, principal: Principal) -> list[Summary]:
        """All versions of a document, newest first, as far as the principal may see them."""
        found = self.library.versions(name, BUILT_IN["default"].index_key)
        return [summary for summary in found if may_see(principal, summary.zone, summary.labels)]

    def passages(self, document_id: str, recipe: Recipe, principal: Principal) -> "list[Entry]":
        """The passages of a current document as a recipe's index holds them, in reading order."""
        document = self.visible(document_id, principal)
        self.prepare(recipe)
        return list(self.index.entries(recipe.index_key, document.zone, document.id))

    @audited("relabelled", documents="document_id")
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

        require_builder(principal)
        document = self.visible(document_id, principal)
        with self._ingesting:
            retag(document, labels, valid_from, valid_until, self.library, self.index, self.settle())

    @audited("rezoned", documents="document_id", zone="zone")
    def rezone(self, document_id: str, principal: Principal, zone: Zone) -> None:
        """Carry a current document to another zone, vectors and all."""
        from core.changes import rezone

        require_builder(principal)
        document = self.visible(document_id, principal)
        with self._ingesting:
            rezone(document, zone, self.library, self.index, self.settle())

    @audited("withdrew", documents="document_id")
    def withdraw(self, document_id: str, principal: Principal) -> None:
        """Stop a document from answering; it stays readable for audit."""
        from core.changes import withdraw

        require_builder(principal)
        document = self.visible(document_id, principal)
        with self._ingesting:
            withdraw(document, self.library, self.index, self.settle())

    @audited("erased", told=lambda receipt: {"documents": receipt.document_ids, "receipt": receipt.id})
    def erase(self, name_or_id: str, principal: Principal) -> "Receipt":
        """Erase a document, all versions, everywhere; returns the receipt of it."""
        from core.erasure import erase

        require(principal, "erase")
        name = self.any_visible(name_or_id, principal).name
        for document in self.library.every():
            if document.name == name:
                _seen(document, name_or_id, principal)
        try:
            with self._ingesting, self.scratch.closed():
                return erase(name_or_id, principal.name, self._places())
        finally:  # what broke off has erased something too
            self.forget_texts()

    def receipts(self, principal: Principal) -> "list[Receipt]":
        """Receipts of all erasures, newest first; raises AccessDenied for who may neither erase nor audit."""
        from core.erasure import kept_receipts

        if not may(principal, "audit"):
            require(principal, "erase")
        return kept_receipts(self._engine)

    @audited("checked", repair="repair")
    def check(self, principal: Principal, repair: bool) -> list[str]:
        """A sentence for each way in which library, index and originals disagree; with `repair` they are put right.

        What the last run left behind was put right, and is told in `mended`, when the index was opened. Raises
        AccessDenied for one who may not see every document, since the sentences name them.
        """
        from core.indexing import reconcile

        require_builder(principal)
        if not sees_all(principal):
            raise AccessDenied(f"'{principal.name}' does not see every document, and the check names all of them.")
        with self._ingesting:
            return reconcile(self.library, self.index, self.settle(), repair)

    def duplicates(self, principal: Principal, least: float = 0.7) -> "list[Pair]":
        """Pairs of current documents that say the same, among those the principal may see."""
        from core.library.duplicates import find_pairs

        seen = [d for d in self.library.ready() if may_see(principal, d.zone, d.labels)]
        return find_pairs(seen, least)

    def watch(
        self, folder: Path, zone: Zone | None, principal: Principal, labels: tuple[str, ...] | None = None
    ) -> "Watch":
        """Keep the library in step with a folder until the watch is stopped; it reads this computer's disk.

        Raises AccessDenied unless the principal administers it.
        """
        from core.watch import Watch

        require(principal, "follow folders")
        return Watch(self, folder, zone, principal, labels)

    @audited("followed", zone="zone")
    def start_watch(self, folder: Path, zone: Zone, principal: Principal) -> "Watch":
        """Follow a folder until `unwatch`, or until this workbench closes; raises RequestError when it is followed."""
        if folder.resolve() in {watch.folder for watch in self._watches}:
            raise RequestError(f"The folder '{folder}' is followed already.")
        watch = self.watch(folder, zone, principal).start()
        self._watches.append(watch)
        return watch

    def watches(self, principal: Principal) -> "list[Watch]":
        """The folders that are followed now or wait to come back; none for who may follow none."""
        return list(self._watches) if may(principal, "follow folders") else []

    @audited("followed no longer")
    def unwatch(self, watch: "Watch", principal: Principal) -> None:
        """Follow a folder no longer; its documents stay."""
        require(principal, "follow folders")
        watch.stop()
        self._watches.remove(watch)

    def _places(self) -> "Places":
        from core.erasure import Places

        cuts, lost = self.known_cuts()
        return Places(
            self.workspace.root,
            self._engine,
            self.library,
            self.index,
            self.settle(),
            self.vectors,
            self.records,
            self.sets,
            self.edits,
            self.dataset_store,
            self.feedback_book,
            self.adapter_store,
            self.training_store,
            self.proof_store,
            self.runs,
            self.proposals,
            self.facts,
            cuts,
            lost,
            self.audit.mac,
            self.plain_pieces,
            self.seal is not None and not self.settings.qdrant_url,
        )

    def samples(self) -> list["Incoming"]:
        """The invented company's papers that come with Touchstone, with their zones and labels."""
        from core.incoming import Incoming

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
        with self.files.plain(self.library.original(document)) as path:
            return page_image(path, page, first, max(first, last))

    def excerpt(self, document_id: str, start: int, end: int, principal: Principal) -> str:
        """Characters [start, end) of a document as the policy lets them be quoted; raises NotFound."""
        document = self.visible(document_id, principal)
        return self.guards.current.covered(document.id, document.text[max(0, start) : end], max(0, start))

    def pictured(self, document_id: str, page: int, principal: Principal) -> bool:
        """Whether a page may be shown as a picture beside an answer: not where the policy covers a part of it."""
        document = self.visible(document_id, principal)
        place = next((p for p in document.pages if p.number == page), None)
        covers = self.guards.current.places(document.id)
        return place is not None and not any(each.start < place.end and place.start < each.end for each in covers)

    def any_visible(self, name_or_id: str, principal: Principal) -> Document:
        """A version of what is named; raises NotFound in the same words where the principal may not see it."""
        return _seen(self.library.any_of(name_or_id), name_or_id, principal)

    def named(self, name_or_id: str, principal: Principal) -> Document:
        """The current document of a name, or the one with this id; raises NotFound as `any_visible` does."""
        return _seen(self.library.resolve(name_or_id), name_or_id, principal)

    def visible(self, document_id: str, principal: Principal) -> Document:
        """A document if the principal may see it; for anyone else it does not exist: raises NotFound."""
        document = self.library.get(document_id)
        if not may_see(principal, document.zone, document.labels):
            raise NotFound(f"There is no document with the id '{document_id}'.")
        return document


def require_builder(principal: Principal) -> None:
    """Raises AccessDenied unless the principal may change the library."""
    require(principal, "build")


def _seen(document: Document, asked: str, principal: Principal) -> Document:
    """The document where the principal may see it; else raises NotFound in the words for what was never there."""
    if not may_see(principal, document.zone, document.labels):
        raise NotFound(f"There is no document '{asked}' in this workspace.")
    return document
