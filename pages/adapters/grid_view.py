"""The 2×2 as plain data for the browser, and the component that draws it; it asks nothing.

All text reaches the browser as data and is set as text there; nothing of a document or a model becomes markup.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.arms import ARMS, Arm, Spoken, adapted, retrieves
from core.types import Source
from pages.chat.answer import place_of, segments
from pages.shared.drawing import component
from pages.shared.recipes import spoke
from pages.shared.words import many, milliseconds

if TYPE_CHECKING:
    from pages.adapters.four import Four

GOOD, BAD, NEUTRAL = "good", "bad", "neutral"
_LONGEST = 420
"""Characters of a passage in a tooltip."""

_grid = component("arms", Path(__file__).with_name("grid.js"))


def draw(four: "Four", key: str) -> None:
    """Mount the grid."""
    _grid(data=view(four), key=key)


def view(four: "Four") -> dict[str, Any]:
    """Everything that the browser draws."""
    slowest = max((spoken.seconds for spoken in four.spoken.values()), default=0.0)
    waiting = next((arm for arm in ARMS if arm not in four.spoken), None) if not four.over else None
    known = four.known
    return {
        "columns": ["Base model", f"With the adapter {four.adapter}"],
        "rows": ["Without retrieval", "With retrieval"],
        "accepted": list(known.answers) if known and known.answerable else [],
        "declines": bool(known and not known.answerable),
        "cells": [_cell(four, arm, slowest, arm == waiting) for arm in ARMS],
    }


def _cell(four: "Four", arm: Arm, slowest: float, writing: bool) -> dict[str, Any]:
    spoken = four.spoken.get(arm)
    held: dict[str, Any] = {
        "arm": arm,
        "adapted": adapted(arm),
        "retrieves": retrieves(arm),
        "writing": writing,
        "state": "waiting" if spoken is None else "",
        "speaker": "",
        "note": "",
        "badges": [],
        "facts": [],
        "share": 0.0,
    }
    if spoken is None:
        text = four.texts.get(arm, "") if writing else ""
        sources = four.sources.get(arm, ()) if writing else ()
        note = "" if text or four.over else ("Reading…" if writing else "Next…")
        plain = [{"text": text, "kind": "plain", "title": "", "marks": []}]
        return held | {"segments": plain, "sources": _sources(sources, set()), "note": note}
    answer, cited = spoken.answer, {citation.source for citation in spoken.answer.citations}
    return held | {
        "segments": segments(answer),
        "sources": _sources(answer.sources, cited),
        "state": state(spoken),
        "speaker": spoke(answer),
        "badges": badges(spoken),
        "facts": facts(spoken),
        "share": spoken.seconds / slowest if slowest else 0.0,
    }


def state(spoken: Spoken) -> str:
    """The colour of a cell: good for right, bad for wrong, neutral where no answer is known."""
    right = spoken.verdict.right
    return NEUTRAL if right is None else GOOD if right else BAD


def badges(spoken: Spoken) -> list[dict[str, str]]:
    """What may be said of an answer, the most important first."""
    verdict = spoken.verdict
    found: list[tuple[str, str, str]] = []
    if verdict.right is not None:
        told = "Rightly declined" if verdict.right and verdict.declined else "Right" if verdict.right else "Wrong"
        why = "An accepted answer stands in it." if verdict.right else "No accepted answer stands in it."
        found.append((told, GOOD if verdict.right else BAD, "" if verdict.declined else why))
    if verdict.declined and not (verdict.right and verdict.declined):
        found.append(("Declined", NEUTRAL, "It says that it does not know."))
    if verdict.exact:
        found.append(("Exact", GOOD, "Nothing but the accepted answer, as SQuAD compares."))
    if spoken.quoted:
        why = "The sources do not bear out what the model wrote: these are quotes in its place."
        found.append(("Quotes instead", NEUTRAL, why))
    if verdict.grounded is not None:
        why = "Every sentence has a receipt." if verdict.grounded else "A sentence has no receipt."
        found.append(("Grounded" if verdict.grounded else "Not grounded", GOOD if verdict.grounded else BAD, why))
    elif not verdict.declined:
        found.append(("No receipts", NEUTRAL, "Without retrieval nothing shows where it comes from."))
    if verdict.cited is not None and not verdict.declined:
        why = "A receipt points into the document of the evidence." if verdict.cited else "No receipt points there."
        found.append(("Right source" if verdict.cited else "Other source", GOOD if verdict.cited else BAD, why))
    return [{"text": text, "kind": kind, "title": title} for text, kind, title in found]


def facts(spoken: Spoken) -> list[dict[str, str]]:
    """Seconds and tokens of an answer."""
    tokens = spoken.answer.tokens
    rows = [("total", milliseconds(spoken.seconds * 1000)), ("first token", milliseconds(spoken.first * 1000))]
    if tokens.prompt:
        rows.append(("read", many(tokens.prompt, "token")))
        rows.append(("written", many(tokens.answer, "token")))
    return [{"name": name, "value": value} for name, value in rows]


def _sources(sources: Sequence[Source], cited: set[int]) -> list[dict[str, Any]]:
    return [
        {
            "number": source.number,
            "document": source.hit.document,
            "place": place_of(source.hit.shown),
            "text": source.text[:_LONGEST],
            "cited": source.number in cited,
        }
        for source in sources
    ]
