"""Four answers on their way: a thread takes what the core yields, the page reads what has come so far."""

import logging
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.errors import GenerationError, TouchstoneError
from core.types import Principal, Recipe, Source
from core.workbench import Workbench

if TYPE_CHECKING:
    from core.answering.events import Event
    from core.arms import Arm, Spoken
    from core.evaluation.questions import Question

_FORGOTTEN = 45.0
"""Seconds without anyone looking after which the answers are stopped: their reader has gone away."""


class Four:
    """The record of one question asked four ways; only its thread writes it."""

    def __init__(self, bench: Workbench, question: str, recipe: Recipe, adapter: str, principal: Principal) -> None:
        self.question, self.adapter, self.principal = question, adapter, principal
        self.known: Question | None = bench.lab.arms.known(question, principal)
        """The question of a set, whose answer is known."""
        self.texts: dict[Arm, str] = {}
        self.sources: dict[Arm, tuple[Source, ...]] = {}
        self.spoken: dict[Arm, Spoken] = {}
        self.error: TouchstoneError | None = None
        self.over = False
        self._stopped = threading.Event()
        self._looked = time.monotonic()
        answers = bench.lab.arms.four(self.known or question, recipe, adapter, principal, self._heard, self._ended)
        self._thread = threading.Thread(target=self._run, args=(answers,), name="four", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it after the word in hand."""
        self._stopped.set()

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

    def _heard(self, arm: "Arm", event: "Event") -> None:
        from core.answering.events import Delta, Sources

        if isinstance(event, Delta):
            self.texts[arm] = self.texts.get(arm, "") + event.text
        elif isinstance(event, Sources):
            self.sources[arm] = event.sources

    def _run(self, answers: "Iterator[Spoken]") -> None:
        try:
            for spoken in answers:
                self.spoken[spoken.arm] = spoken
                if self._ended():
                    break
        except TouchstoneError as error:
            self.error = error
        except Exception as error:
            logging.getLogger(__name__).exception("Four answers failed")
            self.error = GenerationError(f"The answers failed unexpectedly ({type(error).__name__}); ask once more.")
        finally:
            self.over = True
