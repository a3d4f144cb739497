"""Forgetting what one user asked: shown, then erased as a job."""

from collections import Counter

import pandas as pd
import streamlit as st

from core.forgetting.user import UserForgotten
from core.types import Principal
from core.workbench import Workbench
from pages.shared.words import listed, many, plain


def show(bench: Workbench, who: Principal) -> None:
    """The whole part."""
    names = bench.forgetting.users(who)
    if not names:
        st.info("Nobody's questions are kept here.", icon=":material/check_circle:")
        return
    user = str(st.selectbox("Whose questions", names, index=None, key="erasure_user", width=320) or "")
    if not user:
        st.caption("All that this user asked, with the answers, what they said of answers, and what was made of it.")
        return
    found = bench.forgetting.preview_user(user, who)
    kinds = Counter(place.kind for place in found.places)
    told = listed([f"{number} × {kind}" for kind, number in kinds.most_common()])
    st.markdown(f"**{many(len(found.places), 'place')}**: {plain(told)}")
    st.dataframe(
        pd.DataFrame([{"Kind": place.kind, "Text": place.title} for place in found.places]),
        hide_index=True,
        height="content" if len(found.places) <= 10 else 400,
        column_config={"Kind": st.column_config.TextColumn(width=180), "Text": st.column_config.TextColumn(width=700)},
        key="erasure_user_places",
        alt="What would be erased of this user",
    )
    st.caption(f":material/policy: {UserForgotten.STAYS} Here: {many(found.entries, 'entry', 'entries')}.")
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="erasure_user_confirm"):
        sure = st.checkbox(
            f"{many(len(found.places), 'place')} erased. This cannot be undone.",
            key="erasure_user_sure",
            width="stretch",
        )
        if st.button("Erase", icon=":material/ink_eraser:", type="primary", disabled=not sure, key="erasure_user_go"):
            bench.forgetting.start_forget_user(user, who)
            for key in ("erasure_user", "erasure_user_sure"):
                st.session_state.pop(key, None)
            st.rerun()
