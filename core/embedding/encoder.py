"""A transformer encoder read from a model folder, pooled by the mean of its tokens, on the CPU or GPU at hand.

It needs only transformers: sentence-transformers would add seven seconds to the start. It knows nothing of caches,
chunks or the index.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from core.embedding.tokens import TokenCounter

if TYPE_CHECKING:
    import torch

_BATCH_TOKENS = 1_024
"""Tokens of one forward pass, padding included; on two cores larger batches were slower."""

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class EncoderSpec:
    """What a model expects around its input."""

    key: str
    window: int
    """The most tokens of one input, special tokens included."""
    dimension: int
    query_prefix: str = ""
    passage_prefix: str = ""


SPECS = {
    "minilm": EncoderSpec("minilm", window=256, dimension=384),
    "e5": EncoderSpec("e5", window=512, dimension=384, query_prefix="query: ", passage_prefix="passage: "),
}


class Embedder(Protocol):
    """What the rest of the core needs of an embedding model."""

    spec: EncoderSpec
    revision: str
    """Changes when the weights change."""
    tokens: TokenCounter

    def passages(self, texts: Sequence[str], progress: Progress | None = None) -> np.ndarray:
        """Unit vectors of passages, shape (texts, dimension), float32; `progress` gets the number done so far."""

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors of questions, shape (texts, dimension), float32."""


class Encoder:
    """Mean-pooled sentence encoder; one forward pass at a time, so it may be shared between threads."""

    def __init__(self, spec: EncoderSpec, folder: Path, threads: int = 0) -> None:
        self.spec = spec
        self.revision = folder.name
        self.tokens = TokenCounter(folder / "tokenizer.json")
        self._folder = folder
        self._threads = threads
        self._lock = threading.Lock()

    @cached_property
    def _model(self) -> Any:
        import torch
        from transformers import AutoModel
        from transformers.utils import logging

        if self._threads:
            torch.set_num_threads(self._threads)
        logging.disable_progress_bar()
        logging.set_verbosity_error()  # its report of the unused pooler is noise
        model = AutoModel.from_pretrained(
            self._folder, dtype=fastest_dtype(), attn_implementation="sdpa", add_pooling_layer=False
        )
        return model.to("cuda" if torch.cuda.is_available() else "cpu").eval()

    def warm(self) -> None:
        """Load the weights and run once, so that the first question does not pay for it."""
        self.queries(["warm"])

    def passages(self, texts: Sequence[str], progress: Progress | None = None) -> np.ndarray:
        """See `Embedder.passages`."""
        return self._encode([self.spec.passage_prefix + text for text in texts], progress)

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        """See `Embedder.queries`."""
        return self._encode([self.spec.query_prefix + text for text in texts], None)

    def _encode(self, texts: list[str], progress: Progress | None) -> np.ndarray:
        vectors = np.zeros((len(texts), self.spec.dimension), dtype=np.float32)
        rows = [self._cut(e.ids) for e in self.tokens.tokenizer.encode_batch_fast(texts)]
        done = 0
        for batch in _batches([len(row) for row in rows]):
            vectors[batch] = self._forward([rows[i] for i in batch])
            done += len(batch)
            if progress:
                progress(done)
        return vectors

    def _cut(self, ids: list[int]) -> list[int]:
        """At most `window` ids, the closing special token kept."""
        return ids if len(ids) <= self.spec.window else [*ids[: self.spec.window - 1], ids[-1]]

    def _forward(self, rows: list[list[int]]) -> np.ndarray:
        import torch

        longest = max(map(len, rows))
        ids = torch.zeros((len(rows), longest), dtype=torch.long)
        mask = torch.zeros((len(rows), longest), dtype=torch.long)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = torch.tensor(row)
            mask[i, : len(row)] = 1
        with self._lock, torch.inference_mode():
            model = self._model
            states = model(input_ids=ids.to(model.device), attention_mask=mask.to(model.device)).last_hidden_state
            return _pool(states.float(), mask.to(model.device)).cpu().numpy()


def _pool(states: "torch.Tensor", mask: "torch.Tensor") -> "torch.Tensor":
    """Unit mean of the unmasked token states: (rows, tokens, d) and (rows, tokens) to (rows, d)."""
    import torch

    weights = mask.unsqueeze(-1).float()
    mean = (states * weights).sum(1) / weights.sum(1).clamp(min=1)
    return torch.nn.functional.normalize(mean, dim=-1)


def _batches(lengths: list[int]) -> list[list[int]]:
    """Indexes grouped by length, longest first, each group within `_BATCH_TOKENS` after padding."""
    batches: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if batches and (len(batches[-1]) + 1) * lengths[batches[-1][0]] <= _BATCH_TOKENS:
            batches[-1].append(index)
        else:
            batches.append([index])
    return batches


def fastest_dtype() -> "torch.dtype":
    """bfloat16 where the processor computes with it, else float32 (emulated bfloat16 is slower)."""
    import torch

    if torch.cuda.is_available():
        return torch.bfloat16
    native = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.bfloat16 if native else torch.float32
