"""The store on a Qdrant server, for when a laptop is outgrown; the same contract as the embedded one.

Each index and zone is a collection behind an alias, `touchstone_<key>_<zone>`; what fills it stands in the collection's
metadata. Building anew makes the next collection beside and swaps the alias. It knows nothing of documents beyond
their ids.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from qdrant_client import QdrantClient
from qdrant_client import models as m
from qdrant_edge import Bm25

from core.embedding.context import in_context
from core.errors import IndexFailure, NotFound
from core.index.contract import Access, Candidates, Entry, Facet, Health, IndexSpec, Query, Stored, Tags
from core.index.payload import entry_from, filled_otherwise, payload_of, share_of, tags_payload
from core.index.server_collections import Collections, ServerSettings
from core.index.server_requests import best_of, dense, is_of, requests_for, requests_for_words
from core.types import ZONES, Zone

_PAGE = 500
"""Points of one request."""


class ServerIndex:
    """All indexes of a workspace on one server; requests may come from several threads."""

    def __init__(self, settings: ServerSettings, client: QdrantClient | None = None) -> None:
        self._at = Collections(settings, client)
        self._do = self._at.do
        self._client = self._at.client
        self._bm25 = Bm25()
        self._specs: dict[str, IndexSpec] = {}

    def open(self, spec: IndexSpec) -> None:
        """See `VectorIndex.open`; raises IndexUnavailable when the server is away."""
        if self._specs.get(spec.key) == spec:
            return
        if spec.key in self.keys() and (held := self.spec(spec.key)) != spec:
            raise IndexFailure(filled_otherwise(held, spec))
        existing = self._at.aliases()
        aliases = [self._at.alias(spec.key, zone) for zone in ZONES]
        for alias in (alias for alias in aliases if alias in existing):
            self._at.require_own(alias)
        for alias in (alias for alias in aliases if alias not in existing):
            self._at.create(f"{alias}_v1", spec)
            self._at.point_alias(alias, f"{alias}_v1", None)
        self._specs[spec.key] = spec

    def replace_document(
        self,
        key: str,
        zone: Zone,
        entries: Sequence[Entry],
        vectors: np.ndarray,
        old: Mapping[Zone, Sequence[str]],
    ) -> None:
        """See `VectorIndex.replace_document`. On a server readers may see both versions for a moment, never neither."""
        self._require(key)
        points = [self._point(entry, vector) for entry, vector in zip(entries, vectors, strict=True)]
        for i in range(0, len(points), _PAGE):
            self._do(self._client.upsert, self._at.alias(key, zone), points[i : i + _PAGE], wait=True)
        fresh = [entry.chunk.id for entry in entries]
        for old_zone, ids in old.items():
            if ids:
                keep: list[Any] = [m.HasIdCondition(has_id=list(fresh))] if fresh and old_zone == zone else []
                gone = m.Filter(must=[is_of(ids)], must_not=keep)
                self._delete(key, old_zone, gone)

    def delete_documents(self, key: str, zone: Zone, document_ids: Sequence[str]) -> None:
        """See `VectorIndex.delete_documents`."""
        self._require(key)
        if document_ids:
            self._delete(key, zone, m.Filter(must=[is_of(document_ids)]))

    def relabel(self, key: str, zone: Zone, document_id: str, tags: Tags) -> None:
        """See `VectorIndex.relabel`."""
        self._require(key)
        wanted = m.Filter(must=[is_of([document_id])])
        self._do(self._client.set_payload, self._at.alias(key, zone), tags_payload(tags), points=wanted, wait=True)

    def move(self, key: str, document_id: str, old: Zone, new: Zone) -> None:
        """See `VectorIndex.move`."""
        self._require(key)
        wanted = m.Filter(must=[is_of([document_id])])
        for page in self._pages(key, old, wanted, vectors=True):
            points = [m.PointStruct(id=r.id, vector=r.vector, payload={**r.payload, "zone": new}) for r in page]
            self._do(self._client.upsert, self._at.alias(key, new), points, wait=True)
        self._delete(key, old, wanted)

    def rewrite(self, key: str, zone: Zone) -> None:
        """See `VectorIndex.rewrite`: the next collection is filled, its count checked, and the alias moved to it."""
        self._require(key)
        alias = self._at.alias(key, zone)
        old = self._at.aliases()[alias]
        number = int(re.sub(r".*_v", "", old)) + 1
        fresh = f"{alias}_v{number}"
        if self._do(self._client.collection_exists, fresh):
            self._do(self._client.delete_collection, fresh)
        self._at.create(fresh, self._specs[key])
        for page in self._pages(key, zone, None, vectors=True):
            points = [m.PointStruct(id=r.id, vector=r.vector, payload=r.payload) for r in page]
            self._do(self._client.upsert, fresh, points, wait=True)
        before, after = (self._do(self._client.count, n, exact=True).count for n in (old, fresh))
        if before != after:
            self._do(self._client.delete_collection, fresh)
            raise IndexFailure(f"The new collection holds {after} of {before} passages; the old one stays in use.")
        self._at.point_alias(alias, fresh, old)
        self._do(self._client.delete_collection, old)

    def search(self, key: str, query: Query, access: Access) -> Candidates:
        """See `VectorIndex.search`: one batch request for each zone."""
        self._require(key)
        requests = requests_for(query, access, self._bm25)
        words = requests_for_words(query, access, self._bm25)
        lists: list[list[Any]] = [[] for _ in requests]
        held = [False] * len(words)
        dense = -1 if self._specs[key].distance == "euclid" else 1
        signs = [dense, 1] if query.dense is not None else [1]
        for zone in access.zones if requests else ():
            answers = self._do(self._client.query_batch_points, self._at.alias(key, zone), [*requests, *words])
            for ranked, answer in zip(lists, answers, strict=False):
                ranked.extend(answer.points)
            found_words = answers[len(requests) :]
            held = [known or bool(answer.points) for known, answer in zip(held, found_words, strict=True)]
        best = [best_of(points, sign, query.limit) for points, sign in zip(lists, signs, strict=False)]
        return Candidates(
            dense=best[0] if query.dense is not None else (),
            sparse=best[-1] if query.words is not None else (),
            known=share_of(held) if query.known else None,
        )

    def counts(self, key: str, zone: Zone) -> dict[str, int]:
        """See `VectorIndex.counts`."""
        return self.facet(key, zone, "document_id")

    def facet(self, key: str, zone: Zone, field: Facet) -> dict[str, int]:
        """See `VectorIndex.facet`."""
        self._require(key)
        answer = self._do(self._client.facet, self._at.alias(key, zone), field, limit=1_000_000, exact=True)
        return {str(hit.value): hit.count for hit in answer.hits if hit.count}

    def entries(
        self, key: str, zone: Zone, document_id: str, between: tuple[int, int] | None = None
    ) -> Iterator[Entry]:
        """See `VectorIndex.entries`."""
        self._require(key)
        wanted: list[Any] = [is_of([document_id])]
        if between is not None:
            wanted += [
                m.FieldCondition(key="start", range=m.Range(lt=between[1])),
                m.FieldCondition(key="end", range=m.Range(gt=between[0])),
            ]
        pages = self._pages(key, zone, m.Filter(must=wanted), vectors=False)
        stored = [entry_from(record.id, record.payload or {}) for page in pages for record in page]
        yield from sorted(stored, key=lambda entry: entry.chunk.start)

    def iterate(self, key: str, zone: Zone) -> Iterator[Stored]:
        """See `VectorIndex.iterate`."""
        self._require(key)
        for page in self._pages(key, zone, None, vectors=True):
            for record in page:
                yield Stored(entry_from(record.id, record.payload or {}), dense(record))

    def optimise(self, key: str) -> None:
        """See `VectorIndex.optimise`; a server optimises by itself, whenever a segment has grown."""
        self._require(key)

    def health(self, key: str) -> Health:
        """See `VectorIndex.health`."""
        self._require(key)
        infos = [self._do(self._client.get_collection, self._at.alias(key, zone)) for zone in ZONES]
        held = [(info.points_count or 0, info.indexed_vectors_count or 0) for info in infos]
        return Health(
            chunks=sum(points for points, _ in held),
            indexed=sum(min(points, max(0, both - points)) for points, both in held),  # sparse vectors count too
            bytes=0,
        )

    def keys(self) -> tuple[str, ...]:
        """See `VectorIndex.keys`."""
        return self._at.keys()

    def spec(self, key: str) -> IndexSpec:
        """See `VectorIndex.spec`."""
        alias = self._at.alias(key, ZONES[0])
        if alias not in self._at.aliases():
            raise NotFound(f"There is no index '{key}'.")
        held = self._at.metadata(alias).get("touchstone")
        if held is None:
            raise IndexFailure(f"The collection {alias} on {self._at.name} was not made by Touchstone.")
        return IndexSpec(**held)

    def drop(self, key: str) -> None:
        """See `VectorIndex.drop`."""
        aliases = self._at.aliases()
        for zone in ZONES:
            alias = self._at.alias(key, zone)
            if alias in aliases:
                self._do(self._client.delete_collection, aliases[alias])
        self._specs.pop(key, None)

    def close(self) -> None:
        """See `VectorIndex.close`."""
        self._at.close()

    def snapshot(self, key: str) -> list[str]:
        """Make a snapshot of each zone on the server; returns their names."""
        self._require(key)
        return [self._at.snapshot(key, zone) for zone in ZONES]

    def restore(self, key: str, names: Sequence[str]) -> None:
        """Bring zones back to snapshots that lie on the server; raises NotFound for a name that is not there."""
        self._require(key)
        self._at.restore(key, names)

    # -- within --------------------------------------------------------------------------------------------------

    def _require(self, key: str) -> None:
        if key not in self._specs:
            raise IndexFailure(f"The index {key} is not open.")

    def _delete(self, key: str, zone: Zone, gone: m.Filter) -> None:
        self._do(self._client.delete, self._at.alias(key, zone), m.FilterSelector(filter=gone), wait=True)

    def _pages(self, key: str, zone: Zone, wanted: m.Filter | None, vectors: bool) -> Iterator[list[Any]]:
        offset: Any = None
        while True:
            page, offset = self._do(
                self._client.scroll,
                self._at.alias(key, zone),
                scroll_filter=wanted,
                limit=_PAGE,
                offset=offset,
                with_payload=True,
                with_vectors=vectors,
            )
            if page:
                yield page
            if offset is None:
                return

    def _point(self, entry: Entry, vector: np.ndarray) -> m.PointStruct:
        sparse = self._bm25.embed_document(in_context(entry.document, entry.chunk.headings, entry.chunk.text))
        vectors: Any = {
            "dense": vector.tolist(),
            "sparse": m.SparseVector(indices=list(sparse.indices), values=list(sparse.values)),
        }
        return m.PointStruct(id=entry.chunk.id, vector=vectors, payload=payload_of(entry))
