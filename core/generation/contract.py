"""What the rest of the core needs of a language model, local or on a server; it knows no implementation."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.types import Tokens

Messages = Sequence[tuple[str, str]]
"""(role, content) pairs."""

Hold = Callable[[str, bool], tuple[str, str]]
"""A guard of the stream: gets the text that was not released yet, and whether the answer has ended; gives what may be
released now and what is held back still. What it gives neither way is gone; what it still holds at the end is gone too.
It may raise, which stops the answer and reaches who reads it. It runs in the reader's thread, not the model's."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one request."""

    max_tokens: int = 160
    """Tokens written at most."""
    seconds: float = 120.0
    """From the moment of asking, waiting included."""


class Stream(Protocol):
    """The text of one answer as it comes; iterate it once, from any thread."""

    tokens: Tokens
    """Counts, speed and log-probabilities; complete when the iteration has ended."""

    @property
    def received(self) -> str:
        """What the model was given, to the byte; complete when the iteration has ended.

        The messages in the model's own chat template, or as JSON where a server applies its own.
        """

    @property
    def ahead(self) -> int:
        """How many requests are answered before this one; 0 when it is its turn."""

    def cancel(self) -> None:
        """Stop after the token in hand; the iteration ends without an error."""

    def __iter__(self) -> Iterator[str]: ...


class LanguageModel(Protocol):
    """A model that answers messages."""

    name: str

    def count(self, text: str) -> int:
        """Tokens of a text; an estimate where only a server knows."""

    def stream(
        self, messages: Messages, limits: Limits | None = None, *, adapter: str | None = None, hold: Hold | None = None
    ) -> Stream:
        """Ask; raises QueueFull when as many wait as may, NotFound for an adapter that is not there."""

    def warm(self) -> None:
        """Make the first question as fast as the others."""

    def close(self) -> None:
        """Stop what is being written; further requests are refused."""


def released(pieces: Iterator[str], hold: Hold | None) -> Iterator[str]:
    """The pieces as a guard lets them through."""
    if hold is None:
        yield from pieces
        return
    held = ""
    for piece in pieces:
        free, held = hold(held + piece, False)
        if free:
            yield free
    free, _ = hold(held, True)
    if free:
        yield free
