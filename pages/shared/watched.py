"""Work that goes on while a page is read: a thread does it, and ends when nobody looks any more.

The thread calls no Streamlit command, so pages may be changed and widgets pressed meanwhile.
"""

import logging
import threading
import time
from collections.abc import Callable

from core.errors import GenerationError, TouchstoneError

_FORGOTTEN = 45.0
"""Seconds without anyone looking after which the work is stopped: its reader has gone away."""


class Watched:
    """The record of one piece of work; only its thread writes it."""

    def __init__(self, what: str) -> None:
        """`what` begins the sentence that tells of a failure, as in "The answer"."""
        self.error: TouchstoneError | None = None
        self.over = False
        self._what = what
        self._stopped = threading.Event()
        self._looked = time.monotonic()
        self._thread: threading.Thread | None = None

    def begin(self, work: Callable[[], None]) -> None:
        """Do the work in the thread; what it raises is kept."""
        self._thread = threading.Thread(target=self._do, args=(work,), name="watched", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it after the word in hand; what is written stays."""
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
        if self._thread is not None:
            self._thread.join(seconds)
        return self.over

    def ended(self) -> bool:
        """Whether the work should end: someone asked for it, or nobody looks any more."""
        return self._stopped.is_set() or time.monotonic() - self._looked > _FORGOTTEN

    def _do(self, work: Callable[[], None]) -> None:
        try:
            work()
        except TouchstoneError as error:
            self.error = error
        except Exception as error:
            logging.getLogger(__name__).exception("%s failed", self._what)
            self.error = GenerationError(f"{self._what} failed unexpectedly ({type(error).__name__}); ask once more.")
        finally:
            self.over = True
