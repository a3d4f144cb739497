"""Embedders side by side: what each is worth, what it costs, and the questions that each wins; it runs no search."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.embedding.encoder import Embedder
from core.evaluation.comparison import Summary, summary
from core.evaluation.retrieval_runs import Result
from core.types import Embedding, Recipe

SAMPLE = 48
"""Passages that are embedded to measure the speed."""
_ASKED = 15
_BITS = {"none": 0, "int8": 8, "binary": 1}


@dataclass(frozen=True, slots=True)
class Row:
    """An embedder, with distance and quantization, over a question set."""

    embedding: Embedding
    run: str
    """The run's id."""
    summary: Summary
    """Over all questions: nothing is tuned here."""
    chunks: int
    wins: tuple[str, ...]
    """Questions whose first relevant hit stands higher nowhere, and lower with some other embedder."""
    vectors_per_second: float
    """Passages of this corpus, one machine, nothing from the cache."""
    query_ms: float
    """Median milliseconds to embed a question; the search itself is in the summary."""
    bytes_per_vector: float
    """Of the vector, and of its smaller copy where it has one."""
    quantized: int
    """Vectors of which the index searches the smaller copy; small indexes compare whole vectors."""


def measure(embedder: Embedder, passages: Sequence[str], questions: Sequence[str]) -> dict[str, float]:
    """Seconds that passages and questions take, as vectors_per_second and query_ms; `embedder` must not be cached."""
    if not passages or not questions:
        return {"vectors_per_second": 0.0, "query_ms": 0.0}
    embedder.passages(passages[:2])
    began = time.perf_counter()
    embedder.passages(passages[:SAMPLE])
    seconds = time.perf_counter() - began
    times = []
    for question in questions[:_ASKED]:
        began = time.perf_counter()
        embedder.queries([question])
        times.append((time.perf_counter() - began) * 1000)
    return {
        "vectors_per_second": len(passages[:SAMPLE]) / max(seconds, 1e-9),
        "query_ms": float(np.median(times)),
    }


def bytes_per_vector(dimension: int, quantization: str) -> float:
    """Bytes that a vector takes: 4 for each number, with the smaller copy's 1 (int8) or 1/8 (binary) beside it."""
    return dimension * (4 + _BITS[quantization] / 8)


def rows(
    runs: Sequence[tuple[Recipe, str, Sequence[Result], Mapping[str, float]]], speeds: Mapping[str, Mapping[str, float]]
) -> list[Row]:
    """A row for each (recipe, run id, results, sizes of the index); `speeds` are by the hash of the recipe."""
    won = wins([results for _, _, results, _ in runs])
    made = []
    for (recipe, run, results, index), theirs in zip(runs, won, strict=True):
        speed = speeds.get(recipe.hash, {})
        made.append(
            Row(
                recipe.embedding,
                run,
                summary(results),
                int(index.get("chunks", 0)),
                theirs,
                speed.get("vectors_per_second", 0.0),
                speed.get("query_ms", 0.0),
                speed.get("bytes_per_vector", 0.0),
                int(speed.get("quantized", 0)),
            )
        )
    return made


def wins(runs: Sequence[Sequence[Result]]) -> list[tuple[str, ...]]:
    """For each run the questions whose rank is better in no other run and worse in some, of those that all asked."""
    ranks = [{result.question: result.rank or float("inf") for result in run} for run in runs]
    shared = [question for question in ranks[0] if all(question in held for held in ranks)] if ranks else []
    won: list[list[str]] = [[] for _ in runs]
    for question in shared:
        found = [held[question] for held in ranks]
        if min(found) < max(found):
            for theirs, rank in zip(won, found, strict=True):
                if rank == min(found):
                    theirs.append(question)
    return [tuple(questions) for questions in won]
