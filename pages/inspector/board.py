"""The answers side by side as plain data for the browser, and the component that draws them; it asks nothing.

All text reaches the browser as data and is set as text there; nothing of a document or a model becomes markup.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from core.answering.differences import Piece, alike, differences
from core.answering.summary import as_words, verdicts
from core.types import Answer
from pages.chat.answer import segments
from pages.inspector.columns import LETTERS
from pages.shared.drawing import component
from pages.shared.recipes import spoke
from pages.shared.words import milliseconds

_KEY = "inspector_board"

_board = component("board", Path(__file__).with_name("board.js"))

Found = Mapping[str, Any]
"""A diagnosis: `code`, `sentence`, `stage`, and `suggestion`.

The suggestion is None, or has a `label` for its button, what is `told` of it without asking, and its `changes`.
"""


@dataclass(frozen=True, slots=True)
class Side:
    """What one column shows."""

    title: str
    about: str = ""
    """How its recipe differs, in words."""
    answer: Answer | None = None
    text: str = ""
    """What has come so far of an answer that is being written."""
    note: str = ""
    """What it waits for; empty where it waits for nothing."""
    hint: str = ""
    """What stands in the place of an answer that nobody asked for."""
    error: str = ""
    found: Found | None = None
    """What a diagnosis says of the answer."""


def draw(
    sides: Sequence[Side], opened: Callable[[int, int], None], applied: Callable[[int], None], large: bool = False
) -> None:
    """Mount the answers; `opened` gets a column and the number of a source, `applied` the column of a suggestion."""

    def pressed() -> None:
        if picked := (st.session_state.get(_KEY) or {}).get("open"):
            opened(int(picked["column"]), int(picked["number"]))

    def suggested() -> None:
        if picked := (st.session_state.get(_KEY) or {}).get("apply"):
            applied(int(picked["column"]))

    _board(data=view(sides, large), key=_KEY, on_open_change=pressed, on_apply_change=suggested)


def view(sides: Sequence[Side], large: bool = False) -> dict[str, Any]:
    """Everything that the browser draws; differences are marked against the first column that has an answer."""
    leading = next((side for side in sides if side.answer), None)
    return {
        "large": large,
        "columns": [_side(side, letter, leading) for side, letter in zip(sides, LETTERS, strict=False)],
    }


def _side(side: Side, letter: str, leading: Side | None) -> dict[str, Any]:
    answer = side.answer
    first = leading.answer if leading and leading is not side else None
    asked = ""
    if answer and first and answer.trace.question != first.trace.question:  # nothing to set side by side word by word
        asked, first = f"Asked: {answer.trace.question}", None
    held: dict[str, Any] = {
        "letter": letter,
        "title": side.title,
        "about": side.about,
        "note": side.note,
        "hint": side.hint,
        "asked": asked,
        "error": side.error,
        "writing": bool(side.note),
        "abstained": bool(answer and answer.abstained),
        "pieces": [{"text": side.text, "kind": "plain", "diff": "same", "title": "", "marks": []}] if side.text else [],
        "verdicts": [],
        "facts": [],
        "same": "",
        "found": _found(side.found),
    }
    if answer is None:
        return held
    changed = differences(first.text, answer.text) if first else ()
    return held | {
        "pieces": marked(answer, changed),
        "same": "Word for word as in the first column" if first and alike(first.text, answer.text) else "",
        "verdicts": [{"mood": each.mood, "text": each.text} for each in verdicts(answer)],
        "facts": [each for each in (spoke(answer), milliseconds(answer.trace.total_ms), as_words(answer)) if each],
    }


def marked(answer: Answer, changed: Sequence[Piece]) -> list[dict[str, Any]]:
    """The pieces of an answer by receipt and by difference, with what it lacks of the first answer between them."""
    missing = [piece for piece in changed if piece.kind == "missing"]
    added = [piece for piece in changed if piece.kind == "added"]
    edges = {edge for piece in changed for edge in (piece.start, piece.end)}
    pieces: list[dict[str, Any]] = []
    at = 0
    for segment in segments(answer):
        end = at + len(segment["text"])
        cuts = sorted({at, end, *(edge for edge in edges if at < edge < end)})
        spans = list(zip(cuts, cuts[1:], strict=False)) or [(at, end)]
        for start, stop in spans:
            while missing and missing[0].start <= start:
                pieces.append(_lacking(missing.pop(0)))
            new = any(piece.start <= start and stop <= piece.end for piece in added)
            marks = segment["marks"] if stop == end else []
            text = answer.text[start:stop]
            pieces.append({**segment, "text": text, "diff": "added" if new else "same", "marks": marks})
        at = end
    return pieces + [_lacking(piece) for piece in missing]


def _lacking(piece: Piece) -> dict[str, Any]:
    return {"text": piece.text, "kind": "plain", "diff": "missing", "title": "Stands in the first column", "marks": []}


def _found(found: Found | None) -> dict[str, Any] | None:
    if not found:
        return None
    suggestion = found.get("suggestion")
    return {
        "code": str(found["code"]),
        "sentence": str(found["sentence"]),
        "mood": {"OK": " good", "LOOKING": " pending"}.get(str(found["code"]), ""),
        "label": str(suggestion["label"]) if suggestion else "",
    }
