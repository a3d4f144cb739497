"""The rows that every table over documents has: each ranker alone, their fusions, and MaxSim on top.

It knows passages and questions as texts, and nothing of what is right.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.retrieval.embedded import Vectors, encoder
from benchmarks.retrieval.late import Late
from benchmarks.retrieval.rankings import bm25, dense, fused

CANDIDATES = 40
"""Passages that each of dense and sparse hands to the fusion; the product's default."""
RRF_K = 10
DEPTH = 20
"""Candidates that are reranked; the product's default."""
KNOWN = 0.75
"""Of a question's words the share that must stand in the index before rankings by words count; below it the question
is likely in another language than the documents, and E5 ranks alone."""
SMALL = 2_000
"""Of so many passages the token states are computed for all: then no change of a ranking computes them anew."""

Ranking = list[list[int]]


@dataclass(frozen=True, slots=True)
class Rankings:
    """For each row's name the ranked passages of each question; and milliseconds a question of each part."""

    rows: Mapping[str, Ranking]
    milliseconds: Mapping[str, float]


def rankings(vectors: Vectors, questions: Sequence[str], texts: Sequence[str], timed: int = 20) -> Rankings:
    """Rank the texts for every question; `texts` are what is embedded and searched for words.

    Times are taken over the first `timed` questions; 0 takes none.
    """
    limit, times = min(CANDIDATES, len(texts)), {}
    with bm25(texts) as index:
        words, times["BM25"] = _timed(lambda number: index.rank(questions[number], limit), len(questions))
        known = [index.known(question) >= KNOWN for question in questions]
    near = {
        model: dense(vectors.queries(model, questions), vectors.passages(model, texts), limit)
        for model in ("minilm", "e5")
    }
    rows = {"BM25": words, "MiniLM": near["minilm"], "E5": near["e5"]}
    lists = {
        "MiniLM + BM25": (near["minilm"], words),
        "E5 + BM25": (near["e5"], words),
        "MiniLM + E5 + BM25": (near["minilm"], near["e5"], words),
    }
    rows |= {name: _joined(parts) for name, parts in lists.items()}
    heads = {name: [ranked[:DEPTH] for ranked in rows[name]] for name in lists}
    wanted = {n for ranked in heads.values() for head in ranked for n in head}
    if len(texts) <= SMALL:
        wanted = set(range(len(texts)))
    late = Late(vectors, questions, texts, wanted)
    for name, parts in lists.items():
        for label, rare in (("MaxSim", False), ("MaxSim by idf", True)):
            order = [late.rank(i, head, rare) for i, head in enumerate(heads[name])]
            rows[f"{name}, {label} alone decides"] = order
            rows[f"{name} + {label}"] = _joined((*parts, order))
        rows[f"{name} + twice MaxSim by idf"] = _joined((*parts, order, order))
    for name in ("E5 + BM25", "E5 + BM25 + twice MaxSim by idf"):
        choices = zip(known, rows[name], near["e5"], strict=True)
        rows[f"{name}, if the words are known"] = [joined if knows else alone for knows, joined, alone in choices]
    if timed:
        for model in ("minilm", "e5"):
            times[f"{model}: question embedded and compared"] = _dense_time(vectors, model, questions[:timed], texts)
        began = time.perf_counter()
        _joined(lists["E5 + BM25"])
        times["fusion of two lists"] = 1000 * (time.perf_counter() - began) / len(questions)
        times |= late.milliseconds(heads["E5 + BM25"][:timed], texts, questions)
    return Rankings(rows, times)


def _joined(lists: Sequence[Ranking]) -> Ranking:
    """Reciprocal rank fusion, question by question."""
    return [fused(parts, RRF_K) for parts in zip(*lists, strict=True)]


def _timed(work: Callable[[int], list[int]], count: int) -> tuple[Ranking, float]:
    """What the work gives for each number, and its median milliseconds."""
    found, seconds = [], []
    for number in range(count):
        began = time.perf_counter()
        found.append(work(number))
        seconds.append(time.perf_counter() - began)
    return found, 1000 * float(np.median(seconds))


def _dense_time(vectors: Vectors, model: str, questions: Sequence[str], texts: Sequence[str]) -> float:
    passages = vectors.passages(model, texts)
    encoder(model).warm()
    return _timed(lambda i: dense(encoder(model).queries([questions[i]]), passages, CANDIDATES)[0], len(questions))[1]


def time_lines(milliseconds: Mapping[str, float]) -> list[str]:
    """The times as a Markdown table."""
    lines = ["\n| part | ms a question, median |", "|---|---|"]
    return lines + [f"| {name} | {value:.1f} |" for name, value in milliseconds.items()]
