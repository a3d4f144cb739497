"""The text with its lanes, as plain data for the browser; it cuts nothing and counts nothing that the core has not.

Offsets become UTF-16 units here, where characters are known; the browser only draws.
"""

from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

import streamlit as st

from core.chunking.numbers import Cut
from core.lab.chunking import Lane, Lanes
from core.types import Chunk, Span, fingerprint
from pages.chunking.choosing import LETTERS
from pages.shared.cutting import brief
from pages.shared.drawing import component
from pages.shared.units import units
from pages.shared.words import listed, many

HEIGHT = 600
"""Pixels of the window on the text."""

_lanes = component("lanes", Path(__file__).with_name("lanes.js"))

_KEY = "chunking_lanes"


def draw(lanes: Lanes, pressed: Callable[[int, int], None]) -> None:
    """Mount the lanes; `pressed` gets the lane and the chunk that a person opens."""

    def opened() -> None:
        picked = (st.session_state.get(_KEY) or {}).get("open")
        if picked:
            pressed(int(picked["lane"]), int(picked["index"]))

    _lanes(data=view(lanes), key=_KEY, on_open_change=opened)


def view(lanes: Lanes) -> dict[str, Any]:
    """Everything that the browser draws."""
    document = lanes.document
    paths = {chunk.headings for lane in lanes.lanes for chunk in lane.chunks if chunk.headings}
    headings = {path: place for place, path in enumerate(sorted(paths))}
    offsets = _Offsets(document.text)
    gold = [{**offsets.span(each.span), "question": each.question} for each in lanes.gold]
    rows = [offsets.span(span) for span in lanes.rows]
    personal = [{**offsets.span(Span(each.start, each.end)), "what": each.kind} for each in lanes.personal]
    questions = {each.span: each.question for each in lanes.gold}
    several = len(document.pages) > 1
    pages = [{"start": offsets.at(p.start), "label": _page(p.label, p.number)} for p in document.pages if several]
    return {
        "stamp": fingerprint(
            [document.id, [lane.recipe.index_key for lane in lanes.lanes], [[g["start"], g["question"]] for g in gold]]
        ),
        "title": document.name,
        "label": alt(lanes),
        "height": HEIGHT,
        "text": document.text,
        "pages": pages,
        "page_starts": [page["start"] for page in pages],
        "headings": [" › ".join(path) for path in headings],
        "gold": gold,
        "gold_ends": _farthest(gold),
        "rows": rows,
        "rows_ends": _farthest(rows),
        "personal": personal,
        "personal_ends": _farthest(personal),
        "lanes": [
            _lane(lane, letter, headings, questions, offsets)
            for lane, letter in zip(lanes.lanes, LETTERS, strict=False)
        ],
    }


def title(lane: Lane, letter: str) -> str:
    """The name of a lane: "A · Sentences 160"."""
    return f"{letter} · {brief(lane.recipe.chunking)}"


def told_cuts(lane: Lane) -> str:
    """What the boundaries of a lane cut: "3 quotes and 2 table rows cut", or "nothing cut"."""
    parts = [many(len(lane.gold_cut), "quote")] if lane.gold_cut else []
    if lane.rows_cut:
        parts.append(many(len(lane.rows_cut), "table row"))
    if lane.personal_cut:
        parts.append(many(len(lane.personal_cut), "personal detail"))
    return f"{listed(parts)} cut" if parts else "nothing cut"


def alt(lanes: Lanes) -> str:
    """The picture in words."""
    told = [
        f"{title(lane, letter)}: {many(lane.numbers.chunks, 'chunk')}, {told_cuts(lane)}"
        for lane, letter in zip(lanes.lanes, LETTERS, strict=False)
    ]
    return f"The text of {lanes.document.name} beside {many(len(lanes.lanes), 'lane')} of chunks. {'; '.join(told)}."


class _Offsets:
    """Places of one text in UTF-16 units."""

    def __init__(self, text: str) -> None:
        self._same = not text or max(text) <= "\uffff"
        self._units = [] if self._same else units(text, range(len(text) + 1))

    def at(self, offset: int) -> int:
        return offset if self._same else self._units[offset]

    def span(self, span: Span) -> dict[str, int]:
        return {"start": self.at(span.start), "end": self.at(span.end)}


def _lane(
    lane: Lane,
    letter: str,
    headings: dict[tuple[str, ...], int],
    questions: dict[Span, str],
    offsets: _Offsets,
) -> dict[str, Any]:
    told = lane.numbers
    window = lane.window
    cuts = [
        _cut(cut, "gold", f"A boundary cuts the quote that answers “{questions[cut.span]}”", offsets)
        for cut in lane.gold_cut
    ]
    cuts += [_cut(cut, "rows", "A boundary cuts this row of a table", offsets) for cut in lane.rows_cut]
    cuts += [_cut(cut, "personal", "A boundary cuts this personal detail", offsets) for cut in lane.personal_cut]
    return {
        "title": title(lane, letter),
        "facts": f"{many(told.chunks, 'chunk')}, median {told.median:.0f} tokens",
        "told": told_cuts(lane),
        "overlaps": _overlaps(lane.chunks),
        "chunks": [_chunk(chunk, headings, window, offsets) for chunk in lane.chunks],
        "cuts": [cut for cut in cuts if cut["at"]],
    }


def _chunk(chunk: Chunk, headings: dict[tuple[str, ...], int], window: int, offsets: _Offsets) -> dict[str, Any]:
    drawn: dict[str, Any] = {
        "start": offsets.at(chunk.start),
        "end": offsets.at(chunk.end),
        "tokens": chunk.tokens,
        "page": chunk.pages[0] if chunk.pages else 0,
        "heading": headings.get(chunk.headings, -1),
        "over": bool(window) and chunk.tokens > window - 2,
    }
    return drawn | ({"wide": offsets.span(chunk.around)} if chunk.around else {})


def _cut(cut: Cut, kind: str, told: str, offsets: _Offsets) -> dict[str, Any]:
    return {**offsets.span(cut.span), "kind": kind, "told": told, "at": [offsets.at(at) for at in cut.at]}


def _farthest(spans: Sequence[dict[str, Any]]) -> list[int]:
    """How far any of the spans so far reaches."""
    ends: list[int] = [span["end"] for span in spans]
    return list(accumulate(ends, max))


def _overlaps(chunks: Sequence[Chunk]) -> bool:
    return any(after.start < before.end for before, after in zip(chunks, chunks[1:], strict=False))


def _page(label: str, number: int) -> str:
    return label or f"p. {number}"
