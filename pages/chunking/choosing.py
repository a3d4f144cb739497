"""What is compared: the document, the question set and the lanes. All of it stands in the address bar too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.chunking import STRATEGIES
from core.errors import TouchstoneError
from core.evaluation.question_sets import SAMPLES, Listed
from core.library.store import Summary
from core.types import Chunking, Recipe
from pages.chunking.link import MOST, LaneChoice, read, written
from pages.shared.cutting import FIELDS, LIMITS, strategy, values
from pages.shared.recipes import EMBEDDERS
from pages.shared.words import plain

VIEWS = {
    "text": ":material/view_column: Text",
    "questions": ":material/quiz: Questions",
    "sweep": ":material/grid_on: Sweep",
}
DOCUMENT, SET, LANES, VIEW, COUNT = "doc", "set", "lanes", "view", "lane_count"
"""Names in the query string; the same, with `lab_` before them, are keys of the session."""

NO_SET = "none"
_KEPT = "chunking_lab"
_START = "lanes_at_start"
_WRONG = "lanes_wrong"
_MORE = (Chunking("tokens", 160, 32), Chunking("sections", 320), Chunking("window", 96))
"""What the second, third and fourth lane start as."""
_SLIDERS = {"size": (16, 1024, 8), "overlap": (0, 256, 4), "parent": (32, 2048, 32)}
LETTERS = "ABCD"
_COLOURS = ("blue", "orange", "violet", "green")


@dataclass(frozen=True, slots=True)
class Subject:
    """What is looked at."""

    document: Summary
    set_name: str | None
    view: str


def restore(base: Recipe) -> None:
    """At the first run of a visit, take up what the address or the last visit held."""
    if f"strategy_{_lane_key(0)}" in st.session_state:
        return
    kept: dict[str, str] = st.session_state.get(_KEPT, {})
    asked = {name: st.query_params.get(name) or kept.get(name, "") for name in (DOCUMENT, SET, LANES, VIEW)}
    first = LaneChoice(base.chunking, base.embedding.model)
    st.session_state.pop(_WRONG, None)
    try:
        lanes = read(asked[LANES]) if asked[LANES] else []
    except TouchstoneError as error:
        lanes = []
        st.session_state[_WRONG] = str(error)
    st.session_state[COUNT] = max(2, len(lanes))
    lanes = lanes or [first]
    for chunking in _MORE[len(lanes) - 1 :]:
        lanes.append(LaneChoice(chunking, lanes[0].model))
    st.session_state[_START] = lanes
    st.session_state[f"lab_{DOCUMENT}"] = asked[DOCUMENT]
    st.session_state[f"lab_{SET}"] = asked[SET]
    st.session_state[f"lab_{VIEW}"] = asked[VIEW] if asked[VIEW] in VIEWS else "text"


def remember(subject: Subject, lanes: Sequence[LaneChoice]) -> None:
    """Write the choice into the address, and keep it for the next visit."""
    now = {
        DOCUMENT: subject.document.id,
        SET: subject.set_name or NO_SET,
        LANES: written(lanes),
        VIEW: subject.view,
    }
    st.session_state[_KEPT] = now
    for name, value in now.items():
        if st.query_params.get(name) != value:
            st.query_params[name] = value


def choose(documents: Sequence[Summary], sets: Sequence[Listed], quoted: Mapping[str, int]) -> Subject:
    """The row of what is compared; there is at least one document. `quoted` counts the quotes by document."""
    if wrong := st.session_state.get(_WRONG):
        st.caption(f":material/info: {plain(wrong)} The lanes below are the usual ones.")
    view = st.segmented_control(
        "View",
        VIEWS,
        key=f"lab_{VIEW}",
        required=True,
        format_func=VIEWS.__getitem__,
        label_visibility="collapsed",
        width="content",
    )
    ids = [document.id for document in documents]
    names = {document.id: document.name for document in documents}
    set_names = [each.name for each in sets]
    _settle(f"lab_{DOCUMENT}", ids, _usual(documents, quoted))
    _settle(f"lab_{SET}", [NO_SET, *set_names], SAMPLES if SAMPLES in set_names else next(iter(set_names), NO_SET))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Document", ids, format_func=names.__getitem__, key=f"lab_{DOCUMENT}", width=340)
        held = {each.name: each for each in sets}
        set_name = st.selectbox(
            "Question set",
            [NO_SET, *set_names],
            format_func=lambda name: f"{name} ({held[name].questions})" if name in held else "None",
            key=f"lab_{SET}",
            width=240,
            help="Its quotes are marked in the text; a boundary through one of them is flagged.",
        )
        st.segmented_control("How many lanes", range(2, MOST + 1), key=COUNT, required=True, width="content")
    document = next(each for each in documents if each.id == chosen)
    return Subject(document, None if set_name == NO_SET else str(set_name), str(view))


def lanes(count: int) -> list[LaneChoice]:
    """The controls of each lane side by side, and what was chosen."""
    start: Sequence[LaneChoice] = st.session_state[_START]
    chosen = []
    for index, column in enumerate(st.columns(count)):
        with column, st.container(border=True, key=f"lane_card_{index}", gap="small"):
            chosen.append(_lane(index, start[index], roomy=count == 2))
    return chosen


def count() -> int:
    """How many lanes there are."""
    return int(st.session_state.get(COUNT) or 2)


def _lane(index: int, now: LaneChoice, roomy: bool) -> LaneChoice:
    key = _lane_key(index)
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
            help="Its tokens are counted, and it would embed the passages.",
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
    label, told = FIELDS[name]
    return int(st.slider(label, low, max(high, now), max(low, now), step, key=key, help=told))


def _settle(key: str, options: Sequence[str], usual: str) -> None:
    """Where the session holds nothing that can be chosen, choose the usual one."""
    if st.session_state.get(key) not in options:
        st.session_state[key] = usual


def _usual(documents: Sequence[Summary], quoted: Mapping[str, int]) -> str:
    """The document to begin with: of those that are quoted most, the longest."""
    return max(documents, key=lambda document: (quoted.get(document.name, 0), document.characters)).id


def _lane_key(index: int) -> str:
    return f"lane{index}"
