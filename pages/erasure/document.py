"""Erasing one document from here; the page Documents has the same, over a selection."""

import streamlit as st

from core.types import Principal
from core.workbench import Workbench
from pages.documents.erasing import erase_all, receipts_shown
from pages.shared.words import many, plain


def show(bench: Workbench, who: Principal) -> None:
    """The whole part."""
    receipts_shown()
    names = bench.names(who)
    chosen = st.selectbox("Document", names, index=None, key="erasure_document", width=520)
    if not chosen:
        st.caption(
            "All versions, also those that are no longer in force, with passages, vectors, answers that drew on them, "
            "quotes, rows and feedback. Adapters that learned from it are retired, and their weights deleted."
        )
        return
    versions = bench.versions(str(chosen), who)
    st.markdown(f"**{plain(str(chosen))}** · {many(len(versions), 'version')}")
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="erasure_document_confirm"):
        sure = st.checkbox(
            f"{many(len(versions), 'version')} will be erased everywhere. This cannot be undone.",
            key="erasure_document_sure",
            width="stretch",
        )
        pressed = st.button(
            "Erase", icon=":material/ink_eraser:", type="primary", disabled=not sure, key="erasure_document_go"
        )
        if pressed:
            with st.spinner("Erasing, and reading every byte…"):
                erase_all(bench, who, [str(chosen)])
            for key in ("erasure_document", "erasure_document_sure"):
                st.session_state.pop(key, None)
            st.rerun()
