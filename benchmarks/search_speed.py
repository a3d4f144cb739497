"""Search at three sizes: time, what the graph misses, memory, disk and opening; beside what a user would write instead.

    make bench-setup && python -m benchmarks.search_speed [--sizes 1000,50000,500000] [--folder DIR] [--runs 3]

The corpus is made up (benchmarks/synthetic.py). Searches run through `core.retrieval.retriever.retrieve`, as an answer
does; the question is embedded by MiniLM, and its vector then exchanged for one of the corpus. The peer is LlamaIndex's
QdrantVectorStore on QdrantClient(path=…), dense only, for its hybrid mode downloads a model. Each side runs in a
process of its own, in turns; medians of the runs. Filled and optimised folders are kept in --folder and used again.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.synthetic import DIMENSION, TODAY, Corpus, Question

ROOT = Path(__file__).parent.parent
LIMIT = 40
PEER_LIMIT = 50_000
"""The client's local mode compares with every vector in Python; more takes minutes to open."""
MODES = ("dense", "sparse", "hybrid", "filtered")


def fill(size: int, folder: Path, quantization: str) -> dict[str, float]:
    """Fill and optimise an index unless the folder holds it; seconds that each took, then or now."""
    from core.index.contract import IndexSpec
    from core.index.edge import EdgeIndex
    from core.types import ZONES

    record = folder / "filled.json"
    if record.exists():
        kept: dict[str, float] = json.loads(record.read_text())
        return kept
    index = EdgeIndex(folder)
    index.open(IndexSpec(_key(), "synthetic", "1", DIMENSION, "cosine", quantization))
    began = time.perf_counter()
    for entries, vectors in Corpus(size).batches():
        for zone in ZONES:
            at = [i for i, entry in enumerate(entries) if entry.zone == zone]
            index.replace_document(_key(), zone, [entries[i] for i in at], vectors[at], {})
    filled = time.perf_counter()
    index.optimise(_key())
    took = {"fill_s": filled - began, "optimise_s": time.perf_counter() - filled}
    index.close()
    record.write_text(json.dumps(took))
    return took


def ours(size: int, folder: Path, questions: int) -> dict[str, Any]:
    """One run over a filled folder."""
    from core.index.contract import Access, IndexSpec, Query
    from core.index.edge import EdgeIndex
    from core.recipes import BUILT_IN
    from core.retrieval.retriever import Retriever, retrieve
    from core.types import ZONES

    asked = Corpus(size).questions(questions)
    before = _resident_mb()
    began = time.perf_counter()
    index = EdgeIndex(folder)
    spec = index.spec(_key())
    index.open(IndexSpec(**{field: getattr(spec, field) for field in spec.__slots__}))
    opened = time.perf_counter() - began
    everything, narrow = Access(ZONES, None, TODAY), Access(ZONES, (), TODAY)
    given = _Embedder(asked)
    parts = Retriever(index, given)  # type: ignore[arg-type]
    recipe = BUILT_IN["default"]
    recipes = {
        mode: replace(recipe, retrieval=replace(recipe.retrieval, mode=mode)) for mode in ("dense", "sparse", "hybrid")
    }
    steps: dict[str, Callable[[str], object]] = {
        mode: lambda text, mode=mode: retrieve(text, recipes[mode], everything, parts)  # type: ignore[misc]
        for mode in recipes
    }
    steps["filtered"] = lambda text: retrieve(text, recipes["hybrid"], narrow, parts)
    for question in asked[:10]:
        for step in steps.values():
            step(question.text)
    times: dict[str, list[float]] = {name: [] for name in steps}
    for question in asked:
        for name, step in steps.items():
            times[name].append(_timed(step, question.text))
    resident = _resident_mb() - before
    found, true = 0, 0
    for question in asked:
        lists = [
            index.search(_key(), Query(question.vector, None, 10, exact=exact), everything).dense
            for exact in (False, True)
        ]
        got, best = ({hit.entry.chunk.id for hit in hits} for hits in lists)
        found, true = found + len(got & best), true + len(best)
    health = index.health(_key())
    given.load()
    for question in asked[:5]:
        steps["hybrid"](question.text)
    given.seconds.clear()
    times["whole"] = [_timed(steps["hybrid"], question.text) for question in asked]
    times["embedding"] = given.seconds
    index.close()
    return {
        **_percentiles(times),
        "recall": found / true,
        "indexed": health.indexed / health.chunks,
        "open_s": opened,
        "memory_mb": resident,
        "disk_mb": health.bytes / 1e6,
    }


