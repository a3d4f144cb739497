"""The chat before its first question: what it can do here, and a few questions to press."""

import streamlit as st

from core.governance.principals import may_build
from core.types import Principal
from core.workbench import Workbench
from pages.home.samples import load_samples
from pages.shared import frame
from pages.shared.notices import guarded
from pages.shared.words import called, demo

_SAMPLES = {
    "How long do I have to send back a scale I never used?": "returns-policy.pdf",
    "How tight do the screws on the Wren have to be?": "wren-c2-manual.pdf",
    "How long are the nightly backups kept?": "security-policy.pdf",
    "How many days of holiday do I get?": "leave-policy.docx",
    "Can I bring my dog to the works?": "onboarding.html",
}


def opening(bench: Workbench, who: Principal) -> str | None:
    """Draw it; returns the question that was pressed."""
    documents = []
    with guarded():
        documents = bench.documents(who)
    st.space("large")
    if not documents:
        st.title("Nothing to ask about yet", anchor=False)
        st.markdown(
            "Add documents first; then every answer here opens the page that proves it."
            if may_build(who)
            else f"{called(who).capitalize()} may see no document yet. Ask for some to be added."
            + demo(who, "Or choose another persona.")
        )
        with st.container(horizontal=True):
            if may_build(who) and st.button(
                "Load the samples",
                icon=":material/library_add:",
                type="primary",
                on_click=load_samples,
                args=(bench, who),
            ):
                frame.go("pages/home/page.py")
            if may_build(who) and st.button("Add documents", icon=":material/upload_file:"):
                frame.go("pages/documents/page.py")
        return None
    st.title("What would you like to know?", anchor=False)
    st.markdown(f"Ask across {len(documents)} documents. Press a number in an answer to see the passage it stands on.")
    names = {document.name for document in documents}
    fitting = [question for question, needs in _SAMPLES.items() if needs in names]
    if not fitting:
        return None
    picked: str | None = st.pills("Try one of these", fitting, key="suggestion")
    return picked
