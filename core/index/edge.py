"""The embedded store: Qdrant's own engine in this process, one shard for each index and zone.

The caller holds the workspace lock: a second owner of a shard's folder would harm the first. It knows nothing of
documents beyond their ids, and nothing of how vectors were made.
"""

import json
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import qdrant_edge as qe

from core.embedding.context import in_context
from core.errors import IndexFailure, NotFound
from core.index.contract import Access, Candidates, Entry, Facet, Found, Health, IndexSpec, Query, Stored, Tags
from core.index.locks import SharedLock
from core.index.payload import entry_from, payload_of, tags_payload
from core.index.shards import beside, create, load_or_create, optimise_copy, replace_folder, scroll
from core.types import ZONES, Zone

_SPEC = "index.json"
_EF = 256
"""Candidates that a walk through the graph keeps; chosen in benchmarks/search_speed.py."""
_OVERSAMPLING = 3.0
"""Candidates, in multiples of the limit, that are rescored with whole vectors after a search in quantized ones."""


class EdgeIndex:
    """All indexes of a workspace below one folder: root/<key>/<zone>/ is a shard."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._shards: dict[tuple[str, str], qe.EdgeShard] = {}
        self._locks: dict[str, SharedLock] = {}
        self._specs: dict[str, IndexSpec] = {}
        self._opening = threading.Lock()
        self._bm25 = qe.Bm25()

    def open(self, spec: IndexSpec) -> None:
        """See `VectorIndex.open`."""
        with self._opening:
            if self._specs.get(spec.key) == spec:
                return
            folder = self._root / spec.key
            folder.mkdir(parents=True, exist_ok=True)
            record = folder / _SPEC
            if record.exists():
                held = self.spec(spec.key)
                if held != spec:
                    raise IndexFailure(
                        f"The index {spec.key} was filled by {held.model} ({held.revision}), "
                        f"not by {spec.model} ({spec.revision}); build it anew."
                    )
            for zone in ZONES:
                self._shards[spec.key, zone] = load_or_create(folder / zone, spec)
            if not record.exists():
                record.write_text(json.dumps(asdict(spec), indent=2))
            self._specs[spec.key] = spec
            self._locks[spec.key] = SharedLock()

    def replace_document(
        self,
        key: str,
        zone: Zone,
        entries: Sequence[Entry],
        vectors: np.ndarray,
        old: Mapping[Zone, Sequence[str]],
    ) -> None:
        """See `VectorIndex.replace_document`."""
        points = [self._point(entry, vector) for entry, vector in zip(entries, vectors, strict=True)]
        with self._lock(key).writing():
            for old_zone, ids in old.items():
                if ids:
                    self._shards[key, old_zone].update(qe.UpdateOperation.delete_points_by_filter(_of_documents(ids)))
            if points:
                self._shards[key, zone].update(qe.UpdateOperation.upsert_points(points))
            for touched in {zone, *old}:
                self._shards[key, touched].flush()

    def delete_documents(self, key: str, zone: Zone, document_ids: Sequence[str]) -> None:
        """See `VectorIndex.delete_documents`."""
        self.replace_document(key, zone, [], np.zeros((0, 0), dtype=np.float32), {zone: document_ids})

    def relabel(self, key: str, zone: Zone, document_id: str, tags: Tags) -> None:
        """See `VectorIndex.relabel`."""
        with self._lock(key).writing():
            shard = self._shards[key, zone]
            shard.update(qe.UpdateOperation.set_payload_by_filter(_of_documents([document_id]), tags_payload(tags)))
            shard.flush()

    def move(self, key: str, document_id: str, old: Zone, new: Zone) -> None:
        """See `VectorIndex.move`."""
        with self._lock(key).writing():
            source, target = self._shards[key, old], self._shards[key, new]
            for page in scroll(source, _of_documents([document_id]), with_vector=True):
                points = [qe.Point(r.id, r.vector, {**r.payload, "zone": new}) for r in page]
                target.update(qe.UpdateOperation.upsert_points(points))
            target.flush()
            source.update(qe.UpdateOperation.delete_points_by_filter(_of_documents([document_id])))
            source.flush()

    def rewrite(self, key: str, zone: Zone) -> None:
        """See `VectorIndex.rewrite`. Deleted points stay in Edge's segments and log until the files are gone."""
        folder = self._root / key / zone
        with self._lock(key).writing():
            shard = create(beside(folder, "creating"), self.spec(key))
            for page in scroll(self._shards[key, zone], None, with_vector=True):
                shard.update(qe.UpdateOperation.upsert_points([qe.Point(r.id, r.vector, r.payload) for r in page]))
            shard.flush()
            shard.close()
            self._shards[key, zone] = replace_folder(folder, self._shards[key, zone])

    def optimise(self, key: str) -> None:
        """See `VectorIndex.optimise`. Searches go on meanwhile; changes wait until it has ended."""
        for zone in ZONES:
            with self._lock(key).changing():
                shard = self._shards[key, zone]
                if shard.info().points_count == shard.info().indexed_vectors_count:
                    continue
                shard.flush()
                optimise_copy(self._root / key / zone)
                with self._lock(key).writing():
                    self._shards[key, zone] = replace_folder(self._root / key / zone, shard)

    def search(self, key: str, query: Query, access: Access) -> Candidates:
        """See `VectorIndex.search`. BM25's document frequencies are counted within each zone."""
        requests = self._requests(query, access)
        lists: list[list[Found]] = [[] for _ in requests]
        with self._lock(key).reading():
            dense = -1 if self._specs[key].distance == "euclid" else 1  # a distance, turned round: more is better
            signs = [dense, 1] if query.dense is not None else [1]
            for zone in access.zones:
                results = self._shards[key, zone].query_batch(qe.QueryBatchRequest(requests))
                for found, points, sign in zip(lists, results, signs, strict=False):
                    found.extend(_found(point, sign) for point in points)
        best = [tuple(sorted(found, key=lambda f: (-f.score, f.entry.chunk.id))[: query.limit]) for found in lists]
        return Candidates(
            dense=best[0] if query.dense is not None else (),
            sparse=best[-1] if query.words is not None else (),
        )

    def _requests(self, query: Query, access: Access) -> list[qe.QueryRequest]:
        allowed, requests = _allowed(access), []
        vectors = ["dense"] if query.vectors else False
        if query.dense is not None:
            wanted = qe.Query.Nearest(query.dense.tolist(), using="dense")
            params = qe.SearchParams(
                hnsw_ef=max(_EF, query.limit),
                exact=query.exact,
                quantization=qe.QuantizationSearchParams(rescore=True, oversampling=_OVERSAMPLING),
            )
            requests.append(
                qe.QueryRequest(
                    query.limit, query=wanted, filter=allowed, params=params, with_payload=True, with_vector=vectors
                )
            )
        if query.words is not None:
            wanted = qe.Query.Nearest(self._bm25.embed_query(query.words), using="sparse")
            requests.append(
                qe.QueryRequest(query.limit, query=wanted, filter=allowed, with_payload=True, with_vector=vectors)
            )
        return requests

    def counts(self, key: str, zone: Zone) -> dict[str, int]:
        """See `VectorIndex.counts`."""
        return self.facet(key, zone, "document_id")

    def facet(self, key: str, zone: Zone, field: Facet) -> dict[str, int]:
        """See `VectorIndex.facet`."""
        with self._lock(key).reading():
            facet = self._shards[key, zone].facet(qe.FacetRequest(key=field, limit=1_000_000, exact=True))
        return {str(hit.value): hit.count for hit in facet.hits if hit.count}

    def entries(
        self, key: str, zone: Zone, document_id: str, between: tuple[int, int] | None = None
    ) -> Iterator[Entry]:
        """See `VectorIndex.entries`."""
        wanted = _of_documents([document_id])
        if between is not None:
            first, last = between
            before = qe.FieldCondition(key="start", range=qe.RangeFloat(lt=last))
            after = qe.FieldCondition(key="end", range=qe.RangeFloat(gt=first))
            wanted = qe.Filter(must=[_is_of([document_id]), before, after])
        with self._lock(key).reading():
            pages = list(scroll(self._shards[key, zone], wanted, with_vector=False))
        found = [entry_from(record.id, record.payload) for page in pages for record in page]
        yield from sorted(found, key=lambda entry: entry.chunk.start)

    def iterate(self, key: str, zone: Zone) -> Iterator[Stored]:
        """See `VectorIndex.iterate`. Changes made meanwhile may or may not be in what is still to come."""
        offset = None
        while True:
            with self._lock(key).reading():
                page, offset = self._shards[key, zone].scroll(
                    qe.ScrollRequest(offset, 1000, None, with_payload=True, with_vector=["dense"])
                )
            for record in page:
                yield Stored(entry_from(record.id, record.payload or {}), _dense(record))
            if offset is None:
                return

    def health(self, key: str) -> Health:
        """See `VectorIndex.health`."""
        with self._lock(key).reading():
            infos = [self._shards[key, zone].info() for zone in ZONES]
        files = [path for path in (self._root / key).rglob("*") if path.is_file()]
        return Health(
            chunks=sum(info.points_count for info in infos),
            indexed=sum(info.indexed_vectors_count for info in infos),
            bytes=sum(path.stat().st_blocks * 512 for path in files),  # logs are sparse files
        )

    def keys(self) -> tuple[str, ...]:
        """See `VectorIndex.keys`."""
        return tuple(sorted(path.parent.name for path in self._root.glob(f"*/{_SPEC}")))

    def spec(self, key: str) -> IndexSpec:
        """See `VectorIndex.spec`."""
        record = self._root / key / _SPEC
        if not record.exists():
            raise NotFound(f"There is no index '{key}'.")
        return IndexSpec(**json.loads(record.read_text()))

    def drop(self, key: str) -> None:
        """See `VectorIndex.drop`. Its record goes first: without it the folder is no index any longer."""
        lock = self._locks.get(key, SharedLock())
        with lock.changing(), lock.writing(), self._opening:
            (self._root / key / _SPEC).unlink(missing_ok=True)
            for zone in ZONES:
                if (key, zone) in self._shards:
                    self._shards.pop((key, zone)).close()
            self._locks.pop(key, None)
            self._specs.pop(key, None)
            shutil.rmtree(self._root / key, ignore_errors=True)

    def close(self) -> None:
        """See `VectorIndex.close`."""
        with self._opening:
            for shard in self._shards.values():
                shard.flush()
                shard.close()
            self._shards.clear()
            self._locks.clear()
            self._specs.clear()

    def _lock(self, key: str) -> SharedLock:
        lock = self._locks.get(key)
        if lock is None:
            raise IndexFailure(f"The index {key} is not open.")
        return lock

    def _point(self, entry: Entry, vector: np.ndarray) -> qe.Point:
        words = in_context(entry.document, entry.chunk.headings, entry.chunk.text)
        vectors = {"dense": vector.tolist(), "sparse": self._bm25.embed_document(words)}
        return qe.Point(entry.chunk.id, vectors, payload_of(entry))


def _allowed(access: Access) -> qe.Filter:
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


def _of_documents(ids: Sequence[str]) -> qe.Filter:
    return qe.Filter(must=[_is_of(ids)])


def _is_of(ids: Sequence[str]) -> qe.FieldCondition:
    return qe.FieldCondition(key="document_id", match=qe.MatchAny(list(ids)))


def _found(point: Any, sign: int) -> Found:
    vector = _dense(point) if point.vector else None
    return Found(entry_from(point.id, point.payload or {}), sign * point.score, vector)


def _dense(record: Any) -> np.ndarray:
    return np.array(record.vector["dense"], np.float32)
