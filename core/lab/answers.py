"""Answers of recipes over a question set for one who asks: begun, carried on, compared, replayed; it scores nothing.

Each recipe is a run of its own beneath one trial. Questions are asked of the live documents; of each answer the
measures are kept with the id of its trace, and no word of it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from core.errors import NotFound, RequestError
from core.jobs import Job
from core.lab.asking import Answering, LabAsking, ask_each
from core.lab.ran import Ran, Row
from core.lab.runs import Cancelled
from core.servers import on_server
from core.types import Embedding, Principal, Recipe

if TYPE_CHECKING:
    from core.answering.events import Preparing
    from core.evaluation.answer_scores import Comparison, Prices
    from core.evaluation.asking import Asked
    from core.evaluation.questions import Question
    from core.evaluation.retrieval_runs import Result
    from core.evaluation.run_store import Run
    from core.evaluation.trials import Trial

JUDGE = Embedding("minilm")
"""Compares answers with accepted ones, whatever the recipe's own embedder, so that recipes compare."""
_MOST = 12
"""Recipes of one evaluation."""


class LabAnswers(LabAsking):
    """What the workbench hands out as `bench.lab.answers`."""

    KIND = "answers"
    CALLED = "evaluation"
    WITHOUT_ANSWER = True

    # -- beginning and going on --------------------------------------------------------------------------------------

    def start(
        self, set_name: str, recipes: Sequence[str], principal: Principal, limit: int | None = None, judge: str = ""
    ) -> Job:
        """Ask a set, or `limit` of its questions evenly spread over it, by recipes of these names, as a job.

        `judge` names a model on a server that gives its verdict too. `job.progress` is an Answering, or a Preparing
        while an index is built; `job.result` the Trial. Raises AccessDenied, NotFound, RequestError.
        """
        chosen = {name: self._bench.recipes.get(name) for name in recipes}
        return self._job(self.begin(set_name, chosen, principal, limit, judge))

    def begin(
        self,
        set_name: str,
        recipes: Mapping[str, Recipe],
        principal: Principal,
        limit: int | None = None,
        judge: str = "",
    ) -> "Trial":
        """Note an evaluation that has asked nothing yet; raises as `start` does."""
        from core.evaluation.judging import check_judge

        self._may_begin(principal, limit)
        if not 1 <= len(recipes) <= _MOST:
            raise RequestError(f"Choose between 1 and {_MOST} recipes; these are {len(recipes)}.")
        if len({recipe.hash for recipe in recipes.values()}) < len(recipes):
            raise RequestError("Two of the recipes are the same under different names; leave one out.")
        for recipe in recipes.values():
            self._bench.adapters.require(recipe, principal)
        if judge:
            check_judge(judge)
        of = {
            "names": list(recipes),
            "weights": [self._weights(recipe, principal) for recipe in recipes.values()],
            "limit": [str(limit or "")],
            "judge": [judge],
        }
        title = f"Answers of {', '.join(recipes)} on {set_name}"
        trial, count = self._begin(title, set_name, list(recipes.values()), principal, limit, of)
        self._bench.audit.note(principal, "evaluated", set=set_name, run=trial.id, count=count)
        return trial

    def again(self, trial_id: str, principal: Principal) -> Job:
        """Replay an evaluation as a new one: the recipes as they were, the set and the documents as they are now."""
        old = self.get(trial_id, principal)
        limit = int(old.axes["limit"][0]) if old.axes["limit"][0] else None
        recipes = dict(zip(old.axes["names"], old.recipes, strict=True))
        return self._job(self.begin(old.set_name, recipes, principal, limit, old.axes["judge"][0]))

    def carry_on(
        self, trial: "Trial", report: "Callable[[Answering | Preparing], None]", cancelled: Cancelled
    ) -> "Trial":
        """Ask what an evaluation has not asked yet.

        Raises RequestError when set, documents or an adapter changed since it began, and what asking raises.
        """
        planned, runs = self._same(trial), {run.id: run for run in self._bench.runs.all(part_of=trial.id)}
        for run in runs.values():
            if run.asked < len(planned) and not self._ready(run.recipe, report, cancelled):
                return trial
        standings = self._bench.library.standings()
        embed, judge = self._bench.embedder(JUDGE).passages, trial.axes["judge"][0]

        def answer(each: "Asked", _: str, run: "Run") -> "Result | None":
            from core.answering.ask import ask
            from core.arms import timed
            from core.evaluation.answer_scores import measure, with_opinion
            from core.evaluation.judging import judge as judged_by

            made = timed(ask(each.question.text, run.recipe, each.asker, self._bench.parts(run.recipe), cancelled))
            if made.answer.stopped:
                return None
            if self._bench.library.standings() != standings:
                raise RequestError("The documents have changed since this began; start it anew.")
            ms, first = made.seconds * 1_000, made.first * 1_000
            result = measure(each, made.answer, run.recipe, ms, first, embed, run.on)
            if judge:
                opinion = judged_by(each.question, made.answer.text, self._bench.model(judge))
                result = with_opinion(result, opinion)
            self._bench.records.keep(made.answer, "evaluation")
            return result

        ask_each(self._bench.runs, planned, runs, answer, report, cancelled)
        return trial

    # -- reading -----------------------------------------------------------------------------------------------------

    def ran(self, principal: Principal, trial_id: str = "") -> list[Ran]:
        """The runs of one evaluation, or of all that the principal may see, newest evaluation first."""
        trials = [self.get(trial_id, principal)] if trial_id else self.all(principal)
        runs = {(run.part_of, run.recipe.hash): run for run in self._bench.runs.all(trial_id or None)}
        return [
            Ran(name, runs[trial.id, recipe.hash], trial)
            for trial in trials
            for name, recipe in zip(trial.axes["names"], trial.recipes, strict=True)
        ]

    def results(self, run_id: str, principal: Principal) -> "list[Result]":
        """What came of each question of a run, in the order of the set; raises NotFound."""
        if run_id not in {each.run.id for each in self.ran(principal)}:
            raise NotFound(f"There is no run '{run_id}' of an evaluation.")
        return self._bench.runs.results(run_id)

    def rows(self, trial_id: str, principal: Principal, prices: "Prices | None" = None) -> list[Row]:
        """What came of an evaluation so far, recipe by recipe, in the order in which they were named."""
        return [self.row(each, prices) for each in self.ran(principal, trial_id)]

    def row(self, ran: Ran, prices: "Prices | None" = None) -> Row:
        """What a run's answers amount to so far."""
        from core.evaluation.answer_scores import summary

        return Row(ran, summary(self._bench.runs.results(ran.run.id), prices))

    def compare(self, first: str, second: str, principal: Principal) -> "Comparison":
        """The first run against the second, question by question."""
        from core.evaluation.answer_scores import compare

        return compare(self.results(first, principal), self.results(second, principal))

    def questions(self, set_name: str, principal: Principal) -> "dict[str, Question]":
        """The questions of a set that the principal may see, by id; none where the set is gone."""
        try:
            return {question.id: question for question in self._sets.get(set_name, principal).questions}
        except NotFound:
            return {}

    # -- within ------------------------------------------------------------------------------------------------------

    def _ready(self, recipe: Recipe, report: "Callable[[Preparing], None]", cancelled: Cancelled) -> bool:
        """Build the index and load the models, so that no first question pays for it; False when it was cancelled."""
        if not self._bench.prepare(recipe, report, cancelled):
            return False
        writes = recipe.generation.answerer == "local" or recipe.route == "closed"
        self._warm(recipe, writes and not on_server(recipe.generation.model))
        return True

    def _weights(self, recipe: Recipe, principal: Principal) -> str:
        """The fingerprint of a local adapter's weights; empty without one."""
        name = recipe.generation.adapter
        if name is None or on_server(recipe.generation.model):
            return ""
        return self._bench.adapters.get(name, principal).manifest.weights_sha256

    def _other_adapter(self, trial: "Trial") -> str:
        for recipe, weights in zip(trial.recipes, trial.axes["weights"], strict=True):
            if self._weights(recipe, trial.principal) != weights:
                return recipe.generation.adapter or ""
        return ""
