"""Reads a file in a child process, so that a bomb, a crash or a hang costs that file only.

It does not know the formats, nor what becomes of the text.
"""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from core.library.limits import Limits
from core.library.process import ChildProcess
from core.library.sniff import check_file
from core.library.wire import unpack_parsed
from core.types import ParsedFile

__all__ = ["Limits", "Parser", "parse_file"]


class Parser:
    """Reads files one after another in one child process, which starts with the first file.

    Threads may share a parser; they wait for each other. `cancel` is asked about twenty times a second, and ends the
    reading of the file at hand with `ReadingCancelled`.
    """

    def __init__(self, limits: Limits = Limits(), cancel: Callable[[], bool] | None = None) -> None:  # noqa: B008
        self._limits = limits
        self._cancel = cancel
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

    def parse(self, path: Path, name: str) -> ParsedFile:
        """The text of a file and what is known by offset; raises FileRefused, or NotFound."""
        check_file(path, name, self._limits)
        job = {"do": "parse", "path": str(path.resolve()), "name": name, "limits": asdict(self._limits)}
        header, blob = self._child.call(job, name, self._limits.seconds, self._cancel)
        return unpack_parsed(header, blob)


def parse_file(path: Path, name: str, limits: Limits = Limits()) -> ParsedFile:  # noqa: B008
    """Read one file in a child of its own."""
    with Parser(limits) as parser:
        return parser.parse(path, name)
