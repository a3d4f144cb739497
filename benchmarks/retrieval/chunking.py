"""Chunking as Chroma's benchmark measures it: one index over the corpora that are there, five results a question.

Chroma's chunkers with MiniLM beside ours under every ranker, whole and without repeats. A setting is chosen on one half
of the questions and reported on the other. Two of the five corpora (finance, pubmed) are not in the data folder, so the
published figures, which span all five, are no base to compare with; the peers are run here instead.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.retrieval.chunking_data import Benchmark, in_half, load
from benchmarks.retrieval.embedded import Vectors, encoder
from benchmarks.retrieval.hybrids import rankings, time_lines
from benchmarks.retrieval.peers import PEERS, peer_chunks
from benchmarks.retrieval.rankings import dense
from benchmarks.retrieval.spans import without_repeats
from benchmarks.retrieval.tables import Row, table
from core.chunking import chunk_text
from core.embedding.context import in_context
from core.evaluation.statistics import estimate
from core.evaluation.token_metrics import Located, precision_omega, token_scores
from core.types import Chunking, Span

TOP = 5
SIZES = (60, 80, 100, 130, 160, 200, 250)
WHOLE = tuple(Chunking("sentences", size) for size in SIZES)
TOKENS = tuple(Chunking("tokens", size) for size in (100, 130, 160))
OVERLAPPING = tuple(
    Chunking("sentences", size, overlap)
    for size, overlap in ((130, 65), (130, 87), (160, 80), (160, 107), (180, 120), (200, 133))
)
SHOWN = (
    "MiniLM",
    "E5",
    "BM25",
    "MiniLM + BM25",
    "E5 + BM25",
    "E5 + BM25 + MaxSim",
    "E5 + BM25 + MaxSim by idf",
    "E5 + BM25 + twice MaxSim by idf",
    "E5 + BM25 + twice MaxSim by idf, if the words are known",
    "MiniLM + BM25 + MaxSim by idf",
    "MiniLM + E5 + BM25 + twice MaxSim by idf",
)


@dataclass(frozen=True, slots=True)
class Scored:
    """One setting, with the recall and IoU of each question and what the setting costs a prompt."""

    name: str
    recall: Sequence[float]
    precision: Sequence[float]
    iou: Sequence[float]
    omega: float
    characters: float
    """Mean length of the five results together."""
    ours: bool


def run(vectors: Vectors) -> list[str]:
    """All tables as Markdown."""
    benchmark = load()
    counts = ", ".join(f"{name} {len(text):,}" for name, text in benchmark.texts.items())
    out = [f"\nCorpora (characters): {counts}; {len(benchmark.questions)} questions; top {TOP}."]
    scored = _peers(vectors, benchmark)
    times: Mapping[str, float] = {}
    for chunking in (*WHOLE, *TOKENS, *OVERLAPPING):
        print(f"{chunking.strategy} {chunking.size}/{chunking.overlap}", file=sys.stderr, flush=True)
        rows, times = _ours(vectors, benchmark, chunking, timed=20 if chunking == Chunking("sentences", 130, 87) else 0)
        scored += rows
        out += time_lines(times) if times else []
    scored += _ours(vectors, benchmark, Chunking("sentences", 130, 87), named=True)[0]
    out += _plain(scored)
    out += _chosen(benchmark, scored)
    return out


def _peers(vectors: Vectors, benchmark: Benchmark) -> list[Scored]:
    """Chroma's way: MiniLM alone, chunks whole."""
    questions = vectors.queries("minilm", [question.text for question in benchmark.questions])
    cut = peer_chunks(PEERS, benchmark.texts, lambda texts: vectors.passages("minilm", texts))
    found = []
    for name, pieces in cut.items():
        located = [Located(corpus, piece.span) for corpus, parts in pieces.items() for piece in parts]
        texts = [piece.text for parts in pieces.values() for piece in parts]
        ranked = dense(questions, vectors.passages("minilm", texts), TOP)
        results = [[located[number] for number in order] for order in ranked]
        found.append(_score(f"Chroma {name}, MiniLM", benchmark, located, results, ours=False))
    return found


