"""Vectors from a server that speaks OpenAI's embedding interface: vLLM, Ollama, TEI or the original.

It knows no more of the model than the server tells: dimension and length are learned by a probe, the tokenizer is
unknown, so chunk sizes are estimated, and an input that is too long is the server's to refuse.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from pydantic import SecretStr

from core.embedding.encoder import EncoderSpec, Progress
from core.embedding.tokens import RoughCounter, TokenCounter
from core.errors import EmbeddingFailed
from core.servers import checked_url, client, complaint

if TYPE_CHECKING:
    from openai import OpenAI

_TOGETHER = 32
"""Texts of one request."""
_RETRIES = 4
"""Further tries after 408, 409, 429, 5xx or a broken connection; the client waits longer before each."""


class ServerEmbedder:
    """An embedding endpoint; safe to share between threads, as its client is."""

    def __init__(
        self,
        model: str,
        url: str,
        key: SecretStr | None,
        *,
        unit: bool = True,
        timeout: float = 60.0,
        retries: int = _RETRIES,
        batch: int = _TOGETHER,
    ) -> None:
        """For the model of that name at a base URL such as http://host:8000/v1; nothing is sent before first use.

        `unit` asks for vectors of length one; `timeout` is in seconds and holds for one request.
        """
        self._place = checked_url(url)
        self._model, self._key = model, key
        self._unit, self._timeout, self._retries, self._batch = unit, timeout, retries, batch
        self.revision = f"{model}@{self._place}" + ("" if unit else "-raw")
        self.tokens: TokenCounter = RoughCounter()

    @cached_property
    def spec(self) -> EncoderSpec:
        """What the server makes; asks it once for the dimension."""
        probe = self._ask(["dimension"], None)
        normalises = math.isclose(float(np.linalg.norm(probe[0])), 1.0, abs_tol=1e-3)
        blank = EncoderSpec(f"openai:{self._model}@{self._place}", window=None, dimension=probe.shape[1])
        return replace(blank, normalises=normalises)

    def warm(self) -> None:
        """Ask for the dimension, so that a wrong address is known at once."""
        _ = self.spec

    def passages(self, texts: Sequence[str], progress: Progress | None = None) -> np.ndarray:
        """See `Embedder.passages`; raises EmbeddingFailed."""
        vectors = np.zeros((len(texts), self.spec.dimension), dtype=np.float32)
        for start in range(0, len(texts), self._batch):
            part = list(texts[start : start + self._batch])
            vectors[start : start + len(part)] = self._ask(part, self.spec.dimension)
            if progress:
                progress(start + len(part))
        if self._unit and len(vectors):
            vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        return vectors

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        """See `Embedder.queries`; raises EmbeddingFailed."""
        return self.passages(texts)

    def tokens_over(self, texts: Sequence[str]) -> list[int]:
        """Always 0: the window is known to the server alone, which refuses what exceeds it."""
        return [0] * len(texts)

    # -- within --------------------------------------------------------------------------------------------------

    @cached_property
    def _client(self) -> "OpenAI":
        return client(self._place, self._key, self._timeout, self._retries)

    def _ask(self, texts: list[str], dimension: int | None) -> np.ndarray:
        """Vectors of one request, shape (texts, dimension), float32, in the order of the texts."""
        import openai

        # The server refuses empty inputs; a space is the nearest that it takes.
        inputs = [text if text.strip() else " " for text in texts]
        try:
            reply = self._client.embeddings.create(model=self._model, input=inputs, encoding_format="float")
            rows = sorted(reply.data, key=lambda item: item.index)
            found = [row.embedding for row in rows]
        except (openai.OpenAIError, ValueError, TypeError, AttributeError) as error:
            told = complaint(error, self._key, self._timeout, "list of embeddings", self._model)
            raise self._failed(told) from None
        return self._checked(found, len(texts), dimension)

    def _checked(self, found: list[list[float]], expected: int, dimension: int | None) -> np.ndarray:
        if len(found) != expected:
            raise self._failed(f"answered {expected} texts with {len(found)} vectors")
        sizes = {len(vector) for vector in found}
        if len(sizes) != 1 or (dimension is not None and sizes != {dimension}):
            told = " and ".join(map(str, sorted(sizes)))
            wanted = f" where {dimension} were expected" if dimension else ""
            raise self._failed(f"answered with vectors of {told} numbers{wanted}")
        vectors = np.asarray(found, dtype=np.float32)
        if not vectors.size or not np.isfinite(vectors).all():
            raise self._failed("answered with vectors that are empty or not finite")
        return vectors

    def _failed(self, what: str) -> EmbeddingFailed:
        """The error for this server; never chained to the client's, whose request holds the key."""
        return EmbeddingFailed(f"The embedding server at {self._place} {what}.")
