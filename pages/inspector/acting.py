"""What sets a column to work: asking, running again with one thing changed. It draws nothing."""

from collections.abc import Callable

from core.errors import TouchstoneError
from core.types import Principal, Recipe
from core.workbench import Workbench
from pages.chat.asking import Asking, Start
from pages.inspector.columns import Column, question, stop
from pages.inspector.panels import close_passage


def ask(bench: Workbench, column: Column, who: Principal) -> None:
    """Ask the question afresh in this column; what keeps it from being asked becomes its error."""
    text = question()

    def start(recipe: Recipe) -> Start:
        return lambda ended: bench.ask(text, recipe, who, ended, origin="inspector")

    column.pinned, column.barred = {}, ()
    _begin(bench, column, who, start)


def rerun(
    bench: Workbench, column: Column, who: Principal, messages: tuple[tuple[str, str], ...] | None = None
) -> None:
    """Run the column's trace again with its recipe of now, from the first stage that a change touches."""
    trace, pinned = column.trace, [(document, key) for key, document in column.pinned.items()]
    barred = column.barred

    def start(recipe: Recipe) -> Start:
        return lambda ended: bench.inspector.rerun(trace, recipe, who, pinned, barred, messages, ended)

    _begin(bench, column, who, start)


def _begin(
    bench: Workbench,
    column: Column,
    who: Principal,
    start: Callable[[Recipe], Start],
) -> None:
    stop(column)
    column.error = None
    try:
        recipe = column.recipe(bench, who)
    except TouchstoneError as error:
        column.error = error
        return
    column.asker = who
    column.asking = Asking(bench, question(), recipe, who, start=start(recipe))


def toggle_pin(bench: Workbench, column: Column, document_id: str, chunk_id: str, who: Principal) -> None:
    """Put a passage first, or no longer, and run again."""
    column.barred = tuple(key for key in column.barred if key != chunk_id)
    if column.pinned.pop(chunk_id, None) is None:
        column.pinned[chunk_id] = document_id
    close_passage()
    rerun(bench, column, who)


def toggle_bar(bench: Workbench, column: Column, chunk_id: str, who: Principal) -> None:
    """Keep a passage out of the prompt, or let it in again, and run again."""
    column.pinned.pop(chunk_id, None)
    held = column.barred
    column.barred = tuple(key for key in held if key != chunk_id) if chunk_id in held else (*held, chunk_id)
    close_passage()
    rerun(bench, column, who)


def apply(bench: Workbench, column: Column, changes: dict[str, str], who: Principal) -> None:
    """Change the column's recipe as a diagnosis suggests, and run again."""
    column.changes = {**column.changes, **changes}
    column.draws += 1
    rerun(bench, column, who)
