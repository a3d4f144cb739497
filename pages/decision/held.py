"""What a session holds of the decision: its lens, and the evidence with the time it was read; it draws nothing."""

from typing import cast

import streamlit as st

from core.decision.evidence import Evidence
from core.decision.lens import Lens
from core.types import Principal
from core.workbench import Workbench

_LENS, _EVIDENCE = "decision_lens", "decision_evidence"


def lens() -> Lens:
    """The session's lens."""
    return cast(Lens, st.session_state.setdefault(_LENS, Lens()))


def keep(chosen: Lens) -> None:
    """Make this the session's lens."""
    st.session_state[_LENS] = chosen


def evidence(bench: Workbench, who: Principal) -> Evidence:
    """The evidence for a person, read once and then kept until `read_again`: sliders must not wait for it."""
    held = st.session_state.get(_EVIDENCE)
    if held is None or held[0] != who:
        held = (who, bench.decision.evidence(who))
        st.session_state[_EVIDENCE] = held
    return cast(Evidence, held[1])


def read_again() -> None:
    """Forget the evidence, so that the next look reads it anew."""
    st.session_state.pop(_EVIDENCE, None)
