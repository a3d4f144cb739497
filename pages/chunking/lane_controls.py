"""The controls of the lanes side by side; what is chosen is a way of cutting that can be."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.chunking import STRATEGIES
from core.types import Chunking
from pages.chunking.choosing import LETTERS, START
from pages.chunking.link import LaneChoice, lane_key
from pages.shared.cutting import LIMITS, field, strategy, values
from pages.shared.recipes import EMBEDDERS

_SLIDERS = {"size": (16, 1024, 8), "overlap": (0, 256, 4), "parent": (32, 2048, 32)}
_COLOURS = ("blue", "orange", "violet", "green")


def lanes(count: int) -> list[LaneChoice]:
    """The controls of each lane side by side, and what was chosen."""
    start: Sequence[LaneChoice] = st.session_state[START]
    chosen = []
    for index, column in enumerate(st.columns(count)):
        with column, st.container(border=True, key=f"lane_card_{index}", gap="small"):
            chosen.append(_lane(index, start[index], roomy=count == 2))
    return chosen


def _lane(index: int, now: LaneChoice, roomy: bool) -> LaneChoice:
    key = lane_key(index)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.markdown(f":{_COLOURS[index]}-badge[**{LETTERS[index]}**]", width="content")
        chosen = strategy(now.chunking, key)
    models = list(EMBEDDERS) if now.model in EMBEDDERS else [*EMBEDDERS, now.model]
    controls = len(STRATEGIES[chosen].controls) + 1
    places = iter(st.columns([*[3] * (controls - 1), 4]) if roomy else [st.container() for _ in range(controls)])

    def draw(name: str, value: int, field_key: str) -> int:
        with next(places):
            return _slider(name, value, field_key)

    held = values(chosen, now.chunking, key, draw)
    with next(places):
        model = st.selectbox(
            "Search model",
            models,
            models.index(now.model),
            format_func=lambda name: EMBEDDERS.get(name, name),
            key=f"model_{key}",
            help="Its tokens are counted, and it would embed the chunks.",
        )
    st.caption(STRATEGIES[chosen].when)
    return LaneChoice(_possible(held), str(model))


def _possible(held: dict[str, Any]) -> Chunking:
    """The fields as a way of cutting; an overlap or a parent that cannot be is brought to the nearest that can."""
    if held["overlap"] >= held["size"]:
        held["overlap"] = held["size"] // 2
        st.caption(f":material/info: The overlap counts as {held['overlap']}, half of the size.")
    if held["strategy"] == "hierarchical" and held["parent"] <= held["size"]:
        held["parent"] = min(8192, held["size"] * 2)
        st.caption(f":material/info: Up to {held['parent']} tokens are read around, twice the size.")
    return Chunking(**held)


def _slider(name: str, now: int, key: str) -> int:
    low, high, step = _SLIDERS.get(name, LIMITS[name])
    label, told = field(name, "chunk")
    return int(st.slider(label, low, max(high, now), max(low, now), step, key=key, help=told))
