"""What a person may learn of costs: the figures that his own sight of the workspace measured, and what comes of them.

Everything is read through the desks, as the principal: a path is measured by the answers that he may see. It computes
no cost itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from core.governance.principals import may_see
from core.governance.rights import require
from core.recipes import BUILT_IN
from core.types import Principal

if TYPE_CHECKING:
    from core.decision.cost import Bill, Scenario, Values
    from core.decision.evidence import CostEvidence, Priced
    from core.decision.measured import Arrival, Asked, Stored, Trained
    from core.decision.money import Figure
    from core.decision.prices import Path
    from core.decision.questions import Path as LensPath
    from core.decision.scenario import Setting, Unmeasured
    from core.decision.terms import Serving
    from core.decision.uncertainty import BreakEven, Curve, Spread, Swing
    from core.evaluation.retrieval_runs import Result
    from core.types import Recipe
    from core.workbench import Workbench

_TRACES = 500
"""The newest traces that are looked at."""
_NAMED = 5
"""Traces whose ids a figure names."""
_DOCUMENTS = 30
"""Documents whose tokens are counted."""
_EVALUATIONS = 20
"""The newest evaluations that are looked at, of each kind."""


_LENS_PATHS: "dict[Path, LensPath]" = {"retrieval": "retrieval", "tuning": "adapter", "both": "blend"}


@dataclass(frozen=True, slots=True)
class Costs:
    """What a scenario comes to."""

    scenario: "Scenario"
    bills: "tuple[Bill, ...]"
    """Of retrieval, fine-tuning and both."""
    spreads: "Mapping[Path, Spread]"
    """The total of each over the uncertain inputs."""
    break_evens: "tuple[BreakEven, ...]"
    curves: "tuple[Curve, ...]"
    tornado: "tuple[Swing, ...]"
    """Of `pair`."""
    pair: "tuple[Path, Path]"
    unmeasured: "tuple[Unmeasured, ...]"


class CostDesk:
    """What the workbench hands out as `bench.decision.cost`."""

    def __init__(self, bench: "Workbench") -> None:
        self._bench = bench

    def measured(self, principal: Principal) -> "dict[str, Figure]":
        """What this workspace measured, as far as the principal may see it; raises AccessDenied.

        What was not measured is not among it.
        """
        from core.decision.measured import figures

        require(principal, "read")
        asked = [
            *self._arms(principal),
            *self._routes(principal),
            *self._evaluations(principal),
            *self._traces(principal),
        ]
        today = datetime.now(UTC).date().isoformat()
        return figures(asked, self._trained(principal), self._arrivals(principal), self._stored(principal), today)

    def scenario(
        self,
        principal: Principal,
        settings: "Mapping[str, Setting] | None" = None,
        horizon: int = 24,
        serving: "Serving" = "hosted",
        tiers: tuple[tuple[float, float], ...] | None = None,
        measured: "Mapping[str, Figure] | None" = None,
        answer: str = "",
    ) -> "Scenario":
        """Measured, assumed and set figures together; `measured` is what was read before, where it was.

        `answer` is the lens' to the cost shape: the requests are those that it stands for, unless they are set.
        Raises RequestError for what is no setting, AccessDenied.
        """
        from core.decision.prices import TIERS
        from core.decision.scenario import requests_of, scenario

        held = self.measured(principal) if measured is None else measured
        held = {**held, "requests": requests_of(answer)} if answer else held
        return scenario(held, settings, horizon, serving, TIERS if tiers is None else tiers)

    def costs(
        self, scenario: "Scenario", principal: Principal, pair: "tuple[Path, Path]" = ("retrieval", "tuning")
    ) -> Costs:
        """The three paths of a scenario, where they cost the same, and what matters most; raises AccessDenied."""
        from core.decision.cost import bill
        from core.decision.prices import PATHS
        from core.decision.scenario import unmeasured
        from core.decision.uncertainty import break_evens, curves, draws, spread, tornado, volumes

        require(principal, "read")
        drawn = draws(scenario)
        return Costs(
            scenario,
            tuple(bill(scenario, path) for path in PATHS),
            {path: spread(scenario, path, drawn) for path in PATHS},
            tuple(break_evens(scenario, drawn)),
            tuple(curves(scenario, drawn, volumes(scenario))),
            tuple(tornado(scenario, pair)),
            pair,
            tuple(unmeasured(scenario.figures)),
        )

    def evidence(self, principal: Principal, scenario: "Scenario | None" = None) -> "CostEvidence | None":
        """What the model says for the lens: of a scenario, or at its defaults.

        None where there is neither: no scenario given, and no input of the model measured here.
        """
        from core.decision.evidence import CostEvidence
        from core.decision.questions import TRAFFIC
        from core.decision.scenario import by_hand, requests_of, told_inputs
        from core.decision.telling import count, told
        from core.decision.uncertainty import break_evens, draws

        require(principal, "read")
        held = scenario or self.scenario(principal)
        sources = [figure.source for figure in held.figures.values() if figure.measured]
        if not sources and scenario is None:
            return None
        refs = tuple(dict.fromkeys(run for source in sources for run in source.runs))
        drawn = draws(held)
        crossing = told(break_evens(held, drawn)[0])

        def at(one: "Scenario", drawn: "Values", traffic: "dict[str, CostEvidence]") -> "CostEvidence":
            priced = _priced(one, drawn)
            monthly = {path: each.total / one.horizon for path, each in priced.items()}
            requests = count(one.figures["requests"].to("request/month").value)
            about = f"over {one.horizon} months at {requests} requests a month"
            return CostEvidence(monthly, "USD", crossing, refs, tuple(told_inputs(one)), about, priced, traffic)

        others = () if by_hand(held.figures["requests"]) else tuple(TRAFFIC)
        busier = {each: replace(held, figures={**held.figures, "requests": requests_of(each)}) for each in others}
        return at(held, drawn, {answer: at(one, draws(one), {}) for answer, one in busier.items()})

    # -- what was measured -------------------------------------------------------------------------------------------

    def _arms(self, principal: Principal) -> "Iterator[Asked]":
        from core.decision.measured import Asked

        paths: dict[str, Path] = {
            "base + retrieval": "retrieval", "adapter": "tuning", "adapter + retrieval": "both",
        }  # fmt: skip
        names = {"read": "prompt", "written": "answer", "seconds": "seconds"}
        desk = self._bench.lab.arms
        for trial in desk.all(principal)[:_EVALUATIONS]:
            for arm, results in desk.results(trial.id, principal).items():
                if arm in paths and results:
                    values = _values(results, names)
                    told = f"four arms on the set {trial.set_name}"
                    yield Asked(paths[arm], trial.began_at, told, (trial.id,), values)

    def _routes(self, principal: Principal) -> "Iterator[Asked]":
        from core.decision.measured import Asked

        names = {"read": "prompt", "written": "answer", "seconds": "seconds"}
        desk = self._bench.lab.routes
        for trial in desk.all(principal)[:_EVALUATIONS]:
            for run in desk.of_ways(trial).values():
                path = _path(run.recipe)
                results = self._bench.runs.results(run.id) if path else []
                if path and results:
                    told = f"a router's routes on the set {trial.set_name}"
                    yield Asked(path, trial.began_at, told, (run.id,), _values(results, names))

    def _evaluations(self, principal: Principal) -> "Iterator[Asked]":
        from core.decision.measured import Asked

        names = {"read": "tokens_read", "written": "tokens_written"}
        for ran in self._bench.lab.answers.ran(principal)[:_EVALUATIONS]:
            path = _path(ran.run.recipe)
            results = self._bench.runs.results(ran.run.id) if path else []
            if path and results:
                values = _values(results, names)
                values["seconds"] = [r.values["ms"] / 1_000 for r in results if "ms" in r.values]
                told = f"the recipe {ran.name} on the set {ran.run.set_name}"
                yield Asked(path, ran.trial.began_at, told, (ran.run.id,), values)

    def _traces(self, principal: Principal) -> "Iterator[Asked]":
        from core.decision.measured import Asked

        seen = [row.id for row in self._bench.inspector.traces(principal)[:_TRACES]]
        spent = self._bench.records.spent(seen)
        for path, route, adapted in (("retrieval", "rag", False), ("tuning", "closed", True), ("both", "rag", True)):
            mine = [each for each in spent if each.route == route and bool(each.adapter) == adapted]
            wrote = [each for each in mine if each.written]
            values = {
                "read": [float(each.read) for each in wrote],
                "written": [float(each.written) for each in wrote],
                "seconds": [each.seconds for each in wrote],
                "search_seconds": [each.searching for each in mine if each.searching is not None],
            }
            if mine:
                ids = tuple(each.id for each in (wrote or mine)[:_NAMED])
                yield Asked(path, mine[0].started_at, "traces kept here", ids, values, traces=True)  # type: ignore[arg-type]

    def _trained(self, principal: Principal) -> "list[Trained]":
        from core.decision.measured import Trained

        return [
            Trained(each.id, each.began_at, each.rows + each.held_out, each.curve.points[-1].seconds)
            for each in self._bench.adapters.training.all(principal)
            if each.state == "done" and each.curve.points
        ]

    def _arrivals(self, principal: Principal) -> "list[Arrival]":
        from core.decision.measured import Arrival

        held = sorted(self._bench.library.standings(), key=lambda each: (each.added_at, each.id))
        return [Arrival(e.name, e.version, e.added_at) for e in held if may_see(principal, e.zone, e.labels)]

    def _stored(self, principal: Principal) -> "Stored":
        from core.decision.measured import Stored

        recipe = BUILT_IN["default"]
        documents = self._bench.documents(principal, recipe)
        logs = {row.id: row.size for row in self._bench.inspector.traces(principal)[:_TRACES] if row.size}
        own = [a.name for a in self._bench.adapters.all(principal) if a.manifest.source == "trained"]
        return Stored(
            index_bytes=self._index_bytes(sum(each.chunks for each in documents)),
            originals_bytes=sum(each.size for each in documents) or None,
            log_bytes=logs,
            checkpoint_bytes=[size for name in own if (size := self._bench.adapter_store.size(name))],
            tokens=self._tokens([each.id for each in documents if each.chunks], principal),
            documents=len(documents),
        )

    def _tokens(self, documents: Sequence[str], principal: Principal) -> list[int]:
        """Of some of these documents, evenly spread; none where the default recipe's index is not built."""
        recipe = BUILT_IN["default"]
        if not documents or not self._bench.prepared(recipe):
            return []
        step = -(-len(documents) // _DOCUMENTS)
        held = (self._bench.passages(each, recipe, principal) for each in documents[::step])
        return [sum(entry.chunk.tokens for entry in entries) for entries in held]

    def _index_bytes(self, chunks: int) -> int | None:
        """Of the default recipe's index, the part that the passages seen take; None where none is on this disk."""
        key = BUILT_IN["default"].index_key
        if not chunks or self._bench.settings.qdrant_url or not self._bench.prepared(BUILT_IN["default"]):
            return None
        health = self._bench.index.health(key)
        return round(health.bytes * min(1.0, chunks / health.chunks)) if health.chunks else None


def _priced(scenario: "Scenario", drawn: "Values") -> "dict[LensPath, Priced]":
    """What a scenario comes to, with the band of its draws."""
    from core.decision.cost import bill
    from core.decision.evidence import Priced
    from core.decision.prices import PATHS
    from core.decision.uncertainty import spread

    found = {}
    for path in PATHS:
        made, band = bill(scenario, path), spread(scenario, path, drawn)
        right = made.right.value if made.right else None
        found[_LENS_PATHS[path]] = Priced(
            made.total, band.low, band.high, made.per_answer, made.per_right_answer, right
        )
    return found


def _values(results: "Sequence[Result]", names: Mapping[str, str]) -> dict[str, list[float]]:
    """What was measured, by the model's names; right answers are over questions that the documents answer."""
    values = {ours: [r.values[name] for r in results if name in r.values] for ours, name in names.items()}
    return values | {
        "right": [r.values["right"] for r in results if r.values.get("answerable") and "right" in r.values]
    }


def _path(recipe: "Recipe") -> "Path | None":
    """The path that a recipe is; None where no model writes, it goes several, or a model alone answers unadapted."""
    adapted = recipe.generation.adapter is not None
    if recipe.route == "closed":
        return "tuning" if adapted else None
    if recipe.route == "router" or recipe.generation.answerer != "local":
        return None
    return "both" if adapted else "retrieval"
