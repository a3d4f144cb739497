"""Checks facts against recipes, adapters and the documents in force, and tells who must know; it keeps no answer.

A check sees what its principal sees. A fact that follows its document takes over what a new version says before it is
asked; for any other the page asks its owner.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from core import alarms as hook
from core.desk import require_builder
from core.errors import RequestError, TouchstoneError
from core.evaluation.anchors import located
from core.evaluation.fact_store import Alarm, Check, Schedule
from core.evaluation.facts import STATES, Fact, Judgement
from core.evaluation.quotes import fold
from core.evaluation.staleness import Learned, Truth, judge, past, truth
from core.evaluation.tying import moved
from core.fact_desk import FactDesk
from core.freshness_schedule import Clock
from core.governance.principals import PERSONAS
from core.jobs import Job
from core.recipes import BUILT_IN
from core.types import Document, Principal, Recipe

if TYPE_CHECKING:
    from core.workbench import Workbench

TITLE = "Freshness check"


@dataclass(frozen=True, slots=True)
class Checking:
    """The progress of a check."""

    done: int
    of: int
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class Answerer:
    """Who is asked: a recipe, or an adapter without documents."""

    name: str
    recipe: Recipe
    adapter: str = ""

    @property
    def label(self) -> str:
        """As it stands in the grid and in the history."""
        return f"{self.adapter} (closed book)" if self.adapter else self.name


class Freshness:
    """What the workbench hands out as `bench.freshness`."""

    def __init__(self, bench: "Workbench") -> None:
        self._bench = bench
        self.facts = FactDesk(bench)
        """The facts themselves."""

    @cached_property
    def clock(self) -> Clock:
        """Starts the checks of the schedule; runs only where the app started it."""
        return Clock(lambda: self._due("by schedule"))

    # -- checking ------------------------------------------------------------------------------------------------------

    def answerers(self, recipes: Sequence[str], adapters: Sequence[str], principal: Principal) -> list[Answerer]:
        """Those of these names; raises NotFound for one that is not there, RequestError without any."""
        if not recipes and not adapters:
            raise RequestError("Choose a recipe or an adapter to check.")
        found = [Answerer(name, self._bench.recipes.get(name)) for name in dict.fromkeys(recipes)]
        for each in found:
            self._bench.adapters.require(each.recipe, principal)
        for name in dict.fromkeys(adapters):
            base = self._bench.adapters.get(name, principal).manifest.base
            bare = replace(BUILT_IN["default"], generation=replace(BUILT_IN["default"].generation, model=base))
            worn = self._bench.adapters.worn(bare, name, principal)
            found.append(Answerer(name, replace(worn, route="closed"), name))
        return found

    def start(self, recipes: Sequence[str], adapters: Sequence[str], principal: Principal, why: str = "by hand") -> Job:
        """Check as a job: `job.progress` is a Checking, `job.result` what came of it. Raises as `check` does."""
        require_builder(principal)
        self.answerers(recipes, adapters, principal)

        def work(job: Job) -> str:
            def report(progress: Checking) -> None:
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
        report: Callable[[Checking], None] = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
        only: Sequence[str] = (),
    ) -> Check | None:
        """Ask every kept fact, or those of `only`, of every answerer; None, and nothing kept, when it was cancelled.

        Raises AccessDenied, NotFound, RequestError without facts, and what asking raises.
        """
        require_builder(principal)
        chosen = self.answerers(recipes, adapters, principal)
        began, facts = _now(), self._followed(principal, only)
        if not facts:
            raise RequestError("There is no fact to check; write one, import some, or load the sample documents.")
        every = self._bench.library.every()
        current = {each.name: each for each in self._bench.library.ready()}
        found: list[Judgement] = []
        started, of = time.monotonic(), len(facts) * len(chosen)
        report(Checking(0, of))
        for answerer in chosen:
            for fact in facts:
                if cancelled():
                    return None
                versions = [each for each in every if each.name == fact.document]
                found.append(self._one(fact, answerer, current.get(fact.document), versions, principal))
                pace = (time.monotonic() - started) / len(found)
                report(Checking(len(found), of, pace * (of - len(found))))
        kept = self._bench.facts.keep(began, principal.name, why, found)
        return self._tell(kept)

    def _one(
        self, fact: Fact, answerer: Answerer, document: Document | None, versions: Sequence[Document], who: Principal
    ) -> Judgement:
        from core.answering.ask import ask, finish
        from core.generation.prompt import declines

        now = truth(fact, document)
        answer = finish(ask(fact.question, answerer.recipe, who, self._bench.parts(answerer.recipe)))
        declined = answer.abstained or declines(answer.text)
        near = self._near if fact.tolerance.kind == "semantic" else None
        searched = answerer.recipe.route != "closed"
        return judge(
            fact, answerer.label, answer.text, declined, now, past(fact, now, versions), near,
            holds=self._holds(answerer.recipe, document, now) if searched and document and now.says else None,
            learned=self._learned(fact, answerer.adapter, versions) if answerer.adapter else None,
        )  # fmt: skip

    def _holds(self, recipe: Recipe, document: Document, now: Truth) -> bool:
        """Whether the index of a recipe has the passage in which the document says it."""
        entries = self._bench.index.entries(recipe.index_key, document.zone, document.id, (now.start, now.end))
        return any(fold(now.says) in fold(entry.chunk.text) for entry in entries)

    def _learned(self, fact: Fact, adapter: str, versions: Sequence[Document]) -> Learned | None:
        """What the latest version that an adapter learned from said of a fact."""
        documents = set(self._bench.adapter_store.get(adapter).manifest.documents)
        known = [each for each in versions if each.id in documents]
        if not known:
            return None
        last = max(known, key=lambda each: each.version)
        place = located(last.text, fact.anchor, fact.value, fact.tolerance) if fact.anchor else None
        return Learned(last.version, place.value if place else "")

    def _near(self, one: str, other: str) -> float:
        vectors = self._bench.encoder("minilm").passages([one, other])
        return float(vectors[0] @ vectors[1])

    def _followed(self, principal: Principal, only: Sequence[str]) -> list[Fact]:
        """The kept facts; those that follow their documents with what these say now."""
        current = {each.name: each for each in self._bench.library.ready()}
        facts, changed = list[Fact](), list[Fact]()
        for fact in self.facts.all(principal):
            if fact.state != "kept" or (only and fact.id not in only):
                continue
            document = current.get(fact.document)
            if fact.follow and document and (now := truth(fact, document)).standing == "changed":
                fact = moved(fact, now, document)  # noqa: PLW2901 - the fact as it is from now on
                changed.append(fact)
            facts.append(fact)
        self._bench.facts.save(changed, principal.name)
        return facts

    def _tell(self, check: Check) -> Check:
        """Post the alarms of a check that nobody has acknowledged, and note what became of it."""
        url = self._bench.settings.alarm_webhook.get_secret_value()
        raised = [a for a in self._bench.facts.alarms() if a.check == check.id and not a.acknowledged_at]
        if not url or not raised:
            return check
        try:
            told = hook.post(url, hook.message(raised, check.id, self._bench.settings.alarm_values))
        except TouchstoneError as error:  # shown beside the check: a bad address must not cost its results
            told = str(error)
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
        """The newest verdict of each fact that the principal may see with each answerer."""
        seen = {fact.id for fact in self.facts.all(principal)}
        return [each for each in self._bench.facts.latest() if each.judgement.fact in seen]

    def alarms(self, principal: Principal) -> list[Alarm]:
        """The drifted ones among them."""
        return [each for each in self.latest(principal) if each.judgement.alarm]

    def acknowledge(self, fact_id: str, answerer: str, principal: Principal) -> None:
        """Note that somebody has seen an alarm; it stays until it is mended."""
        require_builder(principal)
        self.facts.get(fact_id, principal)
        self._bench.facts.acknowledge(fact_id, answerer, principal.name)

    def history(self, principal: Principal) -> list[tuple[Check, list[Judgement]]]:
        """Every check with its verdicts on facts that the principal may see, oldest first; empty ones are left out."""
        seen = {fact.id for fact in self.facts.all(principal)}
        found = []
        for check in reversed(self._bench.facts.checks()):
            rows = [each for each in self._bench.facts.judgements(check.id) if each.fact in seen]
            if rows:
                found.append((check, rows))
        return found

    def judgements(self, check: Check, principal: Principal) -> list[Judgement]:
        """The verdicts of a check on facts that the principal may see."""
        seen = {fact.id for fact in self.facts.all(principal)}
        return [each for each in self._bench.facts.judgements(check.id) if each.fact in seen]

    # -- schedule ------------------------------------------------------------------------------------------------------

    def schedule(self) -> Schedule:
        """The schedule in force."""
        return self._bench.facts.schedule()

    def set_schedule(self, schedule: Schedule, principal: Principal) -> Schedule:
        """Keep a schedule, which runs with the rights of who sets it."""
        require_builder(principal)
        if schedule.every != "never" or schedule.on_change:
            self.answerers(schedule.recipes, schedule.adapters, principal)
        kept = self._bench.facts.set_schedule(schedule, principal.name)
        self.clock.set(kept)
        return kept

    def changed(self, documents: Sequence[str]) -> Job | None:
        """Check where facts rest on these documents, the schedule asks for it and the app's clock runs."""
        resting = any(fact.document in documents for fact in self._bench.facts.all())
        return self._due("after a change") if resting and self.clock.running and self.schedule().on_change else None

    def _due(self, why: str) -> Job | None:
        plan = self.schedule()
        who = PERSONAS.get(plan.by)
        if who is None or any(job.title == TITLE and job.state == "queued" for job in self._bench.jobs.all()):
            return None
        return self.start(plan.recipes, plan.adapters, who, why)


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
