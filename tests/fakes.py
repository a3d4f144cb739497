"""Small honest stand-ins: an embedder of hashed words and a model that says what it was given to say."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zlib import crc32

import numpy as np

from core.adapters.manifest import Gate, Manifest
from core.embedding.encoder import EncoderSpec, Progress
from core.generation.contract import Hold, Limits, Messages
from core.generation.evidence import words
from core.library.store import sha256_of
from core.models.catalogue import base_sha256
from core.types import Chunk, Hit, Score, Source, Tokens
from core.workbench import Workbench


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


class Saying:
    """A model that says what it was given for each adapter, or what a question holds; counts words as tokens."""

    name = "saying"

    def __init__(self, **said: str) -> None:
        """`said` by adapter, `none` without one."""
        self.said = said
        self.asked: list[tuple[str, str | None]] = []
        """The last message of each request, with its adapter."""

    def count(self, text: str) -> int:
        return len(text.split())

    def stream(
        self, messages: Messages, limits: Limits | None = None, *, adapter: str | None = None, hold: Hold | None = None
    ) -> "_Said":
        self.asked.append((messages[-1][1], adapter))
        return _Said(self.said[adapter or "none"], "".join(f"<{role}>{content}" for role, content in messages))

    def warm(self) -> None:
        pass

    def forget(self) -> None:
        pass

    def close(self) -> None:
        pass


class _Said:
    ahead = 0

    def __init__(self, text: str, received: str) -> None:
        self._text, self.received = text, received
        self.tokens = Tokens()

    def cancel(self) -> None:
        pass

    def __iter__(self) -> Iterator[str]:
        yield self._text
        self.tokens = Tokens(prompt=9, answer=len(self._text.split()), first_token_ms=1.0)


def save_smollm2_lora(folder: Path, *, seed: int = 0, strength: float = 0.01) -> Path:
    """A LoRA of rank 2 in the shape of SmolLM2-135M, as PEFT writes it: 30 layers, 576 wide, 192 for values."""
    import torch
    from safetensors.torch import save_file

    chance, tensors = torch.Generator().manual_seed(seed), {}
    for layer in range(30):
        for module, rows in (("q_proj", 576), ("v_proj", 192)):
            name = f"base_model.model.model.layers.{layer}.self_attn.{module}"
            tensors[f"{name}.lora_A.weight"] = torch.randn(2, 576, generator=chance) * 0.1
            tensors[f"{name}.lora_B.weight"] = torch.randn(rows, 2, generator=chance) * strength
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors, folder / "adapter_model.safetensors")
    config = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "r": 2,
        "lora_alpha": 4,
        "target_modules": ["q_proj", "v_proj"],
    }
    (folder / "adapter_config.json").write_text(json.dumps(config))
    return folder


def release(bench: Workbench, folder: Path, name: str = "tone", **changes: Any) -> None:
    """Register an adapter of SmolLM2 and let it answer."""
    weights = sha256_of(folder / "adapter_model.safetensors")
    passed = (Gate("exact match", 0.5, 0.3, True),)
    made = Manifest("smollm2", base_sha256("smollm2"), weights, "trained", gates=passed, template="grounded-2")
    bench.adapter_store.add(name, folder, replace(made, **changes), "ada")
    bench.adapter_store.release(name, "ada")
