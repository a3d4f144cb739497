"""Checks facts against recipes, adapters and the documents in force, and tells who must know; it keeps no answer.

A check is of the facts that its principal sees; see `core.freshness_asking` for the rights that each is asked with. A
fact that follows its document takes over what a new version says before it is asked; for any other the page asks its
owner.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from core import alarms as hook
from core.desks.facts import FactDesk
from core.errors import RequestError, TouchstoneError
from core.evaluation.fact_store import Alarm, Check, Schedule
from core.evaluation.facts import STATES, Fact, Judgement
from core.evaluation.staleness import truth
from core.evaluation.tying import moved
from core.freshness_asking import Asking
from core.freshness_schedule import Clock
from core.governance.audited import audited
from core.governance.principals import PERSONAS
from core.governance.rights import require
from core.jobs import Job
from core.lab.asking import Answering
from core.types import Document, Principal

if TYPE_CHECKING:
    from core.workbench import Workbench

TITLE = "Freshness check"
BY_CLOCK = "by schedule"


class Freshness:
    """What the workbench hands out as `bench.freshness`."""

    def __init__(self, bench: "Workbench") -> None:
        self._bench = bench
        self.audit = bench.audit
        self.facts = FactDesk(bench)
        """The facts themselves."""
        self._asking = Asking(bench)

    @cached_property
    def clock(self) -> Clock:
        """Starts the checks of the schedule; runs only where the app started it."""
        return Clock(lambda: self._due(BY_CLOCK))

    def start_clock(self) -> None:
        """Let the clock go by the schedule that the workspace keeps; only the app does, once a process."""
        self.clock.start(self.schedule(), self._bench.facts.last_by(BY_CLOCK))

    # -- checking ------------------------------------------------------------------------------------------------------

    def start(self, recipes: Sequence[str], adapters: Sequence[str], principal: Principal, why: str = "by hand") -> Job:
        """Check as a job: `job.progress` is an Answering, `job.result` what came of it. Raises as `check` does."""
        require(principal, "evaluate")
        self._asking.answerers(recipes, adapters, principal)
        return self._start(recipes, adapters, principal, why)

    def _start(self, recipes: Sequence[str], adapters: Sequence[str], principal: Principal, why: str) -> Job:
        def work(job: Job) -> str:
            def report(progress: Answering) -> None:
                job.progress = progress

            made = self.check(recipes, adapters, principal, why, report, lambda: job.cancelled)
            return self._summary(made)

        return self._bench.jobs.start(TITLE, principal.name, work)

    def check(
        self,
        recipes: Sequence[str],
        adapters: Sequence[str],
        principal: Principal,
        why: str = "by hand",
        report: Callable[[Answering], None] = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
        only: Sequence[str] = (),
    ) -> Check | None:
        """Ask every kept fact, or those of `only`, of every answerer; None, and nothing kept, when it was cancelled.

        Raises AccessDenied, NotFound, RequestError without facts, and what asking raises.
        """
        require(principal, "evaluate")
        chosen = self._asking.answerers(recipes, adapters, principal)
        began = _now()
        current = {each.name: each for each in self._bench.library.ready()}
        facts, moved_on = self._followed(principal, only, current)
        if not facts:
            raise RequestError("There is no fact to check; write one, import some, or load the sample documents.")
        every = self._bench.library.every()
        found: list[Judgement] = []
        started, of = time.monotonic(), len(facts) * len(chosen)
        report(Answering(0, of))
        for answerer in chosen:
            for fact in facts:
                if cancelled():
                    return None
                versions = [each for each in every if each.name == fact.document]
                found.append(self._asking.verdict(fact, answerer, current.get(fact.document), versions, principal))
                pace = (time.monotonic() - started) / len(found)
                report(Answering(len(found), of, pace * (of - len(found))))
        kept = self._bench.facts.keep(began, principal.name, why, found)
        self._bench.audit.note(principal, "checked facts", check=kept.id, count=len(facts))
        return self._tell(kept, moved_on)

    def _followed(
        self, principal: Principal, only: Sequence[str], current: Mapping[str, Document]
    ) -> tuple[list[Fact], int]:
        """The kept facts, those that follow their documents with what these say now; and how many took a value over."""
        facts, changed = list[Fact](), list[Fact]()
        for fact in self.facts.all(principal):
            if fact.state != "kept" or (only and fact.id not in only):
                continue
            document = current.get(fact.document)
            if fact.follow and document and (now := truth(fact, document)).standing == "changed":
                fact = moved(fact, now, document)  # noqa: PLW2901 - the fact as it is from now on
                changed.append(fact)
            facts.append(fact)
        if changed:
            self._bench.facts.save(changed, principal.name)
            documents = [current[fact.document].id for fact in changed]
            self._bench.audit.note(principal, "facts followed", documents=documents, count=len(changed))
        return facts, len(changed)

    def _tell(self, check: Check, moved_on: int) -> Check:
        """Post the alarms of a check that nobody has acknowledged; note how that went, and how many facts moved on."""
        url = self._bench.settings.alarm_webhook.get_secret_value()
        raised = [a for a in self._bench.facts.alarms() if a.check == check.id and not a.acknowledged_at]
        said = [f"{moved_on} of the facts took over what their documents say now."] if moved_on else []
        if not url or not raised:
            return self._noted(check, said)
        try:
            told = hook.post(url, hook.message(raised, check.id, self._bench.settings.alarm_values))
        except TouchstoneError as error:  # shown beside the check: a bad address must not cost its results
            told = str(error)
        return self._noted(check, [*said, told])

    def _noted(self, check: Check, said: Sequence[str]) -> Check:
        if not said:
            return check
        told = " ".join(said)
        self._bench.facts.note(check.id, told)
        return replace(check, told=told)

    def _summary(self, check: Check | None) -> str:
        if check is None:
            return "cancelled; nothing was kept"
        found = self._bench.facts.judgements(check.id)
        counts = counted(found)
        told = ", ".join(f"{count} {state}" for state, count in counts.items() if count)
        return f"{told}. {check.told}".strip() if check.told else told

    # -- what came of it -----------------------------------------------------------------------------------------------

    def latest(self, principal: Principal) -> list[Alarm]:
        """The newest verdict of each fact with each answerer that is still there, as far as the principal may see."""
        seen = self._seen(principal)
        return [each for each in self._bench.facts.latest() if seen(each.judgement)]

    def _seen(self, principal: Principal) -> Callable[[Judgement], bool]:
        facts, shown = {fact.id for fact in self.facts.all(principal)}, self._asking.shown(principal)
        return lambda each: each.fact in facts and shown(each.answerer)

    def alarms(self, principal: Principal) -> list[Alarm]:
        """The drifted ones among them."""
        return [each for each in self.latest(principal) if each.judgement.alarm]

    @audited("acknowledged alarm", fact="fact_id", answerer="answerer")
    def acknowledge(self, fact_id: str, answerer: str, principal: Principal) -> None:
        """Note that somebody has seen an alarm; it stays until it is mended."""
        require(principal, "evaluate")
        self.facts.get(fact_id, principal)
        self._bench.facts.acknowledge(fact_id, answerer, principal.name)

    def history(self, principal: Principal) -> list[tuple[Check, list[Judgement]]]:
        """Every check with its verdicts on facts that the principal may see, oldest first; empty ones are left out."""
        seen, found = self._seen(principal), []
        verdicts = self._bench.facts.all_judgements()
        for check in reversed(self._bench.facts.checks()):
            rows = [each for each in verdicts.get(check.id, ()) if seen(each)]
            if rows:
                found.append((check, rows))
        return found

    def judgements(self, check: Check, principal: Principal) -> list[Judgement]:
        """The verdicts of a check on facts that the principal may see."""
        seen = self._seen(principal)
        return [each for each in self._bench.facts.judgements(check.id) if seen(each)]

    # -- schedule ------------------------------------------------------------------------------------------------------

    def schedule(self) -> Schedule:
        """The schedule in force."""
        return self._bench.facts.schedule()

    @audited("set schedule", told=lambda plan: {"every": plan.every, "on_change": plan.on_change})
    def set_schedule(self, schedule: Schedule, principal: Principal) -> Schedule:
        """Keep a schedule, which runs with the rights of who sets it."""
        require(principal, "evaluate")
        if schedule.every != "never" or schedule.on_change:
            self._asking.answerers(schedule.recipes, schedule.adapters, principal)
        kept = self._bench.facts.set_schedule(schedule, principal)
        self.clock.set(kept, self._bench.facts.last_by(BY_CLOCK))
        return kept

    def changed(self, documents: Sequence[str]) -> Job | None:
        """Check where facts rest on these documents, the schedule asks for it and the app's clock runs."""
        resting = any(fact.document in documents for fact in self._bench.facts.all())
        return self._due("after a change") if resting and self.clock.running and self.schedule().on_change else None

    def _due(self, why: str) -> Job | None:
        plan = self.schedule()
        who = plan.who or PERSONAS.get(plan.by)  # an earlier version kept the name of a persona only
        if who is None or any(job.title == TITLE and job.state == "queued" for job in self._bench.jobs.all()):
            return None
        return self._start(plan.recipes, plan.adapters, who, why)  # what is amiss fails the job, and is shown there


def counted(judgements: Sequence[Judgement]) -> Mapping[str, int]:
    """How many have each state."""
    return {state: sum(each.state == state for each in judgements) for state in STATES}


def differences(before: Sequence[Judgement], now: Sequence[Judgement]) -> list[tuple[Judgement, Judgement]]:
    """The verdicts that changed their state between two checks, each with what it was."""
    held = {(each.fact, each.answerer): each for each in before}
    pairs = [(held.get((each.fact, each.answerer)), each) for each in now]
    return [(was, each) for was, each in pairs if was is not None and was.state != each.state]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
