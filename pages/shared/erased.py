"""Drops what a session holds in the words of documents and answers, where something was erased or forgotten since.

Another tab may have asked for the erasure, or the command line before the session began. What is only an id is read
anew by whoever draws it, and stays. It does not know what was erased.
"""

import streamlit as st

from core.workbench import Workbench

_SEEN = "erasures_seen_"
OBJECTS = (
    "four_arms",
    "inspector_findings",
    "guardrails_tried",
    "decision_evidence",
    "sets_contamination",
    "editor_open",
    "proposing_changes",
    "passage_at_work",
    "passage_text",
    "passage_change_done",
    "erasure_found",
    "erasure_person",
    "next_question",
)
"""Keys of what is read or made anew where it is missing."""
TEXTS = ("inspector_question", "adapters_question", "editor_text", "editor_answers", "editor_quote_")
"""Fields whose words may be those of a document or a person; a last underscore stands for a number."""
_DRAWN = "drawn_as_"


def since(bench: Workbench, what: str) -> bool:
    """Whether something was erased since this session last asked for this; False the first time."""
    before = st.session_state.get(_SEEN + what, bench.erasures)
    st.session_state[_SEEN + what] = bench.erasures
    return bool(before != bench.erasures)


def drop(bench: Workbench) -> None:
    """What every page begins with."""
    if not since(bench, "all"):
        return
    if (four := st.session_state.get("four_arms")) is not None:
        four.stop()
    for key in [str(key) for key in st.session_state]:
        if key in OBJECTS or key.startswith(_DRAWN):
            del st.session_state[key]
        elif key in TEXTS or key.startswith(tuple(each for each in TEXTS if each.endswith("_"))):
            st.session_state[key] = ""  # a value that is set reaches the field in the browser, too
