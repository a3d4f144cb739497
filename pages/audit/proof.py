"""Whether the trail is whole: the check at the press of a button, and what it can and cannot show."""

import streamlit as st

from core.types import Principal
from core.workbench import Workbench
from pages.shared.words import many, plain


def proof(bench: Workbench, who: Principal) -> None:
    """The card above the entries."""
    with st.container(border=True, key="audit_proof", gap="small"):
        says, button = st.columns([6, 1], vertical_alignment="center", gap="medium")
        with says:
            st.markdown(
                "An entry that was changed, moved, taken out or cut off at the end is noticed and named. Not defended: "
                "whoever can read the key can forge the trail, and who can also replace the database and its "
                "checkpoint can put back an older state of both, unless a second checkpoint lies elsewhere.",
            )
        with button:
            pressed = st.button("Verify", icon=":material/verified_user:", type="primary", key="audit_verify")
        if not pressed:
            return
        with st.spinner("Checking every entry…"):
            verdict = bench.audit.verify(who)
        if verdict.intact:
            told = many(verdict.entries, "entry is", "entries are")
            st.success(f"Intact: {told} as written. Last MAC `{verdict.last[:16]}`", icon=":material/check_circle:")
        else:
            before = many(verdict.entries, "entry", "entries")
            st.error(
                f"Not intact. {plain(verdict.sentence)} {before} before that could be checked.", icon=":material/error:"
            )
