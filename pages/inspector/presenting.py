"""For a room full of people: the comparison in large type without controls, and the same as a file. It asks nothing."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from core.answering.report import Part
from core.types import Principal
from core.workbench import Workbench
from pages.inspector.board import Side
from pages.inspector.columns import LETTERS, question
from pages.inspector.finding import LOOKING

_STYLE = Path(__file__).parent / "presenting.css"
_ON = "present"


def presents() -> bool:
    """Whether the address asks for the large view."""
    return bool(st.query_params.get(_ON) == "1")


def stage() -> None:
    """Hide what is around the page, and offer the way back."""
    st.html(_STYLE)
    with st.container(horizontal=True, vertical_alignment="center", key="inspector_stage"):
        st.title(":material/plagiarism:", anchor=False, width="content")
        st.text(question() or "Inspector", width="stretch")
        st.button("Leave", icon=":material/close_fullscreen:", key="inspector_leave", type="tertiary", on_click=_leave)


def tools(bench: Workbench, who: Principal, titles: Sequence[str], sides: Sequence[Side]) -> None:
    """Present it, or take it along as a file."""
    asked = question()
    parts = [
        Part(f"{letter} · {title}", side.answer, _diagnosed(side))
        for letter, title, side in zip(LETTERS, titles, sides, strict=False)
        if side.answer is not None
    ]
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Present",
            icon=":material/fullscreen:",
            key="inspector_present",
            help="Large type, without controls. The address of the page opens the same comparison again.",
            on_click=_enter,
        )
        st.download_button(
            "Report (HTML)",
            lambda: bench.inspector.report(asked, parts, who),
            "comparison.html",
            "text/html",
            icon=":material/download:",
            key="inspector_report",
            help="One file without script that opens anywhere.",
            on_click="ignore",
        )


def _diagnosed(side: Side) -> str:
    """What the diagnosis says; nothing while it is still under way."""
    return str(side.found["sentence"]) if side.found and side.found is not LOOKING else ""


def _enter() -> None:
    st.query_params[_ON] = "1"


def _leave() -> None:
    st.query_params.pop(_ON, None)