class _Embedder:
    """Embeds a question with MiniLM, once it is loaded, and gives the vector that the corpus has for it."""

    def __init__(self, questions: list[Question]) -> None:
        self._vectors = {question.text: question.vector for question in questions}
        self._encoder: Any = None
        self.seconds: list[float] = []

    def load(self) -> None:
        from core.embedding.encoder import SPECS, Encoder
        from core.models.cache import model_folder
        from core.settings import Settings

        self._encoder = Encoder(SPECS["minilm"], model_folder(Settings().models, "minilm"))
        self._encoder.warm()

    def queries(self, texts: list[str]) -> np.ndarray:
        if self._encoder:
            self.seconds.append(_timed(self._encoder.queries, texts))
        return np.stack([self._vectors[text] for text in texts])

    def __getattr__(self, name: str) -> Any:
        return getattr(self._encoder, name)


def peer(size: int, folder: Path, questions: int, model: Path) -> dict[str, Any]:
    """The same corpus through LlamaIndex, filled when the folder is new."""
    from llama_index.core.schema import TextNode
    from llama_index.core.vector_stores import MetadataFilter, MetadataFilters, VectorStoreQuery
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.vector_stores.qdrant import QdrantVectorStore
    from qdrant_client import QdrantClient

    corpus = Corpus(size)
    asked = corpus.questions(questions)
    record = folder / "filled.json"
    if not record.exists():
        client = QdrantClient(path=str(folder))
        store = QdrantVectorStore("bench", client=client)
        began = time.perf_counter()
        for entries, vectors in corpus.batches():
            nodes = []
            for entry, vector in zip(entries, vectors, strict=True):
                open_to_all = not entry.labels and entry.valid_until is None
                metadata = {"file_name": entry.document, "zone": entry.zone, "open": "yes" if open_to_all else "no"}
                node = TextNode(id_=entry.chunk.id, text=entry.chunk.text, metadata=metadata, embedding=vector.tolist())
                nodes.append(node)
            store.add(nodes)
        record.write_text(json.dumps({"fill_s": time.perf_counter() - began, "optimise_s": 0}))
        client.close()
    before = _resident_mb()
    began = time.perf_counter()
    client = QdrantClient(path=str(folder))
    store = QdrantVectorStore("bench", client=client)
    store.query(VectorStoreQuery(query_embedding=asked[0].vector.tolist(), similarity_top_k=1))
    opened = time.perf_counter() - began
    allowed = MetadataFilters(filters=[MetadataFilter(key="open", value="yes")])
    times: dict[str, list[float]] = {"dense": [], "filtered": []}
    for question in asked:
        query = {"query_embedding": question.vector.tolist(), "similarity_top_k": LIMIT}
        times["dense"].append(_timed(store.query, VectorStoreQuery(**query)))
        times["filtered"].append(_timed(store.query, VectorStoreQuery(**query, filters=allowed)))
    resident = _resident_mb() - before
    embedder = HuggingFaceEmbedding(model_name=str(model))
    embedder.get_query_embedding("warm")
    times["embedding"] = [_timed(embedder.get_query_embedding, question.text) for question in asked]
    times["whole"] = [a + b for a, b in zip(times["embedding"], times["dense"], strict=True)]
    disk = sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file()) / 1e6
    took = json.loads(record.read_text())
    return {**_percentiles(times), **took, "recall": 1.0, "open_s": opened, "memory_mb": resident, "disk_mb": disk}


def _key() -> str:
    from core.recipes import BUILT_IN

    return BUILT_IN["default"].index_key


def _timed(step: Callable[..., object], *arguments: object) -> float:
    began = time.perf_counter()
    step(*arguments)
    return time.perf_counter() - began


def _percentiles(times: dict[str, list[float]]) -> dict[str, float]:
    """Milliseconds."""
    return {f"{n}_p{p}": float(np.percentile(t, p)) * 1000 for n, t in times.items() for p in (50, 99)}


