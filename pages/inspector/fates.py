"""The fate of every candidate as plain data for the browser, and the component that draws it; it searches nothing."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from core.answering.fate_chart import TITLES
from core.answering.journeys import Axis, Journey, axes, journeys, links, tally
from core.types import Answer, Recipe, fingerprint
from pages.chat.answer import place_of
from pages.chat.scores import KINDS, says
from pages.inspector.columns import LETTERS
from pages.shared.drawing import component
from pages.shared.words import listed, many

_KEY = "inspector_fates"
_HELP = {
    "final": "The rank that the prompt is filled by, after access, redaction and all that reorders.",
    "packed": "Its number in the prompt, or among what the answer was quoted from.",
    "cited": "Whether a sentence of the answer rests on it.",
}

_fates = component("fates", Path(__file__).with_name("fates.js"))


def draw(
    titles: Sequence[str], answers: Sequence[Answer | None], opened: Callable[[int, str], None], large: bool = False
) -> None:
    """Mount the drawing; `opened` gets the column and the chunk id of a candidate that a person opens."""

    def pressed() -> None:
        picked = (st.session_state.get(_KEY) or {}).get("open")
        answer = answers[int(picked["column"])] if picked else None
        if picked and answer is not None:
            opened(int(picked["column"]), answer.trace.candidates[int(picked["index"])].chunk.id)

    _fates(data=view(titles, answers, large), key=_KEY, on_open_change=pressed)


def view(titles: Sequence[str], answers: Sequence[Answer | None], large: bool = False) -> dict[str, Any]:
    """Everything that the browser draws."""
    columns = [_column(title, letter, answer) for title, letter, answer in zip(titles, LETTERS, answers, strict=False)]
    hits = [answer.trace.candidates if answer else () for answer in answers]
    deepest = max((max(line["ranks"].values()) for column in columns for line in column["lines"]), default=1)
    return {
        "stamp": fingerprint([[answer.trace.id if answer else "" for answer in answers], list(titles), large]),
        "large": large,
        "deepest": deepest,
        "columns": columns,
        "links": [[*left, *right] for left, right in links(hits)],
    }


def _column(title: str, letter: str, answer: Answer | None) -> dict[str, Any]:
    held: dict[str, Any] = {
        "title": title,
        "letter": letter,
        "axes": [],
        "lines": [],
        "takes": 0,
        "told": "",
        "label": "",
    }
    if answer is None:
        return held
    told = ", ".join(f"{count} {name}" for name, count in tally(answer))
    choice = answer.trace.choice
    lines = [_line(way) for way in journeys(answer)]
    if not lines:
        return held | {"told": "Nothing was searched, so there are no passages to follow."}
    return held | {
        "axes": [{"key": axis, "title": TITLES[axis], "help": _help(axis, choice)} for axis in axes(answer)],
        "lines": lines,
        "takes": choice.retrieval.top_k if choice else 0,
        "told": f"{many(len(lines), 'candidate')}: {told}",
        "label": f"{letter}, {title}. {many(len(lines), 'candidate')}: {told}. Arrow keys go through them.",
    }


def _help(axis: Axis, choice: Recipe | None) -> str:
    if axis in KINDS and choice is not None:
        return says(axis, choice)
    return _HELP.get(axis, "")


def _line(way: Journey) -> dict[str, Any]:
    hit = way.hit
    ranks = [f"{TITLES[axis].lower()} {rank}" for axis, rank in way.places.items() if axis not in ("packed", "cited")]
    return {
        "name": hit.document,
        "place": place_of(hit.chunk),
        "ranks": dict(way.places),
        "told": f"Rank by {listed(ranks)}",
        "fate": hit.fate.value,
        "end": way.end,
        "note": way.note,
    }
