"""The conversation of one session: its turns, the question that waits to be asked, and the receipt that is open."""

import uuid
from dataclasses import dataclass, field

import streamlit as st

from core.answering.followup import standalone
from core.answering.smalltalk import reply_to
from core.errors import TouchstoneError
from core.types import Answer, Principal, Recipe
from core.workbench import Workbench
from pages.chat.asking import Asking
from pages.shared.erased import since

_TURNS, _NEXT, _RECEIPT, _ASKED = "turns", "next_question", "receipt", "asked_by_link"
_GONE = "turns_gone"


@dataclass(slots=True)
class Turn:
    """A question and its answer, under the recipe and the eyes of the moment when it was asked."""

    question: str
    recipe_name: str
    recipe: Recipe
    principal: Principal
    asking: Asking
    before: tuple[str, ...] = ()
    """The questions that it may lean on, oldest first."""
    leaning: bool = False
    """Whether it is understood with what it leans on."""
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])


@dataclass(frozen=True, slots=True)
class Pointer:
    """What a reader pressed: a citation or a source of a turn."""

    turn: str
    kind: str
    """citation or source."""
    index: int


def turns() -> list[Turn]:
    """The turns of this session, oldest first."""
    held: list[Turn] = st.session_state.setdefault(_TURNS, [])
    return held


def read_again(bench: Workbench) -> bool:
    """Drop the turns whose record is gone or reads otherwise since something was erased; whether any was dropped.

    A turn without a record, or still on its way, goes with them, since nothing tells what it would say now; so does one
    that leans on a question that went.
    """
    if since(bench, _TURNS):
        stay: list[Turn] = []
        gone: list[Turn] = []
        for turn in turns():
            (stay if _stands(bench, turn) and not (turn.leaning and gone) else gone).append(turn)
        asked = {turn.question for turn in stay}
        for turn in stay:
            turn.before = tuple(question for question in turn.before if question in asked)
        for turn in gone:
            turn.asking.stop()
            for box in ("proposed", "corrected"):
                st.session_state.pop(f"{box}_{turn.id}", None)
        st.session_state[_TURNS], st.session_state[_GONE] = stay, bool(gone)
    return bool(st.session_state.get(_GONE))


def _stands(bench: Workbench, turn: Turn) -> bool:
    """Whether the turn's record still says the same."""
    held = turn.asking.answer
    if held is None or not turn.asking.over or held.trace.question.strip() != turn.question.strip():
        return False
    try:
        return _words(bench.inspector.open(held.trace.id, turn.principal)) == _words(held)
    except TouchstoneError:
        return False


def _words(answer: Answer) -> list[str]:
    """Every text of an answer that Chat shows."""
    trace = answer.trace
    hits = [*(source.hit for source in answer.sources), *trace.candidates]
    passages = [text for hit in hits for text in (hit.document, hit.chunk.text, *hit.chunk.headings)]
    return [trace.question, trace.understood, answer.text, trace.draft, *passages]


def ask(
    bench: Workbench, question: str, recipe_name: str, recipe: Recipe, principal: Principal, alone: bool = False
) -> Turn:
    """Start a turn; unless it is to stand alone, it may lean on the questions before it."""
    before = [] if alone else _asked()
    joined = standalone(question, before) if recipe.retrieval.followups else None
    asking = Asking(bench, question, recipe, principal, before)
    turn = Turn(question, recipe_name, recipe, principal, asking, tuple(before), leaning=joined is not None)
    turns().append(turn)
    return turn


def again(turn: Turn, recipe_name: str) -> Turn:
    """Ask a turn's question once more, with another recipe."""
    bench = turn.asking.bench
    return ask(bench, turn.question, recipe_name, bench.recipes.get(recipe_name), turn.principal)


def ask_alone(turn: Turn) -> Turn:
    """Ask a turn's question once more, as if it were the first."""
    return ask(turn.asking.bench, turn.question, turn.recipe_name, turn.recipe, turn.principal, alone=True)


def _asked() -> list[str]:
    """The questions so far, greetings left out."""
    return [turn.question for turn in turns() if reply_to(turn.question) is None]


def ask_next(question: str) -> None:
    """Leave a question for the chat page to ask when it opens."""
    st.session_state[_NEXT] = question


def waiting_question() -> str | None:
    """The question that another page or the address bar brought, once."""
    left: str | None = st.session_state.pop(_NEXT, None)
    if left:
        return left
    linked: str | None = st.query_params.get("q")
    if linked and st.session_state.get(_ASKED) != linked:
        st.session_state[_ASKED] = linked
        return linked
    return None


def start_over() -> None:
    """Stop what is being written and forget the turns."""
    for turn in turns():
        turn.asking.stop()
    st.session_state[_TURNS] = []
    st.session_state.pop(_GONE, None)
    close_receipt()


def open_receipt(pointer: Pointer) -> None:
    """Show this receipt on the next run."""
    st.session_state[_RECEIPT] = pointer


def close_receipt() -> None:
    """Show none."""
    st.session_state.pop(_RECEIPT, None)


def receipt() -> tuple[Turn, Pointer] | None:
    """The receipt that is open, with its turn."""
    pointer: Pointer | None = st.session_state.get(_RECEIPT)
    turn = next((turn for turn in turns() if pointer and turn.id == pointer.turn), None)
    return (turn, pointer) if turn and pointer else None
