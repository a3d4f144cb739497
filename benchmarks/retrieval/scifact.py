"""SciFact as BEIR has it: which of 5,183 abstracts supports or refutes a claim; nDCG@10 beside published figures.

A document is its title and its text, cut at the model's window. Published: BM25 .687 (bm25s, k1 1.5, b .75, English
stemmer), all-MiniLM-L6-v2 .645, multilingual-e5-small .676 with unquantised weights.
"""

import csv
import gzip
import json
from collections.abc import Sequence

from benchmarks.data import folder, lines
from benchmarks.retrieval.embedded import Vectors
from benchmarks.retrieval.hybrids import rankings, time_lines
from benchmarks.retrieval.tables import Row, table
from core.evaluation.ranking import ndcg
from core.evaluation.statistics import estimate

PUBLISHED = {"BM25": 0.687, "MiniLM": 0.645, "E5": 0.676}
WHY = {
    "BM25": "k1 1.2 in the place of 1.5, lengths against a fixed 256 words, the engine's own stemmer and stop words",
    "MiniLM": "the same weights; vectors in bf16 and abstracts cut at its window of 256 word pieces",
    "E5": "the weights at 4 bits a number, where the published figure is of whole ones",
}
"""What differs between the published set-up and ours."""


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
    return lines_out + beside_published(table_rows) + time_lines(found.milliseconds)


def beside_published(rows: Sequence[Row]) -> list[str]:
    """Ours beside the published figures, the difference, and what may make it."""
    lines_out = ["\n| nDCG@10 | ours | published | difference | what differs |", "|---|---|---|---|---|"]
    for name, published in PUBLISHED.items():
        held = next((row for row in rows if row.name.startswith(f"{name} (published")), None)
        if held:
            ours = estimate(held.values["nDCG@10"])
            lines_out.append(
                f"| {name} | {ours.text()} | {published:.3f} | {ours.mean - published:+.3f} | {WHY[name]} |"
            )
    return lines_out
