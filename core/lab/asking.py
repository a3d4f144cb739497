"""Trials that ask several recipes a question set: begun, gone on with, found, forgotten; it judges nothing.

Each recipe is a run of its own beneath one trial. What has a result is not asked again, so that work goes on where it
was interrupted. All recipes are asked one question before the next, so that what is there is always comparable.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from core.errors import NotFound, RequestError
from core.governance.principals import may_see
from core.governance.rights import require
from core.jobs import Job
from core.lab.runs import Cancelled, LabRuns, covers, forget
from core.lab.sets import LabSets
from core.types import Principal, Recipe

if TYPE_CHECKING:
    from core.arms import Arm
    from core.evaluation.asking import Asked
    from core.evaluation.questions import Question
    from core.evaluation.retrieval_runs import Result
    from core.evaluation.run_store import RetrievalRuns, Run
    from core.evaluation.trials import Kind, Trial
    from core.workbench import Workbench

Key = TypeVar("Key", bound=str)


@dataclass(frozen=True, slots=True)
class Answering:
    """The progress of answers to a set."""

    done: int
    """Answers that are there."""
    of: int
    seconds_left: float | None = None
    """None before the first answer."""


def ask_each(
    store: "RetrievalRuns",
    planned: "Sequence[Asked]",
    runs: "Mapping[Key, Run]",
    answer: "Callable[[Asked, Key, Run], Result | None]",
    report: Callable[[Answering], None],
    cancelled: Callable[[], bool],
) -> None:
    """Ask what the runs have not asked yet, and end them when nothing is left; stops where `answer` gives None.

    Raises what asking raises; what was asked until then is kept.
    """
    asked = {key: store.asked(run.id) for key, run in runs.items()}
    done, of = sum(map(len, asked.values())), len(planned) * len(runs)
    report(Answering(done, of))
    began, before = time.monotonic(), done
    for position, each in enumerate(planned):
        for key, run in runs.items():
            if each.question.id in asked[key]:
                continue
            if cancelled():
                return
            result = answer(each, key, run)
            if result is None:
                return
            store.keep(run, position, result)
            done += 1
            pace = (time.monotonic() - began) / (done - before)
            report(Answering(done, of, pace * (of - done)))
    for run in runs.values():
        store.end(run)


class LabAsking:
    """What four arms and evaluations have in common; each says what it asks, and what it keeps of an answer."""

    KIND: "ClassVar[Kind]"
    CALLED: ClassVar[str]
    """What a person calls one, in the sentence that there is none."""
    WITHOUT_ANSWER: ClassVar[bool] = False
    """Whether questions of which no accepted answer is known are asked too."""

    def __init__(self, bench: "Workbench", sets: LabSets, runs: LabRuns) -> None:
        self._bench, self._sets, self._runs = bench, sets, runs

    def carry_on(self, trial: "Trial", report: Callable[[Any], None], cancelled: Cancelled) -> "Trial":
        """Ask what a trial has not asked yet."""
        raise NotImplementedError

    def resume(self, trial_id: str, principal: Principal) -> Job:
        """Go on with one that was interrupted, as a job; what was asked is not asked again."""
        require(principal, "evaluate")
        return self._job(self.get(trial_id, principal))

    def all(self, principal: Principal) -> "list[Trial]":
        """Those that the principal may see, newest first."""
        return [trial for trial in self._bench.trials.all(self.KIND) if covers(principal, trial.zones, trial.labels)]

    def get(self, trial_id: str, principal: Principal) -> "Trial":
        """One of them; raises NotFound, also when it saw more than the principal may."""
        found = next((trial for trial in self.all(principal) if trial.id == trial_id), None)
        if found is None:
            raise NotFound(f"There is no {self.CALLED} '{trial_id}'.")
        return found

    def remove(self, trial_id: str, principal: Principal) -> None:
        """Forget one with all that was measured; traces stay, as those of other answers do."""
        require(principal, "evaluate")
        forget(self._bench, self.get(trial_id, principal).id)

    def standing(self, trial: "Trial") -> tuple[int, int]:
        """How many answers of it are there, and how many it plans."""
        runs = self._bench.runs.all(part_of=trial.id)
        return sum(run.asked for run in runs), sum(run.planned for run in runs)

    # -- for those that ask --------------------------------------------------------------------------------------------

    def _may_begin(self, principal: Principal, limit: int | None) -> None:
        require(principal, "evaluate")
        if limit is not None and limit < 1:
            raise RequestError(f"The limit is {limit}; it must be at least 1.")

    def _begin(
        self,
        title: str,
        set_name: str,
        recipes: Sequence[Recipe],
        principal: Principal,
        limit: int | None,
        of: Mapping[str, list[str]],
    ) -> "tuple[Trial, int]":
        """Note a trial with a run for each recipe, and tell how many questions it plans; nothing is asked yet."""
        from core.evaluation.asking import spread

        held = self._sets.get(set_name, principal)
        planned, left_out = self._plan(held.questions, principal, date.today())
        planned = spread(planned, limit)
        if not planned:
            reasons = ", ".join(f"{count} {reason}" for reason, count in left_out.items())
            raise RequestError(f"No question of '{set_name}' can be judged: {reasons}.")
        corpus, axes = self._runs.corpus(principal), {**of, "set_hash": [held.hash]}
        trial = self._bench.trials.begin(self.KIND, title, set_name, principal, corpus, list(recipes), axes)
        for each in recipes:
            self._bench.runs.begin(each, set_name, held.hash, principal, corpus, len(planned), left_out, trial.id)
        return trial, len(planned)

    def _same(self, trial: "Trial") -> "list[Asked]":
        """What the trial asks; raises RequestError unless set, adapters and documents are as when it began."""
        from core.evaluation.asking import spread

        principal, run = trial.principal, self._bench.runs.all(part_of=trial.id)[0]
        held = self._sets.get(trial.set_name, principal)
        if held.hash != trial.axes["set_hash"][0]:
            raise RequestError(f"The question set '{trial.set_name}' has changed since this began; start it anew.")
        for recipe in trial.recipes:
            self._bench.adapters.require(recipe, principal)
        if changed := self._other_adapter(trial):
            raise RequestError(f"The adapter '{changed}' is another one than when this began; start it anew.")
        if self._runs.corpus(principal) != trial.corpus:
            raise RequestError("The documents have changed since this began; start it anew.")
        return spread(self._plan(held.questions, principal, run.on)[0], run.planned)

    def _other_adapter(self, trial: "Trial") -> str:
        """The name of an adapter whose weights are not those that the trial began with; empty where all are."""
        raise NotImplementedError

    def _plan(
        self, questions: "Sequence[Question]", principal: Principal, on: date
    ) -> "tuple[list[Asked], dict[str, int]]":
        from core.evaluation.asking import plan

        seen = [d for d in self._bench.library.ready() if may_see(principal, d.zone, d.labels)]
        return plan(questions, seen, principal, on, without_answer=self.WITHOUT_ANSWER)

    def _speak_each(
        self,
        trial: "Trial",
        planned: "Sequence[Asked]",
        runs: "Mapping[Key, Run]",
        arm_of: "Callable[[Key], Arm]",
        report: Callable[[Answering], None],
        cancelled: Cancelled,
        known: "Callable[[Run, Question], Result | None]" = lambda _run, _question: None,
    ) -> "Trial":
        """Ask what the runs have not asked yet as arms do, but for what is `known`; each as the question's asker.

        Without a record: who runs the trial may use its adapters and was checked, and a measurement is no conversation.
        """
        from core.answering.ask import ask
        from core.arms import speak
        from core.evaluation.arm_scores import result

        standings = self._bench.library.standings()

        def answer(each: "Asked", key: Key, run: "Run") -> "Result | None":
            if (before := known(run, each.question)) is not None:
                return before
            asking = lambda text, recipe: ask(text, recipe, each.asker, self._bench.parts(recipe), cancelled)  # noqa: E731
            spoken = speak(each.question, arm_of(key), run.recipe, asking, copies=each.copies)
            if spoken.answer.stopped:
                return None
            if self._bench.library.standings() != standings:
                raise RequestError("The documents have changed since this began; start it anew.")
            return result(each.question, spoken)

        ask_each(self._bench.runs, planned, runs, answer, report, cancelled)
        return trial

    def _warm(self, recipe: Recipe, writes: bool) -> None:
        """Load what a recipe needs, its model and adapter too where it `writes`, so that no first question pays."""
        from core.generation.contract import Limits

        parts = self._bench.parts(recipe)
        parts.judge.queries(["warm"])
        parts.retriever.embedder.queries(["warm"])
        if writes:
            stream = parts.model().stream([("user", "Hello")], Limits(max_tokens=1), adapter=recipe.generation.adapter)
            for _ in stream:
                pass

    def _job(self, trial: "Trial") -> Job:
        def work(job: Job) -> "Trial":
            def report(progress: object) -> None:
                job.progress = progress

            return self.carry_on(trial, report, lambda: job.cancelled)

        return self._bench.jobs.start(trial.title, trial.by, work)
