"""The one door for pages and command line: a workspace with its documents and its answers.

It draws nothing and computes nothing itself; `core.assembly` builds the parts, `core.desks` is what people do with
each kind of thing.
"""

import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from core.answering.question import checked
from core.desks.adapters import AdapterDesk
from core.desks.dataset_checks import DatasetChecks
from core.desks.datasets import DatasetDesk
from core.desks.decisions import DecisionDesk
from core.desks.diagnosing import Diagnosing
from core.desks.documents import Desk, require_builder
from core.desks.forgetting import Forgetting
from core.desks.guarding import Guarding
from core.desks.handwork import Handwork
from core.desks.inspecting import Inspector
from core.desks.routing import Routes
from core.desks.work import WorkDesk
from core.errors import RequestError
from core.freshness import Freshness
from core.governance.audited import audited
from core.governance.principals import sees_all
from core.governance.rights import require
from core.index.contract import Access
from core.lab.laboratory import Lab
from core.models.cache import missing
from core.models.catalogue import Weights
from core.recipes import BUILT_IN, check_name, with_retrieval
from core.retention import Retention
from core.servers import Served, served
from core.types import Answer, Fate, Hit, Page, Principal, Recipe

if TYPE_CHECKING:
    from core.adapters.feedback import Feedback
    from core.answering.events import Event, Preparing
    from core.answering.replay import Given
    from core.answering.run import Parts
    from core.answering.writing import Stop
    from core.incoming import Incoming, Outcome, Progress


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
    """What was put right after the last run ended badly; it names documents, so it is for who sees all of them."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Another recipe for a question, and why."""

    recipe: str
    asked_in: str
    """Language of the question, ISO 639-1."""
    written_in: str
    """Language of most documents that the asker may see."""


