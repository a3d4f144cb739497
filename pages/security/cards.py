"""The claims as cards: the state, one sentence, the outcome of the last check, the command, and details on demand."""

from collections.abc import Mapping, Sequence
from typing import Literal

import streamlit as st

from core.security import Outcome
from core.standing import Standing
from pages.shared.words import plain

_STATES: dict[str, tuple[str, str, Literal["green", "orange", "gray"]]] = {
    "good": ("Good", ":material/check_circle:", "green"),
    "attention": ("Attention", ":material/warning:", "orange"),
    "not set": ("Not set", ":material/radio_button_unchecked:", "gray"),
}
_ICONS = {
    "policy": "shield",
    "access": "badge",
    "audit": "policy",
    "encryption": "lock",
    "receipts": "ink_eraser",
    "retention": "auto_delete",
    "limits": "speed",
    "models": "fingerprint",
    "network": "lan",
    "telemetry": "sensors_off",
}


def cards(claims: Sequence[Standing], found: Mapping[str, Outcome]) -> None:
    """Two in a row, of equal height."""
    for first in range(0, len(claims), 2):
        for column, claim in zip(st.columns(2, gap="small"), claims[first : first + 2], strict=False):
            with column:
                _card(claim, found.get(claim.topic))


def _card(claim: Standing, outcome: Outcome | None) -> None:
    with st.container(border=True, height="stretch", key=f"security_{claim.topic}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":material/{_ICONS[claim.topic]}: **{plain(claim.title)}**", width="stretch")
            label, icon, colour = _STATES[claim.state]
            st.badge(label, icon=icon, color=colour)
        st.markdown(plain(claim.sentence))
        if outcome:
            icon = ":green[:material/check_circle:]" if outcome.good else ":red[:material/error:]"
            st.caption(f"{icon} {'Checked' if outcome.good else 'Failed'}: {plain(outcome.sentence)}")
        st.code(claim.check, language="bash", wrap_lines=True)
        with st.popover("Details", type="tertiary", key=f"security_details_{claim.topic}"):
            for what, told in claim.details:
                st.markdown(f"**{plain(what[:1].upper() + what[1:])}**  \n{plain(told[:1].upper() + told[1:])}")
