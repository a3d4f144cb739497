"""The sample company's questions: the rank of the first chunk that holds the evidence, by the question's language.

Documents are read, cut and put in context as the default recipe does; a chunk is right when it is of the named document
and the quote stands in it, or it in the quote, case and spacing aside. Access plays no part here.
"""

import json
from collections.abc import Mapping

from benchmarks.data import lines
from benchmarks.quality import fold
from benchmarks.retrieval.embedded import Vectors, encoder
from benchmarks.retrieval.hybrids import rankings, time_lines
from benchmarks.retrieval.tables import Row, table
from core.chunking import chunk_text
from core.desks.documents import SAMPLES
from core.embedding.context import in_context
from core.evaluation.ranking import first_rank, found_within, reciprocal
from core.library.parsing import Parser
from core.types import Chunking


def run(vectors: Vectors) -> list[str]:
    """One table for all questions and one for each language, as Markdown."""
    names, chunks, texts = [], [], []
    with Parser() as parser:
        for entry in json.loads((SAMPLES / "manifest.json").read_text(encoding="utf-8"))["documents"]:
            name = entry["name"]
            read = parser.parse(SAMPLES / "files" / name, name)
            counter = encoder("minilm").tokens
            cut = chunk_text(read.text, Chunking(), counter, name, read.pages, read.headings, read.tables)
            names += [name] * len(cut)
            chunks += [fold(chunk.text) for chunk in cut]
            texts += [in_context(name, chunk.headings, chunk.text) for chunk in cut]
    questions = [row for row in lines(SAMPLES / "questions.jsonl") if row["answerable"]]
    wanted = [_holding(question["evidence"], names, chunks) for question in questions]
    unheld = sum(not numbers for numbers in wanted)
    found = rankings(vectors, [question["question"] for question in questions], texts)
    out = [f"\n{len(texts)} chunks; the evidence of {unheld} of {len(questions)} questions is in no single chunk."]
    languages = sorted({question["language"] for question in questions})
    groups = {"all": set(range(len(questions)))} | {
        f"in {language}": {i for i, question in enumerate(questions) if question["language"] == language}
        for language in languages
    }
    groups["in another language than the document"] = {
        i for i, question in enumerate(questions) if "cross-lingual" in question["tags"]
    }
    for label, members in groups.items():
        rows = []
        for name, ranked in found.rows.items():
            ranks = [first_rank(ranked[i], wanted[i]) for i in sorted(members)]
            values = {f"recall@{depth}": [found_within(rank, depth) for rank in ranks] for depth in (1, 5)}
            rows.append(Row(name, values | {"MRR": [reciprocal(rank) for rank in ranks]}))
        out += table(f"Sample questions, {label}", rows, base="MiniLM + BM25")
    return out + time_lines(found.milliseconds)


def _holding(evidence: list[Mapping[str, str]], names: list[str], chunks: list[str]) -> list[int]:
    quotes = [(item["document"], fold(item["quote"])) for item in evidence]
    return [
        i
        for i, (name, chunk) in enumerate(zip(names, chunks, strict=True))
        if any(name == document and (quote in chunk or chunk in quote) for document, quote in quotes)
    ]
