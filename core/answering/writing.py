"""Has a model write, telling of the place in line while it waits and ending when the asker goes; it judges nothing."""

import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

from core.answering.events import Delta, Event, Waiting
from core.generation.contract import Hold, LanguageModel, Limits
from core.types import Generation, Tokens

_LOOK = 0.05
"""Seconds between two looks at the place in line."""
Stop = Callable[[], bool]
"""Asked between pieces of the answer; true ends it."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a model wrote."""

    text: str
    tokens: Tokens
    stopped: bool
    """Whether the asker ended it."""
    received: str
    """See `Stream`."""


def write(
    model: LanguageModel, messages: Sequence[tuple[str, str]], how: Generation, hold: Hold | None, stop: Stop
) -> Generator[Event, None, Written]:
    """The events of the writing, piece by piece, and then all of it; raises as `LanguageModel.stream` does."""
    stream = model.stream(messages, Limits(max_tokens=how.max_tokens), adapter=how.adapter, hold=hold)
    text, stopped, shown = "", False, 0
    try:
        while (ahead := stream.ahead) and not stop():
            if ahead != shown:
                yield Waiting(shown := ahead)
            time.sleep(_LOOK)
        if ahead:
            stopped = True
            stream.cancel()
        for piece in stream:
            text += piece
            yield Delta(piece)
            if stop():
                stopped = True
                stream.cancel()
    finally:  # the asker went away: the model must not write on for nobody
        stream.cancel()
    return Written(text, stream.tokens, stopped, stream.received)
