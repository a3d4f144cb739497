"""What expires: the rule of each kind, and what goes next."""

import pandas as pd
import streamlit as st

from core.errors import TouchstoneError
from core.governance.rights import may
from core.types import Principal
from core.workbench import Workbench
from pages.shared.notices import trouble
from pages.shared.words import listed, many, moment

_TOLD = "retention_told"


def show(bench: Workbench, who: Principal) -> None:
    """The rules, and what each takes now."""
    rules = bench.retention.due(who)
    if told := st.session_state.pop(_TOLD, ""):
        st.success(told, icon=":material/check_circle:")
    st.markdown(
        "Rules are set by the environment, in days; without a rule everything is kept. They are applied when the app "
        "starts and every night, and the database is written anew afterwards, so that no byte of it stays."
    )
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "What": each.kind[:1].upper() + each.kind[1:],
                    "Rule": f"after {many(each.days, 'day')}" if each.days else "kept",
                    "Held": each.held,
                    "Due now": each.due,
                    "Next": moment(each.next_at) if each.next_at else "",
                    "Setting": each.setting,
                }
                for each in rules
            ]
        ),
        hide_index=True,
        height="content",
        key="retention_rules",
        alt="Rules of retention, with what is due",
    )
    due = sum(each.due for each in rules)
    following = bench.retention.clock.next()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f":material/schedule: Applied next on {following.astimezone():%d %b %Y, %H:%M}."
            if following
            else ":material/schedule: No rule is set, so nothing expires by the clock."
            if not any(each.days for each in rules)
            else ":material/schedule: The clock does not run in this process.",
            width="stretch",
        )
        if may(who, "administer"):
            pressed = st.button("Apply now", icon=":material/auto_delete:", disabled=not due, key="retention_apply")
            if pressed:
                _apply(bench, who)
    st.caption(
        "Kept whatever the rule: documents, question sets, facts and their checks, datasets, the audit trail and "
        "receipts."
    )


def _apply(bench: Workbench, who: Principal) -> None:
    try:
        gone = bench.retention.apply(who)
    except TouchstoneError as error:
        trouble(error)
        return
    st.session_state[_TOLD] = f"Removed: {listed([f'{each.due} × {each.kind}' for each in gone]) or 'nothing'}."
    st.rerun()
