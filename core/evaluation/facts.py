"""A fact: a value with the question that asks for it, and where a document says it; it asks and compares nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from core.evaluation.anchors import Anchor
from core.evaluation.values import Tolerance
from core.types import ZONES, Principal, Zone

Verdict = Literal["fresh", "drifted", "wrong", "unknown"]
STATES: tuple[Verdict, ...] = ("fresh", "drifted", "wrong", "unknown")
MEANS: Mapping[Verdict, str] = {
    "fresh": "says the value that is true now",
    "drifted": "says, or has learned, a value that was true before",
    "wrong": "says a value that was never true",
    "unknown": "declines, or says nothing comparable",
}
Where = Literal["", "source", "index", "adapter", "validity", "answer"]
PLACES: Mapping[Where, str] = {
    "": "",
    "source": "source not replaced",
    "index": "index not rebuilt",
    "adapter": "adapter trained before the change",
    "validity": "document not in force",
    "answer": "the sources say it, the answer does not",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of a workspace."""

    id: str
    value: str
    question: str
    tolerance: Tolerance = field(default_factory=Tolerance)
    owner: str = ""
    document: str = ""
    """The name of the document that says it; empty for one that no document says."""
    quote: str = ""
    """Words of the document with the value in them."""
    zone: Zone = "internal"
    tags: tuple[str, ...] = ()
    follow: bool = False
    """Whether the value is what the document says at its place: a new version changes it without anybody's hand."""
    former: tuple[str, ...] = ()
    """Values that it had before, the latest last."""
    rejected: str = ""
    """What the document said when a person wrote another value: while it goes on saying so, it is not replaced."""
    confirmed: int = 0
    """The document's version in which the value was seen last; 0 for none."""
    anchor: Anchor | None = None
    state: Literal["kept", "proposed"] = "kept"
    """A proposed fact does not count until a person has accepted it."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of one fact with one answerer."""

    fact: str
    answerer: str
    state: Verdict
    expected: str
    found: str
    where: Where
    why: str

    @property
    def alarm(self) -> bool:
        """Whether somebody must be told."""
        return self.state == "drifted"


def may_read(fact: Fact, principal: Principal, hidden: Sequence[str] = ()) -> bool:
    """Whether the principal may see a fact; `hidden` names the documents that he may not see."""
    return fact.zone in principal.zones and fact.document not in hidden


def as_json(fact: Fact) -> dict[str, Any]:
    """The fact as plain values; `from_body` reads it back."""
    return asdict(fact) | {"tags": list(fact.tags), "former": list(fact.former)}


def from_body(body: Mapping[str, Any]) -> Fact:
    """A fact from what `as_json` made of it."""
    values = dict(body)
    assert values["zone"] in ZONES
    values["tolerance"] = Tolerance(**values["tolerance"])
    values["tags"], values["former"] = tuple(values["tags"]), tuple(values["former"])
    values["anchor"] = Anchor(**values["anchor"]) if values["anchor"] else None
    return Fact(**values)
