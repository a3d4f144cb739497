"""Vectors that were computed before, by model revision and text; it knows neither documents nor chunks.

What a new version of a document left unchanged keeps its vector, and cutting a text anew costs only what is new. The
texts themselves are not kept, only their hashes.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from core.embedding.encoder import Embedder, Progress
from core.storage.database import embeddings

_TOGETHER = 500
"""Hashes of one query; SQLite takes some thousands of parameters at most."""


class VectorCache:
    """A bounded table of vectors; the ones unused for longest go first."""

    def __init__(self, engine: Engine, limit: int = 200_000) -> None:
        self._engine = engine
        self._limit = limit

    def around(self, embedder: Embedder) -> "CachedEmbedder":
        """The same embedder, whose passages come from this cache where they can."""
        return CachedEmbedder(self, embedder)

    def passages(self, embedder: Embedder, texts: Sequence[str], progress: Progress | None = None) -> np.ndarray:
        """The same as `embedder.passages`, computing only what is not held; shape (texts, dimension), float32."""
        hashes = [text_hash(text) for text in texts]
        held = self._read(embedder.revision, hashes)
        missing = list({h: i for i, h in enumerate(hashes) if h not in held}.items())
        reused = len(texts) - len(missing)
        if missing:
            report = (lambda done: progress(reused + done)) if progress else None
            fresh = embedder.passages([texts[i] for _, i in missing], report)
            new = {h: vector for (h, _), vector in zip(missing, fresh, strict=True)}
            self._write(embedder.revision, new)
            held |= new
        if not texts:
            return np.zeros((0, embedder.spec.dimension), dtype=np.float32)
        return np.stack([held[h] for h in hashes])

    def forget(self, texts: Sequence[str]) -> int:
        """Remove the vectors of these texts, of every model; returns how many there were."""
        hashes = sorted({text_hash(text) for text in texts})
        removed = 0
        with self._engine.begin() as connection:
            for part in _parts(hashes):
                removed += connection.execute(delete(embeddings).where(embeddings.c.text_hash.in_(part))).rowcount
        return removed

    def size(self) -> tuple[int, int]:
        """Vectors held, and their bytes."""
        query = select(func.count(), func.coalesce(func.sum(func.length(embeddings.c.vector)), 0))
        with self._engine.connect() as connection:
            count, total = connection.execute(query).one()
        return int(count), int(total)

    def _read(self, revision: str, hashes: Sequence[str]) -> dict[str, np.ndarray]:
        found: dict[str, np.ndarray] = {}
        with self._engine.connect() as connection:
            for part in _parts(sorted(set(hashes))):
                query = select(embeddings.c.text_hash, embeddings.c.vector).where(
                    embeddings.c.revision == revision, embeddings.c.text_hash.in_(part)
                )
                found |= {row.text_hash: np.frombuffer(row.vector, np.float32) for row in connection.execute(query)}
        if found:
            with self._engine.begin() as connection:
                for part in _parts(list(found)):
                    connection.execute(
                        update(embeddings)
                        .where(embeddings.c.revision == revision, embeddings.c.text_hash.in_(part))
                        .values(used=_next_use())
                    )
        return found

    def _write(self, revision: str, new: dict[str, np.ndarray]) -> None:
        stored = {h: vector.astype(np.float32).tobytes() for h, vector in new.items()}
        rows = [{"revision": revision, "text_hash": h, "vector": blob} for h, blob in stored.items()]
        with self._engine.begin() as connection:
            statement = insert(embeddings).on_conflict_do_nothing()
            connection.execute(statement, [row | {"used": 0} for row in rows])
            for part in _parts(list(new)):
                connection.execute(
                    update(embeddings)
                    .where(embeddings.c.revision == revision, embeddings.c.text_hash.in_(part))
                    .values(used=_next_use())
                )
            surplus = connection.execute(select(func.count()).select_from(embeddings)).scalar_one() - self._limit
            if surplus > 0:
                oldest = select(embeddings.c.used).order_by(embeddings.c.used).offset(surplus - 1).limit(1)
                connection.execute(delete(embeddings).where(embeddings.c.used <= oldest.scalar_subquery()))


class CachedEmbedder:
    """An embedder that computes no passage twice; questions are never kept."""

    def __init__(self, cache: VectorCache, embedder: Embedder) -> None:
        self.spec = embedder.spec
        self.revision = embedder.revision
        self.tokens = embedder.tokens
        self._cache = cache
        self._embedder = embedder

    def passages(self, texts: Sequence[str], progress: Progress | None = None) -> np.ndarray:
        """See `Embedder.passages`."""
        return self._cache.passages(self._embedder, texts, progress)

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        """See `Embedder.queries`."""
        return self._embedder.queries(texts)

    def tokens_over(self, texts: Sequence[str]) -> list[int]:
        """See `Embedder.tokens_over`."""
        return self._embedder.tokens_over(texts)


def text_hash(text: str) -> str:
    """sha256 of a text, the key under which its vector is held."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _next_use() -> object:
    return select(func.coalesce(func.max(embeddings.c.used), 0) + 1).scalar_subquery()


def _parts(hashes: Sequence[str]) -> list[Sequence[str]]:
    return [hashes[i : i + _TOGETHER] for i in range(0, len(hashes), _TOGETHER)]
