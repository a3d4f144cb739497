"""The embedded store: Qdrant's own engine in this process, one shard for each index and zone.

The caller holds the workspace lock: a second owner of a shard's folder would harm the first. It knows nothing of
documents beyond their ids, and nothing of how vectors were made.
"""

import json
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import qdrant_edge as qe

from core.embedding.context import in_context
from core.errors import IndexFailure
from core.index.contract import Access, Candidates, Entry, Found, IndexSpec, Query, Tags
from core.index.locks import SharedLock
from core.types import ZONES, Chunk, Zone

_DISTANCES = {"cosine": qe.Distance.Cosine, "dot": qe.Distance.Dot, "euclid": qe.Distance.Euclid}
_SPEC = "index.json"
_ALWAYS = (date.min.toordinal(), date.max.toordinal())
_KEYWORDS = ("document_id", "labels")
_DAYS = ("valid_from", "valid_until")


class EdgeIndex:
    """All indexes of a workspace below one folder: root/<key>/<zone>/ is a shard."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._shards: dict[tuple[str, str], qe.EdgeShard] = {}
        self._locks: dict[str, SharedLock] = {}
        self._opening = threading.Lock()
        self._bm25 = qe.Bm25()

    def open(self, spec: IndexSpec) -> None:
        """See `VectorIndex.open`."""
        with self._opening:
            if spec.key in self._locks:
                return
            folder = self._root / spec.key
            folder.mkdir(parents=True, exist_ok=True)
            record = folder / _SPEC
            if record.exists():
                held = json.loads(record.read_text())
                if held != asdict(spec):
                    raise IndexFailure(
                        f"The index {spec.key} was filled by {held['model']} ({held['revision']}), "
                        f"not by {spec.model} ({spec.revision}); build it anew."
                    )
            for zone in ZONES:
                self._shards[spec.key, zone] = _load_or_create(folder / zone, spec)
            if not record.exists():
                record.write_text(json.dumps(asdict(spec), indent=2))
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
            shard.update(qe.UpdateOperation.set_payload_by_filter(_of_documents([document_id]), _tags(tags)))
            shard.flush()

    def move(self, key: str, document_id: str, old: Zone, new: Zone) -> None:
        """See `VectorIndex.move`."""
        with self._lock(key).writing():
            source, target = self._shards[key, old], self._shards[key, new]
            for page in _scroll(source, _of_documents([document_id]), with_vector=True):
                points = [qe.Point(r.id, r.vector, {**r.payload, "zone": new}) for r in page]
                target.update(qe.UpdateOperation.upsert_points(points))
            target.flush()
            source.update(qe.UpdateOperation.delete_points_by_filter(_of_documents([document_id])))
            source.flush()

    def rewrite(self, key: str, zone: Zone) -> None:
        """See `VectorIndex.rewrite`. Deleted points stay in Edge's segments and log until the files are gone."""
        spec = IndexSpec(**json.loads((self._root / key / _SPEC).read_text()))
        folder = self._root / key / zone
        fresh, old = _beside(folder, "fresh"), _beside(folder, "old")
        with self._lock(key).writing():
            shard = _create(_beside(folder, "creating"), spec)
            for page in _scroll(self._shards[key, zone], None, with_vector=True):
                shard.update(qe.UpdateOperation.upsert_points([qe.Point(r.id, r.vector, r.payload) for r in page]))
            shard.flush()
            shard.close()
            _beside(folder, "creating").rename(fresh)
            self._shards.pop((key, zone)).close()
            folder.rename(old)
            fresh.rename(folder)
            shutil.rmtree(old)
            self._shards[key, zone] = qe.EdgeShard.load(str(folder))

    def search(self, key: str, query: Query, access: Access) -> Candidates:
        """See `VectorIndex.search`. BM25's document frequencies are counted within each zone."""
        requests = []
        allowed = _allowed(access)
        if query.dense is not None:
            dense = qe.Query.Nearest(query.dense.tolist(), using="dense")
            requests.append(qe.QueryRequest(query.limit, query=dense, filter=allowed, with_payload=True))
        if query.words is not None:
            sparse = qe.Query.Nearest(self._bm25.embed_query(query.words), using="sparse")
            requests.append(qe.QueryRequest(query.limit, query=sparse, filter=allowed, with_payload=True))
        lists: list[list[Found]] = [[] for _ in requests]
        with self._lock(key).reading():
            for zone in access.zones:
                results = self._shards[key, zone].query_batch(qe.QueryBatchRequest(requests))
                for found, points in zip(lists, results, strict=True):
                    found.extend(Found(_entry(point), point.score) for point in points)
        best = [tuple(sorted(found, key=lambda f: (-f.score, f.entry.chunk.id))[: query.limit]) for found in lists]
        return Candidates(
            dense=best[0] if query.dense is not None else (),
            sparse=best[-1] if query.words is not None else (),
        )

    def counts(self, key: str, zone: Zone) -> dict[str, int]:
        """See `VectorIndex.counts`."""
        with self._lock(key).reading():
            facet = self._shards[key, zone].facet(qe.FacetRequest(key="document_id", limit=1_000_000, exact=True))
        return {str(hit.value): hit.count for hit in facet.hits if hit.count}

    def entries(self, key: str, zone: Zone, document_id: str) -> Iterator[Entry]:
        """See `VectorIndex.entries`."""
        with self._lock(key).reading():
            pages = list(_scroll(self._shards[key, zone], _of_documents([document_id]), with_vector=False))
        records = [record for page in pages for record in page]
        yield from sorted(map(_entry, records), key=lambda entry: entry.chunk.start)

    def keys(self) -> tuple[str, ...]:
        """See `VectorIndex.keys`."""
        return tuple(sorted(path.parent.name for path in self._root.glob(f"*/{_SPEC}")))

    def close(self) -> None:
        """See `VectorIndex.close`."""
        with self._opening:
            for shard in self._shards.values():
                shard.flush()
                shard.close()
            self._shards.clear()
            self._locks.clear()

    def _lock(self, key: str) -> SharedLock:
        lock = self._locks.get(key)
        if lock is None:
            raise IndexFailure(f"The index {key} is not open.")
        return lock

    def _point(self, entry: Entry, vector: np.ndarray) -> qe.Point:
        chunk = entry.chunk
        payload = {
            "document_id": chunk.document_id,
            "document": entry.document,
            "zone": entry.zone,
            **_tags(Tags(entry.labels, entry.valid_from, entry.valid_until)),
            "start": chunk.start,
            "end": chunk.end,
            "pages": list(chunk.pages),
            "headings": list(chunk.headings),
            "tokens": chunk.tokens,
            "text": chunk.text,
        }
        words = in_context(entry.document, chunk.headings, chunk.text)
        return qe.Point(chunk.id, {"dense": vector.tolist(), "sparse": self._bm25.embed_document(words)}, payload)


