"""Shards of the embedded engine on disk: made, opened, mended after a kill, optimised; it knows no entry.

A shard's folder has siblings while it is being replaced: `.zone.creating` (begun), `.zone.fresh` (whole, not yet in its
place) and `.zone.old` (replaced, not yet removed).
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import qdrant_edge as qe

from core.errors import IndexFailure
from core.index.contract import IndexSpec
from core.index.payload import KEYWORDS, NUMBERS

_DISTANCES = {"cosine": qe.Distance.Cosine, "dot": qe.Distance.Dot, "euclid": qe.Distance.Euclid}
_GRAPH = qe.HnswIndexConfig(m=16, ef_construct=200, full_scan_threshold=10_000)
_OPTIMISER = qe.EdgeOptimizersConfig(default_segment_number=1, indexing_threshold=1_000)
"""One segment, and a graph from a megabyte of vectors on: optimising is asked for, so it is meant."""


def create(folder: Path, spec: IndexSpec) -> qe.EdgeShard:
    """A new, empty shard."""
    dense = qe.EdgeVectorParams(
        size=spec.dimension, distance=_DISTANCES[spec.distance], quantization_config=_quantization(spec.quantization)
    )
    sparse = qe.EdgeSparseVectorParams(modifier=qe.Modifier.Idf)
    config = qe.EdgeConfig(
        vectors={"dense": dense}, sparse_vectors={"sparse": sparse}, hnsw_config=_GRAPH, optimizers=_OPTIMISER
    )
    shard = qe.EdgeShard.create(str(folder), config)
    for field in KEYWORDS:
        shard.update(qe.UpdateOperation.create_field_index(field, qe.PayloadSchemaType.Keyword))
    for field in NUMBERS:
        shard.update(qe.UpdateOperation.create_field_index(field, qe.PayloadSchemaType.Integer))
    shard.flush()
    return shard


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
    return qe.EdgeShard.load(str(folder))


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


def optimise_copy(folder: Path) -> None:
    """Copy a flushed shard to its `.creating` sibling and build its search graph there, in a process of its own.

    The engine holds Python's interpreter lock while it optimises: in this process nobody else would be served.
    """
    copy = beside(folder, "creating")
    if copy.exists():
        shutil.rmtree(copy)
    shutil.copytree(folder, copy)
    done = subprocess.run(
        [sys.executable, "-m", "core.index.shards", str(copy)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
        env=dict(os.environ),
    )
    if done.returncode:
        shutil.rmtree(copy)
        raise IndexFailure(f"The index could not be optimised: {done.stderr.strip().splitlines()[-1:] or 'killed'}.")


def _quantization(name: str) -> Any:
    if name == "int8":
        return qe.ScalarQuantizationConfig(qe.ScalarType.Int8, quantile=0.99, memory=qe.Memory.Pinned)
    if name == "binary":
        return qe.BinaryQuantizationConfig(memory=qe.Memory.Pinned)
    return None


def _main(folder: str) -> None:
    shard = qe.EdgeShard.load(folder)
    shard.optimize()
    shard.flush()
    shard.close()


if __name__ == "__main__":
    _main(sys.argv[1])
