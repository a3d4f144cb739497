"""XQuAD: a question in one of five languages, 240 paragraphs in English; whether its own paragraph comes first."""

from benchmarks.data import folder, lines
from benchmarks.retrieval.embedded import Vectors
from benchmarks.retrieval.hybrids import rankings, time_lines
from benchmarks.retrieval.tables import Row, table
from core.evaluation.ranking import first_rank, found_within

LANGUAGES = ("en", "de", "es", "zh", "ar")


def run(vectors: Vectors) -> list[str]:
    """One table for each language as Markdown."""
    root = folder("xquad")
    paragraphs = list(lines(root / "paragraphs.en.jsonl"))
    numbers = {paragraph["para_id"]: number for number, paragraph in enumerate(paragraphs)}
    texts = [paragraph["context"] for paragraph in paragraphs]
    questions = list(lines(root / "questions.jsonl"))
    out = []
    for language in LANGUAGES:
        found = rankings(vectors, [question["question"][language] for question in questions], texts)
        rows = []
        for name, ranked in found.rows.items():
            pairs = zip(ranked, questions, strict=True)
            ranks = [first_rank(order, [numbers[question["para_id"]]]) for order, question in pairs]
            values = {f"recall@{depth}": [found_within(rank, depth) for rank in ranks] for depth in (1, 5)}
            rows.append(Row(name, values))
        out += table(f"XQuAD, questions in {language}, English paragraphs", rows, base="E5")
        out += time_lines(found.milliseconds) if language == LANGUAGES[0] else []
    return out
