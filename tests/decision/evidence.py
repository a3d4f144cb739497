"""Evidence of a workspace as tests make it up: nothing measured, and what a test says."""

from dataclasses import replace
from typing import Any

from core.decision.evidence import Evidence, Figure, absent
from core.decision.questions import PATHS, Path

NOTHING = Evidence(
    "2026-01-01T00:00:00+00:00",
    *({path: absent(name, path) for path in PATHS} for name in ("latency", "receipts", "stale", "right")),
    change=Figure("New versions of documents", None, "There is no document yet."),
    zones={"public": 0, "internal": 0, "restricted": 0},
    guarded=Figure("Guarded documents", None, "There is no document yet."),
)


def measured(name: str, path: Path, value: float, text: str, ref: str, base: Evidence = NOTHING) -> Evidence:
    """The evidence with one figure of a path measured."""
    held = {**getattr(base, name), path: Figure(name, value, text, (ref,), path=path)}
    changes: dict[str, Any] = {name: held}
    return replace(base, **changes)