def _load_or_create(folder: Path, spec: IndexSpec) -> qe.EdgeShard:
    """Open a shard, after ending or undoing what a killed process had begun beside it."""
    fresh, old, creating = (_beside(folder, state) for state in ("fresh", "old", "creating"))
    if fresh.exists() and not folder.exists():
        fresh.rename(folder)
    for leftover in (fresh, old, creating):
        if leftover.exists():
            shutil.rmtree(leftover)
    if not folder.exists():
        _create(creating, spec).close()
        creating.rename(folder)
    return qe.EdgeShard.load(str(folder))


def _beside(folder: Path, state: str) -> Path:
    return folder.with_name(f".{folder.name}.{state}")


def _create(folder: Path, spec: IndexSpec) -> qe.EdgeShard:
    dense = qe.EdgeVectorParams(size=spec.dimension, distance=_DISTANCES[spec.distance])
    sparse = qe.EdgeSparseVectorParams(modifier=qe.Modifier.Idf)
    shard = qe.EdgeShard.create(str(folder), qe.EdgeConfig(vectors={"dense": dense}, sparse_vectors={"sparse": sparse}))
    for field in _KEYWORDS:
        shard.update(qe.UpdateOperation.create_field_index(field, qe.PayloadSchemaType.Keyword))
    for field in _DAYS:
        shard.update(qe.UpdateOperation.create_field_index(field, qe.PayloadSchemaType.Integer))
    shard.flush()
    return shard


def _scroll(shard: qe.EdgeShard, wanted: qe.Filter | None, with_vector: bool) -> Iterator[list[Any]]:
    """All matching records, a thousand at a time."""
    offset = None
    while True:
        request = qe.ScrollRequest(offset, 1000, wanted, with_payload=True, with_vector=with_vector)
        page, offset = shard.scroll(request)
        if page:
            yield page
        if offset is None:
            return


def _tags(tags: Tags) -> dict[str, Any]:
    first, last = tags.valid_from, tags.valid_until
    return {
        "labels": list(tags.labels),
        "valid_from": date.fromisoformat(first).toordinal() if first else _ALWAYS[0],
        "valid_until": date.fromisoformat(last).toordinal() if last else _ALWAYS[1],
    }


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
    return qe.Filter(must=[qe.FieldCondition(key="document_id", match=qe.MatchAny(list(ids)))])


def _entry(point: Any) -> Entry:
    payload: dict[str, Any] = point.payload
    first, last = payload["valid_from"], payload["valid_until"]
    return Entry(
        chunk=Chunk(
            id=str(point.id),
            document_id=payload["document_id"],
            text=payload["text"],
            start=payload["start"],
            end=payload["end"],
            pages=tuple(payload["pages"]),
            headings=tuple(payload["headings"]),
            tokens=payload["tokens"],
        ),
        document=payload["document"],
        zone=payload["zone"],
        labels=tuple(payload["labels"]),
        valid_from=None if first == _ALWAYS[0] else date.fromordinal(first).isoformat(),
        valid_until=None if last == _ALWAYS[1] else date.fromordinal(last).isoformat(),
    )
