"""Fits and tests when to decline: does a set of sources hold the answer?

Cases are public questions with five sources: the passage that answers among near ones, or near ones alone. Titles are
split in halves by a hash; the model is fitted on one and the table is of the other.

    python -m benchmarks.abstention [--embedder minilm|e5] [--write]
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from benchmarks.data import folder, half, lines
from core.embedding.encoder import SPECS, Encoder
from core.generation import confidence
from core.generation.extractive import weigh
from core.models.cache import model_folder
from core.settings import Settings
from core.types import Chunk, Hit, Score, Source

SOURCES = 5
LIMIT = 600


@dataclass(frozen=True)
class Case:
    """A question with the passage that answers it, or with a passage that does not."""

    question: str
    title: str
    text: str
    answerable: bool
    origin: str


def cases(embedder: str) -> list[Case]:
    """Real search questions in English; with a multilingual embedder also questions in other languages."""
    found = []
    for row in list(lines(folder("nq_oracle") / "nq-open-oracle.jsonl"))[:LIMIT]:
        passage = row["ctxs"][0]
        found.append(Case(row["question"], passage["title"], passage["text"], True, "nq_oracle"))
    for name, answerable in (("answerable", True), ("unanswerable", False)):
        for row in lines(folder("clapnq_dev") / f"clapnq_dev_{name}.jsonl"):
            passage = row["passages"][0]
            found.append(Case(row["input"], passage["title"], passage["text"], answerable, "clapnq"))
    if embedder == "e5":
        found += _xquad()
    return found


def _xquad() -> list[Case]:
    texts = {row["id"]: row for row in lines(folder("xquad") / "paragraphs.en.jsonl")}
    rows = list(lines(folder("xquad") / "questions.jsonl"))[::7]
    return [
        Case(row["question"][language], texts[row["paragraph"]]["title"], texts[row["paragraph"]]["text"], True, "xquad")
        for row in rows
        for language in ("de", "es", "zh", "ar")
    ]


def features(data: Sequence[Case], encoder: Encoder) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(support, nearest) with labels and halves; each answerable case also gives one with its passage left out."""
    vectors = encoder.passages([f"{case.title} {case.text}" for case in data])
    questions = encoder.queries([case.question for case in data])
    rows, labels, halves = [], [], []
    for i, case in enumerate(data):
        near = vectors @ questions[i]
        others = [int(k) for k in np.argsort(-near) if data[k].title != case.title]
        with_it = sorted([i, *others[: SOURCES - 1]], key=lambda k: -near[k])
        sets = [(with_it, case.answerable)] + ([(others[:SOURCES], False)] if case.answerable else [])
        for picked, label in sets:
            sources = [_source(n, data[k], float(near[k])) for n, k in enumerate(picked, start=1)]
            evidence = weigh(case.question, questions[i], sources, encoder.passages)
            rows.append((evidence.best, evidence.nearest))
            labels.append(label)
            halves.append(half(case.title))
    return np.array(rows), np.array(labels, dtype=float), np.array(halves)


def _source(number: int, case: Case, cosine: float) -> Source:
    chunk = Chunk(str(number), case.title, case.text, 0, len(case.text), (1,), (case.title,), 0)
    hit = Hit(chunk, case.title, "public", number, MappingProxyType({"dense": Score(cosine, number)}))
    return Source(number, hit, case.text)


def fit(rows: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Logistic regression by Newton's method, classes weighted equally: (bias, support, nearest)."""
    x = np.column_stack([np.ones(len(rows)), rows])
    weight = np.where(labels == 1, 0.5 / labels.mean(), 0.5 / (1 - labels.mean()))
    beta = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ beta))
        gradient = x.T @ (weight * (labels - p)) - 1e-3 * beta
        hessian = (x * (weight * p * (1 - p))[:, None]).T @ x + 1e-3 * np.eye(x.shape[1])
        beta += np.linalg.solve(hessian, gradient)
    return beta


def area_under_curve(scores: np.ndarray, labels: np.ndarray) -> float:
    """Probability that an answerable case scores above an unanswerable one (Mann and Whitney's U)."""
    ranks = scores.argsort().argsort() + 1
    positive = labels.sum()
    return float((ranks[labels == 1].sum() - positive * (positive + 1) / 2) / (positive * (len(labels) - positive)))


def main() -> None:
    """Fit on one half, print the table of the other, and with --write keep the coefficients."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--embedder", default="minilm", choices=sorted(SPECS))
    parser.add_argument("--write", action="store_true", help="store the coefficients in core/generation")
    options = parser.parse_args()
    encoder = Encoder(SPECS[options.embedder], model_folder(Settings().models, options.embedder))
    data = cases(options.embedder)
    rows, labels, halves = features(data, encoder)
    beta = fit(rows[halves == 0], labels[halves == 0])
    held, truth = rows[halves == 1], labels[halves == 1]
    p = 1 / (1 + np.exp(-(beta[0] + held @ beta[1:])))
    print(f"{options.embedder}: fitted on {int((halves == 0).sum())} cases, tested on {len(truth)} of other titles")
    print(f"coefficients {np.round(beta, 3).tolist()}, area under the curve {area_under_curve(p, truth):.3f}")
    print("threshold   wrongly declined   rightly declined")
    for threshold in np.arange(0.2, 0.85, 0.1):
        print(f"{threshold:9.1f}{(p[truth == 1] < threshold).mean():19.3f}{(p[truth == 0] < threshold).mean():19.3f}")
    if options.write:
        file = confidence._FILE
        held_now = json.loads(file.read_text()) if file.exists() else {"coefficients": {}}
        held_now["fitted_by"] = "python -m benchmarks.abstention --write"
        held_now["data"] = "nq_oracle and clapnq_dev, titles of one half; for e5 also xquad"
        held_now["coefficients"][options.embedder] = [round(float(b), 4) for b in beta]
        file.write_text(json.dumps(held_now, indent=2) + "\n")


if __name__ == "__main__":
    main()
