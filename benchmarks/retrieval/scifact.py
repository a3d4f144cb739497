"""SciFact as BEIR has it: which of 5,183 abstracts supports or refutes a claim; nDCG@10 beside published figures.

A document is its title and its text, cut at the model's window. Published: BM25 .687 (bm25s, k1 1.5, b .75, English
stemmer), all-MiniLM-L6-v2 .645, multilingual-e5-small .676 with unquantised weights.
"""

import csv
import gzip
import json

from benchmarks.data import folder, lines
from benchmarks.retrieval.embedded import Vectors
from benchmarks.retrieval.hybrids import rankings, time_lines
from benchmarks.retrieval.tables import Row, table
from core.evaluation.ranking import ndcg

PUBLISHED = {"BM25": 0.687, "MiniLM": 0.645, "E5": 0.676}


def run(vectors: Vectors) -> list[str]:
    """The table as Markdown."""
    root = folder("beir_scifact")
    with gzip.open(root / "corpus.jsonl.gz", "rt", encoding="utf-8") as rows:
        documents = [json.loads(row) for row in rows]
    texts = [f"{document['title']} {document['text']}".strip() for document in documents]
    claims = list(lines(root / "queries.test.jsonl"))
    gains: dict[str, dict[str, int]] = {}
    with (root / "qrels.test.tsv").open(encoding="utf-8", newline="") as rows:
        for judged in csv.DictReader(rows, delimiter="\t"):
            gains.setdefault(judged["query-id"], {})[judged["corpus-id"]] = int(judged["score"])
    found = rankings(vectors, [claim["text"] for claim in claims], texts)
    table_rows = []
    for name, ranked in found.rows.items():
        named = [[documents[number]["_id"] for number in order] for order in ranked]
        values = [ndcg(order, gains[str(claim["_id"])]) for order, claim in zip(named, claims, strict=True)]
        label = f"{name} (published {PUBLISHED[name]:.3f})" if name in PUBLISHED else name
        table_rows.append(Row(label, {"nDCG@10": values}))
    lines_out = table("SciFact", table_rows, base="BM25 (published 0.687)")
    return lines_out + time_lines(found.milliseconds)
