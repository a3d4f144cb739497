"""What a session holds of the decision: its lens, its cost scenario, its evidence as it was read; it draws nothing."""

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import streamlit as st

from core.decision.evidence import Evidence
from core.decision.lens import Lens
from core.types import Principal
from core.workbench import Workbench

if TYPE_CHECKING:
    from core.decision.cost import Scenario

_LENS, _EVIDENCE, _SCENARIO = "decision_lens", "decision_evidence", "decision_scenario"


def lens() -> Lens:
    """The session's lens."""
    return cast(Lens, st.session_state.setdefault(_LENS, Lens()))


def keep(chosen: Lens) -> None:
    """Make this the session's lens."""
    st.session_state[_LENS] = chosen


def price(scenario: "Scenario", who: Principal) -> None:
    """Make this the scenario that the lens, the plan and the report count with, for who may see what it measured."""
    st.session_state[_SCENARIO] = (who, scenario)


def evidence(bench: Workbench, who: Principal) -> Evidence:
    """The evidence for a person, read once and then kept until `read_again`: sliders must not wait for it.

    Costs are those of the scenario that was last looked at under Costs.
    """
    priced = st.session_state.get(_SCENARIO)
    scenario = priced[1] if priced and priced[0] == who else None
    held = st.session_state.get(_EVIDENCE)
    if held is None or held[0] != who:
        cost = bench.decision.cost.evidence(who, scenario) if scenario else None
        held = (who, scenario, bench.decision.evidence(who, cost))
    elif scenario is not None and held[1] != scenario:
        held = (who, scenario, replace(held[2], cost=bench.decision.cost.evidence(who, scenario)))
    st.session_state[_EVIDENCE] = held
    return cast(Evidence, held[2])


def read_again() -> None:
    """Forget the evidence, so that the next look reads it anew."""
    st.session_state.pop(_EVIDENCE, None)
