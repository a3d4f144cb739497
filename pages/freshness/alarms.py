"""Alarms: what drifted, where it is stale, what to do, and who has seen it."""

import streamlit as st

from core.freshness import counted
from core.governance.rights import may
from core.types import Principal
from core.workbench import Workbench
from pages.freshness.signs import SIGNS, what_to_do, where
from pages.shared.words import moment, plain


def show(bench: Workbench, who: Principal) -> None:
    """The open ones first, then those that were acknowledged."""
    raised = bench.freshness.alarms(who)
    checks = [check for check, _ in bench.freshness.history(who)]
    if checks and checks[-1].told:
        st.info(plain(checks[-1].told), icon=":material/webhook:")
    if not raised:
        _calm(bench, who, bool(checks))
        return
    for alarm in sorted(raised, key=lambda each: bool(each.acknowledged_at)):
        each = alarm.judgement
        with st.container(border=True, key=f"alarm_{each.fact}_{each.answerer}"):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(
                    f"{SIGNS[each.state]} · **{plain(each.fact)}** with {plain(each.answerer)} · {where(each)}",
                    width="stretch",
                )
                if alarm.acknowledged_at:
                    st.caption(
                        f"Seen by {plain(alarm.acknowledged_by)}, {moment(alarm.acknowledged_at)}", width="content"
                    )
                else:
                    st.button(
                        "Acknowledge", key=f"seen_{each.fact}_{each.answerer}", icon=":material/visibility:",
                        disabled=not may(who, "evaluate"), on_click=bench.freshness.acknowledge,
                        args=(each.fact, each.answerer, who),
                    )  # fmt: skip
            found = f", it says {each.found}" if each.found else ""
            st.markdown(plain(f"True now: {each.expected}{found}."))
            st.caption(f"{plain(each.why)} {what_to_do(each)}")


def _calm(bench: Workbench, who: Principal, checked: bool) -> None:
    """No alarm: which is not the same as that all is well."""
    counts = counted([each.judgement for each in bench.freshness.latest(who)])
    odd = [f"{counts[state]} {state}" for state in ("wrong", "unknown") if counts[state]]
    if not checked:
        st.info("Nothing was checked yet.", icon=":material/info:")
    elif odd:
        st.info(f"Nothing has drifted; {' and '.join(odd)}, see Facts.", icon=":material/info:")
    else:
        st.success("Nothing has drifted.", icon=":material/check_circle:")
