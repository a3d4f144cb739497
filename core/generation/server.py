"""A language model on a server that speaks OpenAI's chat interface: vLLM, llama.cpp, Ollama or the original.

It knows no more of the model than the server tells: its tokenizer is unknown, so prompts are measured by an estimate,
and a prompt that is too long is the server's to refuse. All requests of a model live on one event loop in a thread of
its own, where each can be ended at any moment, whatever it waits for.
"""

import asyncio
import json
import queue
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pydantic import SecretStr

from core.embedding.tokens import RoughCounter
from core.errors import DeadlineExceeded, GenerationError, NotFound, QueueFull, TouchstoneError
from core.generation.contract import Hold, Limits, Messages, released
from core.generation.server_reply import Asking, BrokeOff, Reply, chat, pause
from core.servers import CONNECT, async_client, checked_url, complaint
from core.types import Tokens

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_RETRIES = 3
"""Further tries after 408, 409, 429, 5xx or a broken connection, as long as no text has come."""
_PAUSE = 0.5
"""Seconds before the second try; each further one waits twice as long."""
_CLOSING = 5.0
"""Seconds that closed connections may take to end."""


@dataclass(frozen=True, slots=True)
class _Request:
    messages: tuple[tuple[str, str], ...]
    limits: Limits
    adapter: str | None
    reply: Reply
    put: Callable[[str], None]

    @property
    def until(self) -> float:
        """When its time ends."""
        return self.reply.at + self.limits.seconds


class ServerStream:
    """The text of one answer as it comes; see `Stream`."""

    ahead = 0
    """The server's own line is not known."""

    def __init__(self, reply: Reply, hold: Hold | None, received: str = "") -> None:
        self._reply, self._hold = reply, hold
        self.received = received
        """See `Stream`: the messages as JSON, since the server's template is not known."""
        self._out: queue.SimpleQueue[str | Exception | None] = queue.SimpleQueue()
        self._cancelled = threading.Event()
        self._work: Future[None] | None = None
        self.tokens = Tokens()
        """See `Stream`; estimates where the server tells no counts."""

    def __iter__(self) -> Iterator[str]:
        try:
            yield from released(self._pieces(), self._hold)
        finally:  # the reader went away or its guard raised: nothing is written on for nobody
            self.cancel()

    def cancel(self) -> None:
        """See `Stream`; the connection is closed, which tells the server that nobody reads on."""
        self._cancelled.set()
        if self._work is not None:
            self._work.cancel()

    def put(self, piece: str) -> None:
        """Take the next piece from the model."""
        self._out.put(piece)

    def follow(self, work: "Future[None]", lost: Exception) -> None:
        """End when the work does; `lost` is raised when it was the model that ended it."""
        self._work = work

        def close(done: "Future[None]") -> None:
            error = lost if done.cancelled() else done.exception()
            self._out.put(error if isinstance(error, Exception) else None)

        work.add_done_callback(close)

    def _pieces(self) -> Iterator[str]:
        try:
            while not self._cancelled.is_set():
                item = self._out.get()
                if item is None or self._cancelled.is_set():
                    return
                if isinstance(item, Exception):
                    raise item
                yield item
        finally:
            self.tokens = self._reply.tokens()


