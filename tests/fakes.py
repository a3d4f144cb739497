"""Small honest stand-ins: an embedder of hashed words and a model that says what it was given to say."""

from collections.abc import Sequence
from types import SimpleNamespace
from zlib import crc32

import numpy as np

from core.embedding.encoder import EncoderSpec, Progress
from core.generation.evidence import words
from core.types import Chunk, Hit, Score, Source


class WordEmbedder:
    """Bag of hashed content words as a unit vector: equal words, equal direction."""

    spec = EncoderSpec("fake", window=256, dimension=64)
    revision = "1"
    tokens = SimpleNamespace()

    def passages(self, texts: Sequence[str], progress: Progress | None = None) -> np.ndarray:
        if progress:
            progress(len(texts))
        return self.queries(texts)

    def tokens_over(self, texts: Sequence[str]) -> list[int]:
        return [max(0, len(words(text)) - self.spec.window) for text in texts]

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        rows = np.zeros((len(texts), 64), dtype=np.float32)
        for i, text in enumerate(texts):
            for word in words(text):
                rows[i, crc32(word.encode()) % 64] += 1
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def source(number: int, text: str, document: str = "paper.txt", start: int = 0, dense: float = 0.5) -> Source:
    """A source whose text lies at `start` of its document."""
    chunk = Chunk(f"c{number}", f"d-{document}", text, start, start + len(text), (1,), (), len(text.split()))
    hit = Hit(chunk, document, "public", number, {"dense": Score(dense, number)})
    return Source(number, hit, text)
