"""Which entries are shown; all of it stands in the address bar too."""

from collections.abc import Callable
from datetime import date, timedelta

import streamlit as st

from core.governance.audit import Query
from core.types import Principal
from core.workbench import Workbench
from pages.audit.wording import act
from pages.shared import address

PAGE = "audit"
ALL = "all"
_PERIODS = {
    "today": ("Today", 0),
    "week": ("The last 7 days", 6),
    "month": ("The last 30 days", 29),
    ALL: ("Any time", None),
}
"""With the days before today that each takes in."""


def choose(bench: Workbench, who: Principal) -> Query:
    """The filters in a row."""
    address.take(PAGE, {"who": ALL, "act": ALL, "period": ALL})
    people, acts = [ALL, *bench.audit.people(who)], [ALL, *bench.audit.acts(who)]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = _pick("who", "Who", people, lambda each: "Everyone" if each == ALL else each)
        done = _pick("act", "Act", acts, lambda each: "All acts" if each == ALL else act(each))
        period = _pick("period", "Period", list(_PERIODS), lambda each: _PERIODS[each][0])
    days = _PERIODS[period][1]
    since = "" if days is None else (date.today() - timedelta(days=days)).isoformat()
    address.put(PAGE, {"who": _kept(name), "act": _kept(done), "period": _kept(period)})
    return Query(who=_kept(name), act=_kept(done), since=since)


def _pick(name: str, label: str, known: list[str], told: Callable[[str], str]) -> str:
    key = f"{PAGE}_{name}"
    if st.session_state[key] not in known:
        st.session_state[key] = ALL
    return str(st.selectbox(label, known, key=key, format_func=told, width=240))


def _kept(value: str) -> str:
    return "" if value == ALL else value
