"""Searches, filters and answers in the words of qdrant-client; it sends nothing."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from qdrant_client import models as m
from qdrant_edge import Bm25

from core.index.contract import Access, Found, Query
from core.index.payload import EF, OVERSAMPLING, entry_from


def requests_for(query: Query, access: Access, bm25: Bm25) -> list[m.QueryRequest]:
    """A search as one batch: the dense request, the sparse one, or both; the access is a filter of each."""
    visible = allowed(access)
    requests = []
    vectors: Any = ["dense"] if query.vectors else False
    if query.dense is not None:
        params = m.SearchParams(
            hnsw_ef=max(EF, query.limit),
            exact=query.exact,
            quantization=m.QuantizationSearchParams(ignore=query.exact, rescore=True, oversampling=OVERSAMPLING),
        )
        requests.append(
            m.QueryRequest(
                query=query.dense.tolist(),
                using="dense",
                filter=visible,
                limit=query.limit,
                params=params,
                with_payload=True,
                with_vector=vectors,
            )
        )
    if query.words is not None:
        sparse = bm25.embed_query(query.words)
        requests.append(
            m.QueryRequest(
                query=m.SparseVector(indices=list(sparse.indices), values=list(sparse.values)),
                using="sparse",
                filter=visible,
                limit=query.limit,
                with_payload=True,
                with_vector=vectors,
            )
        )
    return requests


def requests_for_words(query: Query, access: Access, bm25: Bm25) -> list[m.QueryRequest]:
    """For each word of the question, stop words aside, a search for one passage that holds it."""
    if query.words is None or not query.known:
        return []
    words = bm25.embed_query(query.words)
    return [
        m.QueryRequest(
            query=m.SparseVector(indices=[index], values=[1.0]), using="sparse", filter=allowed(access), limit=1
        )
        for index in words.indices
    ]


def allowed(access: Access) -> m.Filter:
    """What an access may see; every field of it has an index, as strict mode asks."""
    today = access.on.toordinal()
    in_force: list[Any] = [
        m.FieldCondition(key="valid_from", range=m.Range(lte=today)),
        m.FieldCondition(key="valid_until", range=m.Range(gte=today)),
    ]
    if access.labels is None:
        return m.Filter(must=in_force)
    if access.labels:  # a label outside the principal's own hides the document
        foreign = m.FieldCondition(key="labels", match=m.MatchExcept(**{"except": list(access.labels)}))
        return m.Filter(must=in_force, must_not=[foreign])
    return m.Filter(must=[*in_force, m.IsEmptyCondition(is_empty=m.PayloadField(key="labels"))])


def is_of(ids: Sequence[str]) -> m.FieldCondition:
    """Entries of these documents."""
    return m.FieldCondition(key="document_id", match=m.MatchAny(any=list(ids)))


def best_of(points: Sequence[Any], sign: int, limit: int) -> tuple[Found, ...]:
    """The best of the hits of several zones, with their scores turned round by `sign` where less is nearer."""
    ranked = sorted(points, key=lambda point: (-sign * point.score, str(point.id)))[:limit]
    return tuple(
        Found(entry_from(point.id, point.payload), sign * point.score, dense(point) if point.vector else None)
        for point in ranked
    )


def dense(record: Any) -> np.ndarray:
    """The dense vector of a record, shape (dimension,)."""
    return np.array(record.vector["dense"], np.float32)
