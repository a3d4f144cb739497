"""Findings that lie over one another are set apart; it does not know what they are of."""

from bisect import bisect
from collections.abc import Iterable

from core.guardrails.findings import Finding


def apart(found: Iterable[Finding]) -> list[Finding]:
    """The findings that stay where some lie over one another: the exact first, then the longest, then the surest."""
    kept: list[Finding] = []
    for each in sorted(found, key=_rank):
        place = bisect(kept, each.start, key=lambda other: other.start)
        near = kept[max(0, place - 1) : place + 1]  # those kept lie apart: only these two can touch it
        if each.start < each.end and not any(other.overlaps(each.start, each.end) for other in near):
            kept.insert(place, each)
    return kept


def _rank(each: Finding) -> tuple[bool, int, float, int, str]:
    return each.score < 1, each.start - each.end, -each.score, each.start, each.kind
