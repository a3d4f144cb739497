"""Four arms over a question set for one who asks, as a job that goes on where it was interrupted; it judges nothing.

Each arm is kept as a run of its own; see `core.lab.asking`. Questions are asked of the live documents.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.jobs import Job
from core.lab.asking import Answering, LabAsking
from core.lab.runs import Cancelled
from core.types import Principal, Recipe

if TYPE_CHECKING:
    from core.arms import Arm, Heard, Spoken
    from core.evaluation.arm_scores import Difference, Row
    from core.evaluation.questions import Question
    from core.evaluation.retrieval_runs import Result
    from core.evaluation.run_store import Run
    from core.evaluation.trials import Trial


@dataclass(frozen=True, slots=True)
class Table:
    """What is known of a trial so far."""

    rows: "tuple[Row, ...]"
    differences: "tuple[Difference, ...]"
    planned: int
    """Questions that each arm is asked."""
    left_out: dict[str, int]
    """Questions that cannot be judged, by reason."""

    @property
    def complete(self) -> bool:
        """Whether every arm was asked every question."""
        return bool(self.rows) and all(row.questions == self.planned for row in self.rows)


class LabArms(LabAsking):
    """What the workbench hands out as `bench.lab.arms`."""

    KIND = "arms"
    CALLED = "trial"

    def four(
        self,
        question: "Question | str",
        recipe: Recipe,
        adapter: str,
        principal: Principal,
        heard: "Heard" = lambda _arm, _event: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> "Iterator[Spoken]":
        """The answer of each arm as soon as it is there; see `core.arms.four`.

        Raises NotFound for an adapter that may not answer the principal, RequestError for what is no question.
        """
        made = self._recipes(recipe, adapter, principal)
        return self._four(question, made, principal, heard, stop)

    def known(self, text: str, principal: Principal) -> "Question | None":
        """The question of a set that asks exactly this, where the principal may see it: its answer is known."""
        folded = " ".join(text.split()).casefold()
        for listed in self._sets.all(principal):
            for question in self._sets.get(listed.name, principal).questions:
                if " ".join(question.text.split()).casefold() == folded:
                    return question
        return None

    def start(self, set_name: str, recipe: Recipe, adapter: str, principal: Principal, limit: int | None = None) -> Job:
        """Ask a set, or `limit` of its questions evenly spread over it, as a job.

        `job.progress` is an Answering, `job.result` the Trial. Raises AccessDenied, NotFound, RequestError.
        """
        return self._job(self.begin(set_name, recipe, adapter, principal, limit))

    def begin(
        self, set_name: str, recipe: Recipe, adapter: str, principal: Principal, limit: int | None = None
    ) -> "Trial":
        """Note a trial that has asked nothing yet; raises as `start` does."""
        self._may_begin(principal, limit)
        made = self._recipes(recipe, adapter, principal)
        weights = self._bench.adapters.get(adapter, principal).manifest.weights_sha256
        of = {"adapter": [adapter], "weights_sha256": [weights], "recipe_hash": [recipe.hash]}
        of |= {"limit": [str(limit)]} if limit is not None else {}
        title = f"Four arms with {adapter} on {set_name}"
        return self._begin(title, set_name, list(made.values()), principal, limit, of)[0]

    def table(self, trial_id: str, principal: Principal) -> Table:
        """What came of it so far, arm by arm."""
        from core.evaluation.arm_scores import differences, row

        results = self.results(trial_id, principal)
        some = next(iter(self._arms(self.get(trial_id, principal)).values()))
        return Table(
            tuple(row(arm, held) for arm, held in results.items()),
            tuple(differences(results)),
            some.planned,
            dict(some.left_out),
        )

    def complete(self, trial_id: str, principal: Principal) -> bool:
        """Whether every arm was asked every question; raises NotFound."""
        return all(run.complete for run in self._arms(self.get(trial_id, principal)).values())

    def results(self, trial_id: str, principal: Principal) -> "dict[Arm, list[Result]]":
        """What was measured of each answer so far, arm by arm; raises NotFound."""
        runs = self._arms(self.get(trial_id, principal))
        return {arm: self._bench.runs.results(run.id) for arm, run in runs.items()}

    def rights(self, trial_id: str, principal: Principal) -> "dict[str, dict[Arm, bool]]":
        """By the text of each question that the principal still may see, whether each arm was right."""
        trial = self.get(trial_id, principal)
        texts = {question.id: question.text for question in self._sets.get(trial.set_name, principal).questions}
        found: dict[str, dict[Arm, bool]] = {}
        for arm, run in self._arms(trial).items():
            for result in self._bench.runs.results(run.id):
                if result.question in texts and "right" in result.values:
                    found.setdefault(texts[result.question], {})[arm] = bool(result.values["right"])
        return found

    def carry_on(self, trial: "Trial", report: Callable[[Answering], None], cancelled: Cancelled) -> "Trial":
        """Ask what a trial has not asked yet.

        Raises RequestError when set, documents or adapter changed since it began, and what asking raises.
        """
        planned, runs = self._same(trial), self._arms(trial)
        if any(run.asked < len(planned) for run in runs.values()):
            self._warm_all(trial.recipes)
        return self._speak_each(trial, planned, runs, lambda arm: arm, report, cancelled)

    # -- within ------------------------------------------------------------------------------------------------------

    def _four(
        self,
        question: "Question | str",
        made: "dict[Arm, Recipe]",
        principal: Principal,
        heard: "Heard",
        stop: Callable[[], bool],
    ) -> "Iterator[Spoken]":
        from core.arms import four

        self._warm_all(made.values())
        yield from four(
            question,
            made,
            lambda text, chosen: self._bench.ask(text, chosen, principal, stop, origin="four arms"),
            heard,
        )

    def _recipes(self, recipe: Recipe, adapter: str, principal: Principal) -> "dict[Arm, Recipe]":
        from core.arms import recipes

        return dict(recipes(recipe, adapter, lambda base, name: self._bench.adapters.worn(base, name, principal)))

    def _warm_all(self, recipes: Iterable[Recipe]) -> None:
        for recipe in recipes:
            self._warm(recipe, writes=True)

    def _other_adapter(self, trial: "Trial") -> str:
        adapter = self._bench.adapters.get(trial.axes["adapter"][0], trial.principal)
        return "" if adapter.manifest.weights_sha256 == trial.axes["weights_sha256"][0] else adapter.name

    def _arms(self, trial: "Trial") -> "dict[Arm, Run]":
        from core.arms import ARMS

        runs = {run.recipe.hash: run for run in self._bench.runs.all(part_of=trial.id)}
        return {arm: runs[recipe.hash] for arm, recipe in zip(ARMS, trial.recipes, strict=True)}
