"""What the router decided for an answer, in plain words; it decides nothing."""

from core.types import Reason, Routed
from pages.shared.words import listed, milliseconds

NAMES = {
    "near": "near to what the adapter learned",
    "same words": "words shared with what it learned",
    "found": "nearness of the best passage",
    "margin": "lead of the best passage",
    "words found": "words found in the best passage",
    "learned": "the adapter learned that document",
    "length": "words asked",
    "sure": "sure of the draft",
    "least sure": "least sure word of the draft",
    "zone": "zone",
    "stale": "asks for a fact that the adapter answers wrongly",
    "speed": "time it takes here",
    "confidence": "chance of being right",
}


def routed_by(told: Routed | None) -> list[tuple[str, str]]:
    """Rows of facts: who chose the route, and the signals that decided."""
    if told is None or told.way == "small talk":
        return []
    by = "what was measured here" if told.by == "learned" else "the stated rule, for want of outcomes"
    rows = [("Chosen by", by)]
    rows += [(f"{_word(each, told)} ({n})", because(each)) for n, each in enumerate(told.reasons, start=1)]
    if told.dropped:
        rows.append(("Tried before", f"{listed(list(told.dropped))}, not sure enough"))
    if told.budget_ms:
        rows.append(("Expected", f"{milliseconds(told.expected_ms)} of {milliseconds(told.budget_ms)} allowed"))
    if told.by == "learned":  # the rule's own numbers only order the routes
        rows.append(("Chance of being right", f"{told.confidence:.0%}, estimated"))
    return rows


def _word(reason: Reason, told: Routed) -> str:
    """ "Although" for what speaks against the route that was taken all the same."""
    way = "declining" if told.way == "decline" else told.way
    return "Although" if reason.speaks == f"against {way}" else "Because"


def because(reason: Reason) -> str:
    """As in "near to what the adapter learned 0.97, for closed"."""
    sign = ": " if reason.value in ("yes", "no") else " "
    return f"{NAMES.get(reason.signal, reason.signal)}{sign}{reason.value}, {reason.speaks}"
