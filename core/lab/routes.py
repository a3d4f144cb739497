"""Every route over a question set, as a job that goes on where it was interrupted: who was right, and how fast.

What the four arms have asked already is taken over where recipe, question and documents are the same. It learns
nothing; see `core.desks.routing`.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from core.lab.asking import Answering, LabAsking
from core.lab.runs import Cancelled
from core.types import Principal, Recipe, Way

if TYPE_CHECKING:
    from core.evaluation.questions import Question
    from core.evaluation.retrieval_runs import Result
    from core.evaluation.run_store import Run
    from core.evaluation.trials import Trial

_AXIS = "ways"


class LabRoutes(LabAsking):
    """What the workbench hands out as `bench.lab.routes`: the outcomes that a router learns from."""

    KIND = "routes"
    CALLED = "trial of routes"

    def found(
        self, set_name: str, recipes: Mapping[Way, Recipe], principal: Principal, limit: int | None = None
    ) -> "Trial":
        """The newest trial of these recipes over the set and the documents as they are, or a new one.

        Raises AccessDenied, NotFound, RequestError.
        """
        self._may_begin(principal, limit)
        held, corpus = self._sets.get(set_name, principal), self._runs.corpus(principal)
        axes: dict[str, list[str]] = {
            _AXIS: [*recipes],
            "weights": self._weights(recipes, principal),
            "limit": [str(limit or "")],
        }
        for trial in self.all(principal):
            same = {key: list(trial.axes[key]) for key in axes} == axes
            hashes = [each.hash for each in trial.recipes] == [each.hash for each in recipes.values()]
            if same and hashes and trial.corpus == corpus and list(trial.axes["set_hash"]) == [held.hash]:
                return trial
        title = f"Routes on {set_name}"
        return self._begin(title, set_name, list(recipes.values()), principal, limit, axes)[0]

    def carry_on(self, trial: "Trial", report: Callable[[Answering], None], cancelled: Cancelled) -> "Trial":
        """Ask what a trial has not asked yet; raises as that of four arms does."""
        planned, runs = self._same(trial), self.of_ways(trial)
        known = self._known(trial)
        if any(run.asked < len(planned) for run in runs.values()):
            for recipe in trial.recipes:
                self._warm(recipe, writes=recipe.route == "closed" or recipe.generation.answerer == "local")
        return self._speak_each(
            trial,
            planned,
            runs,
            lambda way: "adapter" if way == "closed" else "base + retrieval",
            report,
            cancelled,
            lambda run, question: known.get((run.recipe.hash, question.hash)),
        )

    def of_ways(self, trial: "Trial") -> "dict[Way, Run]":
        """The run of each route."""
        runs = {run.recipe.hash: run for run in self._bench.runs.all(part_of=trial.id)}
        return {way: runs[recipe.hash] for way, recipe in zip(trial.axes[_AXIS], trial.recipes, strict=True)}  # type: ignore[misc]

    def asked(self, trial: "Trial") -> "list[Question]":
        """The questions of a trial."""
        return [each.question for each in self._same(trial)]

    # -- within ------------------------------------------------------------------------------------------------------

    def _known(self, trial: "Trial") -> "dict[tuple[str, str], Result]":
        """By recipe and question, what four arms have measured over the same documents, with the same weights."""
        found: dict[tuple[str, str], Result] = {}
        weights = set(trial.axes["weights"])
        for other in self._bench.lab.arms.all(trial.principal):
            if other.corpus != trial.corpus or other.axes["weights_sha256"][0] not in weights:
                continue
            for run in self._bench.runs.all(part_of=other.id):
                wears = run.recipe.generation.adapter
                for each in self._bench.runs.results(run.id):
                    if "right" in each.values and (wears is None or "sure" in each.values):
                        found.setdefault((run.recipe.hash, each.hash), each)
        return found

    def _weights(self, recipes: Mapping[Way, Recipe], principal: Principal) -> list[str]:
        names = [recipe.generation.adapter for recipe in recipes.values()]
        return [self._bench.adapters.get(name, principal).manifest.weights_sha256 if name else "" for name in names]

    def _other_adapter(self, trial: "Trial") -> str:
        ways: dict[Way, Recipe] = dict(zip(trial.axes[_AXIS], trial.recipes, strict=True))  # type: ignore[assignment]
        now = self._weights(ways, trial.principal)
        names = [recipe.generation.adapter or "" for recipe in trial.recipes]
        return next((name for name, had, has in zip(names, trial.axes["weights"], now, strict=True) if had != has), "")
