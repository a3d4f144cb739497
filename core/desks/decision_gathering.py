"""Reads what a workspace has measured for the decision, through the desks: each figure as far as one may see it.

It judges nothing; `core.decision.evidence` makes figures of the rows.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from core.types import Principal

if TYPE_CHECKING:
    from core.answering.records import Listed
    from core.decision.evidence import CostEvidence, Evidence, Figure, Gathered
    from core.decision.questions import Path
    from core.types import Recipe
    from core.workbench import Workbench

_TIMED = 500
"""Newest traces of a path whose times count."""
_READ = 100
"""Newest traces of a path that are opened for their receipts."""
_APART = "Evaluated on its own only; four arms ask every path the same questions, which compare."
_CLOSED_BOOK = " (closed book)"


def gather(bench: "Workbench", who: Principal, cost: "CostEvidence | None" = None) -> "Evidence":
    """The evidence for one who asks: four arms, then the router's trials, then evaluations, then answers given."""
    from core.decision.evidence import Evidence, Gathered, absent, counted_zones

    found = Gathered()
    if not _arms(bench, who, found):
        _routes(bench, who, found)
    apart = _evaluations(bench, who, found)
    _traces(bench, who, found)
    stale = _stale(bench, who)
    return Evidence(
        as_of=datetime.now(UTC).isoformat(timespec="seconds"),
        latency=found.all("latency"),
        receipts=found.all("receipts"),
        stale=stale,
        right=found.all("right", {path: absent("right", path, _APART) for path in apart}),
        change=_change(bench, who),
        zones=counted_zones([row.zone for row in bench.documents(who)]),
        guarded=_guarded(bench, who),
        cost=cost,
    )


def _arms(bench: "Workbench", who: Principal, found: "Gathered") -> bool:
    """The newest trial of four arms that asked every question; its arms saw the same ones, so they compare.

    Returns whether there is one.
    """
    from core.decision.evidence import of_run

    paths: dict[str, Path] = {
        "base + retrieval": "retrieval", "adapter": "adapter", "adapter + retrieval": "blend",
    }  # fmt: skip
    trial = next((each for each in bench.lab.arms.all(who) if bench.lab.arms.complete(each.id, who)), None)
    if trial is None:
        return False
    for arm, results in bench.lab.arms.results(trial.id, who).items():
        if arm in paths:
            for name, figure in of_run(paths[arm], results, f"arms {trial.id}").items():
                found.add(name, figure)
    return True


def _routes(bench: "Workbench", who: Principal, found: "Gathered") -> None:
    """The newest trial in which a router's routes were all asked every question, which compare as arms do."""
    from core.decision.evidence import of_run

    for trial in bench.lab.routes.all(who):
        runs = bench.lab.routes.of_ways(trial)
        if not all(run.complete for run in runs.values()):
            continue
        for run in runs.values():
            if path := _path_of(run.recipe):
                figures = of_run(path, bench.runs.results(run.id), f"run {run.id}", not _writes(run.recipe))
                for name, figure in figures.items():
                    found.add(name, figure)
        return


def _evaluations(bench: "Workbench", who: Principal, found: "Gathered") -> "set[Path]":
    """The newest complete evaluation of each path, one in which a model wrote before one of quotes: times and receipts.

    Returns the paths of which right answers were counted: of other questions than another path's, they do not compare.
    """
    from core.decision.evidence import of_run

    newest = sorted(bench.lab.answers.ran(who), key=lambda ran: ran.trial.began_at, reverse=True)
    seen: set[Path] = set()
    counted: set[Path] = set()
    for each in sorted(newest, key=lambda ran: not _writes(ran.run.recipe)):
        path = _path_of(each.run.recipe)
        if path is None or path in seen or not each.run.complete:
            continue
        seen.add(path)
        results, quoted = bench.lab.answers.results(each.run.id, who), not _writes(each.run.recipe)
        figures = of_run(path, results, f"run {each.run.id}", quoted)
        counted |= {path} if "right" in figures else set()
        for name in ("latency", "receipts"):
            if name in figures:
                found.add(name, figures[name])
    return counted


def _traces(bench: "Workbench", who: Principal, found: "Gathered") -> None:
    from core.decision.evidence import Timing, latency_of_traces, path_of, receipts_of_traces

    by_path: dict[Path, list[Listed]] = {}
    for row in bench.inspector.traces(who):
        if path := path_of(row.route, row.adapter):
            by_path.setdefault(path, []).append(row)
    for path, rows in by_path.items():
        timings = [Timing(row.total_ms / 1_000, row.id, row.model == "extractive") for row in rows[:_TIMED]]
        found.add("latency", latency_of_traces(path, timings))
        if path != "adapter":
            found.add("receipts", receipts_of_traces(path, _borne_out(bench, rows[:_READ])))


def _borne_out(bench: "Workbench", rows: "Sequence[Listed]") -> dict[str, bool]:
    """By trace of an answer that claims something, whether every sentence has a receipt."""
    bodies = {row.id: bench.records.get(row.id) for row in rows if not row.abstained}
    return {key: bool(body["citations"]) and not body["unsupported"] for key, body in bodies.items()}


def _stale(bench: "Workbench", who: Principal) -> "dict[Path, Figure]":
    from core.decision.evidence import Checked, stale_of
    from core.decision.questions import PATHS

    recipes = {saved.name: _path_of(saved.recipe) for saved in bench.recipes.all()}
    facts = {fact.id: fact for fact in bench.freshness.facts.all(who)}
    checked: list[Checked] = []
    for alarm in bench.freshness.latest(who):
        answerer = alarm.judgement.answerer
        path: Path | None = "adapter" if answerer.endswith(_CLOSED_BOOK) else recipes.get(answerer)
        if path is not None:
            checked.append(Checked(path, alarm.judgement, alarm.check))
    return {path: stale_of(path, facts, checked) for path in PATHS}


def _change(bench: "Workbench", who: Principal) -> "Figure":
    from core.decision.evidence import change_of
    from core.governance.principals import may_see

    rows = [
        (each.name, each.version, datetime.fromisoformat(each.added_at).timestamp())
        for each in bench.library.standings()
        if may_see(who, each.zone, each.labels)
    ]
    return change_of(rows, time.time())


def _guarded(bench: "Workbench", who: Principal) -> "Figure":
    from core.decision.evidence import Figure

    title = "Documents with something covered or kept out"
    documents = bench.guarding.documents(who)
    if not documents:
        return Figure(title, None, "There is no document yet.", (), "python -m core ingest PATH")
    held = sum(bool(each.covered) or each.verdict in ("veto", "quarantine") for each in documents)
    version = bench.guarding.policies(who)[0].policy.version
    return Figure(title, held, f"{held} of {len(documents)} documents", (f"policy version {version}", "library"))


def _writes(recipe: "Recipe") -> bool:
    """Whether a model writes the answers of a recipe."""
    return recipe.route == "closed" or recipe.generation.answerer == "local"


def _path_of(recipe: "Recipe") -> "Path | None":
    """The path that a recipe is; None for one that goes several."""
    from core.decision.evidence import path_of

    if recipe.route == "router":
        return None
    return path_of("closed" if recipe.route == "closed" else "rag", recipe.generation.adapter)
