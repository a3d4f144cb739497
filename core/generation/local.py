"""The one owner of a local language model: a worker thread that answers one request at a time, token by token.

Nothing outside the thread touches the model. It knows messages and tokens; nothing of documents or sources.
"""

import queue
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.embedding.encoder import fastest_dtype
from core.embedding.tokens import TokenCounter
from core.errors import DeadlineExceeded, GenerationError, OutOfMemory, QueueFull, TouchstoneError
from core.types import Tokens

Messages = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one request."""

    max_tokens: int = 160
    """Tokens written at most."""
    seconds: float = 120.0
    """From the moment of asking, waiting included."""


@dataclass(slots=True)
class _Request:
    messages: Messages
    limits: Limits
    asked_at: float
    out: "queue.SimpleQueue[str | Tokens | Exception]" = field(default_factory=queue.SimpleQueue)
    cancelled: threading.Event = field(default_factory=threading.Event)


class Stream:
    """The tokens of one answer as they come; iterate it once, from any thread."""

    def __init__(self, model: "LocalModel", request: _Request) -> None:
        self._model = model
        self._request = request
        self.tokens = Tokens()
        """Counts and speed; complete when the iteration has ended."""

    def __iter__(self) -> Iterator[str]:
        while True:
            item = self._request.out.get()
            if isinstance(item, Tokens):
                self.tokens = item
                return
            if isinstance(item, Exception):
                raise item
            yield item

    def cancel(self) -> None:
        """Stop after the token in hand; the iteration ends without an error."""
        self._request.cancelled.set()

    @property
    def ahead(self) -> int:
        """How many requests are answered before this one; 0 when it is its turn."""
        return self._model.place_of(self._request)


class LocalModel:
    """A causal language model of a folder, loaded by its own thread at the first request."""

    def __init__(self, folder: Path, threads: int = 0, waiting: int = 16) -> None:
        self.name = folder.name
        self._folder = folder
        self._threads = threads
        self._waiting = waiting
        self._counter = TokenCounter(folder / "tokenizer.json")
        self._line: deque[_Request] = deque()
        self._changed = threading.Condition()
        self._current: _Request | None = None
        self._closed = False
        self._thread: threading.Thread | None = None

    def count(self, text: str) -> int:
        """Tokens of a text by this model's tokenizer; the model itself is not needed."""
        return self._counter.count([text])[0]

    def stream(self, messages: Messages, limits: Limits | None = None) -> Stream:
        """Queue a request; raises QueueFull when as many wait as may."""
        request = _Request(tuple(messages), limits or Limits(), time.monotonic())
        with self._changed:
            if self._closed:
                raise GenerationError("The local model was closed.")
            if len(self._line) >= self._waiting:
                raise QueueFull(f"{len(self._line)} questions wait for the model already; ask again in a moment.")
            self._line.append(request)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="local-model", daemon=True)
                self._thread.start()
            self._changed.notify_all()
        return Stream(self, request)

    def warm(self) -> None:
        """Load the model and write one token, so that the first question does not pay for it."""
        for _ in self.stream([("user", "Hello")], Limits(max_tokens=1)):
            pass

    def place_of(self, request: _Request) -> int:
        """Requests that are answered before this one."""
        with self._changed:
            busy = 1 if self._current not in (None, request) else 0
            return busy + self._line.index(request) if request in self._line else 0

    def close(self) -> None:
        """Stop the request in hand and end the thread; requests that wait are refused."""
        with self._changed:
            self._closed = True
            if self._current:
                self._current.cancelled.set()
            for request in self._line:
                request.out.put(GenerationError("The local model was closed."))
            self._line.clear()
            self._changed.notify_all()
        if self._thread:
            self._thread.join()

    def _work(self) -> None:
        engine: _Engine | None = None
        while True:
            with self._changed:
                self._current = None
                self._changed.wait_for(lambda: self._line or self._closed)
                if self._closed:
                    return
                request = self._current = self._line.popleft()
            try:
                engine = engine or _Engine(self._folder, self._threads)
                request.out.put(engine.answer(request))
            except TouchstoneError as error:
                request.out.put(error)
            except (MemoryError, RuntimeError) as error:
                request.out.put(_explain(error))
            except Exception as error:  # one request's failure must not end the thread that serves all
                request.out.put(GenerationError(f"The model could not answer: {error}."))


class _Engine:
    """Model and tokenizer; only the worker thread holds one."""

    def __init__(self, folder: Path, threads: int) -> None:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer
        from transformers.utils import logging

        logging.disable_progress_bar()
        if threads:
            torch.set_num_threads(threads)
        device = "cuda" if torch.cuda.is_available() else "cpu"
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=fastest_dtype(), attn_implementation="sdpa")
        self._model = model.to(device).eval()
        self._tokenizer = AutoTokenizer.from_pretrained(folder)
        self._device = device

    def answer(self, request: _Request) -> Tokens:
        """Greedy decoding into the request's queue; returns the counts."""
        import torch
        from tokenizers.decoders import DecodeStream
        from transformers import DynamicCache

        ids = self._ids(request.messages)
        decoder, raw = DecodeStream(skip_special_tokens=True), self._tokenizer.backend_tokenizer
        cache: Any = DynamicCache(config=self._model.config)
        step = torch.tensor([ids], device=self._device)
        written, first_ms, began = 0, 0.0, 0.0
        with torch.inference_mode():
            while written < request.limits.max_tokens and not request.cancelled.is_set():
                if time.monotonic() - request.asked_at > request.limits.seconds:
                    raise DeadlineExceeded(f"The answer took longer than {request.limits.seconds:.0f} seconds.")
                logits = self._model(input_ids=step, past_key_values=cache, use_cache=True, logits_to_keep=1).logits
                token = int(logits[0, -1].argmax())
                if not written:
                    began = time.monotonic()
                    first_ms = (began - request.asked_at) * 1000
                if token == self._tokenizer.eos_token_id:
                    break
                written += 1
                piece = decoder.step(raw, token)
                if piece:
                    request.out.put(piece)
                step = torch.tensor([[token]], device=self._device)
        seconds = time.monotonic() - began if written > 1 else 0.0
        return Tokens(len(ids), written, first_ms, (written - 1) / seconds if seconds > 0 else 0.0)

    def _ids(self, messages: Messages) -> list[int]:
        chat = [{"role": role, "content": content} for role, content in messages]
        text = self._tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
        return list(self._tokenizer(text, add_special_tokens=False)["input_ids"])


def _explain(error: Exception) -> GenerationError:
    if isinstance(error, MemoryError) or "allocate memory" in str(error) or "out of memory" in str(error).lower():
        return OutOfMemory(
            "The machine has too little free memory for this prompt; shorten the budget or close programs."
        )
    return GenerationError(f"The model could not answer: {error}.")
