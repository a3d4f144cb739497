"""The line above the claims: how many need attention, the checks at the press of a button, the file for an auditor."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from core.outward import Serving
from core.security import TITLE, Outcome, start_check, summary
from core.standing import Standing
from core.types import Principal
from core.workbench import Workbench
from pages.shared.words import listed, many


def checking(
    bench: Workbench, who: Principal, claims: Sequence[Standing], found: tuple[Outcome, ...], serving: Serving
) -> None:
    """Counts, the button, the download, and what the last check said as a whole."""
    busy = any(job.title == TITLE and not job.over for job in bench.jobs.all())
    with st.container(border=True, key="security_checks", gap="small"):
        says, buttons = st.columns([3, 2], vertical_alignment="center", gap="medium")
        with says:
            st.markdown(f"**{_counted(claims)}**")
            st.caption(
                "A check goes through every entry of the audit trail, receipt, raw byte of the workspace and weight, "
                "overruns the limits, and tries what somebody without a role is shown."
            )
        with buttons, st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
            st.download_button(
                "Summary",
                lambda: summary(bench, who, found, serving).encode(),
                file_name="security.json",
                mime="application/json",
                icon=":material/download:",
                key="security_summary",
                on_click="ignore",
                help="Claims and outcomes as JSON, for an auditor. That it was taken is noted in the audit.",
            )
            pressed = st.button(
                "Check now", icon=":material/verified_user:", type="primary", disabled=busy, key="security_check"
            )
        _outcome(found)
    if pressed:
        start_check(bench, who)
        st.rerun()


def _counted(claims: Sequence[Standing]) -> str:
    states = Counter(claim.state for claim in claims)
    attention = states["attention"]
    parts = [
        f"{attention} {'needs' if attention == 1 else 'need'} attention" if attention else "",
        f"{states['not set']} not set" if states["not set"] else "",
        f"{states['good']} good" if states["good"] else "",
    ]
    return f"Of {many(len(claims), 'claim')}, {listed([part for part in parts if part])}."


def _outcome(found: Sequence[Outcome]) -> None:
    wrong = sum(not each.good for each in found)
    if wrong:
        st.error(f"{wrong} of {many(len(found), 'check')} failed; see the claims below.", icon=":material/error:")
    elif found:
        st.success(f"All {many(len(found), 'check')} passed.", icon=":material/check_circle:")
