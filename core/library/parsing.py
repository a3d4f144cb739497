"""Reads a file in a child process, so that a bomb, a crash or a hang costs that file only.

It does not know the formats, nor what becomes of the text.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from core.library.limits import Limits
from core.library.process import ChildProcess
from core.library.sniff import check_file
from core.library.wire import unpack_parsed
from core.types import ParsedFile

__all__ = ["Limits", "Parser", "Parsers", "parse_file"]


class Parser:
    """Reads files one after another in one child process, which starts with the first file.

    Threads may share a parser; they wait for each other.
    """

    def __init__(self, limits: Limits = Limits()) -> None:  # noqa: B008
        self._limits = limits
        self._child = ChildProcess(limits.memory_mb)

    def __enter__(self) -> "Parser":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child; a later `parse` starts another."""
        self._child.close()

    @property
    def child_pid(self) -> int | None:
        """The process id of the child, if one is running."""
        return self._child.pid

    def parse(self, path: Path, name: str, cancel: Callable[[], bool] | None = None) -> ParsedFile:
        """The text of a file and what is known by offset; raises FileRefused, or NotFound.

        `cancel` is asked about twenty times a second, and ends the reading with `ReadingCancelled`.
        """
        check_file(path, name, self._limits)
        job = {"do": "parse", "path": str(path.resolve()), "name": name, "limits": asdict(self._limits)}
        header, blob = self._child.call(job, name, self._limits.seconds, cancel)
        return unpack_parsed(header, blob)


class Parsers:
    """Lends parsers and keeps them between loans, since starting a child costs more than reading most files."""

    def __init__(self, idle: float = 120.0) -> None:
        """Parsers that nobody borrowed for `idle` seconds are closed."""
        self._idle = idle
        self._free: list[Parser] = []
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._closed = False

    @contextmanager
    def lend(self) -> Iterator[Parser]:
        """A parser for the borrower alone, until the end of the block."""
        with self._lock:
            self._rest()
            parser = self._free.pop() if self._free else Parser()
        try:
            yield parser
        finally:
            with self._lock:
                self._free.append(parser)
                if self._closed:
                    self._close_free()
                else:
                    self._timer = threading.Timer(self._idle, self._idled)
                    self._timer.daemon = True
                    self._timer.start()

    def close(self) -> None:
        """Close what is free now and what comes back later."""
        with self._lock:
            self._closed = True
            self._rest()
            self._close_free()

    def _idled(self) -> None:
        with self._lock:
            self._close_free()

    def _close_free(self) -> None:
        while self._free:
            self._free.pop().close()

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def parse_file(path: Path, name: str, limits: Limits = Limits()) -> ParsedFile:  # noqa: B008
    """Read one file in a child of its own."""
    with Parser(limits) as parser:
        return parser.parse(path, name)
