"""What is compared: the document, the question set and the lanes. All of it stands in the address bar too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from core.errors import TouchstoneError
from core.evaluation.question_sets import SAMPLES, Listed
from core.library.store import Summary
from core.types import Chunking, Recipe
from pages.chunking.link import MOST, LaneChoice, lane_key, read, written
from pages.shared import address
from pages.shared.words import plain

VIEWS = {
    "text": ":material/view_column: Text",
    "questions": ":material/quiz: Questions",
    "sweep": ":material/grid_on: Sweep",
}
DOCUMENT, SET, LANES, VIEW, COUNT = "doc", "set", "lanes", "view", "lane_count"
"""Names in the query string; the same, with `lab_` before them, are keys of the session."""

NO_SET = "none"
PAGE = "lab"
START = "lanes_at_start"
_WRONG = "lanes_wrong"
_MORE = (Chunking("tokens", 160, 32), Chunking("sections", 320), Chunking("window", 96))
"""What the second, third and fourth lane start as."""
LETTERS = "ABCD"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is looked at."""

    document: Summary
    set_name: str | None
    view: str


def restore(base: Recipe) -> None:
    """Where the session holds nothing of it yet, take up what the address or the last visit held."""
    address.take(PAGE, {DOCUMENT: "", SET: "", VIEW: next(iter(VIEWS))})
    if st.session_state[f"lab_{VIEW}"] not in VIEWS:
        st.session_state[f"lab_{VIEW}"] = next(iter(VIEWS))
    if f"strategy_{lane_key(0)}" not in st.session_state:
        _start(address.held(PAGE, LANES), LaneChoice(base.chunking, base.embedding.model))


def _start(link: str, first: LaneChoice) -> None:
    """Begin with the lanes of a link, or with the usual ones."""
    st.session_state.pop(_WRONG, None)
    try:
        lanes = read(link) if link else []
    except TouchstoneError as error:
        lanes = []
        st.session_state[_WRONG] = str(error)
    st.session_state[COUNT] = max(2, len(lanes))
    lanes = lanes or [first]
    for chunking in _MORE[len(lanes) - 1 :]:
        lanes.append(LaneChoice(chunking, lanes[0].model))
    st.session_state[START] = lanes


def remember(subject: Subject, lanes: Sequence[LaneChoice] = ()) -> None:
    """Write the choice into the address, and keep it for the next visit; without lanes, those of before stay."""
    now = {DOCUMENT: subject.document.id, SET: subject.set_name or NO_SET, VIEW: subject.view}
    address.put(PAGE, now | ({LANES: written(lanes)} if lanes else {}))


def choose(documents: Sequence[Summary], sets: Sequence[Listed], quoted: Mapping[str, int]) -> Subject:
    """The row of what is compared; there is at least one document. `quoted` counts the quotes by document."""
    if wrong := st.session_state.get(_WRONG):
        st.caption(f":material/info: {plain(wrong)} The lanes below are the usual ones.")
    view = str(
        st.segmented_control(
            "View",
            VIEWS,
            key=f"lab_{VIEW}",
            required=True,
            format_func=VIEWS.__getitem__,
            label_visibility="collapsed",
            width="content",
        )
    )
    ids = [document.id for document in documents]
    _settle(f"lab_{DOCUMENT}", ids, _usual(documents, quoted))
    chosen = st.session_state[f"lab_{DOCUMENT}"]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if view == "text":
            names = {document.id: document.name for document in documents}
            chosen = st.selectbox("Document", ids, format_func=names.__getitem__, key=f"lab_{DOCUMENT}", width=340)
        set_name = _set({each.name: each for each in sets})
        if view != "sweep":
            st.segmented_control("How many lanes", range(2, MOST + 1), key=COUNT, required=True, width="content")
    return Subject(next(each for each in documents if each.id == chosen), set_name, view)


def _set(held: Mapping[str, Listed]) -> str | None:
    usual = SAMPLES if SAMPLES in held else next(iter(held), NO_SET)
    _settle(f"lab_{SET}", [NO_SET, *held], usual)
    chosen = st.selectbox(
        "Question set",
        [NO_SET, *held],
        format_func=lambda name: f"{name} ({held[name].questions})" if name in held else "None",
        key=f"lab_{SET}",
        width=240,
        help="Its quotes are marked in the text; a boundary through one of them is flagged.",
    )
    return None if chosen == NO_SET else str(chosen)


def look_at(document_id: str) -> None:
    """Show this document in the lanes on the next run."""
    st.session_state[f"lab_{DOCUMENT}"] = document_id
    st.session_state[f"lab_{VIEW}"] = "text"


def count() -> int:
    """How many lanes there are."""
    return int(st.session_state.get(COUNT) or 2)


def _settle(key: str, options: Sequence[str], usual: str) -> None:
    """Where the session holds nothing that can be chosen, choose the usual one."""
    if st.session_state.get(key) not in options:
        st.session_state[key] = usual


def _usual(documents: Sequence[Summary], quoted: Mapping[str, int]) -> str:
    """The document to begin with: of those that are quoted most, the longest."""
    return max(documents, key=lambda document: (quoted.get(document.name, 0), document.characters)).id
