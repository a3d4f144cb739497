"""Network, tokenizer and what both keep, for one request at a time; only the worker thread holds an engine.

It turns messages into a prompt's tokens and tokens into pieces of text. It knows no queue and no other requests.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from core.errors import DeadlineExceeded, OutOfMemory, RequestError
from core.generation.adapters import Adapters, Opened
from core.generation.contract import Limits, Messages
from core.generation.decoding import PIECE, Decoding, Token, pieces, read_prompt
from core.generation.network import Network, open_network
from core.generation.prefixes import Prefixes
from core.generation.room import free_bytes
from core.generation.sampling import GREEDY, Chooser, Sampling
from core.types import Tokens

_SPARE = 64 << 20
"""Bytes of memory that a prompt leaves free."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    messages: Messages
    limits: Limits
    at: float
    """When it was asked, by the monotonic clock in seconds."""
    adapter: Path | None = None
    """The folder of the adapter that answers; None for the model alone."""
    sampling: Sampling = GREEDY
    speculate: bool = True
    told: Callable[[str], None] = lambda _: None
    """Gets the prompt as the model reads it, in its own chat template."""


class Prepare(Protocol):
    """Loads an engine."""

    def __call__(self, folder: Path, threads: int) -> "Engine":
        """The engine of a model's folder."""


class Stopped(Exception):
    """The request was cancelled while its prompt was read."""


class Engine:
    """A loaded model."""

    def __init__(
        self,
        folder: Path,
        threads: int = 0,
        network: Network | None = None,
        free: Callable[[], int | None] = free_bytes,
    ) -> None:
        """Load a folder; raises WeightsError. `network` stands in for the folder's own, `free` tells bytes left."""
        import torch
        from transformers import AutoTokenizer

        torch.set_num_threads(threads or os.cpu_count() or 1)
        self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self._network = network or open_network(folder)
        self._ends = frozenset(_stops(self._tokenizer, folder))
        self._adapters = Adapters(self._network)
        self._prefixes = Prefixes()
        self._free = free

    def answer(self, asked: Asked, put: Callable[[str], None], cancelled: Callable[[], bool]) -> Tokens:
        """Write an answer piece by piece into `put`; returns the counts.

        Raises DeadlineExceeded, OutOfMemory, RequestError for a prompt beyond the model's length, and WeightsError for
        an adapter that does not fit.
        """
        import torch

        def check() -> None:
            if cancelled():
                raise Stopped
            if time.monotonic() - asked.at > asked.limits.seconds:
                raise DeadlineExceeded(f"The answer took longer than {asked.limits.seconds:.0f} seconds.")

        began = time.monotonic()
        ids = self._ids(asked)
        try:
            check()
            with torch.inference_mode():
                return self._write(asked, ids, began, put, check)
        except Stopped:
            return Tokens(len(ids), waited_ms=(began - asked.at) * 1000)

    def read_adapters(self, opened: Opened) -> None:
        """Have the files of adapters read by `opened`."""
        self._adapters.opened = opened

    def forget(self) -> None:
        """Drop what is kept of earlier prompts."""
        self._prefixes.forget()

    def relieve(self) -> None:
        """Give up all that can be made again, after memory ran out."""
        self._prefixes.forget()
        self._adapters.release()

    # -- within --------------------------------------------------------------------------------------------------

    def _write(
        self, asked: Asked, ids: list[int], began: float, put: Callable[[str], None], check: Callable[[], None]
    ) -> Tokens:
        from tokenizers.decoders import DecodeStream

        most = self._fitting(asked, len(ids))
        adapter, key = self._adapters.get(asked.adapter), self._adapters.key(asked.adapter)
        marks = pieces(ids, self._ends)
        memory = self._network.memory(len(ids) + most)
        reused = self._prefixes.begin(key, ids, marks, memory) if self._network.reusable else 0
        logits = read_prompt(self._network, memory, ids, marks, adapter, check)
        decoder, raw = DecodeStream(skip_special_tokens=True), self._tokenizer.backend_tokenizer
        loop = Decoding(self._network, memory, Chooser(asked.sampling), adapter, asked.speculate)
        first, written = 0.0, list[Token]()
        try:
            for token in loop.run(ids, logits, most):
                first = first or time.monotonic()
                if token.id in self._ends:
                    break
                written.append(token)
                piece = decoder.step(raw, token.id)
                if piece:
                    put(piece)
                check()
        except Stopped:
            pass
        finally:
            if self._network.reusable:
                memory.length = min(memory.length, len(ids))
                self._prefixes.keep(key, ids, marks, memory)
        seconds = time.monotonic() - first
        return Tokens(
            prompt=len(ids),
            answer=len(written),
            first_token_ms=(first - asked.at) * 1000,
            per_second=(len(written) - 1) / seconds if len(written) > 1 and seconds > 0 else 0.0,
            logprobs=tuple(token.logprob for token in written),
            reused=reused,
            guessed=loop.tally.right,
            waited_ms=(began - asked.at) * 1000,
        )

    def _fitting(self, asked: Asked, prompt: int) -> int:
        """Tokens that may be written: the model's length and the memory left must hold them."""
        room = self._network.positions - prompt
        if room < 1:
            raise RequestError(
                f"The prompt has {prompt} tokens and the model was made for {self._network.positions}; "
                "lower the recipe's budget."
            )
        most = min(max(1, asked.limits.max_tokens), room)
        needed = self._network.bytes_for(min(prompt, PIECE), prompt + most) + _SPARE
        free = self._free()
        for relief in (self.forget, self.relieve):
            if free is not None and needed > free:
                relief()
                free = self._free()
        if free is None or needed <= free:
            return most
        raise OutOfMemory(
            f"The machine has {free >> 20} MB of free memory and this prompt needs {needed >> 20}; "
            "shorten the budget or close programs."
        )

    def _ids(self, asked: Asked) -> list[int]:
        chat = [{"role": role, "content": content} for role, content in asked.messages]
        text = self._tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
        asked.told(text)
        return list(self._tokenizer(text, add_special_tokens=False)["input_ids"])


def _stops(tokenizer: Any, folder: Path) -> set[int]:
    """The tokens that end an answer: the tokenizer's, and those that the model's own settings name."""
    import json

    found = {tokenizer.eos_token_id}
    file = folder / "generation_config.json"
    if file.is_file():
        named = json.loads(file.read_text(encoding="utf-8")).get("eos_token_id")
        found |= set(named if isinstance(named, list) else [named])
    return {token for token in found if token is not None}
