"""Reads what a workspace measured of costs, through the desks: each figure as far as one may see it.

A path is measured by the answers that the person may see. It computes no cost; `core.decision.measured` makes figures.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from core.governance.principals import may_see
from core.recipes import BUILT_IN
from core.types import Principal

if TYPE_CHECKING:
    from core.decision.measured import Arrival, Asked, Stored, Trained
    from core.decision.money import Figure
    from core.decision.prices import Path
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


class Measurements:
    """What one person may see of it."""

    def __init__(self, bench: "Workbench", who: Principal) -> None:
        self._bench, self._who = bench, who

    def figures(self) -> "dict[str, Figure]":
        """By name; what was not measured is not among them."""
        from core.decision.measured import figures

        asked = [*self._arms(), *self._routes(), *self._evaluations(), *self._traces()]
        today = datetime.now(UTC).date().isoformat()
        return figures(asked, self._trained(), self._arrivals(), self._stored(), today)

    def _arms(self) -> "Iterator[Asked]":
        from core.decision.measured import Asked

        paths: dict[str, Path] = {
            "base + retrieval": "retrieval", "adapter": "tuning", "adapter + retrieval": "both",
        }  # fmt: skip
        names = {"read": "prompt", "written": "answer", "seconds": "seconds"}
        desk = self._bench.lab.arms
        for trial in desk.all(self._who)[:_EVALUATIONS]:
            if not desk.complete(trial.id, self._who):
                continue
            arms = desk.results(trial.id, self._who)
            for arm, results in arms.items():
                if arm in paths:
                    values = _values(results, names)
                    told = f"four arms on the set {trial.set_name}"
                    yield Asked(paths[arm], trial.began_at, told, (trial.id,), values, alike=len(arms))

    def _routes(self) -> "Iterator[Asked]":
        from core.decision.measured import Asked

        names = {"read": "prompt", "written": "answer", "seconds": "seconds"}
        desk = self._bench.lab.routes
        for trial in desk.all(self._who)[:_EVALUATIONS]:
            runs = {path: run for run in desk.of_ways(trial).values() if (path := _path(run.recipe))}
            if not all(run.complete for run in runs.values()):
                continue
            for path, run in runs.items():
                values = _values(self._bench.runs.results(run.id), names)
                told = f"a router's routes on the set {trial.set_name}"
                yield Asked(path, trial.began_at, told, (run.id,), values, alike=len(runs))

    def _evaluations(self) -> "Iterator[Asked]":
        from core.decision.measured import Asked

        names = {"read": "tokens_read", "written": "tokens_written"}
        for ran in self._bench.lab.answers.ran(self._who)[:_EVALUATIONS]:
            path = _path(ran.run.recipe)
            results = self._bench.runs.results(ran.run.id) if path else []
            if path and results:
                values = _values(results, names)
                values["seconds"] = [r.values["ms"] / 1_000 for r in results if "ms" in r.values]
                told = f"the recipe {ran.name} on the set {ran.run.set_name}"
                yield Asked(path, ran.trial.began_at, told, (ran.run.id,), values)

    def _traces(self) -> "Iterator[Asked]":
        from core.decision.measured import Asked

        seen = [row.id for row in self._bench.inspector.traces(self._who)[:_TRACES]]
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

    def _trained(self) -> "list[Trained]":
        from core.decision.measured import Trained

        return [
            Trained(each.id, each.began_at, each.rows + each.held_out, each.curve.points[-1].seconds)
            for each in self._bench.adapters.training.all(self._who)
            if each.state == "done" and each.curve.points
        ]

    def _arrivals(self) -> "list[Arrival]":
        from core.decision.measured import Arrival

        held = sorted(self._bench.library.standings(), key=lambda each: (each.added_at, each.id))
        return [Arrival(e.name, e.version, e.added_at) for e in held if may_see(self._who, e.zone, e.labels)]

    def _stored(self) -> "Stored":
        from core.decision.measured import Stored

        recipe = BUILT_IN["default"]
        documents = self._bench.documents(self._who, recipe)
        logs = {row.id: row.size for row in self._bench.inspector.traces(self._who)[:_TRACES] if row.size}
        own = [a.name for a in self._bench.adapters.all(self._who) if a.manifest.source == "trained"]
        return Stored(
            index_bytes=self._index_bytes(sum(each.chunks for each in documents)),
            originals_bytes=sum(each.size for each in documents) or None,
            log_bytes=logs,
            checkpoint_bytes=[size for name in own if (size := self._bench.adapter_store.size(name))],
            tokens=self._tokens([each.id for each in documents if each.chunks]),
            documents=len(documents),
        )

    def _tokens(self, documents: Sequence[str]) -> list[int]:
        """Of some of these documents, evenly spread; none where the default recipe's index is not built."""
        recipe = BUILT_IN["default"]
        if not documents or not self._bench.prepared(recipe):
            return []
        step = -(-len(documents) // _DOCUMENTS)
        held = (self._bench.passages(each, recipe, self._who) for each in documents[::step])
        return [sum(entry.chunk.tokens for entry in entries) for entries in held]

    def _index_bytes(self, chunks: int) -> int | None:
        """Of the default recipe's index, the part that the passages seen take; None where none is on this disk."""
        key = BUILT_IN["default"].index_key
        if not chunks or self._bench.settings.qdrant_url or not self._bench.prepared(BUILT_IN["default"]):
            return None
        health = self._bench.index.health(key)
        return round(health.bytes * min(1.0, chunks / health.chunks)) if health.chunks else None


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
