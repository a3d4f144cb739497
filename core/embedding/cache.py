"""Vectors that were computed before, by model revision and text; it knows neither documents nor chunks.

What a new version of a document left unchanged keeps its vector, and cutting a text anew costs only what is new. The
texts themselves are not kept, only their hashes.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
from sqlalchemy import Connection, Engine, delete, func, select, tuple_, update
from sqlalchemy.dialects.sqlite import insert

from core.embedding.encoder import Embedder, Progress
from core.storage.database import embeddings

_TOGETHER = 500
"""Hashes of one query; SQLite takes some thousands of parameters at most."""
_VECTOR = 384 * 4
"""Bytes of the vector that the limit is counted in: of a model with 1,536 numbers a quarter as many are kept."""
_SLACK = 0.01
"""Share of the limit that goes beyond the surplus, so that a full cache is not counted again at every write."""


class VectorCache:
    """A bounded table of vectors; the ones unused for longest go first."""

    def __init__(self, engine: Engine, limit: int = 200_000) -> None:
        """In a workspace's database, holding at most the bytes of `limit` vectors of 384 numbers."""
        self._engine = engine
        self._limit = limit * _VECTOR
        self._most: int | None = None
        """Bytes held at most: counted once, then every write added; None before the first write."""
        for index in embeddings.indexes:  # a database of before has the table without it
            index.create(engine, checkfirst=True)

    def around(self, embedder: Embedder) -> "CachedEmbedder":
        """The same embedder, whose passages come from this cache where they can."""
        return CachedEmbedder(self, embedder)

    def passages(self, embedder: Embedder, texts: Sequence[str], progress: Progress | None = None) -> np.ndarray:
        """The same as `embedder.passages`, computing only what is not held; shape (texts, dimension), float32."""
        hashes = [text_hash(text) for text in texts]
        held = self._read(embedder.revision, embedder.spec.dimension, hashes)
        missing = list({h: i for i, h in enumerate(hashes) if h not in held}.items())
        reused = len(texts) - len(missing)
        if missing:
            report = (lambda done: progress(reused + done)) if progress else None
            absent = [texts[i] for _, i in missing]
            over = embedder.tokens_over(absent)
            fresh = embedder.passages(absent, report)
            new = {h: vector for (h, _), vector in zip(missing, fresh, strict=True)}
            self._write(embedder.revision, new, over)
            held |= new
        if not texts:
            return np.zeros((0, embedder.spec.dimension), dtype=np.float32)
        return np.stack([held[h] for h in hashes])

    def tokens_over(self, embedder: Embedder, texts: Sequence[str]) -> list[int]:
        """The same as `embedder.tokens_over`, counting only what was not counted when it was embedded."""
        hashes = [text_hash(text) for text in texts]
        held: dict[str, int] = {}
        with self._engine.connect() as connection:
            for part in _parts(sorted(set(hashes))):
                query = select(embeddings.c.text_hash, embeddings.c.over).where(
                    embeddings.c.revision == embedder.revision,
                    embeddings.c.text_hash.in_(part),
                    embeddings.c.over.is_not(None),
                )
                held |= {row.text_hash: int(row.over) for row in connection.execute(query)}
        missing = {h: i for i, h in enumerate(hashes) if h not in held}
        counted = embedder.tokens_over([texts[i] for i in missing.values()]) if missing else []
        held |= dict(zip(missing, counted, strict=True))
        return [held[h] for h in hashes]

    def forget(self, texts: Sequence[str]) -> int:
        """Remove the vectors of these texts, of every model; returns how many there were."""
        hashes = sorted({text_hash(text) for text in texts})
        removed = 0
        with self._engine.begin() as connection:
            for part in _parts(hashes):
                removed += connection.execute(delete(embeddings).where(embeddings.c.text_hash.in_(part))).rowcount
        return removed

    def forget_model(self, revision: str) -> int:
        """Remove all vectors of a model; returns how many there were."""
        with self._engine.begin() as connection:
            return int(connection.execute(delete(embeddings).where(embeddings.c.revision == revision)).rowcount)

    @property
    def limit(self) -> int:
        """Bytes of vectors that are kept at most."""
        return self._limit

    def size(self) -> tuple[int, int]:
        """Vectors held, and their bytes."""
        with self._engine.connect() as connection:
            counts = _counts(connection)
        return sum(count for count, _ in counts), sum(count * each for count, each in counts)

    def _read(self, revision: str, dimension: int, hashes: Sequence[str]) -> dict[str, np.ndarray]:
        """What is held, by hash; vectors of another dimension, as of a server that changed its model, are not."""
        found: dict[str, np.ndarray] = {}
        with self._engine.connect() as connection:
            for part in _parts(sorted(set(hashes))):
                query = select(embeddings.c.text_hash, embeddings.c.vector).where(
                    embeddings.c.revision == revision,
                    embeddings.c.text_hash.in_(part),
                    func.length(embeddings.c.vector) == dimension * 4,
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

    def _write(self, revision: str, new: dict[str, np.ndarray], over: Sequence[int]) -> None:
        stored = {h: vector.astype(np.float32).tobytes() for h, vector in new.items()}
        rows = [
            {"revision": revision, "text_hash": h, "vector": blob, "over": beyond}
            for (h, blob), beyond in zip(stored.items(), over, strict=True)
        ]
        with self._engine.begin() as connection:
            use = connection.execute(select(func.coalesce(func.max(embeddings.c.used), 0) + 1)).scalar_one()
            statement = insert(embeddings)
            replaced = {name: statement.excluded[name] for name in ("vector", "used", "over")}
            connection.execute(
                statement.on_conflict_do_update(["revision", "text_hash"], set_=replaced),
                [row | {"used": use} for row in rows],
            )
            written = sum(map(len, stored.values()))
            self._most = None if self._most is None else self._most + written
            if self._most is None or self._most > self._limit:
                self._most = _evict(connection, self._limit)


def _evict(connection: Connection, limit: int) -> int:
    """Remove what was unused for longest until at most `limit` bytes are held; returns the bytes held then."""
    counts = _counts(connection)
    held = sum(count * each for count, each in counts)
    wanted = limit if held <= limit else int(limit * (1 - _SLACK))
    while held > wanted:
        largest = max(each for _, each in counts)
        surplus = -(-(held - wanted) // largest)
        oldest = select(embeddings.c.revision, embeddings.c.text_hash).order_by(embeddings.c.used).limit(surplus)
        connection.execute(delete(embeddings).where(tuple_(embeddings.c.revision, embeddings.c.text_hash).in_(oldest)))
        counts = _counts(connection)
        held = sum(count * each for count, each in counts)
    return held


def _counts(connection: Connection) -> list[tuple[int, int]]:
    """For each model the vectors held and the bytes of one; reads the key's index, not the vectors."""
    counts = connection.execute(select(embeddings.c.revision, func.count()).group_by(embeddings.c.revision)).all()
    lengths = [
        connection.execute(
            select(func.length(embeddings.c.vector)).where(embeddings.c.revision == revision).limit(1)
        ).scalar_one()
        for revision, _ in counts
    ]
    return [(int(count), int(length)) for (_, count), length in zip(counts, lengths, strict=True)]


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
        return self._cache.tokens_over(self._embedder, texts)


def text_hash(text: str) -> str:
    """sha256 of a text, the key under which its vector is held."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _next_use() -> object:
    return select(func.coalesce(func.max(embeddings.c.used), 0) + 1).scalar_subquery()


def _parts(hashes: Sequence[str]) -> list[Sequence[str]]:
    return [hashes[i : i + _TOGETHER] for i in range(0, len(hashes), _TOGETHER)]
