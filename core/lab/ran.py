"""Runs of evaluations beside each other: which may be compared, and which came before; it reads and asks nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.evaluation.run_store import Run
    from core.evaluation.statistics import Estimate
    from core.evaluation.trials import Trial


@dataclass(frozen=True, slots=True)
class Ran:
    """One recipe's run with what it was called when it began."""

    name: str
    """The recipe's."""
    run: "Run"
    trial: "Trial"


@dataclass(frozen=True, slots=True)
class Row:
    """A run with what its answers amount to so far."""

    ran: Ran
    values: "Mapping[str, Estimate]"
    """See `core.evaluation.answer_scores.summary`."""


def before(ran: Ran, others: Sequence[Ran]) -> Ran | None:
    """The latest complete run of a recipe of the same name on the same set that began before this one."""
    earlier = [
        other
        for other in others
        if other.run.complete
        and (other.name, other.run.set_name) == (ran.name, ran.run.set_name)
        and other.trial.began_at < ran.trial.began_at
    ]
    return max(earlier, key=lambda other: other.trial.began_at, default=None)


def beside(others: Sequence[Ran], set_name: str, like: str = "") -> list[Ran]:
    """The newest complete run on a set, and those that asked the same questions of the same documents by other recipes.

    Newest first, of each recipe the newest; runs that saw more or less than it are left out. `like`: the id of the run
    that the others must resemble, where that is not the newest.
    """
    complete = [each for each in others if each.run.complete and each.run.set_name == set_name]
    complete.sort(key=lambda each: each.trial.began_at, reverse=True)  # those of one evaluation keep their order
    model = next((each for each in complete if each.run.id == like), complete[0] if complete else None)
    found: dict[str, Ran] = {}
    for each in complete:
        if model and _same(each.run, model.run):
            found.setdefault(each.run.recipe.hash, each)
    return list(found.values())


def _same(one: "Run", other: "Run") -> bool:
    return (one.set_hash, one.corpus, one.planned, one.zones, one.labels) == (
        other.set_hash,
        other.corpus,
        other.planned,
        other.zones,
        other.labels,
    )