class ServerModel:
    """A model of a chat server; see `LanguageModel`. Nothing is sent before the first request."""

    def __init__(
        self,
        model: str,
        url: str,
        key: SecretStr | None = None,
        *,
        connect: float = CONNECT,
        retries: int = _RETRIES,
        pause: float = _PAUSE,
    ) -> None:
        """For the model of that name at a base URL such as http://host:8000/v1; raises RequestError for a bad one.

        `connect` bounds the making of a connection in seconds, `retries` the further tries, `pause` is the first wait.
        """
        self.name = model
        self._place = checked_url(url)
        self._key, self._connect, self._retries, self._pause = key, connect, retries, pause
        self._counter = RoughCounter()
        self._without: frozenset[str] | None = None  # what the server refuses, once it took a request
        self._guard = threading.Lock()
        self._works: set[Future[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    def count(self, text: str) -> int:
        """Tokens of a text, estimated: the server's tokenizer is not known."""
        return self._counter.count([text])[0]

    def stream(
        self, messages: Messages, limits: Limits | None = None, *, adapter: str | None = None, hold: Hold | None = None
    ) -> ServerStream:
        """See `LanguageModel`; an adapter is a model's name on the server, as vLLM has it.

        The stream raises what goes wrong: NotFound for a model or adapter that the server does not know, QueueFull when
        it takes no more requests, DeadlineExceeded, and GenerationError for anything else, in a sentence.
        """
        reply = Reply(sum(self.count(content) for _, content in messages), self.count)
        stream = ServerStream(reply, hold, json.dumps(chat(messages), ensure_ascii=False))
        closed = GenerationError(f"The connection to the server at {self._place} was closed.")
        with self._guard:
            if self._closed:
                raise closed
            answer = self._answer(_Request(tuple(messages), limits or Limits(), adapter, reply, stream.put))
            work = asyncio.run_coroutine_threadsafe(answer, self._running())
            self._works.add(work)
        work.add_done_callback(self._works.discard)
        stream.follow(work, closed)
        return stream

    def warm(self) -> None:
        """Write a token, so that the server loads the model if it does so at the first request."""
        for _ in self.stream([("user", "Hello")], Limits(max_tokens=1)):
            pass

    def close(self) -> None:
        """End what is being written and the connections; further requests are refused."""
        with self._guard:
            self._closed = True
            loop, self._loop = self._loop, None
        if loop is None or self._thread is None:
            return
        for work in list(self._works):
            work.cancel()
        asyncio.run_coroutine_threadsafe(self._shut(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        self._thread.join()
        loop.close()

    # -- on the event loop ---------------------------------------------------------------------------------------

    def _running(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._loop.run_forever, name="server-model", daemon=True)
            self._thread.start()
        return self._loop

    @cached_property
    def _client(self) -> "AsyncOpenAI":
        return async_client(self._place, self._key, self._connect)

    async def _shut(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if others:
            await asyncio.wait(others, timeout=_CLOSING)
        if "_client" in self.__dict__:
            await self._client.close()

    async def _answer(self, asked: _Request) -> None:
        """Put the pieces of an answer; raises a TouchstoneError when it cannot be had whole."""
        try:
            async with asyncio.timeout(asked.until - time.monotonic()):
                await self._persist(asked)
        except TimeoutError:
            raise DeadlineExceeded(
                f"The server at {self._place} did not finish its answer within {asked.limits.seconds:g} seconds."
            ) from None

    async def _persist(self, asked: _Request) -> None:
        """Ask until an answer comes, as often as is allowed and worth it."""
        import openai

        most = asked.limits.max_tokens
        asking = Asking(asked.adapter or self.name, asked.messages, most, self._without or frozenset())
        tries = 0
        while True:
            try:
                await self._once(asking, asked)
                return
            except (openai.OpenAIError, BrokeOff, ValueError, TypeError, AttributeError) as error:
                if asked.reply.begun:
                    raise self._interrupted(error) from None
                less = asking.after(str(error)) if self._without is None and _status(error) in (400, 422) else None
                wait = 0.0 if less else self._patience(error, tries)
                if wait is None or time.monotonic() + wait > asked.until:
                    raise self._failure(error, asked.adapter) from None
            tries += less is None
            asking = less or asking
            asked.reply.clear()
            await asyncio.sleep(wait)

    async def _once(self, asking: Asking, asked: _Request) -> None:
        parts = await self._client.chat.completions.create(**asking.fields())
        async with parts:
            async for part in parts:
                self._without = asking.without
                if piece := asked.reply.take(part):
                    asked.put(piece)
        if not asked.reply.heard:
            raise ValueError("no part of an answer")
        if not asked.reply.ended:
            raise BrokeOff

    # -- failures ------------------------------------------------------------------------------------------------

    def _patience(self, error: Exception, tries: int) -> float | None:
        """Seconds until another try is worth it; None when none is, or none is left."""
        import openai

        if tries >= self._retries:
            return None
        status = _status(error)
        if status in (408, 409, 429) or status >= 500:
            assert isinstance(error, openai.APIStatusError)
            return pause(tries, self._pause, error.response.headers.get("retry-after"))
        broken = isinstance(error, openai.APIConnectionError | BrokeOff)
        return pause(tries, self._pause, None) if broken else None

    def _failure(self, error: Exception, adapter: str | None) -> TouchstoneError:
        """The error of an answer of which nothing came; never chained to the client's, whose request holds the key."""
        status = _status(error)
        if status == 429:
            return QueueFull(f"The server at {self._place} takes no more questions now; ask again in a moment.")
        if status == 404 and adapter:
            return NotFound(f"The server at {self._place} knows no adapter '{adapter}'.")
        if isinstance(error, BrokeOff):
            return self._interrupted(error)
        told = complaint(error, self._key, self._connect, "chat completion", self.name)
        return (NotFound if status == 404 else GenerationError)(f"The server at {self._place} {told}.")

    def _interrupted(self, error: Exception) -> GenerationError:
        """The error of an answer of which a part came."""
        import openai

        if isinstance(error, openai.APIConnectionError | BrokeOff):
            told = "broke off in the middle of its answer; ask again"
        else:
            told = complaint(error, self._key, self._connect, "chat completion", self.name)
        return GenerationError(f"The server at {self._place} {told}.")


def _status(error: Exception) -> int:
    """The status that a server refused with; 0 where it did not."""
    import openai

    return error.status_code if isinstance(error, openai.APIStatusError) else 0
