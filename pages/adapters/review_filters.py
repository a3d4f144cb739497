"""Which rows of a dataset are looked at: by state, flag and origin, all of which stand in the address too."""

from collections import Counter
from collections.abc import Mapping, Sequence

import streamlit as st

from core.adapters.dataset import Dataset, Held
from core.adapters.flags import FLAGS, Flag
from pages.shared import address

PAGE = "adapters"
STATES = {"all": "All", "open": "Open", "accepted": "Accepted", "rejected": "Rejected"}
ORIGINS = {
    "all": "Every origin",
    "document": "Documents",
    "paraphrase": "Paraphrases",
    "questions": "Question sets",
    "feedback": "Feedback",
    "file": "Files",
}
_ALL, _NONE, _ANY = "all", "none", "any"


def filtered(dataset: Dataset, flags: Mapping[str, Sequence[Flag]]) -> list[Held]:
    """The rows that the filters leave, which stand in the address too."""
    address.take(PAGE, {"state": _ALL, "flag": _ALL, "origin": _ALL})
    states = Counter(held.row.state for held in dataset.rows)
    origins = Counter(held.row.origin for held in dataset.rows)
    kinds = Counter(kind for held in dataset.rows for kind in {flag.kind for flag in flags.get(held.row.id, ())})
    flagged = sum(held.row.id in flags for held in dataset.rows)
    counts: dict[str, int] = {_ALL: len(dataset.rows), _NONE: len(dataset.rows) - flagged, _ANY: flagged}
    counts |= {str(name): count for name, count in (*kinds.items(), *states.items())}
    flag_names = {_ALL: "With and without flags", _NONE: "Without a flag", _ANY: "Any flag"}
    flag_names |= {kind: kind.capitalize() for kind in FLAGS if kinds[kind]}
    origin_names = {key: ORIGINS[key] for key in ORIGINS if key == _ALL or origins[key]}  # type: ignore[index]
    for name, options in (("state", STATES), ("flag", flag_names), ("origin", origin_names)):
        if st.session_state[f"{PAGE}_{name}"] not in options:
            st.session_state[f"{PAGE}_{name}"] = _ALL
    with st.container(horizontal=True, vertical_alignment="bottom", key="review_filters"):
        state = st.segmented_control(
            "State",
            list(STATES),
            required=True,
            key=f"{PAGE}_state",
            format_func=lambda each: f"{STATES[each]} {counts.get(each, 0):,}",
            width="content",
        )
        flag = st.selectbox(
            "Flags",
            list(flag_names),
            key=f"{PAGE}_flag",
            format_func=lambda each: f"{flag_names[each]} ({counts[each]:,})",
            width=240,
        )
        origin = st.selectbox(
            "Origin",
            list(origin_names),
            key=f"{PAGE}_origin",
            format_func=lambda each: ORIGINS[each] + (f" ({origins[each]:,})" if each != _ALL else ""),
            width=190,
        )
    now = {"state": str(state), "flag": str(flag), "origin": str(origin)}
    address.put(PAGE, {name: "" if value == _ALL else value for name, value in now.items()})
    return [
        held
        for held in dataset.rows
        if state in (_ALL, held.row.state)
        and origin in (_ALL, held.row.origin)
        and _flagged(str(flag), flags.get(held.row.id, ()))
    ]


def _flagged(wanted: str, flags: Sequence[Flag]) -> bool:
    if wanted in (_ALL, _NONE, _ANY):
        return wanted == _ALL or bool(flags) == (wanted == _ANY)
    return wanted in {flag.kind for flag in flags}
