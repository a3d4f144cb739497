"""Rankings from vectors and from words: dense, BM25 as the product's index computes it, and their fusion.

All work is on numpy arrays or on one Edge shard in a temporary folder; what a passage is, it does not know.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import qdrant_edge as qe

from core.retrieval.fusion import reciprocal_rank_fusion


def dense(questions: np.ndarray, passages: np.ndarray, limit: int) -> list[list[int]]:
    """For each question the numbers of the nearest passages, best first; both are unit vectors in rows."""
    return [top(scores, limit) for scores in questions @ passages.T]


def top(scores: np.ndarray, limit: int) -> list[int]:
    """Positions of the largest scores, best first; equal scores keep their order."""
    return [int(i) for i in np.argsort(-scores, kind="stable")[:limit]]


class Bm25:
    """Qdrant Edge's BM25 over texts, with the index's own document frequencies."""

    def __init__(self, texts: Sequence[str], folder: Path) -> None:
        self._model = qe.Bm25()
        sparse = qe.EdgeSparseVectorParams(modifier=qe.Modifier.Idf)
        self._shard = qe.EdgeShard.create(str(folder), qe.EdgeConfig(vectors={}, sparse_vectors={"sparse": sparse}))
        embedded = [self._model.embed_document(text) for text in texts]
        self._words = {word for vector in embedded for word in vector.indices}
        points = [qe.Point(i, {"sparse": vector}, {}) for i, vector in enumerate(embedded)]
        for start in range(0, len(points), 1000):
            self._shard.update(qe.UpdateOperation.upsert_points(points[start : start + 1000]))

    def scores(self, question: str, limit: int) -> list[tuple[int, float]]:
        """Numbers and scores of the best texts that share a word with the question, best first."""
        query = qe.Query.Nearest(self._model.embed_query(question), using="sparse")
        found = self._shard.query(qe.QueryRequest(limit, query=query))
        return sorted(((int(point.id), point.score) for point in found), key=lambda pair: (-pair[1], pair[0]))

    def rank(self, question: str, limit: int) -> list[int]:
        """The numbers of the best texts, best first."""
        return [number for number, _ in self.scores(question, limit)]

    def known(self, question: str) -> float:
        """The share of the question's words, stop words aside, that stand in any text; 0 when it has none."""
        words = self._model.embed_query(question).indices
        return sum(word in self._words for word in words) / len(words) if words else 0.0

    def close(self) -> None:
        """Let go of the shard's files."""
        self._shard.close()


@contextmanager
def bm25(texts: Sequence[str]) -> Iterator[Bm25]:
    """A BM25 index that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        index = Bm25(texts, Path(folder))
        try:
            yield index
        finally:
            index.close()


def fused(lists: Sequence[Sequence[int]], k: int) -> list[int]:
    """Reciprocal rank fusion of rankings of numbers; a list that is given twice counts twice."""
    return [number for number, _ in reciprocal_rank_fusion({str(i): ranked for i, ranked in enumerate(lists)}, k)]
