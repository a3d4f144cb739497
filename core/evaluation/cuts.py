"""Remembers by which chunkings and models vectors were ever cached; it knows no document and no vector.

An erasure cuts the document in all these ways once more, to find which cached vectors were made of it.
"""

from dataclasses import asdict, dataclass

from sqlalchemy import Engine, select
from sqlalchemy.dialects.sqlite import insert

from core.storage.database import cuts as table
from core.types import Chunking, Embedding, fingerprint


@dataclass(frozen=True, slots=True)
class Cut:
    """A way in which documents were cut and embedded."""

    chunking: Chunking
    embedding: Embedding
    revision: str
    """Of the embedder, as the cache knows it."""


class Cuts:
    """The record of one workspace."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def note(self, chunking: Chunking, embedding: Embedding, revision: str) -> None:
        """Keep a way of cutting; call it before the first vector is cached."""
        body = {"chunking": asdict(chunking), "embedding": asdict(embedding), "revision": revision}
        key = fingerprint([body["chunking"], embedding.model, revision])
        with self._engine.begin() as connection:
            connection.execute(insert(table).values(id=key, **body).on_conflict_do_nothing())

    def all(self) -> list[Cut]:
        """Every way that was ever noted."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(table)).all()
        return [Cut(Chunking(**row.chunking), Embedding(**row.embedding), row.revision) for row in rows]
