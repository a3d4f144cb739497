"""Asks a question set of an index and scores what comes back; it does not know how the index was made or runs are kept.

A hit is relevant when its passage covers the whole span of a piece of evidence, in the document that the set names or
in one whose text is the same (see `Quotes`); what it covers in part counts in the token measures only. Lengths of those
are characters, as in Chroma's code, so that embedders can be compared.
"""

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.errors import RequestError
from core.evaluation.questions import Question
from core.evaluation.quotes import Quotes, Resolved
from core.evaluation.ranking import first_rank, found_within, ndcg, reciprocal
from core.evaluation.token_metrics import Located, token_scores
from core.governance.principals import may_see, persona
from core.index.contract import Access
from core.retrieval.retriever import Retriever, retrieve
from core.types import Document, Hit, Principal, Recipe, Span

DEPTHS = (1, 3, 5, 10)
COSTS = ("tokens", "characters", "ms")
"""What a search costs; the other metrics are from 0 to 1."""
METRICS = (
    *(f"recall@{depth}" for depth in DEPTHS),
    "mrr",
    "ndcg@10",
    "token recall",
    "token precision",
    "token iou",
    *COSTS,
)
"""Names of what is measured of each question; see `score`."""
_KEPT_HITS = 10


@dataclass(frozen=True, slots=True)
class Place:
    """Where a hit stands; its words are the document's and are not kept."""

    chunk: str
    document_id: str
    start: int
    end: int
    relevant: bool


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one question."""

    question: str
    """The question's id."""
    hash: str
    """Of the question as it was asked."""
    rank: int | None
    """Of the first relevant hit, from 1; None when none was found."""
    values: Mapping[str, float]
    """By the names of METRICS."""
    places: tuple[Place, ...]
    """The best hits."""
    trace: str = ""
    """Id of the answer's trace; empty where nothing was answered."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A question that can be scored, with the evidence that stands in the documents now."""

    question: Question
    wanted: tuple[Resolved, ...]
    access: Access


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run asks."""

    asked: tuple[Planned, ...]
    left_out: Mapping[str, int]
    """Questions that cannot be scored, counted by the reason."""


def plan(questions: Sequence[Question], documents: Sequence[Document], principal: Principal, on: date) -> Plan:
    """The questions of a set that can be scored for a principal, in the set's order.

    A question with a persona is asked as that persona, as far as the principal sees as much. Evidence that the asker
    may not see cannot be found by right, so its question is left out.
    """
    quotes = Quotes(documents, on)
    zones = {document.id: document for document in documents}
    asked: list[Planned] = []
    left_out: Counter[str] = Counter()
    for question in questions:
        asker = asked_as(question, principal)
        wanted = tuple(resolved for resolved in quotes.resolve(question) if resolved.state == "found")
        if not question.answerable:
            left_out["not answerable"] += 1
        elif not question.evidence:
            left_out["without evidence"] += 1
        elif not wanted:
            left_out["quote not found"] += 1
        elif not all(may_see(asker, zones[w.document_id].zone, zones[w.document_id].labels) for w in wanted):
            left_out["hidden from the asker"] += 1
        else:
            asked.append(Planned(question, wanted, Access.of(asker, on)))
    return Plan(tuple(asked), dict(left_out))


def ask_all(
    planned: Sequence[Planned], recipe: Recipe, parts: Retriever, done: Callable[[str], bool]
) -> Iterator[tuple[int, Result]]:
    """The position and result of each question that is not `done`; the first is searched once in vain to warm up."""
    warm = False
    for position, each in enumerate(planned):
        if done(each.question.id):
            continue
        if not warm:
            retrieve(each.question.text, recipe, each.access, parts)
            warm = True
        began = time.perf_counter()
        hits = retrieve(each.question.text, recipe, each.access, parts)
        ms = (time.perf_counter() - began) * 1000
        yield position, score(each, hits, recipe.retrieval.top_k, ms)


def score(planned: Planned, hits: Sequence[Hit], top_k: int, ms: float) -> Result:
    """The measures of one question.

    recall@k: share of the pieces of evidence that one of the first k hits covers. mrr: 1 / rank of the first relevant
    hit. ndcg@10: over hits that cover a piece which no better one covers; the ideal has as many at its top, and one
    more for each piece that was not found. token recall, precision, iou: of the passages that a prompt is shown, see
    `token_metrics`. tokens and characters: of those passages, by the embedder's tokenizer. ms: of the search.
    """
    wanted = planned.wanted
    covered_at: dict[int, int] = {}
    relevant = []
    for rank, hit in enumerate(hits, start=1):
        covers = [i for i, item in enumerate(wanted) if _covers(hit, item)]
        relevant.append(bool(covers))
        for i in covers:
            covered_at.setdefault(i, rank)
    useful = set(covered_at.values())
    gains: dict[object, int] = dict.fromkeys(useful, 1)
    gains |= {f"piece {i}": 1 for i in range(len(wanted)) if i not in covered_at}
    shown = [hit.shown for hit in hits[:top_k]]
    found = [Located(chunk.document_id, Span(chunk.start, chunk.end)) for chunk in shown]
    tokens = token_scores(found, [_nearest(item, found) for item in wanted])
    first = first_rank(range(1, len(hits) + 1), tuple(useful))
    values = {
        **{
            f"recall@{depth}": sum(found_within(covered_at.get(i), depth) for i in range(len(wanted))) / len(wanted)
            for depth in DEPTHS
        },
        "mrr": reciprocal(first),
        "ndcg@10": ndcg(range(1, len(hits) + 1), gains, 10),
        "token recall": tokens.recall,
        "token precision": tokens.precision,
        "token iou": tokens.iou,
        "tokens": float(sum(chunk.tokens for chunk in shown)),
        "characters": float(sum(chunk.end - chunk.start for chunk in shown)),
        "ms": ms,
    }
    assert all(map(math.isfinite, values.values()))
    places = tuple(
        Place(hit.chunk.id, hit.chunk.document_id, hit.chunk.start, hit.chunk.end, hit_is_relevant)
        for hit, hit_is_relevant in list(zip(hits, relevant, strict=True))[:_KEPT_HITS]
    )
    return Result(planned.question.id, planned.question.hash, first, values, places)


def result_json(result: Result) -> dict[str, Any]:
    """The result as it is kept."""
    body: dict[str, Any] = {
        "hash": result.hash,
        "rank": result.rank,
        "values": dict(result.values),
        "places": [[p.chunk, p.document_id, p.start, p.end, p.relevant] for p in result.places],
    }
    return body | ({"trace": result.trace} if result.trace else {})


def result_from(question: str, body: Mapping[str, Any]) -> Result:
    """The result that `result_json` took apart."""
    places = tuple(Place(*place) for place in body["places"])
    return Result(question, body["hash"], body["rank"], body["values"], places, body.get("trace", ""))


def asked_as(question: Question, principal: Principal) -> Principal:
    """The question's persona with no more than the principal's own view."""
    if not question.persona:
        return principal
    asker = persona(question.persona)
    zones = tuple(zone for zone in asker.zones if zone in principal.zones)
    if asker.labels is None or principal.labels is None:
        labels = principal.labels if asker.labels is None else asker.labels
    else:
        labels = tuple(label for label in asker.labels if label in principal.labels)
    return Principal(asker.name, asker.roles, zones, labels)


def _covers(hit: Hit, item: Resolved) -> bool:
    """Whether the passage that was found, or the one that a prompt gets in its place, holds the quote wholly."""
    spans = item.places.get(hit.chunk.document_id, ())
    return any(
        chunk.start <= span.start and span.end <= chunk.end for chunk in (hit.chunk, hit.shown) for span in spans
    )


def _nearest(item: Resolved, found: Sequence[Located]) -> Located:
    """The place of the quote that was found best, the first one where none was."""
    if not item.spans:
        raise RequestError("A quote that stands nowhere cannot be scored.")
    places = [Located(document, span) for document, spans in item.places.items() for span in spans]
    return max(places, key=lambda place: token_scores(found, [place]).recall)
