"""What a chat server is asked, and what comes of its answer; it knows neither thread nor connection."""

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from core.generation.contract import Messages
from core.types import Tokens

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionChunk

_EXTRAS = frozenset({"stream_options", "logprobs"})
"""Fields that older servers do not know and refuse without always naming them."""
_LONGEST = 8.0
"""Seconds between two tries at most, unless the server names a time itself."""
_OBEYED = 60.0
"""Seconds of a server's own Retry-After that are waited for at most."""


class BrokeOff(Exception):
    """The stream ended before the server said that the answer had."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One request; what the server refuses of it is left out."""

    model: str
    messages: tuple[tuple[str, str], ...]
    max_tokens: int
    without: frozenset[str] = frozenset()

    def fields(self) -> dict[str, Any]:
        """What is sent: greedy, with counts and log-probabilities."""
        every: dict[str, dict[str, Any]] = {
            "temperature": {"temperature": 0},
            "logprobs": {"logprobs": True, "top_logprobs": 1},
            "stream_options": {"stream_options": {"include_usage": True}},
            "max_tokens": {"max_tokens": self.max_tokens},
        }
        chosen: dict[str, Any] = {"model": self.model, "messages": chat(self.messages), "stream": True}
        for name, fields in every.items():
            if name not in self.without:
                chosen |= fields
        if "max_tokens" in self.without:
            chosen["max_completion_tokens"] = self.max_tokens
        return chosen

    def after(self, refusal: str) -> "Asking | None":
        """The same without what a server's refusal names, or without the extras; None when nothing is left to drop."""
        named = frozenset(name for name in (*_EXTRAS, "temperature", "max_tokens") if name in refusal)
        dropped = (named or _EXTRAS) - self.without
        return replace(self, without=self.without | dropped) if dropped else None


def chat(messages: Messages) -> list[dict[str, str]]:
    """Messages as the interface has them."""
    return [{"role": role, "content": content} for role, content in messages]


class Reply:
    """What came of one answer so far; one thread fills it, another may read it when that has ended."""

    def __init__(self, prompt: int, count: Callable[[str], int]) -> None:
        """`prompt` is the estimate of the prompt's tokens, `count` estimates those of a text."""
        self.at = time.monotonic()
        """The moment of asking."""
        self._prompt, self._count = prompt, count
        self.clear()

    def clear(self) -> None:
        """Forget what came, before another try."""
        self.heard = self.ended = False
        """Whether any part came, and the one that says that the answer has ended."""
        self._pieces: list[str] = []
        self._first = self._last = 0.0
        self._logprobs: list[float] = []
        self._usage: Any = None

    @property
    def begun(self) -> bool:
        """Whether any text came."""
        return bool(self._pieces)

    def take(self, chunk: "ChatCompletionChunk") -> str:
        """The text of one part, which may be empty; raises ValueError, TypeError, AttributeError for another shape."""
        self.heard = True
        self._usage = getattr(chunk, "usage", None) or self._usage
        if not chunk.choices:
            return ""
        choice = chunk.choices[0]
        self.ended = self.ended or choice.finish_reason is not None
        if (told := getattr(choice, "logprobs", None)) and told.content:
            self._logprobs += [float(token.logprob) for token in told.content if math.isfinite(token.logprob)]
        piece = choice.delta.content if choice.delta else None
        if not piece:
            return ""
        if not isinstance(piece, str):
            raise TypeError
        self._last = time.monotonic()
        self._first = self._first or self._last
        self._pieces.append(piece)
        return piece

    def tokens(self) -> Tokens:
        """Counts and speed: the server's own where it told them, estimates where not."""
        prompt, answer = _whole(self._usage, "prompt_tokens"), _whole(self._usage, "completion_tokens")
        written = answer or len(self._logprobs) or self._count("".join(self._pieces))
        seconds = self._last - self._first
        return Tokens(
            prompt=prompt or self._prompt,
            answer=written,
            first_token_ms=(self._first - self.at) * 1000 if self._pieces else 0.0,
            per_second=(written - 1) / seconds if written > 1 and seconds > 0 else 0.0,
            logprobs=tuple(self._logprobs),
            reused=_whole(getattr(self._usage, "prompt_tokens_details", None), "cached_tokens"),
            estimated=not (prompt and answer),
        )


def pause(tries: int, first: float, told: str | None) -> float:
    """Seconds to wait after so many further tries: twice as long each time, a little less by chance so that many who
    were refused together do not come back together; or what the server's Retry-After names.
    """
    try:
        named = float(told) if told else math.nan
    except ValueError:  # a date
        named = math.nan
    if 0 <= named <= _OBEYED:
        return named
    longest: float = min(first * 2**tries, _LONGEST)
    return longest * random.uniform(0.75, 1.0)  # noqa: S311 - no secret hangs on it


def _whole(usage: Any, name: str) -> int:
    value = getattr(usage, name, None)
    return value if isinstance(value, int) and value > 0 else 0
