"""Changes of passages by hand: the menu of each, the forms of rewording and splitting, and what came of them.

Changes are made in callbacks: the drawer is drawn once, stays where it was scrolled to, and shows what came of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from core.chunking.edits import split_places
from core.errors import TouchstoneError
from core.types import ChunkEdit, Document, Principal, Recipe
from core.workbench import Workbench
from pages.shared.notices import trouble
from pages.shared.words import many

if TYPE_CHECKING:
    from core.chunking.edits import Passage

EDIT = ":material/edit: Edit the text"
SPLIT = ":material/vertical_split: Split in two"
MERGE = ":material/merge: Merge with the next"
DISABLE = ":material/visibility_off: Disable"
UNDO = ":material/undo: Undo the last change"

_AT_WORK = "passage_at_work"
_DONE = "passage_change_done"
_FAILED = "passage_change_failed"
CHANGE = "change "
"""With its number, the place of a change in the list; a passage's place is its key."""
_TEXT, _PLACE = "passage_text", "passage_split"
DID = {"edit": "Text changed", "split": "Split in two", "merge": "Merged", "disable": "Disabled"}
_BEGINNING = 90
"""Characters with which a place to split is named."""


@dataclass(frozen=True, slots=True)
class Work:
    """What the parts of this view share."""

    bench: Workbench
    who: Principal
    document: Document
    recipe: Recipe
    passages: "Sequence[Passage]"


def menu(work: Work, at: int) -> None:
    """What may be done with a passage; what needs no form is done at once, since it can be undone."""
    key = f"change_{work.passages[at].key}"
    st.menu_button("Change", _choices(work, at), key=key, type="tertiary", on_click=_chosen, args=(work, at, key))


def _choices(work: Work, at: int) -> list[str]:
    passage = work.passages[at]
    after = work.passages[at + 1] if at + 1 < len(work.passages) else None
    if passage.disabled:
        return [UNDO]
    may = {
        EDIT: True,
        SPLIT: bool(split_places(passage)),
        MERGE: after is not None and not after.disabled,
        DISABLE: True,
        UNDO: bool(passage.edits),
    }
    return [choice for choice, allowed in may.items() if allowed]


def _chosen(work: Work, at: int, key: str) -> None:
    chosen, passage = st.session_state[key], work.passages[at]
    hand, document_id = work.bench.handwork, work.document.id
    if chosen == DISABLE:
        do(passage.key, lambda: hand.disable(document_id, work.recipe, passage.key, work.who))
    elif chosen == MERGE:
        keys = [passage.key, work.passages[at + 1].key]
        do(passage.key, lambda: hand.merge(document_id, work.recipe, keys, work.who))
    elif chosen == UNDO:
        do(passage.key, lambda: hand.undo(passage.edits[-1], work.who))
    elif chosen in (EDIT, SPLIT):
        _close()
        st.session_state[_AT_WORK] = (passage.key, chosen)


def at_work(passage: "Passage") -> bool:
    """Whether the form of this passage is open."""
    key, _ = st.session_state.get(_AT_WORK, ("", ""))
    return bool(key == passage.key)


def work_on(work: Work, passage: "Passage") -> None:
    """The form that was opened for a passage, in the place of its text."""
    _, chosen = st.session_state[_AT_WORK]
    with st.container(border=True):
        if chosen == EDIT:
            _reword(work, passage)
        else:
            _split(work, passage)


def _reword(work: Work, passage: "Passage") -> None:
    hand = work.bench.handwork
    st.text_area("The text that is found and read instead", passage.chunk.text, height=260, key=_TEXT)
    st.caption("The document itself stays as it is; answers that quote this show the place that it replaces.")
    _buttons(
        "Save",
        passage,
        lambda: hand.edit(work.document.id, work.recipe, passage.key, st.session_state[_TEXT], work.who),
    )


def _split(work: Work, passage: "Passage") -> None:
    hand, chunk = work.bench.handwork, passage.chunk
    places = split_places(passage)
    at = st.selectbox(
        "The second passage begins with",
        places,  # numbered, for two sentences may begin alike, and Streamlit tells choices apart by their names
        format_func=lambda place: f"{places.index(place) + 2} · {short(chunk.text[place - chunk.start :], _BEGINNING)}",
        key=_PLACE,
    )
    st.caption(f"{many(at - chunk.start, 'character')} in the first passage, {chunk.end - at:,} in the second.")
    _buttons(
        "Split here",
        passage,
        lambda: hand.split(work.document.id, work.recipe, passage.key, st.session_state[_PLACE], work.who),
    )


def _buttons(action: str, passage: "Passage", change: Callable[[], ChunkEdit]) -> None:
    with st.container(horizontal=True):
        st.button(action, type="primary", key="passage_save", on_click=do, args=(passage.key, change))
        st.button("Cancel", key="passage_cancel", on_click=_close)


def tell_done() -> None:
    """What was just done, once."""
    edit: ChunkEdit | None = st.session_state.pop(_DONE, None)
    if edit is not None:
        what = f"Undone: {DID[edit.kind].lower()}" if edit.undone_at else DID[edit.kind]
        icon = ":material/undo:" if edit.undone_at else ":material/check:"
        st.toast(f"{what}. It counts from the next question on.", icon=icon)


def tell_failed(place: str) -> None:
    """Why the change that was asked for at this place was not made, once."""
    where, error = st.session_state.get(_FAILED, ("", None))
    if error is not None and where == place:
        del st.session_state[_FAILED]
        trouble(error)


def tell_lost(held: "Sequence[Passage]") -> None:
    """The same for a passage that a colleague changed meanwhile, so that it has no place any longer."""
    where, error = st.session_state.get(_FAILED, ("", None))
    if error is not None and where not in {passage.key for passage in held} and not where.startswith(CHANGE):
        tell_failed(where)
        _close()


def do(place: str, change: Callable[[], ChunkEdit]) -> None:
    """A callback: make a change and close the form; where it cannot be made, the form stays and says why."""
    try:
        st.session_state[_DONE] = change()
    except TouchstoneError as error:
        st.session_state[_FAILED] = (place, error)
    else:
        _close()


def _close() -> None:
    for key in (_AT_WORK, _TEXT, _PLACE):
        st.session_state.pop(key, None)


def forget_work() -> None:
    """Close forms and notices, as when another document is opened."""
    _close()
    for key in (_DONE, _FAILED):
        st.session_state.pop(key, None)


def short(text: str, most: int = 160) -> str:
    """The beginning of a text on one line."""
    flat = " ".join(text[: 2 * most].split())
    return flat if len(flat) <= most else f"{flat[:most].rstrip()}…"
