"""From a question to hits with the score and rank of every stage; it does not know how an answer is written."""

from collections.abc import Sequence
from types import MappingProxyType

from core.embedding.encoder import Embedder
from core.index.contract import Access, Entry, Found, Query, VectorIndex
from core.retrieval.fusion import reciprocal_rank_fusion
from core.types import Hit, Recipe, Score


def retrieve(question: str, recipe: Recipe, access: Access, index: VectorIndex, embedder: Embedder) -> list[Hit]:
    """All candidates of the recipe's stages, best first; the first `top_k` are what a prompt may use."""
    settings = recipe.retrieval
    query = Query(
        dense=embedder.queries([question])[0] if settings.mode != "sparse" else None,
        words=question if settings.mode != "dense" else None,
        limit=settings.candidates,
    )
    found = index.search(recipe.index_key, query, access)
    stages: dict[str, Sequence[Found]] = {"dense": found.dense, "sparse": found.sparse}
    return fuse({name: ranked for name, ranked in stages.items() if ranked}, settings.rrf_k)


def fuse(stages: dict[str, Sequence[Found]], rrf_k: int) -> list[Hit]:
    """Join the ranked lists of the stages by reciprocal rank; one list keeps its own order and gains no score."""
    entries: dict[str, Entry] = {}
    scores: dict[str, dict[str, Score]] = {}
    for name, ranked in stages.items():
        for rank, found in enumerate(ranked, start=1):
            key = found.entry.chunk.id
            entries.setdefault(key, found.entry)
            scores.setdefault(key, {})[name] = Score(found.score, rank)
    order = reciprocal_rank_fusion({n: [f.entry.chunk.id for f in ranked] for n, ranked in stages.items()}, rrf_k)
    if len(stages) > 1:
        for rank, (key, value) in enumerate(order, start=1):
            scores[key]["fused"] = Score(value, rank)
    return [
        Hit(entries[key].chunk, entries[key].document, entries[key].zone, rank, MappingProxyType(scores[key]))
        for rank, (key, _) in enumerate(order, start=1)
    ]
