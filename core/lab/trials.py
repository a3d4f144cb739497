"""Sweeps and comparisons of embedders for one who asks, as jobs that go on where they were interrupted.

Each recipe is a retrieval run; recipes with the same index are asked of one scratch index.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.errors import NotFound, RequestError, TouchstoneError
from core.governance.rights import require
from core.jobs import Job
from core.lab.runs import Cancelled, LabRuns, Report, Running, covers, forget
from core.recipes import with_retrieval
from core.types import Embedding, Principal, Recipe

if TYPE_CHECKING:
    from core.assembly import Assembly
    from core.evaluation.embedders import Row as EmbedderRow
    from core.evaluation.run_store import Run
    from core.evaluation.scratch import Scratch
    from core.evaluation.sweep import Row as SweepRow
    from core.evaluation.trials import Kind, Trial


@dataclass(frozen=True, slots=True)
class Trying:
    """The progress of a trial."""

    done: int
    """Recipes that are done."""
    of: int
    running: Running | None = None
    """How far the present one is."""


class LabTrials:
    """The trials of a workspace."""

    def __init__(self, parts: "Assembly", runs: LabRuns) -> None:
        self._parts = parts
        self._runs = runs

    def sweep(self, set_name: str, base: Recipe, axes: Mapping[str, Sequence[str]], principal: Principal) -> Job:
        """Try every combination of the fields' values as a job; see `core.evaluation.sweep.grid`.

        `job.progress` is a Trying, `job.result` the Trial. Raises AccessDenied, NotFound, RequestError.
        """
        from core.evaluation.sweep import grid

        recipes, skipped = grid(base, axes)
        title = f"Sweep of {len(recipes)} recipes on {set_name}"
        trial = self._begin("sweep", title, set_name, principal, recipes, axes, skipped)
        return self._job(trial)

    def embedders(self, set_name: str, base: Recipe, embeddings: Sequence[Embedding], principal: Principal) -> Job:
        """Compare embedders as a job: the base recipe with each, searched by vectors alone."""
        dense = with_retrieval(base, mode="dense")
        recipes = list({e: replace(dense, embedding=e) for e in embeddings}.values())
        if len(recipes) < 2:
            raise RequestError("A comparison needs at least two embedders that differ.")
        title = f"Comparison of {len(recipes)} embedders on {set_name}"
        return self._job(self._begin("embedders", title, set_name, principal, recipes))

    def resume(self, trial_id: str, principal: Principal) -> Job:
        """Go on with a trial that was interrupted; what failed is tried again."""
        require(principal, "evaluate")
        trial = self.get(trial_id, principal)
        if trial.kind in ("arms", "answers", "routes"):
            raise RequestError("Four arms and evaluations are gone on with where they were begun.")
        return self._job(trial)

    def all(self, kind: "Kind", principal: Principal) -> "list[Trial]":
        """The trials of a kind that the principal may see, newest first."""
        return [trial for trial in self._parts.trials.all(kind) if covers(principal, trial.zones, trial.labels)]

    def get(self, trial_id: str, principal: Principal) -> "Trial":
        """A trial; raises NotFound, also when it saw more than the principal may."""
        trial = self._parts.trials.get(trial_id)
        if not covers(principal, trial.zones, trial.labels):
            raise NotFound(f"There is no trial '{trial_id}'.")
        return trial

    def remove(self, trial_id: str, principal: Principal) -> None:
        """Forget a trial with all its runs."""
        require(principal, "evaluate")
        forget(self._parts, self.get(trial_id, principal).id)

    def sweep_rows(self, trial_id: str, principal: Principal) -> "list[SweepRow]":
        """A row for each recipe of a sweep that is done, in the sweep's order."""
        from core.evaluation.sweep import row

        trial = self.get(trial_id, principal)
        return [
            row(run.recipe, run.id, self._parts.runs.results(run.id), list(trial.axes), run.index or {})
            for run in self._done(trial)
        ]

    def embedder_rows(self, trial_id: str, principal: Principal) -> "list[EmbedderRow]":
        """A row for each embedder that is done; the wins are among these."""
        from core.evaluation.embedders import rows

        trial = self.get(trial_id, principal)
        runs = [(run.recipe, run.id, self._parts.runs.results(run.id), run.index or {}) for run in self._done(trial)]
        return rows(runs, trial.speeds)

    def carry_on(self, trial: "Trial", report: Report, cancelled: Cancelled) -> "Trial":
        """Run what a trial has not run yet; a recipe that cannot be tried is noted, and the next one is tried.

        Raises RequestError when the documents changed since it began.
        """
        left = [recipe for recipe in trial.recipes if recipe not in {run.recipe for run in self._done(trial)}]
        with ExitStack() as stack:
            key, scratch = "", None
            for recipe in left:
                if cancelled():
                    break
                self._require_same_documents(trial)
                try:
                    if recipe.index_key != key:
                        stack.close()
                        key, scratch = "", None
                        scratch = stack.enter_context(self._scratch(trial, recipe, report, cancelled))
                        key = recipe.index_key
                    if scratch is not None:
                        self._try(trial, recipe, scratch, report, cancelled)
                        self._parts.trials.note(trial.id, "failed", recipe, None)
                except TouchstoneError as error:
                    self._require_same_documents(trial)
                    self._parts.trials.note(trial.id, "failed", recipe, str(error))
        return self._parts.trials.get(trial.id)

    # -- within ------------------------------------------------------------------------------------------------------

    def _begin(
        self,
        kind: "Kind",
        title: str,
        set_name: str,
        principal: Principal,
        recipes: Sequence[Recipe],
        axes: Mapping[str, Sequence[str]] | None = None,
        skipped: Mapping[str, str] | None = None,
    ) -> "Trial":
        require(principal, "evaluate")
        corpus = self._runs.require_scorable(set_name, principal)
        return self._parts.trials.begin(kind, title, set_name, principal, corpus, recipes, axes, skipped)

    def _try(self, trial: "Trial", recipe: Recipe, scratch: "Scratch", report: Report, cancelled: Cancelled) -> None:
        begun = next((run for run in self._parts.runs.all(part_of=trial.id) if run.recipe == recipe), None)
        run = begun or self._runs.begin(trial.set_name, recipe, trial.principal, part_of=trial.id)
        self._runs.carry_on(run, report, cancelled, scratch)
        if trial.kind == "embedders":
            self._parts.trials.note(trial.id, "speeds", recipe, self._speed(trial, recipe, scratch))

    def _speed(self, trial: "Trial", recipe: Recipe, scratch: "Scratch") -> dict[str, float]:
        from core.embedding.context import in_context
        from core.evaluation.embedders import SAMPLE, bytes_per_vector, measure

        embedder, key = self._parts.embedder(recipe.embedding), recipe.index_key
        passages: list[str] = []
        for zone in trial.zones:
            for stored in scratch.index.iterate(key, zone):
                if len(passages) == SAMPLE:
                    break
                entry = stored.entry
                passages.append(in_context(entry.document, entry.chunk.headings, entry.chunk.text))
        asked = [question.text for question in self._parts.sets.get(trial.set_name).questions]
        quantization = recipe.embedding.quantization
        return {
            **measure(embedder, passages, asked),
            "bytes_per_vector": bytes_per_vector(embedder.spec.dimension, quantization),
            "quantized": scratch.index.health(key).indexed if quantization != "none" else 0,
        }

    def _scratch(
        self, trial: "Trial", recipe: Recipe, report: Report, cancelled: Cancelled
    ) -> "AbstractContextManager[Scratch | None]":
        def tell(done: int, of: int) -> None:
            report(Running("indexing", done, of))

        return self._runs.scratch(recipe, trial.principal, tell, cancelled)

    def _done(self, trial: "Trial") -> "list[Run]":
        """The complete runs of a trial in the order of its recipes."""
        runs = {run.recipe.hash: run for run in self._parts.runs.all(part_of=trial.id) if run.complete}
        return [runs[recipe.hash] for recipe in trial.recipes if recipe.hash in runs]

    def _require_same_documents(self, trial: "Trial") -> None:
        if self._runs.corpus(trial.principal) != trial.corpus:
            raise RequestError("The documents have changed since this began; start it anew.")

    def _job(self, trial: "Trial") -> Job:
        def work(job: Job) -> "Trial":
            def report(running: Running) -> None:
                job.progress = Trying(len(self._done(trial)), len(trial.recipes), running)

            ended = self.carry_on(trial, report, lambda: job.cancelled)
            job.progress = Trying(len(self._done(trial)), len(trial.recipes))
            return ended

        return self._parts.jobs.start(trial.title, trial.by, work)
