"""Ingestion beside what a user would write instead, over real files: chunks a second, memory, and a second version.

    make bench-setup && python -m benchmarks.ingest [--runs 3]

The peer is LlamaIndex: SimpleDirectoryReader, SentenceSplitter, HuggingFaceEmbedding with its defaults and
QdrantVectorStore on QdrantClient(path=…), with the same MiniLM over the same files. Each side runs in a process of its
own, in turns; chunk sizes are equal in tokens. Medians of the runs, and of their ratios.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.data import folder

ROOT = Path(__file__).parent.parent
SIZE = 160
SUFFIXES = {".pdf", ".docx", ".xlsx", ".csv", ".md", ".txt", ".html"}


def ours(files: Path) -> dict[str, float]:
    """Ingest a folder into a new workspace, then once more with one paragraph of the longest text changed."""
    from core.folder import incoming_files
    from core.governance.principals import persona
    from core.settings import Settings
    from core.workbench import Workbench

    with tempfile.TemporaryDirectory() as scratch:
        with Workbench(Settings(workspace=Path(scratch) / "w")) as bench:
            bench.encoder("minilm").warm()
            began = time.perf_counter()
            outcomes = bench.ingest(incoming_files([files], Path(scratch), None, None), persona("administrator"))
            seconds = time.perf_counter() - began
            again = _second_version(bench, Path(scratch))
        chunks = sum(outcome.chunks for outcome in outcomes)
        read = sum(outcome.state == "added" for outcome in outcomes)
        return {"chunks": chunks, "seconds": seconds, "files": read, "memory_mb": _peak_mb(), **again}


def _second_version(bench: Any, scratch: Path) -> dict[str, float]:
    """Seconds for a long document, and for the same with one paragraph written anew."""
    from core.governance.principals import persona
    from core.ingestion import Incoming

    pages = sorted(folder("policies_mixed").rglob("*.md"))
    paragraphs = "\n\n".join(page.read_text(encoding="utf-8", errors="replace") for page in pages).split("\n\n")[:3000]
    file, seconds = scratch / "long.md", []
    for text in ("", "This paragraph was written anew for the second version of the document."):
        paragraphs[len(paragraphs) // 2] = text or paragraphs[len(paragraphs) // 2]
        file.write_text("Collected for the benchmark.\n\n" + "\n\n".join(paragraphs), encoding="utf-8")
        began = time.perf_counter()
        bench.ingest([Incoming(file, "long.md")], persona("administrator"))
        seconds.append(time.perf_counter() - began)
    return {"first_version_s": seconds[0], "second_version_s": seconds[1]}


def peer(files: Path, model: Path) -> dict[str, float]:
    """The same folder through LlamaIndex, with the settings of its documentation."""
    from llama_index.core import SimpleDirectoryReader, StorageContext, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.vector_stores.qdrant import QdrantVectorStore
    from qdrant_client import QdrantClient

    embedder = HuggingFaceEmbedding(model_name=str(model))
    embedder.get_text_embedding("warm")
    with tempfile.TemporaryDirectory() as scratch:
        began = time.perf_counter()
        documents = SimpleDirectoryReader(str(files), recursive=True).load_data()
        nodes = SentenceSplitter(chunk_size=SIZE, chunk_overlap=0).get_nodes_from_documents(documents)
        store = QdrantVectorStore("bench", client=QdrantClient(path=scratch))
        VectorStoreIndex(nodes, StorageContext.from_defaults(vector_store=store), embed_model=embedder)
        seconds = time.perf_counter() - began
    read = len({document.metadata.get("file_path") for document in documents})
    return {"chunks": len(nodes), "seconds": seconds, "files": read, "memory_mb": _peak_mb()}


def _peak_mb() -> float:
    """Peak resident memory of this process and, added, of the largest child it waited for, in MB."""
    own, children = (resource.getrusage(w).ru_maxrss for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return (own + children) / 1024


def _run(python: Path, *arguments: str) -> dict[str, float]:
    environment = {**os.environ, "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [str(python), "-m", "benchmarks.ingest", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"A side of the benchmark failed:\n{done.stderr[-2000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _collect(target: Path, limit: int | None) -> int:
    """Copy the real files that both sides can read; returns how many."""
    source = folder("policies_mixed")
    files = [p for p in sorted(source.rglob("*")) if p.suffix.lower() in SUFFIXES and p.stat().st_size][:limit]
    for path in files:
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, place)
    return len(files)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--limit", type=int, default=None, help="the first N files only")
    parser.add_argument("--peer-python", type=Path, default=ROOT / ".venv-bench" / "bin" / "python")
    parser.add_argument("--side", choices=("ours", "peer"), help=argparse.SUPPRESS)
    parser.add_argument("--files", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--model", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        result = ours(options.files) if options.side == "ours" else peer(options.files, options.model)
        print(json.dumps(result))
        return
    if not options.peer_python.exists():
        sys.exit("The peer is not installed; run 'make bench-setup' first.")
    from core.models.cache import model_folder
    from core.settings import Settings

    model = str(model_folder(Settings().models, "minilm"))
    with tempfile.TemporaryDirectory() as scratch:
        count = _collect(Path(scratch), options.limit)
        mine, theirs = [], []
        for _ in range(options.runs):
            mine.append(_run(Path(sys.executable), "--side", "ours", "--files", scratch))
            theirs.append(_run(options.peer_python, "--side", "peer", "--files", scratch, "--model", model))
    print(f"{count} files, medians of {options.runs} interleaved runs")
    print(f"{'':26}{'Touchstone':>12}{'LlamaIndex':>12}{'ratio':>8}")
    rows = (("files read", "files"), ("chunks", "chunks"), ("seconds", "seconds"), ("peak memory, MB", "memory_mb"))
    for label, key in rows:
        a, b = statistics.median(r[key] for r in mine), statistics.median(r[key] for r in theirs)
        print(f"{label:26}{a:12.1f}{b:12.1f}{a / b:8.2f}")
    speeds = [(a["chunks"] / a["seconds"], b["chunks"] / b["seconds"]) for a, b in zip(mine, theirs, strict=True)]
    a, b = (statistics.median(pair[i] for pair in speeds) for i in (0, 1))
    print(f"{'chunks a second':26}{a:12.1f}{b:12.1f}{statistics.median(x / y for x, y in speeds):8.2f}")
    first = statistics.median(r["first_version_s"] for r in mine)
    share = statistics.median(r["second_version_s"] / r["first_version_s"] for r in mine)
    print(f"one changed paragraph of a long document: {share:.1%} of its first {first:.1f} s")


if __name__ == "__main__":
    main()
