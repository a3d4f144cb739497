"""Scores how well passages fit a question, reading both; it knows neither their rank nor where they come from.

Two ways. Late interaction over the token vectors of an embedding model that is loaded anyway (Khattab & Zaharia,
"ColBERT", SIGIR 2020): each token of the question looks for its nearest in the passage. And a cross-encoder, a model
trained to judge a pair, of any name.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from core.embedding.encoder import TokenEncoder, batches, fastest_dtype
from core.errors import NotFound, WeightsError
from core.settings import Settings

CROSS = "cross:"
_MEMORY = 256 << 20
"""Bytes of token vectors that are kept: some 3,500 passages of 190 tokens at 384 numbers of one byte."""


class Reranker(Protocol):
    """What the retriever needs of a reranker."""

    def scores(self, question: str, passages: Sequence[str]) -> np.ndarray:
        """How well each passage fits, higher is better, shape (passages,), float32."""


def open_reranker(
    name: str, settings: Settings, encoder: TokenEncoder | None, locate: Callable[[str], Path]
) -> Reranker | None:
    """The reranker of a recipe's name: none, maxsim over `encoder`, or cross:<hub id or folder>.

    `locate` finds the folder of `hub:…` and `folder:…`. Raises NotFound for other names, WeightsMissing and
    WeightsError.
    """
    if name == "none":
        return None
    if name == "maxsim" and encoder is not None:
        return MaxSim(encoder)
    if name.startswith(CROSS) and name.removeprefix(CROSS).strip():
        place = name.removeprefix(CROSS).strip()
        known = place.startswith(("hub:", "folder:"))
        if not known:
            place = f"folder:{place}" if Path(place).expanduser().is_dir() else f"hub:{place}"
        return CrossEncoder(locate(place), settings.threads)
    raise NotFound(f"There is no reranker '{name}'; choose none, maxsim or cross:<hub id or folder>.")


class MaxSim:
    """Late interaction; passages' token vectors are kept, as bytes, so that a passage in use is encoded once."""

    def __init__(self, encoder: TokenEncoder, memory: int = _MEMORY) -> None:
        """Over an encoder's token vectors, keeping at most `memory` bytes of them."""
        self._encoder = encoder
        self._limit = memory
        self._kept: OrderedDict[tuple[str, bytes], tuple[np.ndarray, np.ndarray]] = OrderedDict()
        self._lock = threading.Lock()
        self._bytes = 0

    @property
    def held(self) -> int:
        """Bytes of token vectors that are kept now."""
        return self._bytes

    def forget(self) -> None:
        """Drop all that is kept, as an erasure must."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0

    def scores(self, question: str, passages: Sequence[str]) -> np.ndarray:
        """Mean over the question's tokens of the largest cosine to a token of the passage, -1 to 1, (passages,)."""
        if not passages:
            return np.zeros(0, dtype=np.float32)
        asked = self._encoder.token_states([question])[0].astype(np.float32)
        if not len(asked):
            return np.zeros(len(passages), dtype=np.float32)
        found = self._matrices(passages)
        sizes = [len(scales) for _, scales in found]
        everything = np.concatenate([values for values, _ in found]).astype(np.float32)
        cosines = asked @ everything.T * np.concatenate([scales for _, scales in found])
        scores = np.zeros(len(passages), dtype=np.float32)
        start = 0
        for i, size in enumerate(sizes):
            if size:
                scores[i] = cosines[:, start : start + size].max(axis=1).mean()
            start += size
        return scores

    def _matrices(self, passages: Sequence[str]) -> list[tuple[np.ndarray, np.ndarray]]:
        """For each passage its token vectors as int8, (tokens, width), and the factor of each token, (tokens,)."""
        keys = [(self._encoder.revision, sha256(text.encode("utf-8", "surrogatepass")).digest()) for text in passages]
        found: dict[tuple[str, bytes], tuple[np.ndarray, np.ndarray]] = {}
        with self._lock:
            for key in keys:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    found[key] = self._kept[key]
        new = {key: text for key, text in zip(keys, passages, strict=True) if key not in found}
        if new:
            states = self._encoder.token_states(list(new.values()))
            found |= {key: quantise(matrix) for key, matrix in zip(new, states, strict=True)}
            with self._lock:
                for key in new:
                    if key not in self._kept:
                        self._kept[key] = found[key]
                        self._bytes += _size(found[key])
                while self._bytes > self._limit:
                    self._bytes -= _size(self._kept.popitem(last=False)[1])
        return [found[key] for key in keys]


