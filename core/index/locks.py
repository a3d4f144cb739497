"""A lock that many readers share and one writer holds alone; it does not know what it guards."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class SharedLock:
    """Readers run together; a waiting writer stops new readers, so that it is not starved."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._readers = 0
        self._writers_waiting = 0
        self._writing = False
        self._change = threading.RLock()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Keep other writers out while readers go on; `writing` may be taken inside."""
        with self._change:
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Hold the lock together with other readers."""
        with self._condition:
            self._condition.wait_for(lambda: not self._writing and not self._writers_waiting)
            self._readers += 1
        try:
            yield
        finally:
            with self._condition:
                self._readers -= 1
                self._condition.notify_all()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the lock alone."""
        with self._change:
            with self._condition:
                self._writers_waiting += 1
                self._condition.wait_for(lambda: not self._writing and not self._readers)
                self._writers_waiting -= 1
                self._writing = True
            try:
                yield
            finally:
                with self._condition:
                    self._writing = False
                    self._condition.notify_all()
