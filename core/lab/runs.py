"""Retrieval runs for one who asks: begun, carried on, compared, removed; it scores nothing itself.

Documents are searched in a scratch index; the live ones are neither read nor changed. It holds every document of the
person's zones, as the live one does, and what he may not see is filtered inside of each search.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import NotFound, RequestError
from core.evaluation.questions import Question, QuestionSet
from core.governance.principals import may_see
from core.governance.rights import require
from core.jobs import Job
from core.lab.sets import LabSets
from core.types import Document, Principal, Recipe, Zone

if TYPE_CHECKING:
    from core.assembly import Assembly
    from core.evaluation.comparison import Comparison
    from core.evaluation.retrieval_runs import Plan, Result
    from core.evaluation.run_store import Run
    from core.evaluation.scratch import Scratch, Tell


@dataclass(frozen=True, slots=True)
class Running:
    """The progress of a run."""

    doing: str
    """"indexing" documents or "asking" questions."""
    done: int
    of: int


Report = Callable[[Running], None]
Cancelled = Callable[[], bool]


class LabRuns:
    """The retrieval runs of a workspace."""

    def __init__(self, parts: "Assembly", sets: LabSets) -> None:
        self._parts = parts
        self._sets = sets

    def start(self, set_name: str, recipe: Recipe, principal: Principal) -> Job:
        """Run a set as a job: `job.progress` is a Running, `job.result` the Run; raises AccessDenied, NotFound."""
        run = self.begin(set_name, recipe, principal)
        name = self._parts.recipes.name_of(recipe.hash)
        return self._job(f"Retrieval with {name} on {set_name}", run, principal)

    def resume(self, run_id: str, principal: Principal) -> Job:
        """Go on with a run that was interrupted, as a job."""
        require(principal, "evaluate")
        run = self.get(run_id, principal)
        return self._job(f"Retrieval on {run.set_name} (resumed)", run, principal)

    def begin(self, set_name: str, recipe: Recipe, principal: Principal, part_of: str = "") -> "Run":
        """Note a run that has asked nothing yet; raises RequestError where no question of the set can be scored."""
        require(principal, "evaluate")
        held, plan = self._scorable(set_name, principal)
        return self._parts.runs.begin(
            recipe,
            set_name,
            held.hash,
            principal,
            self.corpus(principal),
            len(plan.asked),
            plan.left_out,
            part_of,
        )

    def require_scorable(self, set_name: str, principal: Principal) -> str:
        """The hash of the documents that a set would be run on; raises RequestError when no question can be scored."""
        self._scorable(set_name, principal)
        return self.corpus(principal)

    def corpus(self, principal: Principal) -> str:
        """The hash of the documents that are searched for a principal."""
        from core.evaluation.run_store import corpus_hash

        return corpus_hash(self._searched(principal))

    def carry_on(
        self,
        run: "Run",
        report: Report = lambda _: None,
        cancelled: Cancelled = lambda: False,
        scratch: "Scratch | None" = None,
    ) -> "Run":
        """Ask what a run has not asked yet, in `scratch` where it is given; returns the run as it is then.

        Raises RequestError when the set or the documents changed since it began.
        """
        if run.complete:
            return run
        if scratch is not None:
            self._ask(run, scratch, report, cancelled)
        else:
            tell = lambda done, of: report(Running("indexing", done, of))  # noqa: E731
            with self.scratch(run.recipe, run.principal, tell, cancelled) as built:
                if built is not None:
                    self._ask(run, built, report, cancelled)
        return self._parts.runs.get(run.id)

    @contextmanager
    def scratch(
        self, recipe: Recipe, principal: Principal, tell: "Tell", cancelled: Cancelled
    ) -> "Iterator[Scratch | None]":
        """A scratch index of the recipe over the person's zones; None when it was cancelled."""
        self._parts.note_cut(recipe)
        spec, live = self._parts.spec(recipe), self._parts.live(recipe)
        with self._parts.scratch.build(spec, live, lambda: self._searched(principal), tell, cancelled) as built:
            if built is not None and recipe.embedding.quantization != "none":
                built.index.optimise(recipe.index_key)  # until then whole vectors are compared
            yield built

    def all(self, principal: Principal) -> "list[Run]":
        """The runs that the principal may see, newest first; those of sweeps and comparisons are not among them."""
        return [run for run in self._parts.runs.all(part_of="") if covers(principal, run.zones, run.labels)]

    def get(self, run_id: str, principal: Principal) -> "Run":
        """A run; raises NotFound, also when it saw more than the principal may."""
        run = self._parts.runs.get(run_id)
        if not covers(principal, run.zones, run.labels):
            raise NotFound(f"There is no retrieval run '{run_id}'.")
        return run

    def results(self, run_id: str, principal: Principal) -> "list[Result]":
        """What came of each question, in the order of the set."""
        return self._parts.runs.results(self.get(run_id, principal).id)

    def compare(self, first: str, second: str, principal: Principal) -> "Comparison":
        """The first run against the second, question by question."""
        from core.evaluation.comparison import compare

        return compare(self.results(first, principal), self.results(second, principal))

    def remove(self, run_id: str, principal: Principal) -> None:
        """Forget a run with its results."""
        require(principal, "evaluate")
        self._parts.runs.remove([self.get(run_id, principal).id])

    def _ask(self, run: "Run", scratch: "Scratch", report: Report, cancelled: Cancelled) -> None:
        from core.evaluation.retrieval_runs import ask_all
        from core.evaluation.run_store import corpus_hash
        from core.retrieval.retriever import Retriever

        store, parts = self._parts.runs, self._parts
        held = self._sets.get(run.set_name, run.principal)
        if held.hash != run.set_hash:
            raise RequestError(f"The question set '{run.set_name}' has changed since the run began; start a new one.")
        if corpus_hash(scratch.documents) != run.corpus:
            raise RequestError("The documents have changed since the run began; start a new one.")
        sizes = {"chunks": scratch.chunks, "tokens": scratch.tokens, "seconds": scratch.seconds, "bytes": scratch.bytes}
        store.built(run, sizes)
        plan = self._plan(held.questions, run.principal, run)
        asked = store.asked(run.id)
        rerank = parts.reranker(run.recipe.retrieval.rerank)
        given = parts.retriever(run.recipe)
        embedder = parts.embedder(run.recipe.embedding)
        retriever = Retriever(scratch.index, embedder, rerank, given.texts, given.closed, given.sift)
        done = len(asked)
        report(Running("asking", done, len(plan.asked)))
        for position, result in ask_all(plan.asked, run.recipe, retriever, asked.__contains__):
            scratch.ticket.check()
            store.keep(run, position, result)
            done += 1
            report(Running("asking", done, len(plan.asked)))
            if cancelled() and done < len(plan.asked):
                return
        store.end(run)

    def _scorable(self, set_name: str, principal: Principal) -> "tuple[QuestionSet, Plan]":
        held = self._sets.get(set_name, principal)
        plan = self._plan(held.questions, principal)
        if not plan.asked:
            reasons = ", ".join(f"{count} {reason}" for reason, count in plan.left_out.items())
            raise RequestError(f"No question of '{set_name}' can be scored: {reasons}.")
        return held, plan

    def _plan(self, questions: Sequence[Question], principal: Principal, run: "Run | None" = None) -> "Plan":
        from datetime import date

        from core.evaluation.retrieval_runs import plan

        seen = [d for d in self._searched(principal) if may_see(principal, d.zone, d.labels)]
        return plan(questions, seen, principal, run.on if run else date.today())

    def _searched(self, principal: Principal) -> list[Document]:
        return [document for document in self._parts.library.ready() if document.zone in principal.zones]

    def _job(self, title: str, run: "Run", principal: Principal) -> Job:
        def work(job: Job) -> "Run":
            def report(progress: Running) -> None:
                job.progress = progress

            return self.carry_on(run, report, lambda: job.cancelled)

        return self._parts.jobs.start(title, principal.name, work)


def covers(principal: Principal, zones: Sequence[Zone], labels: Sequence[str] | None) -> bool:
    """Whether the principal sees everything that may be seen with these zones and labels."""
    by_label = principal.labels is None or (labels is not None and set(labels) <= set(principal.labels))
    return by_label and set(zones) <= set(principal.zones)


def forget(parts: "Assembly", trial_id: str) -> None:
    """Remove a trial with all its runs; who may was asked before."""
    parts.runs.remove([run.id for run in parts.runs.all(part_of=trial_id)])
    parts.trials.remove(trial_id)
