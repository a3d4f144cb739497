"""What a person may do with the router: train it from outcomes, see what it learned, prove it, set its zone rules.

It puts together what one question needs: the routes that are open to who asks, what each takes here and now, what was
learned, and which questions the adapter knows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from core.answering.routing_rules import ZoneRules
from core.errors import RequestError
from core.governance.audited import audited
from core.governance.rights import require
from core.jobs import Job
from core.lab.asking import Answering
from core.lab.runs import covers
from core.route_parts import RouteParts, key_of
from core.types import Principal, Recipe, fingerprint
from core.wording import many

if TYPE_CHECKING:
    from core.answering.route_store import Kept, RouteStore
    from core.answering.router import Router
    from core.answering.routing_model import Outcome
    from core.evaluation.questions import Question
    from core.evaluation.trials import Trial
    from core.route_proof import Proof
    from core.types import Way
    from core.workbench import Workbench


@dataclass(frozen=True, slots=True)
class Learned:
    """A model as the page and the command line show it."""

    key: str
    manifest: Mapping[str, Any]
    ms: Mapping[str, float]
    losses: Mapping[str, tuple[float, float]]
    """By route: log loss of the cross-validation, and what always saying the mean would lose."""
    slopes: Mapping[str, Mapping[str, float]]
    saved_at: str
    saved_by: str
    worth: float
    """A slower route must be likelier right by more than this."""
    proof: Mapping[str, Any] | None = None


class Routes:
    """What the workbench hands out as `bench.routing`."""

    def __init__(self, bench: "Workbench") -> None:
        self._bench = bench
        self.audit = bench.audit
        self._parts = RouteParts(bench, lambda: self._store)

    # -- rules ---------------------------------------------------------------------------------------------------------

    def rules(self, principal: Principal) -> ZoneRules:
        """The zone rules in force."""
        require(principal, "read")
        return self._store.rules()

    @audited("changed router rules")
    def set_rules(self, rules: ZoneRules, principal: Principal) -> None:
        """Put zone rules in force, for the next question on; raises AccessDenied."""
        require(principal, "edit policy")
        self._store.save_rules(rules, principal.name)

    # -- learning ------------------------------------------------------------------------------------------------------

    def recipe(self, base: Recipe, alone: str, reader: str | None, principal: Principal) -> Recipe:
        """A recipe with the router: `alone` answers without sources, `reader` with them.

        Raises NotFound, RequestError for an adapter that may not answer the principal.
        """
        self._bench.adapters.worn(base, alone, principal)
        worn = self._bench.adapters.worn(base, reader, principal)
        return replace(worn, route="router", routing=replace(base.routing, closed=alone))

    def start_training(self, set_name: str, recipe: Recipe, principal: Principal, limit: int | None = None) -> Job:
        """`train` as a job: `job.progress` is an Answering, `job.result` the Learned."""
        require(principal, "train")
        return self._start(
            "Training the router", lambda *told: self.train(set_name, recipe, principal, limit, *told), principal
        )

    def start_proof(self, set_name: str, recipe: Recipe, principal: Principal, limit: int | None = None) -> Job:
        """`prove` as a job: `job.progress` is an Answering, `job.result` the Proof."""
        require(principal, "evaluate")
        return self._start(
            "Proving the router", lambda *told: self.prove(set_name, recipe, principal, limit, *told), principal
        )

    @audited("trained router", set="set_name", recipe="recipe")
    def train(
        self,
        set_name: str,
        recipe: Recipe,
        principal: Principal,
        limit: int | None = None,
        report: Callable[[Answering], None] = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Learned:
        """Ask every route the set, and learn from its half "choose"; the other half is left for the proof.

        Raises AccessDenied, NotFound, RequestError for too few questions or when it was cancelled.
        """
        from core.answering.routing_model import LEAST
        from core.evaluation.questions import half_of
        from core.route_learning import learned

        require(principal, "train")
        recipes = self._parts.recipes(recipe, principal)
        trial, asked = self._trial(set_name, recipes, principal, limit)
        marks = {each.id: _mark(each.text) for each in asked if half_of(each.id) != "report"}
        if len(marks) < LEAST:
            raise RequestError(
                f"Of {len(asked)} questions {len(marks)} are learned from, the others prove; {LEAST} are the least."
            )
        outcomes = self._outcomes(trial, asked, recipe, principal, report, cancelled)
        model = learned([each for each in outcomes if each.question in marks], {
            **self._parts.of(recipes, principal), "set": set_name,
            "learned": sorted(marks.values()),
            "zones": list(principal.zones),
            "labels": None if principal.labels is None else list(principal.labels),
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
        }, self._store.rules(), recipe.routing)  # fmt: skip
        self._store.save_model(key_of(recipes), model, principal.name)
        return next(each for each in self.show(principal) if each.key == key_of(recipes))

    @audited("proved router", set="set_name", recipe="recipe")
    def prove(
        self,
        set_name: str,
        recipe: Recipe,
        principal: Principal,
        limit: int | None = None,
        report: Callable[[Answering], None] = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> "Proof":
        """The router against single routes, chance and the oracle, over questions that it did not learn from.

        A question that it learned is left out in whatever set and under whatever id it stands. Kept with the model.
        Raises AccessDenied, NotFound, and RequestError where nothing was learned, too few questions are left, or it was
        cancelled.
        """
        from core.route_proof import FEWEST, as_json, prove

        require(principal, "evaluate")
        recipes = self._parts.recipes(recipe, principal)
        model = self._parts.model(recipes, principal)
        if model is None:
            raise RequestError("The router has learned nothing for these routes; train it first.")
        trial, asked = self._trial(set_name, recipes, principal, limit)
        learned = model.manifest.get("learned")
        if learned is None:
            raise RequestError("It is not known which questions this router learned; train it again first.")
        marks = frozenset(learned)
        unseen = {each.id for each in asked if _mark(each.text) not in marks}
        if len(unseen) < FEWEST:
            raise RequestError(
                f"It learned all but {many(len(unseen), 'question')} of this set; {FEWEST} are the least to prove by."
            )
        outcomes = self._outcomes(trial, asked, recipe, principal, report, cancelled)
        proof = prove(
            [each for each in outcomes if each.question in unseen],
            model, self._store.rules(), recipe.routing, speeds=self._parts.speeds(recipes, model),
        )  # fmt: skip
        self._store.save("proof", key_of(recipes), {**as_json(proof), "set": set_name}, principal.name)
        return proof

    def knows(self, recipe: Recipe, principal: Principal) -> bool:
        """Whether something was learned for the routes of this recipe that are open to the principal."""
        require(principal, "evaluate")
        return self._parts.model(self._parts.recipes(recipe, principal), principal) is not None

    def show(self, principal: Principal) -> list[Learned]:
        """What was learned from sets and documents that the principal may see, newest first.

        Raises WorkspaceDamaged where it was changed from outside.
        """
        require(principal, "evaluate")
        known = {listed.name for listed in self._bench.lab.sets.all(principal)}
        may = {each.name for each in self._bench.adapters.all(principal)}
        held = [kept for kept in self._store.all("model") if _covered(kept, principal, known, may)]
        return [self._shown(kept) for kept in held]

    # -- for one question ----------------------------------------------------------------------------------------------

    def router(self, recipe: Recipe, principal: Principal) -> "Router":
        """What the router needs for questions of the principal; raises WorkspaceDamaged for a changed model."""
        return self._parts.router(recipe, principal)

    def forget(self) -> None:
        """Drop what is remembered of learned questions in memory, as an erasure must."""
        self._parts.forget()

    # -- within --------------------------------------------------------------------------------------------------------

    @cached_property
    def _store(self) -> "RouteStore":
        from core.answering.route_store import RouteStore

        return RouteStore(self._bench._engine, lambda text: self._bench.audit.mac("router", text))

    def _trial(
        self, set_name: str, recipes: "Mapping[Way, Recipe]", principal: Principal, limit: int | None
    ) -> "tuple[Trial, list[Question]]":
        """The trial of the routes over the set, and its questions; nothing is asked yet."""
        trial = self._bench.lab.routes.found(set_name, recipes, principal, limit)
        return trial, self._bench.lab.routes.asked(trial)

    def _outcomes(
        self, trial: "Trial", asked: "Sequence[Question]", recipe: Recipe, principal: Principal,
        report: Callable[[Answering], None], cancelled: Callable[[], bool],
    ) -> "list[Outcome]":  # fmt: skip
        """The outcomes of every route over the questions of a trial, asked where they are not known yet."""
        from core.answering.routing_model import Outcome

        self._bench.lab.routes.carry_on(trial, report, cancelled)
        if cancelled():
            raise RequestError("It was cancelled; what was asked is kept, and not asked again.")
        results = {
            way: {each.question: each.values for each in self._bench.runs.results(run.id)}
            for way, run in self._bench.lab.routes.of_ways(trial).items()
        }
        look = self._parts.looking(recipe, principal)
        found = list[Outcome]()
        for question in asked:
            values = {way: held[question.id] for way, held in results.items()}
            signals = look(question.text)
            closed = values.get("closed", {})
            drafted = {name: closed.get(name, -5.0) for name in ("sure", "least sure")} if closed else {}
            found.append(
                Outcome(
                    question.id,
                    replace(signals, values={**signals.values, **drafted}),
                    {way: bool(each.get("right")) for way, each in values.items()},
                    {way: each["seconds"] * 1000 for way, each in values.items()},
                    {way: int(each["prompt"] + each["answer"]) for way, each in values.items()},
                    question.answerable,
                )
            )
        return found

    def _start(self, title: str, work: Callable[..., Any], principal: Principal) -> Job:
        def run(job: Job) -> Any:
            def report(progress: Answering) -> None:
                job.progress = progress

            return work(report, lambda: job.cancelled)

        return self._bench.jobs.start(title, principal.name, run)

    def _shown(self, kept: "Kept") -> Learned:
        from core.answering.routing_model import from_json

        model = from_json(kept.body)
        proof = self._store.get("proof", kept.key)
        return Learned(
            kept.key,
            {
                name: value
                for name, value in model.manifest.items()
                if name not in ("zones", "labels", "weights", "learned")
            },
            {str(way): ms for way, ms in model.ms.items()},
            {name: (each.log_loss, each.base_loss) for name, each in model.chances.items()},
            {name: dict(zip(each.names, each.slopes, strict=True)) for name, each in model.chances.items()},
            kept.saved_at,
            kept.saved_by,
            model.worth,
            proof.body if proof else None,
        )


def _mark(text: str) -> str:
    """Tells a question from another without its words; case and spacing do not count."""
    return fingerprint(" ".join(text.split()).casefold())


def _covered(kept: "Kept", principal: Principal, sets: set[str], adapters: set[str]) -> bool:
    """Whether the principal may see what a model was learned of: the asker's zones, the set, the adapters."""
    of = kept.body["manifest"]
    named = {name for name in of["adapters"].values() if name}
    return covers(principal, of["zones"], of["labels"]) and of["set"] in sets and named <= adapters
