"""Three questions worth asking first, each showing another side of the product."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.governance.principals import may_build
from core.library.store import Summary
from core.types import Principal
from core.workbench import Workbench
from pages.chat.conversation import ask_next
from pages.home.samples import samples_button
from pages.shared import frame
from pages.shared.activity import running
from pages.shared.words import called


@dataclass(frozen=True, slots=True)
class Idea:
    """A card: what it shows, the question, and the recipe that it is asked with."""

    icon: str
    title: str
    says: str
    question: str
    recipe: str
    needs: str
    """The sample document that answers it."""


_IDEAS = (
    Idea(
        ":material/receipt_long:",
        "Open the proof",
        "Ask, then press a number in the answer: the page opens with the passage boxed.",
        "How long do I have to send back a scale I never used?",
        "extractive",
        "returns-policy.pdf",
    ),
    Idea(
        ":material/front_hand:",
        "Hear an honest no",
        "None of the papers says. Touchstone tells you so and invents nothing.",
        "Can I bring my dog to the works?",
        "extractive",
        "onboarding.html",
    ),
    Idea(
        ":material/translate:",
        "Ask in another language",
        "A Spanish question, answered from the manual in English.",
        "¿Qué significa el error E04 en la Wren C2?",
        "multilingual",
        "wren-c2-manual.pdf",
    ),
)


def ideas(bench: Workbench, who: Principal, documents: Sequence[Summary]) -> None:
    """The three cards; where one cannot be asked it offers to load the samples, or says what it waits for."""
    names = {document.name for document in documents}
    zones = {file.name: file.zone for file in bench.samples()}
    busy = running(bench)
    st.subheader("What to try next", anchor=False)
    for number, (idea, column) in enumerate(zip(_IDEAS, st.columns(3), strict=True)):
        with column, st.container(border=True, height="stretch", key=f"idea_{number}"):
            st.markdown(f"{idea.icon} **{idea.title}**")
            st.caption(idea.says)
            st.markdown(f"“{idea.question}”")
            st.space("stretch")
            ready, zone = idea.needs in names, zones[idea.needs]
            if not ready and zone not in who.zones:
                st.button(f"Needs {zone} documents", key=f"ask_{number}", disabled=True, width="stretch")
                st.caption(f"{called(who).capitalize()} may not see them, whether they are here or not.")
                continue
            if not ready and documents and may_build(who):
                samples_button(bench, who, "Load the samples", key=f"load_{number}", primary=False, busy=busy)
                continue
            label = "Ask this" if ready else "Needs the samples"
            if st.button(
                label, key=f"ask_{number}", disabled=not ready, on_click=_choose, args=(idea,), width="stretch"
            ):
                frame.go("pages/chat/page.py")


def _choose(idea: Idea) -> None:
    st.session_state[frame.RECIPE] = idea.recipe
    ask_next(idea.question)
