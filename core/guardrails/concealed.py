"""Passages that a person who opens the file does not see, as findings. It does not know the files: the parsers tell."""

from collections.abc import Sequence

from core.guardrails.findings import Finding, in_order
from core.types import Concealed


def from_concealed(concealed: Sequence[Concealed]) -> tuple[Finding, ...]:
    """A finding of the detector "hidden" for each passage; its kind is the way in which it is concealed."""
    return in_order(Finding("hidden", each.why, each.start, each.end) for each in concealed)