def _resident_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def _run(python: Path, *arguments: str) -> dict[str, Any]:
    environment = {**os.environ, "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [str(python), "-W", "ignore", "-m", "benchmarks.search_speed", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"A side of the benchmark failed:\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


COLUMNS = ("dense", "sparse", "hybrid", "filtered", "embedding", "whole")


def row(size: int, name: str, runs: list[dict[str, Any]]) -> str:
    """A line of the table: medians over the runs, "p50 / p99" in milliseconds."""
    middle = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
    speeds = [f"{middle[f'{c}_p50']:.1f} / {middle[f'{c}_p99']:.0f}" if f"{c}_p50" in middle else "" for c in COLUMNS]
    rest = (f"{middle['recall']:.3f}", f"{middle['open_s']:.2f}", f"{middle['memory_mb']:.0f}")
    last = (f"{middle['disk_mb']:.0f}", f"{middle['fill_s']:.0f}", f"{middle['optimise_s']:.0f}")
    return "| " + " | ".join((f"{size:,}", name, *speeds, *rest, *last)) + " |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,50000,500000")
    parser.add_argument("--folder", type=Path, default=Path("bench-search"), help="kept, and used again")
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peer-python", type=Path, default=ROOT / ".venv-bench" / "bin" / "python")
    parser.add_argument("--side", choices=("fill", "ours", "peer"), help=argparse.SUPPRESS)
    parser.add_argument("--model", type=Path, default=Path(), help=argparse.SUPPRESS)
    parser.add_argument("--quantization", default="none", help=argparse.SUPPRESS)
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    if options.side:
        one = {
            "fill": lambda: fill(sizes[0], options.folder, options.quantization),
            "ours": lambda: ours(sizes[0], options.folder, options.questions),
            "peer": lambda: peer(sizes[0], options.folder, options.questions, options.model),
        }
        print(json.dumps(one[options.side]()))
        return
    if not options.peer_python.exists():
        sys.exit("The peer is not installed; run 'make bench-setup' first.")
    from core.models.cache import model_folder
    from core.settings import Settings

    model = str(model_folder(Settings().models, "minilm"))
    head = ("chunks", "store", *COLUMNS, "recall@10", "open s", "memory MB", "disk MB", "fill s", "optimise s")
    print("| " + " | ".join(head) + " |\n|" + " --- |" * len(head), flush=True)
    for size in sizes:
        kinds = ("none", "int8", "binary") if size <= PEER_LIMIT else ("none",)
        folders = {kind: (options.folder / str(size) / kind).absolute() for kind in (*kinds, "peer")}
        common = ("--sizes", str(size), "--questions", str(options.questions))
        mine = Path(sys.executable)
        took = {
            kind: _run(mine, "--side", "fill", "--folder", str(folders[kind]), "--quantization", kind, *common)
            for kind in kinds
        }
        runs: dict[str, list[dict[str, Any]]] = {kind: [] for kind in folders}
        for _ in range(options.runs):
            for kind in kinds:
                found = _run(mine, "--side", "ours", "--folder", str(folders[kind]), *common)
                runs[kind].append({**found, **took[kind]})
            if size <= PEER_LIMIT:
                place = ("--folder", str(folders["peer"]), "--model", model)
                runs["peer"].append(_run(options.peer_python, "--side", "peer", *place, *common))
        for kind in kinds:
            print(row(size, f"Touchstone, {kind}" if kind != "none" else "Touchstone", runs[kind]), flush=True)
        if runs["peer"]:
            print(row(size, "LlamaIndex, local", runs["peer"]), flush=True)
            pairs = list(zip(runs["none"], runs["peer"], strict=True))
            for own, other in (("whole", "whole"), ("hybrid", "dense"), ("dense", "dense"), ("filtered", "filtered")):
                ratio = statistics.median(b[f"{other}_p50"] / a[f"{own}_p50"] for a, b in pairs)
                print(f"\n{size:,}: LlamaIndex's {other} takes {ratio:.1f} times our {own}.", flush=True)
            print(flush=True)


if __name__ == "__main__":
    main()
