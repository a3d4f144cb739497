"""When facts are checked without anybody's press."""

from datetime import time

import streamlit as st

from core.errors import TouchstoneError
from core.evaluation.fact_store import Schedule
from core.governance.rights import may
from core.types import Principal
from core.workbench import Workbench
from pages.freshness.checking import choose
from pages.shared.notices import trouble
from pages.shared.words import plain

_EVERY = {"never": "Never by the clock", "hours": "Every so many hours", "daily": "Daily at a time"}
_SAVED = "plan_saved"


def show(bench: Workbench, who: Principal) -> None:
    """The schedule in force, and its form."""
    now = bench.freshness.schedule()
    due = bench.freshness.clock.next()
    st.caption(
        f":material/schedule: Next check {due.astimezone():%d %b %Y, %H:%M}, with the rights of {plain(now.by)}."
        if due
        else ":material/schedule: No check is due by the clock."
    )
    if not may(who, "evaluate"):
        return
    with st.container(border=True, key="plan_form"):
        every = str(
            st.radio(
                "Check", list(_EVERY), list(_EVERY).index(now.every), format_func=_EVERY.__getitem__, key="plan_every"
            )
        )
        hours, at = now.hours, now.at
        if every == "hours":
            hours = int(st.number_input("Hours between checks", 1, 744, now.hours, key="plan_hours", width=200))
        if every == "daily":
            at = st.time_input("At", time.fromisoformat(now.at), key="plan_at", width=200).strftime("%H:%M")
        change = st.checkbox(
            "And as soon as a document that facts rest on has a new version", now.on_change, key="plan_change"
        )
        recipes, adapters = choose(bench, who, "plan", (list(now.recipes), list(now.adapters)))
        if st.button("Keep this schedule", type="primary", key="plan_keep"):
            try:
                made = Schedule(every, hours, at, change, tuple(recipes), tuple(adapters))  # type: ignore[arg-type]
                bench.freshness.set_schedule(made, who)
                st.session_state[_SAVED] = True
                st.rerun()
            except TouchstoneError as error:
                trouble(error)
    if st.session_state.pop(_SAVED, False):
        st.success("The schedule is kept in this workspace and goes on after a restart.", icon=":material/check:")
    st.caption("Alarms also go to the address in TOUCHSTONE_ALARM_WEBHOOK, where one is set.")
