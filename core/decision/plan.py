"""The plan that follows a choice: by kind of question and by zone which route, data and gate; rules in two tables.

It knows no workspace; what was measured, and what is wanting, is added by `core.decision.recommend`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from core.decision.lens import Lens
from core.decision.questions import Path
from core.types import ZONES, Zone
from core.wording import many

Route = Literal["small talk", "closed", "rag", "rag + adapter", "decline", "none"]
ROUTES: Mapping[Route, str] = MappingProxyType(
    {
        "small talk": "a fixed reply, nothing is searched",
        "closed": "the adapter alone",
        "rag": "retrieval",
        "rag + adapter": "retrieval, written by the adapter",
        "decline": "a refusal, with where to ask",
        "none": "no answer",
    }
)


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the plan."""

    of: str
    """A kind of question, or a zone."""
    route: Route
    data: str
    gate: str


_EVAL = "python -m core eval SET --gates gates.toml"
_FRESH = "python -m core freshness --gates gates.toml"
_PROOF = "python -m core adapters evaluate NAME"
_RETRIEVED = "Documents as they are, cut and indexed; a new version answers as soon as it is in."
_TAUGHT = "Reviewed rows of documents whose facts stay; values that change are left out of them."
_FORM = "Reviewed rows that show the form, with the sources in the prompt; no fact is to be learned."

_ALIKE: Mapping[str, tuple[Route, str, str]] = MappingProxyType(
    {
        "Greetings and thanks": ("small talk", "None.", "None: no fact is told"),
        "Questions that nothing here answers": ("decline", "Unanswerable questions in the set.", _EVAL),
    }
)
"""Kinds of questions that every path treats alike: route, data, gate."""
CHANGING = "Values that change: prices, dates, stock"
KINDS: Mapping[str, Mapping[Path, tuple[Route, str, str]]] = MappingProxyType({
    CHANGING: {
        "retrieval": ("rag", _RETRIEVED, _FRESH),
        "adapter": ("decline", "None: what is learned goes stale.", _FRESH),
        "blend": ("rag", _RETRIEVED, _FRESH),
    },
    "Knowledge that stays: procedures, terms": {
        "retrieval": ("rag", _RETRIEVED, _EVAL),
        "adapter": ("closed", _TAUGHT, _PROOF),
        "blend": ("rag + adapter", _FORM, f"{_PROOF}; {_EVAL}"),
    },
    "Answers in a fixed form or another language": {
        "retrieval": ("rag", "A prompt that asks for the form.", _EVAL),
        "adapter": ("closed", _TAUGHT, _PROOF),
        "blend": ("rag + adapter", _FORM, f"{_PROOF}; {_EVAL}"),
    },
})  # fmt: skip
"""By kind of question, route, data and gate of each path."""


def by_kind(path: Path, lens: Lens) -> list[Step]:
    """A row for each kind of question; where facts hardly change, an adapter may tell values too."""
    rows = {kind: held[path] for kind, held in KINDS.items()}
    if path == "adapter" and lens.answers["change"] == "rarely":
        taught = "Reviewed rows with the values too, since they change once a year; train anew then."
        rows[CHANGING] = ("closed", taught, f"{_PROOF}; {_FRESH}")
    first, last = _ALIKE
    ordered = {first: _ALIKE[first], **rows, last: _ALIKE[last]}
    return [Step(kind, *row) for kind, row in ordered.items()]


_OF: Mapping[Path, Route] = MappingProxyType({"retrieval": "rag", "adapter": "closed", "blend": "rag + adapter"})
_USES: Mapping[Route, set[str]] = MappingProxyType(
    {"rag": {"index"}, "closed": {"adapter"}, "rag + adapter": {"index", "adapter"}, "none": set()}
)
"""What a route of a zone keeps its text in."""
_KEPT_APART: Mapping[Route, tuple[str, str]] = MappingProxyType(
    {
        "rag": ("An index of its own, filtered by labels inside the query.", "The guardrails' proof of their policy."),
        "closed": ("An adapter that learned from no stricter zone than its askers may see.", f"{_PROOF}."),
        "rag + adapter": ("An index of its own; the adapter learned from no stricter zone.", f"{_PROOF}; {_EVAL}."),
        "none": ("No index and no log.", "Somebody must first allow one of the two."),
    }
)
"""By route, the data and the gate of a zone."""
_CIRCLE = ("One adapter, learned from this zone, for its circle only.", f"{_PROOF}: no planted secret comes out.")


def by_zone(path: Path, lens: Lens, documents: Mapping[Zone, int] | None = None) -> list[Step]:
    """A row for each zone; `documents` counts those of each, where that is known."""
    found = []
    for zone in ZONES:
        held = f"{zone}{_count(documents[zone])}" if documents is not None else zone
        route = _route(path, zone, lens)
        circle = route == "closed" and zone == "restricted" and "closed" in lens.options("sensitivity")
        found.append(Step(held, route, *(_CIRCLE if circle else _KEPT_APART[route])))
    return found


def _route(path: Path, zone: Zone, lens: Lens) -> Route:
    """Public answers that must show a source come by retrieval only.

    What must not lie in an index never leaves the adapter; where readers differ, no adapter learns the restricted zone.
    A group that is tied gets what every one of its tied answers allows.
    """
    wanted = lens.options("sensitivity")
    if zone == "public" and lens.options("governance") != ("light",):
        return "rag"
    uses = set(_USES[_OF[path]])
    if zone == "restricted" and "closed" in wanted:
        uses.discard("index")
    if zone == "restricted" and "mixed" in wanted:
        uses.discard("adapter")
    return next(route for route, used in _USES.items() if used == uses)


def _count(documents: int) -> str:
    return f" ({many(documents, 'document') if documents else 'no documents'} that you see)"
