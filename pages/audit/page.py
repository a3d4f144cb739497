"""Audit: who did what, when, and whether the trail of it is whole."""

import streamlit as st

from core.governance.principals import may_audit
from core.governance.rights import who_may
from core.types import Principal
from core.workbench import Workbench
from pages.audit.choosing import choose
from pages.audit.listing import listing
from pages.audit.proof import proof
from pages.shared.room import room
from pages.shared.words import called


def _draw(bench: Workbench, who: Principal) -> None:
    if not may_audit(who):
        st.info(
            f"{called(who).capitalize()} may not read the audit trail; {who_may('audit')} may.",
            icon=":material/lock:",
        )
        return
    proof(bench, who)
    if not bench.audit.acts(who):
        with st.container(border=True, key="empty_audit", gap="small"):
            st.markdown(":material/policy: **Nothing was done here yet**")
            st.caption(
                "Every question, every change of documents, recipes and adapters, and every export will stand here."
            )
        return
    listing(bench, who, choose(bench, who))


room(
    "Audit",
    "Who asked, changed, exported or erased what, and when: in ids and hashes, never in anybody's words.",
    _draw,
    jobs=False,
)