class Workbench(Desk):
    """A workspace in use; safe to share between threads."""

    @cached_property
    def lab(self) -> Lab:
        """Question sets, and what is measured with them."""
        return Lab(self)

    @cached_property
    def work(self) -> WorkDesk:
        """The jobs of a person."""
        return WorkDesk(self.jobs)

    @cached_property
    def datasets(self) -> DatasetDesk:
        """Rows that adapters learn from."""
        return DatasetDesk(self, self.checks)

    @cached_property
    def adapters(self) -> AdapterDesk:
        """What was learned from them, and who may be answered by it."""
        return AdapterDesk(self, lambda: self.datasets)

    @cached_property
    def freshness(self) -> Freshness:
        """Facts, and whether answers still say them."""
        return Freshness(self)

    @cached_property
    def decision(self) -> DecisionDesk:
        """Which path to take, by what was measured here; workshops over it."""
        return DecisionDesk(self)

    @cached_property
    def checks(self) -> DatasetChecks:
        """What is near what among questions, and the flags that come of it."""
        return DatasetChecks(self)

    @cached_property
    def routing(self) -> Routes:
        """What chooses a route for each question."""
        return Routes(self)

    @cached_property
    def inspector(self) -> Inspector:
        """Answers that were given: found, opened, asked again with one thing changed."""
        return Inspector(self)

    @cached_property
    def diagnosis(self) -> Diagnosing:
        """Where an answer lost its evidence, and what may mend it."""
        return Diagnosing(self)

    @cached_property
    def guarding(self) -> Guarding:
        """The policy, and what was found in documents."""
        return Guarding(self)

    @cached_property
    def handwork(self) -> Handwork:
        """Changes by hand of passages."""
        return Handwork(self)

    @cached_property
    def forgetting(self) -> Forgetting:
        """The right to be forgotten: by person, by user, with receipts."""
        return Forgetting(self)

    @cached_property
    def retention(self) -> Retention:
        """What expires, and when."""
        return Retention(self)

    def ingest(
        self,
        files: "Sequence[Incoming]",
        principal: Principal,
        report: "Callable[[Progress], None]" = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> "list[Outcome]":
        """Take in files, and have the facts that rest on them checked where the app's schedule says so."""
        _ = self.guards.current  # one that cannot work is told before anything is taken in
        outcomes = super().ingest(files, principal, report, cancelled)
        brought = [each.document_id for each in outcomes if each.document_id and each.state in ("added", "replaced")]
        self.guards.current.look(brought)
        if changed := [outcome.name for outcome in outcomes if outcome.state in ("replaced", "updated")]:
            self.freshness.changed(changed)
        return outcomes

    def close(self) -> None:
        """Stop the clock of the checks, then everything else."""
        for clocked in (self.__dict__.get("freshness"), self.__dict__.get("retention")):
            if clocked is not None:
                clocked.clock.stop()
        super().close()

    def require_not_barred(self, name: str, path: Path) -> None:
        """Raises RequestError for a file that may not come back; see `core.desks.forgetting`."""
        self.forgetting.require_not_barred(name, path)

    def forget_texts(self) -> None:
        """Drop what models and the laboratory remember of texts in memory, as an erasure must."""
        super().forget_texts()
        self.lab.chunking.forget()
        self.checks.forget()
        self.routing.forget()

    def ask(
        self,
        question: str,
        recipe: Recipe,
        principal: Principal,
        stop: "Stop" = lambda: False,
        before: Sequence[str] = (),
        given: "Given | None" = None,
        origin: str = "",
        by: Principal | None = None,
    ) -> Iterator["Event"]:
        """The events of one answer; its trace is kept when it is done. `before`: earlier questions, oldest first.

        `given` is what a replay takes over, see `core.desks.inspecting`; `origin` says where the question was asked,
        `by` who has it asked with the principal's eyes, as one who replays it does.
        """
        from core.answering.ask import ask
        from core.answering.events import Done
        from core.answering.replay import AFRESH

        facts = {"recipe": recipe.hash, "adapter": recipe.generation.adapter or "", "origin": origin.replace(" ", "-")}
        facts |= {"parent": given.parent} if given else {}
        with self.audit.noting(by or principal, "replayed" if given else "asked", **facts) as noting:
            require(by or principal, "read")
            self.limits.question((by or principal).name, len(question))
            self.adapters.require(recipe, principal)
            spans = self.spans  # an address that is none is said before the work, not after it
            yield from self._prepare_first(recipe, stop)
            for event in ask(question, recipe, principal, self.parts(recipe), stop, before, given or AFRESH):
                if isinstance(event, Done):
                    noting.done(partial(self.records.keep, event.answer, origin), **_verdict(event.answer))
                    if spans:
                        spans.send(event.answer)
                yield event

    @audited("gave feedback", trace="answer", thumb="thumb")
    def feedback(
        self, answer: Answer, thumb: str | None, principal: Principal, corrected: str = ""
    ) -> "Feedback | None":
        """Keep what a person thinks of an answer in the place of what he said before; a thumb of None takes it back.

        A thumb is "up" or "down". Raises RequestError for a correction that is too long or no valid text.
        """
        if thumb is None:
            self.feedback_book.withdraw(answer.trace.id, principal)
            return None
        return self.feedback_book.give(answer, thumb, corrected, principal)

    def better_recipe(self, question: str, recipe: Recipe, principal: Principal) -> Suggestion | None:
        """The recipe that finds across languages, where the question's language is not one of the documents'.

        None where it is, where a language is not certain, and where the recipe finds across languages already.
        """
        from core.embedding.language import language_of

        across = BUILT_IN["multilingual"]
        if recipe.embedding.model == across.embedding.model or recipe.route == "closed":
            return None
        asked = language_of(question)
        held = Counter(row.language for row in self.documents(principal) if row.language)
        if asked is None or not held or asked in held:
            return None
        return Suggestion("multilingual", asked, held.most_common(1)[0][0])

    @audited("searched", told=lambda found: {"documents": _documents(found[0])}, recipe="recipe")
    def search(self, question: str, recipe: Recipe, principal: Principal, k: int) -> tuple[list[Hit], float]:
        """The first k hits and the milliseconds that the search took."""
        from core.retrieval.retriever import retrieve

        require(principal, "read")
        self.limits.question(principal.name, len(question))
        question = self.guards.current.question(checked(question)).text
        self.prepare(recipe)
        parts = self.retriever(recipe)
        parts.embedder.queries([question])  # the first question would pay for the loading of the model
        wide = with_retrieval(recipe, candidates=max(recipe.retrieval.candidates, k))
        began = time.perf_counter()
        hits = retrieve(question, wide, Access.of(principal), parts)
        return [hit for hit in hits if hit.fate is not Fate.WITHHELD][:k], (time.perf_counter() - began) * 1000

    @audited("saved recipe", told=lambda saved: {} if saved else None, name="name", recipe="recipe")
    def save_recipe(
        self,
        name: str,
        recipe: Recipe,
        principal: Principal,
        note: str = "",
        report: "Callable[[Preparing], None]" = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Give a name to a recipe once its index is complete; False, and nothing changed, when it was cancelled.

        The index is built beside the one that the name stood for, which answers until then; an index that no recipe
        names any longer is removed. Raises AccessDenied, RequestError for the name, and what made the building fail.
        """
        require_builder(principal)
        check_name(name)
        if not self.prepare(recipe, report, cancelled):
            return False
        self.recipes.save(name, recipe, principal.name, note)
        with self._ingesting:
            self.settle()
        return True

    @audited("removed recipe", name="name")
    def remove_recipe(self, name: str, principal: Principal) -> None:
        """Forget a saved recipe, and its index where no other recipe uses it."""
        require_builder(principal)
        self.recipes.remove(name)
        with self._ingesting:
            self.settle()

    def served(self, url: str, principal: Principal) -> tuple[Served, ...]:
        """The models and adapters of a server, which is shown the key.

        Raises AccessDenied, RequestError for a bad address, and GenerationError where the server cannot be asked.
        """
        require_builder(principal)
        return served(url, self.settings.openai_api_key)

    def parts(self, recipe: Recipe) -> "Parts":
        """What `ask` needs for a recipe; builds the recipe's index first when this workspace has none."""
        from core.answering.run import Parts

        self.prepare(recipe)
        return Parts(
            retriever=self.retriever(recipe),
            judge=self.judge(recipe),
            model=lambda: self.model(recipe.generation.model),
            pages=self._pages,
            guard=self.guards.current,
            router=partial(self.routing.router, recipe) if recipe.route == "router" else None,
        )

    def state(self, principal: Principal) -> State:
        """What the home page shows; answers are everyone's, documents those that the principal may see."""
        documents = self.documents(principal)
        return State(
            workspace=self.workspace.root,
            documents=len(documents),
            chunks=sum(d.chunks for d in documents),
            characters=sum(d.characters for d in documents),
            answers=self.records.count(),
            missing=missing(self.settings.models),
            mended=tuple(self.mended) if sees_all(principal) else (),
        )

    def _pages(self, document_ids: Sequence[str]) -> dict[str, tuple[Page, ...]]:
        return self.library.pages(document_ids)

    def _prepare_first(self, recipe: Recipe, stop: "Stop") -> "Iterator[Preparing]":
        """Build the recipe's index where it is missing, and tell how far it is; raises what made it fail or stop."""
        if self.prepared(recipe):
            return
        told: queue.Queue[Preparing | Exception | None] = queue.Queue()

        def work() -> None:
            try:
                complete = self.prepare(recipe, told.put, stop)
                told.put(None if complete else RequestError("Stopped while the index was being built; ask again."))
            except Exception as error:  # raised again by the thread that asks
                told.put(error)

        threading.Thread(target=work, name="prepare", daemon=True).start()
        while (news := told.get()) is not None:
            if isinstance(news, Exception):
                raise news
            yield news


def _verdict(answer: Answer) -> dict[str, str | int | bool | list[str]]:
    """What the audit keeps of an answer."""
    return {
        "trace": answer.trace.id,
        "route": answer.route.replace(" ", "-"),
        "documents": _documents([source.hit for source in answer.sources]),
        "abstained": answer.abstained,
        "unsupported": len(answer.unsupported),
        "stopped": answer.stopped,
        "policy": answer.trace.policy,
        "rulings": [f"{each.point}:{each.action}:{each.detector}:{each.count}" for each in answer.rulings],
    }


def _documents(hits: Sequence[Hit]) -> list[str]:
    return list(dict.fromkeys(hit.chunk.document_id for hit in hits))
