"""The rows of a dataset as plain data for the browser, and the component that draws them; it decides nothing."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from core.adapters.dataset import Dataset, Held
from core.adapters.flags import Flag
from core.types import fingerprint
from pages.shared.drawing import component
from pages.shared.words import moment

_ORIGINS = {
    "document": "proposed from a document",
    "paraphrase": "asked in other words",
    "questions": "from a question set",
    "feedback": "from feedback",
    "file": "from a file",
}

_review = component("review", Path(__file__).with_name("review.js"))


def draw(data: Mapping[str, Any], key: str, decided: Callable[[], None]) -> None:
    """Mount the rows; `decided` is called when the browser has decisions to write down."""
    _review(data=data, key=key, on_decided_change=decided)


def view(
    dataset: Dataset,
    rows: Sequence[Held],
    flags: Mapping[str, Sequence[Flag]],
    names: Mapping[str, str],
    writable: bool,
) -> dict[str, Any]:
    """Everything that the browser draws. A passage that many rows share is sent once."""
    passages: dict[str, int] = {}
    drawn = [_row(held, flags.get(held.row.id, ()), names, passages) for held in rows]
    states = Counter(held.row.state for held in dataset.rows)
    body = {
        "dataset": dataset.name,
        "writable": writable,
        "why": _why(dataset, writable),
        "counts": {state: states[state] for state in ("accepted", "rejected", "open")},  # type: ignore[index]
        "rows": drawn,
        "passages": list(passages),
    }
    return {**body, "stamp": fingerprint(body)}


def _row(held: Held, flags: Sequence[Flag], names: Mapping[str, str], passages: dict[str, int]) -> dict[str, Any]:
    row = held.row
    return {
        "id": row.id,
        "question": row.question,
        "answer": row.answer,
        "declines": row.declines,
        "state": row.state,
        "sources": [passages.setdefault(text, len(passages)) for text in row.sources],
        "facts": _facts(held, names),
        "review": _review_of(held),
        "flags": [{"kind": flag.kind, "why": flag.why, "others": list(flag.others)} for flag in flags],
    }


def _facts(held: Held, names: Mapping[str, str]) -> str:
    row = held.row
    documents = dict.fromkeys(names.get(each, "an erased document") for each in row.documents)
    return " · ".join([_ORIGINS[row.origin], *documents, row.zone])


def _review_of(held: Held) -> str:
    if not held.reviewed_at:
        return ""
    what = "Edited and accepted" if held.edited and held.row.state == "accepted" else held.row.state.capitalize()
    return f"{what} by {held.reviewed_by}, {moment(held.reviewed_at)}"


def _why(dataset: Dataset, writable: bool) -> str:
    """Why nothing can be decided here; empty where it can."""
    if writable:
        return ""
    return "Frozen: copy it as a new draft to change it." if dataset.frozen_at else "You may look, not decide."
