"""A sentence encoder: texts to vectors over one network, on the CPU or GPU at hand.

It knows nothing of caches, chunks or the index, and of the model's folder only what it is told.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from core.embedding.network import Network, Pooling, fastest_dtype, open_network, pool
from core.embedding.tokens import TokenCounter

__all__ = ["SPECS", "Embedder", "Encoder", "EncoderSpec", "Progress", "TokenEncoder", "batches", "fastest_dtype"]

_BATCH_TOKENS = 2_048
"""Tokens of one forward pass; on two cores neither less nor more was faster."""
_REMEMBERED = 2_048
"""Texts whose tokens are kept between counting what exceeds the window and embedding them."""

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class EncoderSpec:
    """What a model expects around its input, and how its vectors are made."""

    key: str
    window: int | None
    """The most tokens of one input, special tokens included; None where only the server knows."""
    dimension: int
    query_prefix: str = ""
    passage_prefix: str = ""
    pooling: Pooling = "mean"
    normalises: bool = True
    """Whether the model's own last step makes unit vectors, whatever the distance."""


SPECS = {
    "minilm": EncoderSpec("minilm", window=256, dimension=384),
    "e5": EncoderSpec("e5", window=512, dimension=384, query_prefix="query: ", passage_prefix="passage: "),
}


class Embedder(Protocol):
    """What the rest of the core needs of an embedding model."""

    @property
    def spec(self) -> EncoderSpec:
        """What the model expects and makes."""

    @property
    def revision(self) -> str:
        """Changes when the weights, or the length of the vectors, change."""

    @property
    def tokens(self) -> TokenCounter:
        """The model's tokenizer, for the sizes of chunks."""

    def passages(self, texts: Sequence[str], progress: Progress | None = None) -> np.ndarray:
        """Vectors of passages, shape (texts, dimension), float32; `progress` gets the number done so far."""

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of questions, shape (texts, dimension), float32; of unit length where passages' are."""

    def tokens_over(self, texts: Sequence[str]) -> list[int]:
        """For each passage the tokens beyond the window, prefix and special tokens counted; 0 where it fits."""


class TokenEncoder(Protocol):
    """What late interaction needs of an embedding model."""

    @property
    def revision(self) -> str:
        """Changes when the weights change."""

    def token_states(self, texts: Sequence[str]) -> list[np.ndarray]:
        """For each text the unit vectors of its tokens without the special ones, (tokens, width), float16."""


