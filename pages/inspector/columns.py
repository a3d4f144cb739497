"""The columns of a comparison as the session holds them: what each runs, and which trace it shows. It draws nothing.

An answer is never kept here, only the id of its trace: it is opened anew for whoever looks at it.
"""

import uuid
from dataclasses import dataclass, field

import streamlit as st

from core.errors import NotFound, RequestError, TouchstoneError
from core.governance.principals import sees_as_much
from core.recipes import BUILT_IN, varied
from core.types import Answer, Principal, Recipe
from core.workbench import Workbench
from pages.chat.asking import Asking

LETTERS = "ABCD"
MOST = len(LETTERS)
OWN = "as in the trace"
"""Names the recipe that a trace was asked with, where no saved recipe is the same."""
_COLUMNS, _QUESTION, _EYES = "inspector_columns", "inspector_question", "inspector_eyes"


@dataclass(slots=True)
class Column:
    """One side of the comparison."""

    base: str = "default"
    """A recipe's name, or OWN."""
    changes: dict[str, str] = field(default_factory=dict)
    """Fields that differ from the base, as `core.recipes.varied` takes them."""
    adapter: str | None = None
    """Another adapter than the recipe's; empty for none, None to leave it."""
    own: Recipe | None = None
    """The recipe that OWN names."""
    trace: str = ""
    pinned: dict[str, str] = field(default_factory=dict)
    """Document ids by the ids of the chunks that come first."""
    barred: tuple[str, ...] = ()
    """Ids of the chunks that are kept out."""
    asking: Asking | None = None
    asker: Principal | None = None
    """Whose eyes the running question is asked with."""
    error: TouchstoneError | None = None
    draws: int = 0
    """Counts up when the controls must show other values than a person set."""
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:8])

    def recipe(self, bench: Workbench, who: Principal) -> Recipe:
        """What the column would run now; raises TouchstoneError."""
        made = varied(self.base_recipe(bench), self.changes)
        return made if self.adapter is None else bench.adapters.worn(made, self.adapter or None, who)

    def base_recipe(self, bench: Workbench) -> Recipe:
        """The recipe that the changes are made on; raises TouchstoneError."""
        if self.base == OWN and self.own is not None:
            return self.own
        return bench.recipes.get(self.base)


def columns() -> list[Column]:
    """The columns of this session, one at least."""
    held: list[Column] = st.session_state.setdefault(_COLUMNS, [Column(), Column(base="extractive")])
    return held


def set_columns(made: list[Column]) -> None:
    """Put other columns in their place."""
    for column in columns():
        stop(column)
    st.session_state[_COLUMNS] = made[:MOST]


def question() -> str:
    """The question that the columns are asked."""
    return str(st.session_state.get(_QUESTION, ""))


def set_question(text: str) -> None:
    """Ask this from now on."""
    st.session_state[_QUESTION] = text


def look(who: Principal) -> None:
    """Forget the question of one who sees more than who looks now; answers are opened anew in any case."""
    before: Principal | None = st.session_state.get(_EYES)
    if before is not None and not sees_as_much(who, before):
        set_question("")
    st.session_state[_EYES] = who


def add() -> None:
    """A further column, with the recipe that none has yet."""
    used = {column.base for column in columns()}
    columns().append(Column(base=next((name for name in BUILT_IN if name not in used), "default")))


def remove(column: Column) -> None:
    """One column less."""
    stop(column)
    columns().remove(column)


def from_trace(bench: Workbench, trace_id: str, who: Principal) -> Column:
    """A column that shows a trace; one that cannot be opened says why in its place."""
    column = Column(trace=trace_id)
    try:
        answer = bench.inspector.open(trace_id, who)
    except TouchstoneError:
        return column
    follow(bench, column, answer)
    return column


def follow(bench: Workbench, column: Column, answer: Answer) -> None:
    """Make the column's controls say what its answer was made with."""
    trace = answer.trace
    documents = {hit.chunk.id: hit.chunk.document_id for hit in trace.candidates}
    column.trace, column.error = trace.id, None
    column.pinned = {key: documents[key] for key in trace.pinned if key in documents}
    column.barred = trace.barred
    if trace.choice is None:
        return
    known = {saved.recipe.hash: saved.name for saved in bench.recipes.all()}
    column.base = known.get(trace.choice.hash, OWN)
    column.own, column.changes, column.adapter = trace.choice, {}, None
    column.draws += 1


def opened(bench: Workbench, column: Column, who: Principal) -> Answer | None:
    """The column's answer, or None where it has none yet; raises NotFound for one that `who` may not see."""
    return bench.inspector.open(column.trace, who) if column.trace else None


def settle(bench: Workbench) -> None:
    """Take over the answers that have come: their traces are what the columns show."""
    for column in columns():
        asking = column.asking
        if asking is None or not asking.look():
            continue
        column.asking, column.error = None, asking.error
        if asking.answer is not None:
            changes, base, adapter, own = column.changes, column.base, column.adapter, column.own
            follow(bench, column, asking.answer)
            if column.base == OWN and base != OWN:  # a varied recipe stays what it was made of
                column.base, column.changes, column.adapter, column.own = base, changes, adapter, own


def running() -> bool:
    """Whether any column waits for its answer."""
    return any(column.asking is not None for column in columns())


def stop(column: Column) -> None:
    """End what the column is being answered."""
    if column.asking is not None:
        column.asking.stop()
        column.asking = None


def by_names(bench: Workbench, names: list[str]) -> list[Column]:
    """A column for each recipe; raises NotFound, and RequestError for more than there is room for."""
    if len(names) > MOST:
        raise RequestError(f"A comparison has at most {MOST} columns; the link names {len(names)} recipes.")
    known = {saved.name for saved in bench.recipes.all()}
    unknown = next((name for name in names if name not in known), None)
    if unknown is not None:
        raise NotFound(f"There is no recipe '{unknown}'; choose {', '.join(sorted(known))}.")
    return [Column(base=name) for name in names]
