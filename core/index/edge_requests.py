"""Searches, filters and answers in the words of qdrant-edge; it holds no shard."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import qdrant_edge as qe

from core.index.contract import Access, Found, Query
from core.index.payload import EF, OVERSAMPLING, entry_from
from core.index.sealing import TextSeal


def requests_for(query: Query, access: Access, bm25: qe.Bm25) -> list[qe.QueryRequest]:
    """A search as one batch: the dense request, the sparse one, or both; the access is a filter of each."""
    visible, requests = allowed(access), []
    vectors = ["dense"] if query.vectors else False
    if query.dense is not None:
        params = qe.SearchParams(
            hnsw_ef=max(EF, query.limit),
            exact=query.exact,
            quantization=qe.QuantizationSearchParams(query.exact, rescore=True, oversampling=OVERSAMPLING),
        )
        nearest = qe.Query.Nearest(query.dense.tolist(), using="dense")
        requests.append(
            qe.QueryRequest(
                query.limit, query=nearest, filter=visible, params=params, with_payload=True, with_vector=vectors
            )
        )
    if query.words is not None:
        nearest = qe.Query.Nearest(bm25.embed_query(query.words), using="sparse")
        requests.append(
            qe.QueryRequest(query.limit, query=nearest, filter=visible, with_payload=True, with_vector=vectors)
        )
    return requests


def requests_for_words(query: Query, access: Access, bm25: qe.Bm25) -> list[qe.QueryRequest]:
    """For each word of the question, stop words aside, a search for one passage that holds it."""
    if query.words is None or not query.known:
        return []
    words = bm25.embed_query(query.words)
    return [
        qe.QueryRequest(
            1, query=qe.Query.Nearest(qe.SparseVector(indices=[index], values=[1.0]), using="sparse"),
            filter=allowed(access),
        )
        for index in words.indices
    ]  # fmt: skip


def allowed(access: Access) -> qe.Filter:
    """What an access may see."""
    today = access.on.toordinal()
    in_force = [
        qe.FieldCondition(key="valid_from", range=qe.RangeFloat(lte=today)),
        qe.FieldCondition(key="valid_until", range=qe.RangeFloat(gte=today)),
    ]
    if access.labels is None:
        return qe.Filter(must=[*in_force])
    if access.labels:  # a label outside the principal's own hides the document
        foreign = qe.FieldCondition(key="labels", match=qe.MatchExcept(list(access.labels)))
        return qe.Filter(must=[*in_force], must_not=[foreign])
    return qe.Filter(must=[*in_force, qe.IsEmptyCondition("labels")])


def of_documents(ids: Sequence[str]) -> qe.Filter:
    """Entries of these documents, as a filter."""
    return qe.Filter(must=[is_of(ids)])


def is_of(ids: Sequence[str]) -> qe.FieldCondition:
    """Entries of these documents, as a condition among others."""
    return qe.FieldCondition(key="document_id", match=qe.MatchAny(list(ids)))


def best_of(points: Sequence[Any], sign: int, limit: int, seal: TextSeal | None = None) -> tuple[Found, ...]:
    """The best of the hits of several zones, with their scores turned round by `sign` where less is nearer."""
    ranked = sorted(points, key=lambda point: (-sign * point.score, str(point.id)))[:limit]
    return tuple(
        Found(entry_from(point.id, point.payload, seal), sign * point.score, dense(point) if point.vector else None)
        for point in ranked
    )


def dense(record: Any) -> np.ndarray:
    """The dense vector of a record, shape (dimension,)."""
    return np.array(record.vector["dense"], np.float32)
