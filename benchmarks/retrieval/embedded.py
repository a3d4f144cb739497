"""Vectors and token states of texts, computed once and kept on disk; it ranks nothing.

A file is named by the model's revision and by all texts, so a change of either computes anew. The folder may be deleted
at any time.
"""

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from core.embedding.encoder import SPECS, Encoder
from core.models.cache import model_folder
from core.settings import Settings

DEFAULT_CACHE = Path(tempfile.gettempdir()) / "touchstone-benchmarks"


@cache
def encoder(model: str) -> Encoder:
    """The product's encoder of that name; loaded at its first use."""
    return Encoder(SPECS[model], model_folder(Settings().models, model))


class Vectors:
    """Reads vectors from a folder, or computes them and writes them there."""

    def __init__(self, folder: Path = DEFAULT_CACHE) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def passages(self, model: str, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors of passages, shape (texts, dimension), float32."""
        return self._kept(model, "passages", texts, lambda: {"vectors": encoder(model).passages(texts)})["vectors"]

    def queries(self, model: str, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors of questions, shape (texts, dimension), float32."""
        return self._kept(model, "queries", texts, lambda: {"vectors": encoder(model).queries(texts)})["vectors"]

    def states(self, model: str, texts: Sequence[str]) -> list[np.ndarray]:
        """Unit token states of each text, special tokens left out: arrays of shape (tokens, dimension), float16.

        A text without tokens gives no rows.
        """

        def compute() -> dict[str, np.ndarray]:
            rows = encoder(model).token_states(texts)
            return {"states": np.concatenate(rows), "ends": np.cumsum([len(row) for row in rows])}

        kept = self._kept(model, "states", texts, compute)
        return np.split(kept["states"], kept["ends"][:-1])

    def _kept(
        self, model: str, kind: str, texts: Sequence[str], compute: Callable[[], dict[str, np.ndarray]]
    ) -> dict[str, np.ndarray]:
        digest = hashlib.sha256(encoder(model).revision.encode())
        for text in texts:
            digest.update(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())
        file = self._folder / f"{model}-{kind}-{digest.hexdigest()[:20]}.npz"
        if not file.exists():
            scratch = file.with_suffix(".part.npz")  # a killed run leaves no half of a file under the real name
            np.savez(scratch, **compute())
            scratch.rename(file)
        with np.load(file) as kept:
            return dict(kept)
