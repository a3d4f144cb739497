"""The controls of a strategy: which one, and the fields that it reads, each with its help in plain words."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import streamlit as st

from core.chunking import STRATEGIES
from core.types import Chunking

_FIELDS = {
    "size": ("{Piece} size", "Tokens of a {piece} at most. Short ones are found more exactly, long ones hold more."),
    "overlap": ("Overlap", "Tokens that a {piece} repeats of the one before; less than its size."),
    "window": ("Sentences around", "A found sentence is read with so many before it and after it."),
    "breakpoint": (
        "Breakpoint",
        "A {piece} ends where meaning turns more than at this share of the document's sentences, in percent.",
    ),
    "parent": ("Read around", "Tokens, at most, of the {piece} that a found one is read with; more than its size."),
}
LIMITS = {
    "size": (8, 8192, 10),
    "overlap": (0, 8191, 5),
    "window": (0, 20, 1),
    "breakpoint": (1, 99, 1),
    "parent": (9, 8192, 20),
}
Draw = Callable[[str, int, str], int]
"""Draws the control of a field, given its name, its value and the key; returns what was chosen."""


def field(name: str, piece: str = "passage") -> tuple[str, str]:
    """Label and help of a field; `piece` is what the page calls the parts of a document."""
    label, told = _FIELDS[name]
    return label.format(Piece=piece.capitalize()), told.format(piece=piece)


def strategy(now: Chunking, key: str) -> str:
    """The list of strategies."""
    names = list(STRATEGIES) if now.strategy in STRATEGIES else [*STRATEGIES, now.strategy]
    return str(
        st.selectbox(
            "Cut by",
            names,
            names.index(now.strategy),
            format_func=named,
            key=f"strategy_{key}",
            help="  \n".join(f"**{info.title}**: {info.when}" for info in STRATEGIES.values()),
        )
    )


def values(chosen: str, now: Chunking, key: str, draw: Draw) -> dict[str, Any]:
    """The fields of chunking with those that the strategy reads taken from controls."""
    held = asdict(now) | {"strategy": chosen}
    for name in STRATEGIES[chosen].controls if chosen in STRATEGIES else ("size", "overlap"):
        held[name] = draw(name, held[name], f"{name}_{key}")
    if chosen in STRATEGIES and "overlap" not in STRATEGIES[chosen].controls:
        held["overlap"] = 0
    return held


def number(name: str, now: int, key: str) -> int:
    """A field as a number. Without bounds: beyond them the browser keeps the old value and says nothing here."""
    label, told = field(name)
    return int(st.number_input(label, value=now, step=LIMITS[name][2], key=key, help=told))


def named(strategy: str) -> str:
    """A strategy as people call it."""
    return STRATEGIES[strategy].title if strategy in STRATEGIES else strategy


def brief(cut: Chunking) -> str:
    """A way of cutting in few words: "Sentences 160/32"."""
    return f"{named(cut.strategy)} {cut.size}" + (f"/{cut.overlap}" if cut.overlap else "")
