"""The embedded store: Qdrant's own engine in this process, one shard for each index and zone.

The caller holds the workspace lock: a second owner of a shard's folder would harm the first. It knows nothing of
documents beyond their ids, and nothing of how vectors were made.
"""

import json
import shutil
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import qdrant_edge as qe

from core.embedding.context import in_context
from core.errors import IndexFailure, NotFound
from core.index.contract import Access, Candidates, Entry, Facet, Health, IndexSpec, Query, Stored, Tags
from core.index.edge_requests import best_of, dense, is_of, of_documents, requests_for, requests_for_words
from core.index.locks import SharedLock
from core.index.payload import entry_from, filled_otherwise, payload_of, share_of, tags_payload
from core.index.sealing import TextSeal
from core.index.shards import (
    beside,
    bytes_of,
    create,
    in_graph,
    load_or_create,
    optimise_copy,
    replace_folder,
    scroll,
    worth_optimising,
)
from core.types import ZONES, Zone
from core.workspace import require_space

_SPEC = "index.json"


class EdgeIndex:
    """All indexes of a workspace below one folder: root/<key>/<zone>/ is a shard."""

    def __init__(self, root: Path, seal: TextSeal | None = None) -> None:
        """Opens nothing yet. With a seal the words beside the vectors are encrypted."""
        self._root, self._seal = root, seal
        self._shards: dict[tuple[str, str], qe.EdgeShard] = {}
        self._locks: dict[str, SharedLock] = {}
        self._specs: dict[str, IndexSpec] = {}
        self._opening = threading.Lock()
        self._closing = threading.Event()
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
                    raise IndexFailure(filled_otherwise(held, spec))
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
            # The new first: a process that is killed in between leaves both, never neither.
            if points:
                self._shards[key, zone].update(qe.UpdateOperation.upsert_points(points))
            fresh = {point.id for point in points}
            for old_zone, ids in old.items():
                if ids:
                    keep: list[Any] | None = [qe.HasIdCondition(fresh)] if fresh and old_zone == zone else None
                    gone = qe.Filter(must=[is_of(ids)], must_not=keep)
                    self._shards[key, old_zone].update(qe.UpdateOperation.delete_points_by_filter(gone))
            for touched in {zone, *old}:
                self._shards[key, touched].flush()

    def delete_documents(self, key: str, zone: Zone, document_ids: Sequence[str]) -> None:
        """See `VectorIndex.delete_documents`."""
        self.replace_document(key, zone, [], np.zeros((0, 0), dtype=np.float32), {zone: document_ids})

    def relabel(self, key: str, zone: Zone, document_id: str, tags: Tags) -> None:
        """See `VectorIndex.relabel`."""
        with self._lock(key).writing():
            shard = self._shards[key, zone]
            shard.update(qe.UpdateOperation.set_payload_by_filter(of_documents([document_id]), tags_payload(tags)))
            shard.flush()

    def move(self, key: str, document_id: str, old: Zone, new: Zone) -> None:
        """See `VectorIndex.move`."""
        with self._lock(key).writing():
            source, target = self._shards[key, old], self._shards[key, new]
            for page in scroll(source, of_documents([document_id]), with_vector=True):
                points = [qe.Point(r.id, r.vector, {**r.payload, "zone": new}) for r in page]
                target.update(qe.UpdateOperation.upsert_points(points))
            target.flush()
            source.update(qe.UpdateOperation.delete_points_by_filter(of_documents([document_id])))
            source.flush()

    def rewrite(self, key: str, zone: Zone) -> None:
        """See `VectorIndex.rewrite`. Deleted points stay in Edge's segments and log until the files are gone.

        Searches go on until the swap; the search graph is not copied, `optimise` builds it again.
        """
        folder = self._root / key / zone
        with self._lock(key).changing():
            require_space(folder, 2 * bytes_of(folder))
            if beside(folder, "creating").exists():
                shutil.rmtree(beside(folder, "creating"))
            shard = create(beside(folder, "creating"), self.spec(key))
            for page in scroll(self._shards[key, zone], None, with_vector=True):
                shard.update(qe.UpdateOperation.upsert_points([qe.Point(r.id, r.vector, r.payload) for r in page]))
            shard.flush()
            shard.close()
            with self._lock(key).writing():
                self._shards[key, zone] = replace_folder(folder, self._shards[key, zone])

    def optimise(self, key: str) -> None:
        """See `VectorIndex.optimise`. Searches go on meanwhile; changes wait until it has ended."""
        for zone in ZONES:
            with self._lock(key).changing():
                folder, shard, spec = self._root / key / zone, self._shards[key, zone], self._specs[key]
                if not worth_optimising(shard, folder, spec):
                    continue
                shard.flush()
                optimise_copy(folder, spec, self._closing)
                with self._lock(key).writing():
                    self._shards[key, zone] = replace_folder(folder, shard)

    def search(self, key: str, query: Query, access: Access) -> Candidates:
        """See `VectorIndex.search`. BM25's document frequencies are counted within each zone."""
        requests = requests_for(query, access, self._bm25)
        words = requests_for_words(query, access, self._bm25)
        lists: list[list[Any]] = [[] for _ in requests]
        held = [False] * len(words)
        with self._lock(key).reading():
            sign = -1 if self._specs[key].distance == "euclid" else 1  # a distance, turned round: more is better
            signs = [sign, 1] if query.dense is not None else [1]
            for zone in access.zones:
                results = self._shards[key, zone].query_batch(qe.QueryBatchRequest([*requests, *words]))
                for ranked, points in zip(lists, results, strict=False):
                    ranked.extend(points)
                held = [known or bool(points) for known, points in zip(held, results[len(requests) :], strict=True)]
        best = [best_of(points, sign, query.limit, self._seal) for points, sign in zip(lists, signs, strict=False)]
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
        if field == "document" and self._seal:  # the engine does not know it
            return dict(Counter(each.entry.document for each in self.iterate(key, zone)))
        with self._lock(key).reading():
            facet = self._shards[key, zone].facet(qe.FacetRequest(key=field, limit=1_000_000, exact=True))
        return {str(hit.value): hit.count for hit in facet.hits if hit.count}

    def entries(
        self, key: str, zone: Zone, document_id: str, between: tuple[int, int] | None = None
    ) -> Iterator[Entry]:
        """See `VectorIndex.entries`."""
        wanted = of_documents([document_id])
        if between is not None:
            first, last = between
            before = qe.FieldCondition(key="start", range=qe.RangeFloat(lt=last))
            after = qe.FieldCondition(key="end", range=qe.RangeFloat(gt=first))
            wanted = qe.Filter(must=[is_of([document_id]), before, after])
        with self._lock(key).reading():
            pages = list(scroll(self._shards[key, zone], wanted, with_vector=False))
        stored = [entry_from(record.id, record.payload, self._seal) for page in pages for record in page]
        yield from sorted(stored, key=lambda entry: entry.chunk.start)

    def iterate(self, key: str, zone: Zone) -> Iterator[Stored]:
        """See `VectorIndex.iterate`. Changes made meanwhile may or may not be in what is still to come."""
        offset = None
        while True:
            with self._lock(key).reading():
                page, offset = self._shards[key, zone].scroll(
                    qe.ScrollRequest(offset, 1000, None, with_payload=True, with_vector=["dense"])
                )
            for record in page:
                yield Stored(entry_from(record.id, record.payload or {}, self._seal), dense(record))
            if offset is None:
                return

    def health(self, key: str) -> Health:
        """See `VectorIndex.health`."""
        with self._lock(key).reading():
            shards = [(self._shards[key, zone], self._root / key / zone) for zone in ZONES]
            return Health(
                chunks=sum(shard.info().points_count for shard, _ in shards),
                indexed=sum(in_graph(shard, folder) for shard, folder in shards),
                bytes=sum(bytes_of(folder) for _, folder in shards),
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
        """See `VectorIndex.close`. An optimisation under way is ended; searches and changes are waited for."""
        self._closing.set()
        with ExitStack() as waiting:
            for lock in list(self._locks.values()):
                waiting.enter_context(lock.writing())
            self._close_all()

    def _close_all(self) -> None:
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
        return qe.Point(entry.chunk.id, vectors, payload_of(entry, self._seal))
