"""The review of a dataset: filters, what is done with many rows at once, and the rows themselves.

What a person decides in the browser is taken at once there and written here behind it; see `review.js`.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import streamlit as st

from core.adapters.dataset import Dataset, Held
from core.adapters.flags import Flag
from core.adapters.rows import RowState
from core.desks.datasets import Listed
from core.errors import TouchstoneError
from core.governance.rights import may
from core.types import Principal
from core.workbench import Workbench
from pages.adapters import review_view
from pages.adapters.review_filters import filtered
from pages.shared.notices import trouble
from pages.shared.words import many

KEY = "dataset_review"
MOST = 2_000
"""Rows that are sent to the browser; filters reach the others."""
_ACTIONS: dict[str, RowState] = {
    ":material/check: Accept": "accepted",
    ":material/close: Reject": "rejected",
    ":material/undo: Reopen": "open",
}
_DECIDED: dict[str, RowState] = {"accept": "accepted", "reject": "rejected", "reopen": "open"}
_SEEN, _FAILED = "review_seen", "review_failed"


def show(bench: Workbench, who: Principal, chosen: Listed) -> None:
    """The rows under review; redraws by itself, not the page around it."""
    st.fragment(_rows)(bench, who, chosen.name)


def _rows(bench: Workbench, who: Principal, name: str) -> None:
    dataset = bench.datasets.get(name, who)
    try:
        with st.spinner("Comparing the questions with each other…", show_time=True):
            flags = dict(bench.datasets.flags(name, who))
    except TouchstoneError as error:  # without the embedder rows can be reviewed, only not compared
        trouble(error)
        flags = {}
    writable = may(who, "train") and not dataset.frozen_at
    found = filtered(dataset, flags)
    if writable:
        _together(bench, who, dataset, flags, found)
    if failed := st.session_state.pop(_FAILED, None):
        trouble(failed)
    names = bench.names(who)
    data = review_view.view(dataset, found[:MOST], flags, names, writable)

    def decided() -> None:
        picked = (st.session_state.get(KEY) or {}).get("decided")
        if picked:
            take(bench, who, name, picked)

    review_view.draw({**data, "seen": st.session_state.get(_SEEN, {})}, KEY, decided)
    if len(found) > MOST:
        st.caption(f"The first {MOST:,} of {many(len(found), 'row')} are shown; choose a filter to reach the others.")


def take(bench: Workbench, who: Principal, name: str, picked: Mapping[str, Any]) -> None:
    """Write down what a browser has decided since it was last heard: each decision once, in its order.

    `picked` holds the dataset, the browser's own name, and numbered decisions, of which it repeats those that it has
    not seen acknowledged.
    """
    seen: dict[str, int] = st.session_state.setdefault(_SEEN, {})
    last = seen.get(str(picked["browser"]), 0)
    fresh = [each for each in picked["decisions"] if int(each["n"]) > last]
    st.session_state[_SEEN] = {str(picked["browser"]): max([last, *(int(each["n"]) for each in fresh)])}
    if picked["dataset"] != name:
        return
    try:
        for action, same in groupby(fresh, key=lambda each: str(each["action"])):
            if action in _DECIDED:
                bench.datasets.review(name, [str(each["id"]) for each in same], _DECIDED[action], who)
            elif action == "edit":
                for each in same:
                    bench.datasets.edit(name, str(each["id"]), str(each["question"]), str(each["answer"]), who)
    except TouchstoneError as error:
        st.session_state[_FAILED] = error


# -- many rows at once -------------------------------------------------------------------------------------------------


def _together(
    bench: Workbench, who: Principal, dataset: Dataset, flags: Mapping[str, Sequence[Flag]], found: Sequence[Held]
) -> None:
    clean = [held.row.id for held in dataset.rows if held.row.state == "open" and held.row.id not in flags]
    with st.container(horizontal=True, vertical_alignment="center", key="review_together"):
        st.button(
            f"Accept {many(len(clean), 'open row')} without a flag",
            icon=":material/done_all:",
            key="accept_clean",
            disabled=not clean,
            on_click=_all,
            args=(bench, who, dataset.name, clean, "accepted"),
            help="Flags find what a rule can find. Look at a sample before you trust the rest.",
        )
        st.menu_button(
            f"All {len(found):,} shown",
            list(_ACTIONS),
            key="review_shown",
            disabled=not found,
            on_click=_shown,
            args=(bench, who, dataset.name, [held.row.id for held in found]),
        )


def _shown(bench: Workbench, who: Principal, name: str, ids: Sequence[str]) -> None:
    _all(bench, who, name, ids, _ACTIONS[st.session_state["review_shown"]])


def _all(bench: Workbench, who: Principal, name: str, ids: Sequence[str], state: RowState) -> None:
    try:
        bench.datasets.review(name, ids, state, who)
    except TouchstoneError as error:
        st.session_state[_FAILED] = error
