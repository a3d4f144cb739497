"""Grids of recipes and what is best among them: pure functions over recipes and results; it runs nothing.

A recipe is chosen by one half of the questions and reported on the other: the best of many on the questions that it
was chosen by looks better than it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from core.chunking import STRATEGIES
from core.errors import RequestError
from core.evaluation.comparison import Summary, halves
from core.evaluation.retrieval_runs import COSTS, METRICS, Result
from core.recipes import varied
from core.types import Recipe

MOST = 200
"""Recipes of one sweep."""


@dataclass(frozen=True, slots=True)
class Row:
    """A recipe of a sweep with what was measured of it."""

    recipe: Recipe
    run: str
    """The run's id."""
    fields: Mapping[str, str]
    """The values of the fields that the sweep varies."""
    choose: Summary
    """Over the half of the questions to choose by."""
    report: Summary
    """Over the other half."""
    chunks: int
    seconds: float
    """To build the index."""
    bytes: int
    """Of the index."""


def grid(base: Recipe, axes: Mapping[str, Sequence[str]]) -> tuple[list[Recipe], dict[str, str]]:
    """Every combination of the fields' values, those with the same index side by side, and what cannot be.

    `axes` maps fields such as "chunking.size" to values as text. A combination that contradicts itself, as an overlap
    above the size, is left out with its reason, and so is one that varies what its strategy does not read. Raises
    RequestError for a field that a recipe does not have, for a value that no combination can have, and for more than
    200 recipes.
    """
    if not axes or not all(axes.values()):
        raise RequestError("A sweep needs at least one field, and each field at least one value.")
    wanted = 1
    for values in axes.values():
        wanted *= len(values)
    if wanted > MOST:
        raise RequestError(f"The sweep would have {wanted} recipes; {MOST} are the most.")
    found: dict[str, Recipe] = {}
    skipped: dict[str, str] = {}
    reason = ""
    for combination in product(*axes.values()):
        changes = dict(zip(axes, combination, strict=True))
        try:
            recipe = varied(base, changes)
        except RequestError as error:
            reason = str(error)
            skipped[_told(changes)] = reason
            continue
        if idle := _idle(recipe, changes, axes):
            skipped[_told(changes)] = f"The strategy '{recipe.chunking.strategy}' does not read {idle}."
            continue
        found.setdefault(recipe.hash, recipe)
    if not found:
        raise RequestError(f"No combination is a recipe: {reason}")
    order = list(dict.fromkeys(recipe.index_key for recipe in found.values()))
    return sorted(found.values(), key=lambda recipe: order.index(recipe.index_key)), skipped


def _told(changes: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in changes.items())


def _idle(recipe: Recipe, changes: Mapping[str, str], axes: Mapping[str, Sequence[str]]) -> str:
    """The field that this combination varies in vain: its strategy cuts the same with the first value of the axis."""
    info = STRATEGIES.get(recipe.chunking.strategy)
    if info is None:
        return ""
    for path, value in changes.items():
        section, _, name = path.partition(".")
        if section == "chunking" and name not in ("strategy", *info.controls) and value != axes[path][0]:
            return path
    return ""


def row(recipe: Recipe, run: str, results: Sequence[Result], axes: Sequence[str], index: Mapping[str, float]) -> Row:
    """The row of a recipe."""
    choose, report = halves(results)
    sizes = int(index.get("chunks", 0)), float(index.get("seconds", 0)), int(index.get("bytes", 0))
    return Row(recipe, run, {name: field_of(recipe, name) for name in axes}, choose, report, *sizes)


def field_of(recipe: Recipe, path: str) -> str:
    """A recipe's value at a path such as "chunking.size", as text."""
    value: object = recipe
    for name in path.split("."):
        value = getattr(value, name)
    return "null" if value is None else str(value)


def best(rows: Sequence[Row], quality: str) -> Row | None:
    """The row with the best quality on the half to choose by, the cheaper of equals; None without any results."""
    measured = [each for each in rows if quality in each.choose.values]
    return max(
        measured,
        key=lambda each: (each.choose.values[quality].mean, -each.choose.values["tokens"].mean),
        default=None,
    )


def front(rows: Sequence[Row], quality: str, cost: str = "tokens") -> list[Row]:
    """The rows that no other beats in both quality and cost, on the half to choose by, cheapest first.

    `cost` is "tokens" or "characters" for a prompt's passages, or "ms" for the median milliseconds of a search.
    """
    if quality not in METRICS or cost not in COSTS:
        raise RequestError(f"There is no front of '{quality}' against '{cost}'.")
    measured = [each for each in rows if each.choose.questions]
    costs = [cost_of(each, cost) for each in measured]
    points = [(each.choose.values[quality].mean, c) for each, c in zip(measured, costs, strict=True)]
    return [measured[i] for i in pareto(points)]


def cost_of(row: Row, cost: str) -> float:
    """What a recipe costs on the half to choose by; see `front`."""
    return row.choose.ms_p50 if cost == "ms" else row.choose.values[cost].mean


def pareto(points: Sequence[tuple[float, float]]) -> list[int]:
    """Positions of the (quality, cost) pairs that no other dominates, cheapest first.

    A pair is dominated by one of at least its quality at no more than its cost that is better in one of them (Pareto
    1896). Of pairs that are equal in both, the first stands for all.
    """
    chosen: list[int] = []
    for i in sorted(range(len(points)), key=lambda i: (points[i][1], -points[i][0], i)):
        if not chosen or points[i][0] > points[chosen[-1]][0]:
            chosen.append(i)
    return chosen
