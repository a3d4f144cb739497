"""What a detector found and where: the currency of the guardrails. It does not know what is allowed.

A finding belongs to a version of a document, not to a chunk: chunks inherit the findings that they overlap, so that a
phrase across a boundary is still one finding.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Detector = Literal["personal", "secret", "term", "instruction", "hidden", "link"]
DETECTORS: tuple[Detector, ...] = ("personal", "secret", "term", "instruction", "hidden", "link")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something at [start, end) of the text that was looked at."""

    detector: Detector
    kind: str
    """What it is within the detector's field, as "e-mail" or "white text"."""
    start: int
    end: int
    score: float = 1.0
    """How sure the detector is, 0 to 1; 1 where a check digit or an exact match decides."""

    def overlaps(self, start: int, end: int) -> bool:
        """Whether any character of it lies in [start, end)."""
        return self.start < end and start < self.end


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings in reading order, the longer first where two begin together."""
    return tuple(sorted(findings, key=lambda each: (each.start, -each.end, each.detector, each.kind)))
