"""For a room full of people: the comparison in large type without controls, and the same as a file. It asks nothing."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from core.answering.report import Part, report
from core.types import Answer, Principal
from core.workbench import Workbench
from pages.inspector.columns import LETTERS, question
from pages.shared.words import moment

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


def tools(bench: Workbench, who: Principal, titles: Sequence[str], answers: Sequence[Answer | None]) -> None:
    """Present it, or take it along as a file."""
    asked = question()
    parts = [
        Part(f"{letter} · {title}", answer)
        for letter, title, answer in zip(LETTERS, titles, answers, strict=False)
        if answer is not None
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
            lambda: report(asked, parts, moment(datetime.now(UTC).isoformat())),
            "comparison.html",
            "text/html",
            icon=":material/download:",
            key="inspector_report",
            help="One file without script that opens anywhere.",
            on_click="ignore",
        )


def _enter() -> None:
    st.query_params[_ON] = "1"


def _leave() -> None:
    st.query_params.pop(_ON, None)
