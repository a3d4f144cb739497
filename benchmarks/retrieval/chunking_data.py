"""Chroma's chunking benchmark as it lies in the data folder: corpora, questions and excerpts. It ranks nothing."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.data import folder, half
from core.evaluation.token_metrics import Located
from core.types import Span


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the excerpts of one corpus that answer it."""

    text: str
    corpus: str
    excerpts: tuple[Located, ...]

    @property
    def half(self) -> int:
        """0 or 1 by hash: settings are chosen on 0 and reported on 1."""
        return half(self.text)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """The corpora that are there, and the questions about them."""

    texts: dict[str, str]
    questions: tuple[Question, ...]


def load() -> Benchmark:
    """Read what is there; raises ValueError when an excerpt is not at its offsets."""
    root = folder("chunking_eval")
    texts = {file.stem: file.read_text(encoding="utf-8") for file in sorted((root / "corpora").glob("*.md"))}
    questions = []
    with (root / "questions_df.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            corpus = row["corpus_id"]
            if corpus in texts:
                excerpts = [_excerpt(corpus, texts[corpus], item) for item in json.loads(row["references"])]
                questions.append(Question(row["question"], corpus, tuple(excerpts)))
    return Benchmark(texts, tuple(questions))


def _excerpt(corpus: str, text: str, item: dict[str, str | int]) -> Located:
    span = Span(int(item["start_index"]), int(item["end_index"]))
    if text[span.start : span.end] != item["content"]:
        raise ValueError(f"An excerpt of {corpus} is not at its offsets {span.start} to {span.end}.")
    return Located(corpus, span)


def in_half(questions: Sequence[Question], wanted: int) -> list[int]:
    """The positions of the questions of one half."""
    return [i for i, question in enumerate(questions) if question.half == wanted]
