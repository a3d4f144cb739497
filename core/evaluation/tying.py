"""Ties a fact to the place of its value in a document, and carries it on to a new version; it stores nothing."""

from collections.abc import Mapping
from dataclasses import replace

from core.errors import RequestError
from core.evaluation.anchors import Place, anchored, line_of
from core.evaluation.facts import Fact
from core.evaluation.staleness import Truth
from core.evaluation.values import check_value
from core.library.store import stricter
from core.types import Document


def tie(fact: Fact, documents: Mapping[str, Document]) -> Fact:
    """The fact with the place of its value; raises RequestError where the document in force does not say it."""
    check_value(fact.value, fact.tolerance)
    if not fact.document:
        return fact
    document = documents.get(fact.document)
    if document is None:
        raise RequestError(f"The fact '{fact.id}' rests on '{fact.document}', which is not among the documents.")
    anchor = anchored(document.text, fact.quote, fact.value, fact.tolerance)
    if anchor is None:
        raise RequestError(f"The value of the fact '{fact.id}' does not stand in its quote in '{fact.document}'.")
    zone = stricter(document.zone, fact.zone)
    return replace(fact, anchor=anchor, confirmed=document.version, zone=zone, rejected="")


def moved(fact: Fact, now: Truth, document: Document) -> Fact:
    """The fact with what its document says now, and its place there."""
    quote = line_of(document, Place(now.says, now.start, now.end))
    fresh = replace(
        fact, value=now.says, quote=quote, former=(*fact.former, fact.value), confirmed=document.version, rejected=""
    )
    anchor = anchored(document.text, quote, now.says, fact.tolerance)
    return replace(fresh, anchor=anchor or fact.anchor)