def _ours(
    vectors: Vectors, benchmark: Benchmark, chunking: Chunking, timed: int = 0, named: bool = False
) -> tuple[list[Scored], Mapping[str, float]]:
    """Every ranker over one chunking of ours; overlapping chunks are shown without repeats."""
    located, texts = [], []
    for corpus, text in benchmark.texts.items():
        for chunk in chunk_text(text, chunking, encoder("minilm").tokens):
            located.append(Located(corpus, Span(chunk.start, chunk.end)))
            texts.append(in_context(f"{corpus}.md", chunk.headings, chunk.text) if named else chunk.text)
    found = rankings(vectors, [question.text for question in benchmark.questions], texts, timed)
    label = f"{chunking.strategy} {chunking.size}/{chunking.overlap}" + (" with the file's name" if named else "")
    scored = []
    for ranker in SHOWN:
        orders = [[located[number] for number in order] for order in found.rows[ranker]]
        whole = [order[:TOP] for order in orders]
        if chunking.overlap:
            if ranker == "E5 + BM25":
                scored.append(_score(f"{label}, {ranker}, repeats kept", benchmark, located, whole))
            results = [without_repeats(order, benchmark.texts, TOP) for order in orders]
            scored.append(_score(f"{label}, {ranker}, without repeats", benchmark, located, results))
        else:
            scored.append(_score(f"{label}, {ranker}", benchmark, located, whole))
    return scored, found.milliseconds


def _score(
    name: str,
    benchmark: Benchmark,
    chunks: Sequence[Located],
    results: Sequence[Sequence[Located]],
    ours: bool = True,
) -> Scored:
    pairs = list(zip(results, benchmark.questions, strict=True))
    scores = [token_scores(shown, question.excerpts) for shown, question in pairs]
    return Scored(
        name,
        [score.recall for score in scores],
        [score.precision for score in scores],
        [score.iou for score in scores],
        float(np.mean([precision_omega(chunks, question.excerpts) for question in benchmark.questions])),
        float(np.mean([sum(hit.span.end - hit.span.start for hit in shown) for shown in results])),
        ours,
    )


def _plain(scored: Sequence[Scored]) -> list[str]:
    """Every setting with its intervals."""
    lines = ["\n### Chunking, all settings (%, 95% bootstrap intervals)\n"]
    lines += ["| | recall | IoU | precision | Ω | characters shown |", "|---|---|---|---|---|---|"]
    for row in scored:
        recall, iou, precision = (estimate(v).text(1, 100) for v in (row.recall, row.iou, row.precision))
        cells = f"{recall} | {iou} | {precision} | {100 * row.omega:.1f} | {row.characters:,.0f}"
        lines.append(f"| {row.name} | {cells} |")
    return lines


def _chosen(benchmark: Benchmark, scored: Sequence[Scored]) -> list[str]:
    """The setting chosen on half 0, beside all peers, on the other half and on all questions.

    Chosen is the largest recall among the settings whose IoU is above that of every peer on half 0.
    """
    first, second = (in_half(benchmark.questions, number) for number in (0, 1))

    def mean(values: Sequence[float]) -> float:
        return float(np.mean([values[i] for i in first]))

    peers = [row for row in scored if not row.ours]
    floor = max(mean(row.iou) for row in peers)
    chosen = max((row for row in scored if row.ours and mean(row.iou) > floor), key=lambda row: mean(row.recall))
    best = max(peers, key=lambda row: mean(row.recall))
    lines = [
        f"\nChosen on half 0 ({len(first)} questions): **{chosen.name}**; best recall of a peer there: {best.name}."
    ]
    every = list(range(len(benchmark.questions)))
    for title, members in (("the other half", second), ("all questions", every)):
        rows = [
            Row(row.name, {"recall": [row.recall[i] for i in members], "IoU": [row.iou[i] for i in members]})
            for row in (*peers, chosen)
        ]
        lines += table(f"Chunking, {title} (%)", rows, base=chosen.name, digits=1, scale=100)
    return lines
