"""Says of one answer whether it is fresh, and where what is stale lies; it asks nobody and reads no store.

What is true now is what the document in force says at the fact's place. Drifted is only what says, or has learned, a
value that was true before: another wrong answer is wrong, not stale, and is shown as that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from core.evaluation.anchors import located
from core.evaluation.facts import Fact, Judgement, Where
from core.evaluation.values import Near, equal, said
from core.types import Document

Standing = Literal["same", "changed", "not replaced", "lost", "missing", "not in force", "free"]
TOLD: dict[Standing, str] = {
    "same": "The document in force says it.",
    "changed": "The document now says another value.",
    "not replaced": "The fact has a new value; the document in force still says the old one.",
    "lost": "The place in the document cannot be found again; its owner must look.",
    "missing": "There is no document of this name.",
    "not in force": "The document is not in force by its dates.",
    "free": "No document is named; the fact's own value counts.",
}


@dataclass(frozen=True, slots=True)
class Truth:
    """What a fact's document says now."""

    standing: Standing
    value: str
    """What is true now, as far as it can be told."""
    says: str = ""
    """What the document in force says; empty where that is not known."""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Learned:
    """What an adapter learned of a fact's document."""

    version: int
    """Of the document; 0 where it did not learn from it, or it is not known."""
    value: str = ""
    """What that version said at the fact's place; empty where it cannot be told."""


def truth(fact: Fact, document: Document | None, on: date | None = None) -> Truth:
    """What is true now of a fact: the value at its place in the document in force, its own value elsewhere."""
    day = (on or date.today()).isoformat()
    if not fact.document:
        return Truth("free", fact.value)
    if document is None:
        return Truth("missing", fact.value)
    if not document.in_force(day):
        return Truth("not in force", fact.value)
    place = located(document.text, fact.anchor, fact.value, fact.tolerance) if fact.anchor else None
    if place is None:
        return Truth("lost", fact.value)
    standing: Standing = "changed"
    if equal(place.value, fact.value, fact.tolerance):
        standing = "same"
    elif fact.rejected and equal(place.value, fact.rejected, fact.tolerance):  # it is the fact that was changed
        standing = "not replaced"
    value = place.value if standing == "changed" else fact.value
    return Truth(standing, value, place.value, place.start, place.end)


def past(fact: Fact, now: Truth, versions: Sequence[Document]) -> tuple[str, ...]:
    """Values that were true before and are not now: the fact's former ones and those of earlier versions."""
    values = [*fact.former, *([fact.value, now.says] if now.says else [])]
    for document in versions:
        place = located(document.text, fact.anchor, fact.value, fact.tolerance) if fact.anchor else None
        values += [place.value] if place else []
    distinct = dict.fromkeys(value for value in values if value and not equal(value, now.value, fact.tolerance))
    return tuple(distinct)


def judge(
    fact: Fact, answerer: str, text: str, declined: bool, now: Truth, before: Sequence[str], near: Near | None = None,
    *, holds: bool | None = None, learned: Learned | None = None,
) -> Judgement:  # fmt: skip
    """The verdict on an answer.

    `holds` says whether the index that was searched has the passage with the value; None where nothing was searched.
    `learned` says what an adapter without documents was taught of the fact; None for any other answerer.
    """
    told = said("" if declined else text, now.value, fact.tolerance, before, near)
    outdated = bool(learned and learned.value and not equal(learned.value, now.value, fact.tolerance))
    if told.state == "same":
        return Judgement(fact.id, answerer, "fresh", now.value, told.found, "", "The answer says it.")
    where = _where(now, holds, outdated)
    if outdated and learned:
        why = (
            f"It learned version {learned.version}, which says {learned.value}; the document in force says {now.value}."
        )
        return Judgement(fact.id, answerer, "drifted", now.value, told.found, "adapter", why)
    if told.state == "former":
        why = {
            "source": "It says what the document still says.",
            "index": "The index does not hold the new passage.",
            "validity": "It says an old value, and the document is not in force.",
        }.get(where, "It says a value that was true before.")
        return Judgement(fact.id, answerer, "drifted", now.value, told.found, where or "answer", why)
    if told.state == "other":
        why = "It says another value, which was never this fact's."
        return Judgement(fact.id, answerer, "wrong", now.value, told.found, where, why)
    why = "It declines." if declined else "It says nothing that compares with the value."
    return Judgement(fact.id, answerer, "unknown", now.value, "", where, why)


def _where(now: Truth, holds: bool | None, outdated: bool) -> Where:
    if outdated:
        return "adapter"
    if now.standing in ("not replaced", "missing", "lost"):
        return "source"
    if now.standing == "not in force":
        return "validity"
    if holds is not None:
        return "answer" if holds else "index"
    return ""
