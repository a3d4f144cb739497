"""Shards of the embedded engine on disk: made, opened, mended after a kill, optimised; it knows no entry.

A shard's folder has siblings while it is being replaced: `.zone.creating` (begun), `.zone.fresh` (whole, not yet in its
place) and `.zone.old` (replaced, not yet removed).
"""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import qdrant_edge as qe

from core.errors import IndexFailure
from core.index.contract import IndexSpec
from core.index.payload import KEYWORDS, NUMBERS
from core.workspace import require_space

_DISTANCES = {"cosine": qe.Distance.Cosine, "dot": qe.Distance.Dot, "euclid": qe.Distance.Euclid}
_GRAPH = qe.HnswIndexConfig(m=16, ef_construct=100, full_scan_threshold=10_000, payload_m=0)
"""ef_construct 200, or m 32, took 40% longer to build over 50,000 vectors and found no more of the true neighbours."""
_LEAST_KB = 1_000
_OPTIMISER = qe.EdgeOptimizersConfig(default_segment_number=1, indexing_threshold=_LEAST_KB)
"""One segment, and a graph from a megabyte of vectors on: optimising is asked for, so it is meant."""


def create(folder: Path, spec: IndexSpec) -> qe.EdgeShard:
    """A new, empty shard."""
    shard = qe.EdgeShard.create(str(folder), _config(spec))
    _index_fields(shard)
    return shard


def _config(spec: IndexSpec) -> qe.EdgeConfig:
    dense = qe.EdgeVectorParams(
        size=spec.dimension, distance=_DISTANCES[spec.distance], quantization_config=_quantization(spec.quantization)
    )
    sparse = qe.EdgeSparseVectorParams(modifier=qe.Modifier.Idf)
    return qe.EdgeConfig(
        vectors={"dense": dense}, sparse_vectors={"sparse": sparse}, hnsw_config=_GRAPH, optimizers=_OPTIMISER
    )


def _index_fields(shard: qe.EdgeShard) -> None:
    """Index the fields that are filtered or counted, as far as the shard was made before they were."""
    held = shard.info().payload_schema
    kinds = {
        **dict.fromkeys(KEYWORDS, qe.PayloadSchemaType.Keyword),
        **dict.fromkeys(NUMBERS, qe.PayloadSchemaType.Integer),
    }
    lacking = {field: kind for field, kind in kinds.items() if field not in held}
    for field, kind in lacking.items():
        shard.update(qe.UpdateOperation.create_field_index(field, kind))
    if lacking:
        shard.flush()


def load_or_create(folder: Path, spec: IndexSpec) -> qe.EdgeShard:
    """Open a shard, after ending or undoing what a killed process had begun beside it."""
    fresh, old, creating = (beside(folder, state) for state in ("fresh", "old", "creating"))
    if fresh.exists() and not folder.exists():
        fresh.rename(folder)
    for leftover in (fresh, old, creating):
        if leftover.exists():
            shutil.rmtree(leftover)
    if not folder.exists():
        create(creating, spec).close()
        creating.rename(folder)
    shard = qe.EdgeShard.load(str(folder))
    _index_fields(shard)
    return shard


def in_graph(shard: qe.EdgeShard, folder: Path) -> int:
    """Dense vectors in search graphs.

    The engine gives one number for dense and sparse vectors together, deleted ones included; sparse ones always count.
    So this is exact where nothing was deleted since the graph was built, and never more than there are points.
    """
    segments = [json.loads(path.read_text()) for path in folder.glob("segments/*/segment.json")]
    if not any(s["config"]["vector_data"]["dense"]["index"]["type"] == "hnsw" for s in segments):
        return 0
    info = shard.info()
    return int(min(info.points_count, max(0, info.indexed_vectors_count - info.points_count)))


def worth_optimising(shard: qe.EdgeShard, folder: Path, spec: IndexSpec) -> bool:
    """Whether so many vectors lie outside the graph that the engine would build one."""
    outside = int(shard.info().points_count) - in_graph(shard, folder)
    return outside * spec.dimension * 4 > _LEAST_KB * 1024


def bytes_of(folder: Path) -> int:
    """Bytes that a folder takes on disk; logs of the engine are sparse files."""
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())


def replace_folder(folder: Path, shard: qe.EdgeShard) -> qe.EdgeShard:
    """Put the finished `.creating` sibling in the place of an open shard's folder; returns the shard of the new one."""
    fresh, old = beside(folder, "fresh"), beside(folder, "old")
    beside(folder, "creating").rename(fresh)
    shard.close()
    folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old)
    return qe.EdgeShard.load(str(folder))


def beside(folder: Path, state: str) -> Path:
    """The sibling of a shard's folder in this state."""
    return folder.with_name(f".{folder.name}.{state}")


def scroll(shard: qe.EdgeShard, wanted: qe.Filter | None, with_vector: bool) -> Iterator[list[Any]]:
    """All matching records, a thousand at a time."""
    offset = None
    while True:
        request = qe.ScrollRequest(offset, 1000, wanted, with_payload=True, with_vector=with_vector)
        page, offset = shard.scroll(request)
        if page:
            yield page
        if offset is None:
            return


def optimise_copy(folder: Path, spec: IndexSpec, stopped: threading.Event) -> None:
    """Copy a flushed shard to its `.creating` sibling and build its search graph there, in a process of its own.

    The engine holds Python's interpreter lock from beginning to end of `optimize()` (34 s for 17,000 vectors on a busy
    machine): in this process nobody else would be served. Raises IndexFailure when it fails or `stopped` is set.
    """
    copy = beside(folder, "creating")
    if copy.exists():
        shutil.rmtree(copy)
    require_space(folder, 2 * bytes_of(folder))
    shutil.copytree(folder, copy, copy_function=_copy_file)
    child = subprocess.Popen(
        [sys.executable, "-m", "core.index.shards", str(copy), json.dumps(asdict(spec))],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env=dict(os.environ),
    )
    said = ""
    while True:
        try:
            _, said = child.communicate(timeout=0.2)
            break
        except subprocess.TimeoutExpired:
            if stopped.is_set():
                child.kill()
    if child.returncode:
        shutil.rmtree(copy)
        if stopped.is_set():
            raise IndexFailure("Optimising was stopped, for the index was closed; it is as it was.")
        reason = said.strip().splitlines()[-1] if said.strip() else f"its process ended with {child.returncode}"
        raise IndexFailure(f"The index could not be optimised and is as it was: {reason}.")


def _copy_file(source: str, target: str) -> None:
    """Copy a file with its holes: logs of the engine are tens of megabytes of them."""
    block = 1 << 16
    with Path(source).open("rb") as reading, Path(target).open("wb") as writing:
        while piece := reading.read(block):
            if piece.count(0) == len(piece):
                writing.seek(len(piece), os.SEEK_CUR)
            else:
                writing.write(piece)
        writing.truncate()


def _quantization(name: str) -> Any:
    if name == "int8":
        return qe.ScalarQuantizationConfig(qe.ScalarType.Int8, quantile=0.99, memory=qe.Memory.Pinned)
    if name == "binary":
        return qe.BinaryQuantizationConfig(memory=qe.Memory.Pinned)
    return None


def _main(folder: str, spec: str) -> None:
    shard = qe.EdgeShard.load(folder, _config(IndexSpec(**json.loads(spec))))
    shard.optimize()
    shard.flush()
    shard.close()


if __name__ == "__main__":
    _main(*sys.argv[1:])
