"""The one owner of a local language model: a worker thread that answers one request at a time, token by token.

Nothing outside the thread touches the model. It knows messages and tokens; nothing of documents or sources.
"""

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from core.embedding.tokens import TokenCounter
from core.errors import DeadlineExceeded, GenerationError, NotFound, OutOfMemory, QueueFull, TouchstoneError
from core.generation.adapters import Opened
from core.generation.contract import Hold, Limits, Messages, released
from core.generation.engine import Asked, Engine, Prepare
from core.generation.sampling import GREEDY, Sampling
from core.types import Tokens

__all__ = ["Limits", "LocalModel", "LocalStream", "Messages"]


@dataclass(slots=True, eq=False)
class _Request:
    asked: Asked
    out: "queue.SimpleQueue[str | Tokens | Exception]" = field(default_factory=queue.SimpleQueue)
    cancelled: threading.Event = field(default_factory=threading.Event)
    received: list[str] = field(default_factory=list)
    """The prompt as the model read it, once it did."""
    task: Callable[[Engine], None] | None = None
    """Done in place of an answer: what concerns the engine must run on its thread."""


class LocalStream:
    """The tokens of one answer as they come; see `Stream`."""

    def __init__(self, model: "LocalModel", request: _Request, hold: Hold | None) -> None:
        self._model, self._request, self._hold = model, request, hold
        self.tokens = Tokens()
        """See `Stream`."""

    def __iter__(self) -> Iterator[str]:
        try:
            yield from released(self._pieces(), self._hold)
        finally:  # the reader went away or its guard raised: nothing is written on for nobody
            self.cancel()

    def _pieces(self) -> Iterator[str]:
        while True:
            item = self._next()
            if isinstance(item, Tokens):
                self.tokens = item
                return
            if isinstance(item, Exception):
                raise item
            yield item

    def _next(self) -> "str | Tokens | Exception":
        """The next item; a request whose time ends in the line is withdrawn, not waited for."""
        asked = self._request.asked
        left = asked.at + asked.limits.seconds - time.monotonic()
        try:
            return self._request.out.get(timeout=max(0.0, left))
        except queue.Empty:
            if self._model.withdraw(self._request):
                seconds = asked.limits.seconds
                return DeadlineExceeded(f"Other questions kept the model busy for {seconds:g} seconds; ask again.")
            return self._request.out.get()  # it is in hand: the engine ends it

    def cancel(self) -> None:
        """See `Stream`."""
        self._request.cancelled.set()
        if self._model.withdraw(self._request):
            self._request.out.put(Tokens())

    @property
    def received(self) -> str:
        """See `Stream`; empty until the model turned to the request."""
        return "".join(self._request.received[:1])

    @property
    def ahead(self) -> int:
        """See `Stream`."""
        return self._model.place_of(self._request)


class LocalModel:
    """A causal language model of a folder, loaded by its own thread at the first request; see `LanguageModel`."""

    def __init__(
        self,
        folder: Path,
        threads: int = 0,
        waiting: int = 16,
        adapters: Callable[[str], Path] | None = None,
        prepare: Prepare = Engine,
        opened: Opened | None = None,
    ) -> None:
        """`adapters` finds the folder of an adapter by its name and raises NotFound; `prepare` loads the engine.

        `opened` makes the files of that folder readable; without it they are read as they lie.
        """
        self.name = folder.name
        self._folder, self._threads, self._waiting = folder, threads, waiting
        self._adapters, self._prepare, self._opened = adapters, prepare, opened
        self._counter = TokenCounter(folder / "tokenizer.json")
        self._line: deque[_Request] = deque()
        self._changed = threading.Condition()
        self._current: _Request | None = None
        self._closed = False
        self._thread: threading.Thread | None = None

    def count(self, text: str) -> int:
        """Tokens of a text by this model's tokenizer; the model itself is not needed."""
        return self._counter.count([text])[0]

    def stream(
        self,
        messages: Messages,
        limits: Limits | None = None,
        *,
        adapter: str | None = None,
        hold: Hold | None = None,
        sampling: Sampling = GREEDY,
        speculate: bool = True,
    ) -> LocalStream:
        """See `LanguageModel`. `speculate` False decodes plainly, which writes the same and takes longer."""
        place = None
        if adapter is not None:
            if self._adapters is None:
                raise NotFound(f"There is no adapter '{adapter}' for {self.name}.")
            place = self._adapters(adapter)
        told: list[str] = []
        asked = Asked(tuple(messages), limits or Limits(), time.monotonic(), place, sampling, speculate, told.append)
        request = _Request(asked, received=told)
        self._queue(request)
        return LocalStream(self, request, hold)

    def warm(self) -> None:
        """Load the model and write a few tokens, so that the first question does not pay for it."""
        for _ in self.stream([("user", "Hello")], Limits(max_tokens=4)):
            pass

    def forget(self) -> None:
        """Drop what is kept of earlier prompts, once the request in hand has ended; does not wait for it."""
        with self._changed:
            if self._thread is None or self._closed:
                return
            asked = Asked((), Limits(), time.monotonic())
            self._line.appendleft(_Request(asked, task=Engine.forget))
            self._changed.notify_all()

    def place_of(self, request: _Request) -> int:
        """Requests that are answered before this one."""
        with self._changed:
            if request not in self._line:
                return 0
            before = [other for other in self._line if other.task is None]
            return before.index(request) + (self._current is not None)

    def withdraw(self, request: _Request) -> bool:
        """Take a request out of the line; False when it is in hand or done."""
        with self._changed:
            if request not in self._line:
                return False
            self._line.remove(request)
            return True

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

    # -- the thread ----------------------------------------------------------------------------------------------

    def _queue(self, request: _Request) -> None:
        with self._changed:
            if self._closed:
                raise GenerationError("The local model was closed.")
            waiting = sum(other.task is None for other in self._line)
            if waiting >= self._waiting:
                raise QueueFull(f"{waiting} questions wait for the model already; ask again in a moment.")
            self._line.append(request)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="local-model", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def _work(self) -> None:
        engine: Engine | None = None
        while True:
            with self._changed:
                self._current = None
                self._changed.wait_for(lambda: self._line or self._closed)
                if self._closed:
                    return
                request = self._current = self._line.popleft()
            try:
                if request.task is not None:
                    if engine is not None:
                        request.task(engine)
                    continue
                if engine is None:
                    engine = self._prepare(self._folder, self._threads)
                    if self._opened is not None:
                        engine.read_adapters(self._opened)
                request.out.put(engine.answer(request.asked, request.out.put, request.cancelled.is_set))
            except TouchstoneError as error:
                request.out.put(error)
            except Exception as error:  # one request's failure must not end the thread that serves all
                if engine is not None:
                    engine.relieve()
                request.out.put(_explain(error))


def _explain(error: Exception) -> GenerationError:
    if isinstance(error, MemoryError) or "allocate memory" in str(error) or "out of memory" in str(error).lower():
        return OutOfMemory(
            "The machine has too little free memory for this prompt; shorten the budget or close programs."
        )
    return GenerationError(f"The model could not answer: {str(error).rstrip('.')}.")
