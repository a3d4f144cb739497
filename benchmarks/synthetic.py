"""A made-up corpus of any size for speed: vectors in clusters, text by Zipf, payload like real entries; no meaning.

Vectors of a real embedder are not noise: they lie near a few thousand topics and vary in far fewer directions than
they have numbers. Noise would make every neighbour equally near, and any graph look bad. So a vector here is its
topic's centre plus a step in 32 shared directions plus a little noise. The same numbers come out on every machine.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from core.chunking import chunk_id
from core.index.contract import Entry
from core.types import ZONES, Chunk

DIMENSION = 384
TODAY = date(2026, 6, 1)
PER_DOCUMENT = 50
WORDS = 4000
PER_CHUNK = 110
LABELS = tuple(f"team-{n}" for n in range(10))
_DIRECTIONS = 32
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the corpus: words that occur in one chunk, and a vector near that chunk's."""

    text: str
    vector: np.ndarray


class Corpus:
    """`size` chunks; a chunk belongs to a document of 50, a document to a zone, a label and a validity."""

    def __init__(self, size: int) -> None:
        self.size = size
        rng = np.random.default_rng(size)
        self._topics = max(20, size // 100)
        self._centres = _unit(rng.normal(size=(self._topics, DIMENSION)))
        self._basis = rng.normal(size=(_DIRECTIONS, DIMENSION)) / np.sqrt(DIMENSION)
        self._vocabulary = _vocabulary(rng)
        odds = 1 / np.arange(
            30, WORDS + 30
        )  # the most frequent words of a language are stop words, which BM25 leaves out
        self._odds = np.cumsum(odds / odds.sum())

    def batches(self) -> Iterator[tuple[list[Entry], np.ndarray]]:
        """Entries of whole documents with their vectors, float32 of shape (≤ 1000, 384)."""
        for start in range(0, self.size, _BATCH):
            stop = min(start + _BATCH, self.size)
            vectors, texts = self._draw(start, stop)
            yield [self._entry(n, texts[n - start]) for n in range(start, stop)], vectors

    def questions(self, count: int) -> list[Question]:
        """Questions that were drawn like the chunks but are none of them."""
        rng = np.random.default_rng(self.size + 1)
        made = []
        for n in rng.integers(0, self.size, count).tolist():
            start = n - n % _BATCH
            vectors, texts = self._draw(start, min(start + _BATCH, self.size))
            step = rng.normal(size=_DIRECTIONS) @ self._basis * (0.4 / _DIRECTIONS**0.5)
            words = texts[n - start].split()
            chosen = rng.choice(len(words), 8, replace=False)
            text = "what is said about " + " ".join(words[i] for i in sorted(chosen))
            made.append(Question(text, _unit(vectors[n - start] + step)[0].astype(np.float32)))
        return made

    def _draw(self, start: int, stop: int) -> tuple[np.ndarray, list[str]]:
        rng = np.random.default_rng((self.size, start))
        count = stop - start
        topics = rng.integers(0, self._topics, count)
        steps = rng.normal(size=(count, _DIRECTIONS)) @ self._basis * (0.8 / _DIRECTIONS**0.5)
        noise = rng.normal(size=(count, DIMENSION)) * 0.3 / DIMENSION**0.5
        vectors = _unit(self._centres[topics] + steps + noise).astype(np.float32)
        ranks = np.searchsorted(self._odds, rng.random((count, PER_CHUNK)))
        return vectors, [" ".join(self._vocabulary[i] for i in row) + "." for row in np.minimum(ranks, WORDS - 1)]

    def _entry(self, n: int, text: str) -> Entry:
        document, place = divmod(n, PER_DOCUMENT)
        name = f"document-{document:06}"
        start = place * 800
        chunk = Chunk(
            id=chunk_id(name, start, start + len(text)),
            document_id=name,
            text=text,
            start=start,
            end=start + len(text),
            pages=(place // 4 + 1,),
            headings=("Handbook", f"Section {place // 10}"),
            tokens=160,
        )
        # one in ten has no label and is in force: what `narrow` may see
        open_to_all = document % 10 == 0
        ends = None if document % 10 < 7 else (TODAY - timedelta(days=document % 300 + 1)).isoformat()
        labels = () if open_to_all else (LABELS[document % 10],)
        return Entry(chunk, f"{name}.md", ZONES[document % 3], labels, "2024-01-01", ends)


def _unit(vectors: np.ndarray) -> np.ndarray:
    vectors = np.atleast_2d(vectors)
    unit: np.ndarray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def _vocabulary(rng: np.random.Generator) -> list[str]:
    """Pronounceable words of two to four syllables, each once."""
    onsets, vowels = list("bdfgklmnprstvz"), list("aeiou")
    words: dict[str, None] = {}
    while len(words) < WORDS:
        words["".join(rng.choice(onsets) + rng.choice(vowels) for _ in range(rng.integers(2, 5)))] = None
    return list(words)
