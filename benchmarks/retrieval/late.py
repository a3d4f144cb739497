"""MaxSim over kept token states, plain or with rare word pieces counting more; it does not choose the candidates.

Khattab and Zaharia, "ColBERT", SIGIR 2020, with a mean over the question's tokens in place of the sum; the states are
those of the sentence encoder, which was not trained for it.
"""

import math
import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from benchmarks.retrieval.embedded import Vectors, encoder

MODEL = "minilm"


class Late:
    """Token states of those passages that any question wants reranked, and how rare each word piece is in all."""

    def __init__(
        self, vectors: Vectors, questions: Sequence[str], texts: Sequence[str], wanted: Collection[int]
    ) -> None:
        self._tokenizer = encoder(MODEL).tokens.tokenizer
        numbers = sorted(wanted)
        states = vectors.states(MODEL, [texts[number] for number in numbers])
        self._passages: Mapping[int, np.ndarray] = dict(zip(numbers, states, strict=True))
        self._questions = vectors.states(MODEL, questions)
        self._found: dict[tuple[int, int], np.ndarray] = {}
        frequencies = self._frequencies(texts)
        self._weights = [self._rarity(question, frequencies, len(texts)) for question in questions]

    def _frequencies(self, texts: Sequence[str]) -> Counter[int]:
        encoded = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return Counter(piece for e in encoded for piece in set(e.ids))

    def _rarity(self, question: str, frequencies: Counter[int], count: int) -> np.ndarray:
        """BM25's idf of each word piece of the question, shape (tokens,)."""
        pieces = self._tokenizer.encode(question, add_special_tokens=False).ids[: encoder(MODEL).spec.window - 2]
        return np.array([math.log(1 + (count - frequencies[p] + 0.5) / (frequencies[p] + 0.5)) for p in pieces])

    def scores(self, question: int, candidates: Sequence[int], rare: bool) -> dict[int, float]:
        """The candidates' MaxSim for a question given by number; `rare` weighs its word pieces by idf."""
        weights = self._weights[question] if rare else np.ones(len(self._questions[question]))
        weights = weights / weights.sum()
        found = {number: float(weights @ self._nearest(question, number)) for number in candidates}
        return found

    def _nearest(self, question: int, number: int) -> np.ndarray:
        """Each question token's largest cosine to a token of the passage, shape (tokens,); kept for other rankings."""
        if (question, number) not in self._found:
            tokens, passage = self._questions[question], self._passages[number]
            cosines = tokens.astype(np.float32) @ passage.astype(np.float32).T
            self._found[question, number] = cosines.max(axis=1)
        return self._found[question, number]

    def rank(self, question: int, candidates: Sequence[int], rare: bool = False) -> list[int]:
        """The candidates by falling MaxSim."""
        scores = self.scores(question, candidates, rare)
        return sorted(candidates, key=lambda number: -scores[number])

    def milliseconds(
        self, candidates: Sequence[Sequence[int]], texts: Sequence[str], questions: Sequence[str]
    ) -> dict[str, float]:
        """Median time of a rerank with the passages' states at hand (warm) and computed anew (cold)."""
        warm, cold = [], []
        for question, numbers in enumerate(candidates):
            for number in numbers:
                self._found.pop((question, number), None)
            began = time.perf_counter()
            encoder(MODEL).token_states([questions[question]])
            self.rank(question, numbers, rare=True)
            warm.append(time.perf_counter() - began)
            began = time.perf_counter()
            encoder(MODEL).token_states([texts[number] for number in numbers])
            cold.append(time.perf_counter() - began + warm[-1])
        return {"MaxSim, states kept": 1000 * float(np.median(warm)), "MaxSim, cold": 1000 * float(np.median(cold))}