class Encoder:
    """Pooled sentence encoder; one forward pass at a time, so it may be shared between threads."""

    def __init__(
        self,
        spec: EncoderSpec,
        folder: Path,
        threads: int = 0,
        *,
        revision: str = "",
        unit: bool = True,
        layers: Sequence[tuple[Path, str]] = (),
    ) -> None:
        """Over the model in a folder, which is read at first use.

        `unit` asks for vectors of length one even of a model that does not make them; `layers` are the folders of
        linear layers behind the pooling, each with the name of its activation.
        """
        self.spec = spec
        self._unit = unit or spec.normalises
        self.revision = (revision or folder.name) + ("" if self._unit else "-raw")
        self.tokens = TokenCounter(folder / "tokenizer.json")
        self._folder = folder
        self._threads = threads
        self._layer_folders = tuple(layers)
        self._lock = threading.Lock()
        self._memory: OrderedDict[str, list[int]] = OrderedDict()
        self._remembering = threading.Lock()

    @cached_property
    def _network(self) -> Network:
        import torch

        if self._threads:
            torch.set_num_threads(self._threads)
        return open_network(self._folder)

    @cached_property
    def _layers(self) -> list[Any]:
        from core.embedding.network import dense_layer

        return [dense_layer(folder, activation, self._network.device) for folder, activation in self._layer_folders]

    def warm(self) -> None:
        """Load the weights and run once, so that the first question does not pay for it."""
        self.queries(["warm"])

    def passages(self, texts: Sequence[str], progress: Progress | None = None) -> np.ndarray:
        """See `Embedder.passages`."""
        return self._encode(self._rows([self.spec.passage_prefix + text for text in texts], forget=True), progress)

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        """See `Embedder.queries`."""
        return self._encode(self._tokenize([self.spec.query_prefix + text for text in texts]), None)

    def tokens_over(self, texts: Sequence[str]) -> list[int]:
        """See `Embedder.tokens_over`; embedding the same texts afterwards does not tokenize them again."""
        window = self.spec.window
        rows = self._rows([self.spec.passage_prefix + text for text in texts], forget=False)
        return [max(0, len(row) - window) if window else 0 for row in rows]

    def forget(self) -> None:
        """Drop the texts that were counted and not embedded yet, as an erasure must."""
        with self._remembering:
            self._memory.clear()

    def token_states(self, texts: Sequence[str]) -> list[np.ndarray]:
        """See `TokenEncoder.token_states`; what exceeds the window has no states."""
        import torch

        encoded = self.tokens.tokenizer.encode_batch(list(texts))
        rows = [self._cut(e.ids) for e in encoded]
        special = [self._cut(e.special_tokens_mask) for e in encoded]
        found: list[np.ndarray] = [np.zeros((0, 0), dtype=np.float16)] * len(rows)
        for batch in batches([len(row) for row in rows]):
            with self._lock, torch.inference_mode():
                states = self._network([rows[i] for i in batch]).float()
                unit = torch.nn.functional.normalize(states, dim=-1).half().cpu().numpy()
            start = 0
            for i in batch:
                found[i] = unit[start : start + len(rows[i])][np.array(special[i]) == 0]
                start += len(rows[i])
        return found

    # -- within --------------------------------------------------------------------------------------------------

    def _encode(self, rows: list[list[int]], progress: Progress | None) -> np.ndarray:
        vectors = np.zeros((len(rows), self.spec.dimension), dtype=np.float32)
        rows = [self._cut(row) for row in rows]
        done = 0
        for batch in batches([len(row) for row in rows]):
            vectors[batch] = self._forward([rows[i] for i in batch])
            done += len(batch)
            if progress:
                progress(done)
        return vectors

    def _forward(self, rows: list[list[int]]) -> np.ndarray:
        import torch

        with self._lock, torch.inference_mode():
            pooled = pool(self._network(rows), [len(row) for row in rows], self.spec.pooling)
            for layer in self._layers:
                pooled = layer(pooled)
            if self._unit:
                pooled = torch.nn.functional.normalize(pooled, dim=-1)
            return pooled.cpu().numpy()

    def _cut(self, ids: list[int]) -> list[int]:
        """At most `window` ids, the closing special token kept."""
        window = self.spec.window
        return ids if window is None or len(ids) <= window else [*ids[: window - 1], ids[-1]]

    def _tokenize(self, texts: list[str]) -> list[list[int]]:
        return [e.ids for e in self.tokens.tokenizer.encode_batch_fast(texts)]

    def _rows(self, texts: list[str], *, forget: bool) -> list[list[int]]:
        """Ids of each text, from memory where they were counted just before; `forget` takes them out of it."""
        with self._remembering:
            known = {t: self._memory[t] for t in texts if t in self._memory}
        new = list(dict.fromkeys(t for t in texts if t not in known))
        known |= dict(zip(new, self._tokenize(new), strict=True))
        with self._remembering:
            for text in known:
                if forget:
                    self._memory.pop(text, None)
                else:
                    self._memory[text] = known[text]
            while len(self._memory) > _REMEMBERED:
                self._memory.popitem(last=False)
        return [known[text] for text in texts]


def batches(lengths: Sequence[int]) -> list[list[int]]:
    """Indexes grouped by length, longest first, in groups of at most `_BATCH_TOKENS` tokens; a longer one is alone."""
    groups: list[list[int]] = []
    filled = 0
    for index in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if groups and filled + lengths[index] <= _BATCH_TOKENS:
            groups[-1].append(index)
            filled += lengths[index]
        else:
            groups.append([index])
            filled = lengths[index]
    return groups