def quantise(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each row as int8 with a factor of its own: (n, d) to (n, d) int8 and (n,) float32; row ≈ int8 row × factor."""
    rows = vectors.astype(np.float32)
    factors = np.maximum(np.abs(rows).max(axis=1, initial=0.0), 1e-12) / 127
    return np.rint(rows / factors[:, None]).astype(np.int8), factors.astype(np.float32)


def _size(kept: tuple[np.ndarray, np.ndarray]) -> int:
    return kept[0].nbytes + kept[1].nbytes


class CrossEncoder:
    """A sequence classifier over pairs, read by transformers; one forward pass at a time."""

    def __init__(self, folder: Path, threads: int = 0) -> None:
        """Over the model in a folder, read at first use; code in the folder is never run."""
        self._folder = folder
        self._threads = threads
        self._lock = threading.Lock()

    @cached_property
    def _parts(self) -> tuple[Any, Any, int]:
        """Model, tokenizer, and the most tokens of a pair."""
        import torch
        from transformers import AutoModelForSequenceClassification, AutoTokenizer
        from transformers.utils import logging

        if self._threads:
            torch.set_num_threads(self._threads)
        logging.disable_progress_bar()
        logging.set_verbosity_error()
        try:
            model, report = AutoModelForSequenceClassification.from_pretrained(
                self._folder,
                dtype=fastest_dtype(),
                use_safetensors=True,
                local_files_only=True,
                output_loading_info=True,
            )
            tokenizer = AutoTokenizer.from_pretrained(self._folder, local_files_only=True)
        except (OSError, ValueError, KeyError, ImportError, RuntimeError) as error:
            reason = str(error).strip().split("\n")[0].rstrip(".")
            raise WeightsError(f"The cross-encoder in {self._folder.name} cannot be loaded: {reason}.") from error
        if report["missing_keys"]:
            raise WeightsError(
                f"The model in {self._folder.name} is no cross-encoder: it has no head that scores a pair."
            )
        if model.config.num_labels != 1:
            count = model.config.num_labels
            raise WeightsError(
                f"The model in {self._folder.name} sorts into {count} classes; a reranker gives one score."
            )
        # bfloat16 would give close pairs the same score: the head's last layer is computed in float32.
        for layer in model.modules():
            if isinstance(layer, torch.nn.Linear) and layer.out_features == 1:
                layer.float().register_forward_pre_hook(lambda _, inputs: (inputs[0].float(),))
        positions = getattr(model.config, "max_position_embeddings", None) or 512
        window = min(tokenizer.model_max_length, positions - 2 if "roberta" in model.config.model_type else positions)
        return model.to("cuda" if torch.cuda.is_available() else "cpu").eval(), tokenizer, window

    def scores(self, question: str, passages: Sequence[str]) -> np.ndarray:
        """The model's score of each pair before any squashing, higher is better; raises WeightsError.

        A pair that exceeds the model's window loses the end of its longer part.
        """
        import torch

        found = np.zeros(len(passages), dtype=np.float32)
        if not passages:
            return found
        with self._lock, torch.inference_mode():
            model, tokenizer, window = self._parts
            encoded = tokenizer(
                [question] * len(passages), list(passages), truncation="longest_first", max_length=window
            )
            for batch in batches([len(ids) for ids in encoded["input_ids"]]):
                rows = {name: [values[i] for i in batch] for name, values in encoded.items()}
                inputs = tokenizer.pad(rows, return_tensors="pt").to(model.device)
                found[batch] = model(**inputs).logits[:, 0].float().cpu().numpy()
        return found
