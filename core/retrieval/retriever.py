"""From a question to hits with the score and rank of every stage; it does not know how an answer is written.

Search, fuse, rerank, diversify, widen. Scores of different stages are never mixed: each hit carries them side by side,
and only ranks decide the order.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from core.embedding.context import in_context
from core.embedding.encoder import Embedder
from core.index.contract import Access, Entry, Found, Query, VectorIndex
from core.retrieval.expansion import Closed, Texts, widen
from core.retrieval.fusion import distribution_based_fusion, maximal_marginal_relevance, reciprocal_rank_fusion
from core.retrieval.repeats import cut_repeats
from core.retrieval.reranking import Reranker
from core.types import Fate, Hit, Recipe, Retrieval, Score


@dataclass(frozen=True, slots=True)
class Retriever:
    """What retrieval needs of the other steps."""

    index: VectorIndex
    embedder: Embedder
    reranker: Reranker | None = None
    texts: Texts | None = None
    """Reads a document's text; needed where a recipe expands its hits."""
    closed: Closed = lambda _: ()
    """Ranges of a document that people disabled or wrote anew."""
    sift: Callable[[Sequence[Hit]], list[Hit]] = list
    """The choke point: gives the hits back as they may be shown, those that are kept out last and with that fate."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What the index returned: by chunk id, the entry, its vector and its scores."""

    entries: dict[str, Entry]
    vectors: dict[str, np.ndarray]
    scores: dict[str, dict[str, Score]]
    lists: dict[str, list[tuple[str, float]]]


def retrieve(
    question: str, recipe: Recipe, access: Access, parts: Retriever, vector: np.ndarray | None = None
) -> list[Hit]:
    """All candidates of the recipe's stages, best first; the first `top_k` are what a prompt may use.

    What the choke point keeps out comes last, with its fate.

    `vector` is the question's, shape (dimension,), where it is known already.
    """
    settings = recipe.retrieval
    if vector is None and settings.mode != "sparse":
        vector = parts.embedder.queries([question])[0]
    query = Query(
        dense=vector if settings.mode != "sparse" else None,
        words=question if settings.mode != "dense" else None,
        limit=settings.candidates,
        vectors=settings.mmr is not None,
        known=settings.mode == "hybrid" and settings.words_known > 0,
    )
    answer = parts.index.search(recipe.index_key, query, access)
    foreign = answer.known is not None and answer.known < settings.words_known
    found = _collect({"dense": answer.dense} if foreign else {"dense": answer.dense, "sparse": answer.sparse})
    order = _fuse(found, settings)
    rerank = "none" if foreign and settings.rerank == "maxsim" else settings.rerank
    if parts.reranker is not None and rerank != "none":
        order = _rerank(question, order, found, settings, parts.reranker)
    if settings.mmr is not None:
        order = _diversify(order, found, settings)
    hits = [
        Hit(found.entries[key].chunk, found.entries[key].document, found.entries[key].zone, rank, _frozen(found, key))
        for rank, key in enumerate(order, start=1)
    ]
    hits = parts.sift(hits)
    kept_out = [hit for hit in hits if hit.fate is Fate.WITHHELD]
    hits = _shaped([hit for hit in hits if hit.fate is not Fate.WITHHELD], recipe, parts)
    return [*hits, *(replace(hit, rank=rank) for rank, hit in enumerate(kept_out, start=len(hits) + 1))]


def _shaped(hits: list[Hit], recipe: Recipe, parts: Retriever) -> list[Hit]:
    """The hits as a prompt reads them: widened, or without what a better one shows already."""
    settings = recipe.retrieval
    if settings.expand == "new":
        return cut_repeats(hits, settings.top_k)
    wide = settings.expand != "none" or any(hit.chunk.around for hit in hits[: settings.top_k])
    if not wide or parts.texts is None:
        return hits
    return widen(hits, recipe.index_key, settings, parts.index, parts.texts, parts.closed)


def _collect(stages: Mapping[str, Sequence[Found]]) -> _Found:
    found = _Found({}, {}, {}, {})
    for name, ranked in stages.items():
        if ranked:
            found.lists[name] = [(hit.entry.chunk.id, hit.score) for hit in ranked]
        for rank, hit in enumerate(ranked, start=1):
            key = hit.entry.chunk.id
            found.entries.setdefault(key, hit.entry)
            found.scores.setdefault(key, {})[name] = Score(hit.score, rank)
            if hit.vector is not None:
                found.vectors[key] = hit.vector
    return found


def _fuse(found: _Found, settings: Retrieval) -> list[str]:
    """Chunk ids by the recipe's fusion; one list keeps its own order and gains no score."""
    weights = {"dense": settings.dense_weight, "sparse": settings.sparse_weight}
    if len(found.lists) < 2:
        return [key for ranked in found.lists.values() for key, _ in ranked]
    if settings.fusion == "dbsf":
        fused = distribution_based_fusion(found.lists, weights)
    else:
        fused = reciprocal_rank_fusion(_ranks(found), settings.rrf_k, weights)
    for rank, (key, value) in enumerate(fused, start=1):
        found.scores[key]["fused"] = Score(value, rank)
    return [key for key, _ in fused]


def _rerank(question: str, order: list[str], found: _Found, settings: Retrieval, reranker: Reranker) -> list[str]:
    """The first `rerank_depth` in a new order, the rest behind them as they were."""
    head, tail = order[: settings.rerank_depth], order[settings.rerank_depth :]
    if not head:
        return order
    entries = [found.entries[key] for key in head]
    passages = [in_context(entry.document, entry.chunk.headings, entry.chunk.text) for entry in entries]
    values = reranker.scores(question, passages)
    judged = [head[i] for i in np.argsort(-values, kind="stable")]
    for rank, key in enumerate(judged, start=1):
        found.scores[key]["rerank"] = Score(float(values[head.index(key)]), rank)
    if settings.rerank_order == "alone":
        return [*judged, *tail]
    weights = {
        "dense": settings.dense_weight,
        "sparse": settings.sparse_weight,
        "rerank": settings.rerank_weight,
    }
    inside = set(head)
    fused = reciprocal_rank_fusion({**_ranks(found), "rerank": judged}, settings.rrf_k, weights)
    return [*(key for key, _ in fused if key in inside), *tail]


def _diversify(order: list[str], found: _Found, settings: Retrieval) -> list[str]:
    """The first candidates by maximal marginal relevance; relevance falls evenly with the rank so far."""
    assert settings.mmr is not None
    depth = min(len(order), max(settings.rerank_depth, 4 * settings.top_k))
    head = order[:depth]
    if not head:
        return order
    vectors = np.stack([found.vectors[key] for key in head]).astype(np.float64)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    relevance = 1 - np.arange(depth) / depth
    return [*(head[i] for i in maximal_marginal_relevance(vectors, relevance, settings.mmr)), *order[depth:]]


def _ranks(found: _Found) -> dict[str, list[str]]:
    return {name: [key for key, _ in ranked] for name, ranked in found.lists.items()}


def _frozen(found: _Found, key: str) -> Mapping[str, Score]:
    return MappingProxyType(found.scores[key])
