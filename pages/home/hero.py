"""The first thing a visitor sees: the promise, a picture of it, and the one next step."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from core.governance.principals import may_build
from core.library.store import Summary
from core.types import Principal
from core.workbench import Workbench
from pages.home.samples import samples_button
from pages.shared import frame
from pages.shared.activity import running
from pages.shared.words import called

_HERE = Path(__file__).parent

_picture = st.components.v2.component(
    "touchstone_picture", html=(_HERE / "picture.html").read_text(), css=(_HERE / "picture.css").read_text()
)


def hero(bench: Workbench, who: Principal, documents: Sequence[Summary]) -> None:
    """Headline and call to action on the left, an answer with its receipt on the right."""
    words, picture = st.columns([11, 10], gap="large", vertical_alignment="center")
    with words:
        st.title("Answers you can check", anchor=False)
        st.markdown(
            "Bring your documents and ask in plain words. Every sentence of an answer opens the page that proves it; "
            "when the documents do not say, neither does Touchstone. It all runs on this computer."
        )
        with st.container(horizontal=True):
            if documents:
                if st.button("Ask a question", type="primary", icon=":material/forum:"):
                    frame.go("pages/chat/page.py")
                if may_build(who) and st.button("Add documents", icon=":material/upload_file:"):
                    frame.go("pages/documents/page.py")
            elif may_build(who):
                busy = running(bench)
                samples_button(bench, who, "Load the sample documents", key="load_samples", primary=True, busy=busy)
                if st.button("Add your own", icon=":material/upload_file:"):
                    frame.go("pages/documents/page.py")
        if not documents:
            st.caption(
                "The samples are the papers of an invented maker of kitchen scales: policies, price lists, a manual."
                if may_build(who)
                else f"There is nothing here for {called(who)} yet; somebody who may add documents can."
            )
    with picture:
        _picture(key="picture")
