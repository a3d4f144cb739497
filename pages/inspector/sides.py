"""What each column shows in words: its answer, what it waits for, or why it has none. It draws nothing."""

from dataclasses import replace

from core.errors import NotFound, TouchstoneError
from core.governance.principals import sees_as_much
from core.recipes import varied
from core.types import Answer, Principal, Recipe, Trace
from core.workbench import Workbench
from pages.inspector.actions import hidden
from pages.inspector.board import Side
from pages.inspector.columns import LETTERS, OWN, Column, opened
from pages.inspector.finding import found
from pages.shared.recipes import in_words
from pages.shared.words import called, listed, many


def title(bench: Workbench, column: Column, answer: Answer | None) -> str:
    """What a column runs, by name: "default", or "default, varied"."""
    choice = answer.trace.choice if answer else None
    if choice is None:
        return column.base
    known = {saved.recipe.hash: saved.name for saved in bench.recipes.all()}
    return known.get(choice.hash) or ("a varied recipe" if column.base == OWN else f"{column.base}, varied")


def side_of(bench: Workbench, who: Principal, column: Column) -> Side:
    """The column as the board draws it, with what a diagnosis says of its answer."""
    asking, error = column.asking, str(column.error) if column.error else ""
    if asking is not None:
        if column.asker is not None and not sees_as_much(who, column.asker):
            return Side(column.base, note=f"Asked as {column.asker.name}, who sees more documents than {called(who)}.")
        return Side(
            column.base, _about(bench, column, _recipe(bench, who, column)), text=asking.text, note=_note(column)
        )
    try:
        answer = opened(bench, column, who)
    except NotFound as gone:
        return Side(column.base, error=hidden(gone))
    if answer is None:
        about = _about(bench, column, _recipe(bench, who, column))
        return Side(column.base, about, error=error, hint="" if error else "Not asked yet.")
    return Side(
        title(bench, column, answer),
        _about(bench, column, answer.trace.choice),
        answer,
        error=error,
        found=found(bench, answer.trace.id, who),
    )


def without_shown(sides: list[Side]) -> list[Side]:
    """The sides, a suggestion whose recipe another column shows already told in words, and offered by no button."""
    return [_pointing(side, at, sides) for at, side in enumerate(sides)]


def _pointing(side: Side, at: int, sides: list[Side]) -> Side:
    """The side with its suggestion as a pointer to the first other column whose answer was made by it."""
    suggestion = side.found.get("suggestion") if side.found else None
    if suggestion is None or side.found is None or side.answer is None or side.answer.trace.choice is None:
        return side
    trace = side.answer.trace
    wanted = replace(trace, choice=varied(side.answer.trace.choice, suggestion["changes"]))
    others = [(letter, each.answer) for letter, each in zip(LETTERS, sides, strict=False) if each is not sides[at]]
    shown = next((letter for letter, answer in others if answer and _made_of(answer.trace) == _made_of(wanted)), None)
    if shown is None:
        return side
    told = f"{side.found['sentence']} {suggestion['told']}: see column {shown}."
    return replace(side, found={**side.found, "sentence": told, "suggestion": None})


def _made_of(trace: Trace) -> tuple[object, ...]:
    """All that decides an answer: what was asked, by which recipe, with which passages first or kept out."""
    return trace.question, trace.choice, trace.pinned, trace.barred


def _recipe(bench: Workbench, who: Principal, column: Column) -> Recipe | None:
    try:
        return column.recipe(bench, who)
    except TouchstoneError:
        return None


def _about(bench: Workbench, column: Column, recipe: Recipe | None) -> str:
    """How a recipe differs from the column's base, or from default where it is the base."""
    if recipe is None:
        return ""
    known = {saved.name: saved.recipe for saved in bench.recipes.all()}
    base = known.get(column.base)
    words = in_words(recipe) if base is None or base == recipe else in_words(recipe, base)
    shown = words[:4] + ([f"{many(len(words) - 4, 'more change')}"] if len(words) > 4 else [])
    return listed(shown)


def _note(column: Column) -> str:
    asking = column.asking
    if asking is None or asking.over:
        return "Taking it over…"
    if asking.stopping:
        return "Stopping…"
    building = asking.preparing
    if building and building.done < building.documents:
        return f"Preparing the index: {building.done} of {many(building.documents, 'document')}"
    if asking.ahead:
        return f"{many(asking.ahead, 'question')} first…"
    if asking.text:
        return "Writing…"
    return "Searching your documents…" if asking.sources is None else "Reading the sources…"
