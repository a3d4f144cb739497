"""One question on its way: a thread takes the core's events, the page reads what has come so far.

The thread calls no Streamlit command, so pages may be changed and widgets pressed while an answer is being written.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, cast

from core.errors import GenerationError, TouchstoneError
from core.types import Answer, Principal, Recipe, Source
from core.workbench import Suggestion, Workbench

if TYPE_CHECKING:
    from collections.abc import Generator

    from core.answering.events import Event, Preparing

Start = Callable[[Callable[[], bool]], "Iterator[Event]"]
"""From the question whether to stop to the events of an answer."""
_FORGOTTEN = 45.0
"""Seconds without anyone looking after which an answer is stopped: its reader has gone away."""


class Asking:
    """The record of one running question; only its thread writes it."""

    def __init__(
        self,
        bench: Workbench,
        question: str,
        recipe: Recipe,
        principal: Principal,
        before: Sequence[str] = (),
        start: "Start | None" = None,
    ) -> None:
        """`start` begins the events in another way than by asking afresh from Chat."""
        self.bench = bench
        self.preparing: Preparing | None = None
        """How far the index of the recipe is, where it has to be built first."""
        self.sources: tuple[Source, ...] | None = None
        """What was found; None before the search has ended."""
        self.text = ""
        self.ahead = 0
        """Questions that are answered before this one."""
        self.answer: Answer | None = None
        self.suggestion: Suggestion | None = None
        """Another recipe, where the question is in another language than the documents."""
        self.error: TouchstoneError | None = None
        self.over = False
        self._stopped = threading.Event()
        self._looked = time.monotonic()
        work = (bench, question, recipe, principal, before, start)
        self._thread = threading.Thread(target=self._run, args=work, name="asking", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the answer after the word in hand; what is written stays."""
        self._stopped.set()

    @property
    def stopping(self) -> bool:
        """Whether someone asked for its end."""
        return self._stopped.is_set()

    def look(self) -> bool:
        """Note that someone still watches; returns whether it is over."""
        self._looked = time.monotonic()
        return self.over

    def wait(self, seconds: float) -> bool:
        """Block until it is over, or until the time is up."""
        self._thread.join(seconds)
        return self.over

    def _ended(self) -> bool:
        return self._stopped.is_set() or time.monotonic() - self._looked > _FORGOTTEN

    def _run(
        self,
        bench: Workbench,
        question: str,
        recipe: Recipe,
        principal: Principal,
        before: Sequence[str],
        start: "Start | None",
    ) -> None:
        try:
            if start is None:
                self.suggestion = bench.better_recipe(question, recipe, principal)
                events = bench.ask(question, recipe, principal, self._ended, before, origin="chat")
            else:
                events = start(self._ended)
            with closing(cast("Generator[Event]", events)):  # closed early, it stops the model too
                self._take(events)
        except TouchstoneError as error:
            self.error = error
        except Exception as error:
            logging.getLogger(__name__).exception("An answer failed")
            self.error = GenerationError(f"The answer failed unexpectedly ({type(error).__name__}); ask once more.")
        finally:
            self.over = True

    def _take(self, events: "Iterator[Event]") -> None:
        from core.answering.events import Delta, Done, Preparing, Sources, Waiting

        for event in events:
            match event:
                case Preparing():
                    self.preparing = event
                case Sources(sources=sources):
                    self.sources = sources
                case Waiting(ahead=ahead):
                    self.ahead = ahead
                case Delta(text=text):
                    self.text += text
                    self.ahead = 0
                case Done(answer=answer):
                    self.answer = answer
