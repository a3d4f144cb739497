"""Fits and tests the two models of core/generation/relevance.py: which sentence answers, and whether any does.

Cases are public questions with five sources: the passage that answers among the nearest others, or the nearest others
alone. Titles are split in halves by a hash; the models are fitted on one, and the table is of the other.

    python -m benchmarks.calibration [--embedder minilm|e5] [--write]
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.data import folder, half, lines
from core.chunking.sentences import sentence_spans
from core.embedding.context import in_context
from core.embedding.encoder import SPECS, Encoder
from core.generation import relevance
from core.generation.evidence import Passage
from core.models.cache import model_folder
from core.settings import Settings
from core.types import Span

SOURCES = 5
QUESTIONS = 800


@dataclass(frozen=True)
class Case:
    """A question with the passage that it was asked of; `answers` is empty when that does not answer it."""

    question: str
    title: str
    text: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """The features of one set of sources, and the truth about them."""

    rows: np.ndarray
    answers: np.ndarray
    nearest: float
    answerable: bool
    half: int


def cases(embedder: str) -> list[Case]:
    """Real search questions in English; with a multilingual embedder also questions in other languages."""
    found = []
    for row in list(lines(folder("nq_oracle") / "nq-open-oracle.jsonl"))[:QUESTIONS]:
        passage = row["ctxs"][0]
        found.append(Case(row["question"], passage["title"], passage["text"], tuple(row["answers"])))
    for row in lines(folder("clapnq_dev") / "clapnq_dev_unanswerable.jsonl"):
        passage = row["passages"][0]
        found.append(Case(row["input"], passage["title"], passage["text"], ()))
    return found + (_xquad() if embedder == "e5" else [])


def _xquad() -> list[Case]:
    texts = {row["para_id"]: row for row in lines(folder("xquad") / "paragraphs.en.jsonl")}
    found = []
    for row in list(lines(folder("xquad") / "questions.jsonl"))[::6]:
        paragraph = texts[row["para_id"]]
        for language in ("de", "es"):
            answers = (row["en_answer"],)
            found.append(Case(row["question"][language], paragraph["title"], paragraph["context"], answers))
    return found


def tables(data: Sequence[Case], encoder: Encoder) -> list[Table]:
    """Each case with its own passage among near ones and, when that answers, once more without it."""
    questions = encoder.queries([case.question for case in data])
    passages = encoder.passages([in_context(case.title, (), case.text) for case in data])
    sentences = [[case.text[s.start : s.end] for s in sentence_spans(case.text)] for case in data]
    flat = [in_context(case.title, (), text) for case, texts in zip(data, sentences, strict=True) for text in texts]
    vectors = np.split(encoder.passages(flat), np.cumsum([len(texts) for texts in sentences])[:-1])
    found = []
    for i, case in enumerate(data):
        near = passages @ questions[i]
        others = [int(k) for k in np.argsort(-near) if data[k].title != case.title][:SOURCES]
        sets = [(sorted([i, *others[:-1]], key=lambda k: -near[k]), bool(case.answers))]
        if case.answers:
            sets.append((others, False))
        for picked, answerable in sets:
            shown = [Passage(n, Span(0, 0), text, data[k].title) for n, k in enumerate(picked) for text in sentences[k]]
            cosines = np.concatenate([vectors[k] @ questions[i] for k in picked])
            by_source = np.array([near[picked[p.source]] for p in shown])
            rows = relevance.features(case.question, cosines, shown, by_source)
            answers = np.array([any(a.lower() in p.text.lower() for a in case.answers) for p in shown], dtype=float)
            found.append(Table(rows, answers, float(near[picked].max()), answerable, half(case.title)))
    return found


def fit(rows: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Logistic regression by Newton's method with a little ridge: the bias, then a slope for each column."""
    x = np.column_stack([np.ones(len(rows)), rows])
    beta = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ beta))
        hessian = (x * (p * (1 - p))[:, None]).T @ x + 1e-2 * np.eye(x.shape[1])
        beta += np.linalg.solve(hessian, x.T @ (labels - p) - 1e-2 * beta)
    return beta


def logits(rows: np.ndarray, beta: np.ndarray) -> np.ndarray:
    """Log odds of rows."""
    return beta[0] + rows @ beta[1:]


def area_under_curve(scores: np.ndarray, labels: np.ndarray) -> float:
    """Probability that an answerable set scores above another (Mann and Whitney's U over all pairs)."""
    ranks = scores.argsort().argsort() + 1
    positive = labels.sum()
    return float((ranks[labels == 1].sum() - positive * (positive + 1) / 2) / (positive * (len(labels) - positive)))


def main() -> None:
    """Fit on one half, print the tables of the other, and with --write keep the coefficients."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--embedder", default="minilm", choices=sorted(SPECS))
    parser.add_argument("--write", action="store_true", help="store the coefficients in core/generation")
    options = parser.parse_args()
    encoder = Encoder(SPECS[options.embedder], model_folder(Settings().models, options.embedder))
    every = tables(cases(options.embedder), encoder)
    fitted, held = [t for t in every if t.half == 0], [t for t in every if t.half == 1]
    with_answer = [t for t in fitted if t.answerable]
    sentence = fit(np.concatenate([t.rows for t in with_answer]), np.concatenate([t.answers for t in with_answer]))

    def pair(table: Table) -> tuple[float, float]:
        return float(logits(table.rows, sentence).max()), table.nearest

    answerable = fit(np.array([pair(t) for t in fitted]), np.array([float(t.answerable) for t in fitted]))
    print(f"{options.embedder}: fitted on {len(fitted)} sets of sources, tested on {len(held)} of other titles")
    for k in (1, 2, 3):
        hits = [t.answers[np.argsort(-logits(t.rows, sentence))[:k]].any() for t in held if t.answerable]
        print(f"the answer stands in the best {k} sentences: {np.mean(hits):.3f}")
    p = 1 / (1 + np.exp(-logits(np.array([pair(t) for t in held]), answerable)))
    truth = np.array([float(t.answerable) for t in held])
    print(f"area under the curve of answerability: {area_under_curve(p, truth):.3f}")
    print("threshold   wrongly declined   rightly declined")
    for threshold in np.arange(0.2, 0.85, 0.1):
        print(f"{threshold:9.1f}{(p[truth == 1] < threshold).mean():19.3f}{(p[truth == 0] < threshold).mean():19.3f}")
    if options.write:
        _write(options.embedder, sentence, answerable)


def _write(embedder: str, sentence: np.ndarray, answerable: np.ndarray) -> None:
    file = relevance._FILE
    kept = json.loads(file.read_text()) if file.exists() else {}
    kept["fitted_by"] = "python -m benchmarks.calibration --write"
    kept["data"] = "one half of the titles of nq_oracle and clapnq_dev; for e5 also of xquad"
    kept.setdefault("embedders", {})[embedder] = {
        "sentence": [round(float(b), 4) for b in sentence],
        "answerable": [round(float(b), 4) for b in answerable],
    }
    file.write_text(json.dumps(kept, indent=2) + "\n")


if __name__ == "__main__":
    main()
