"""A child process that does one job at a time within limits and is replaced when it breaks them.

It knows nothing of what the jobs are. The child leads a process group of its own, so that killing it also kills what
it started, and it ends by itself when its standard input closes: a parent that dies leaves nothing behind.
"""

import contextlib
import json
import logging
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import core.errors
from core.errors import DamagedFile, ParserLimit, ReadingCancelled, TouchstoneError
from core.library.naming import sentence
from core.library.wire import LENGTHS, pack

_ROOT = Path(core.errors.__file__).resolve().parent.parent
_POLL = 0.05
_START_SECONDS = 60.0
_KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TESSDATA_PREFIX", "TMPDIR")
_LARGEST_REPLY = 4 << 30
_log = logging.getLogger(__name__)


class ChildProcess:
    """One reusable child; calls from several threads wait for each other. Usable as a context manager."""

    def __init__(self, memory_mb: int) -> None:
        self._memory_mb = memory_mb
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "ChildProcess":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The process id of the running child, if there is one."""
        return self._process.pid if self._process else None

    def call(
        self, job: dict[str, Any], name: str, seconds: float, cancel: Callable[[], bool] | None = None
    ) -> tuple[dict[str, Any], bytes]:
        """Send a job and wait for its reply; whatever goes wrong is a `TouchstoneError` that names the file."""
        with self._lock:
            try:
                process = self._running(name, cancel)
                self._send(process, pack(job))
                reply, blob = self._receive(process, name, seconds, cancel)
            except BaseException:
                self._stop()
                raise
            if reply.get("worn"):
                self._stop()
        if "error" in reply:
            if "detail" in reply:
                _log.warning("%s: %s", reply["error"], reply["detail"])
            raise _error(reply, name)
        return reply, blob

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._stop()

    def _running(self, name: str, cancel: Callable[[], bool] | None) -> "subprocess.Popen[bytes]":
        """The child, started and ready if there was none: its start does not count as reading time."""
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._stop()
        environment = {key: os.environ[key] for key in _KEPT_ENVIRONMENT if key in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "core.library.child", str(self._memory_mb)],
            cwd=_ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            bufsize=0,
        )
        try:
            self._receive(self._process, name, _START_SECONDS, cancel)
        except (DamagedFile, ParserLimit):
            raise TouchstoneError("The process that reads files could not be started; run `make setup`.") from None
        return self._process

    @staticmethod
    def _send(process: "subprocess.Popen[bytes]", pieces: list[bytes]) -> None:
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # a dead child shows when its reply is awaited
            for piece in pieces:
                process.stdin.write(piece)

    def _receive(
        self,
        process: "subprocess.Popen[bytes]",
        name: str,
        seconds: float,
        cancel: Callable[[], bool] | None,
    ) -> tuple[dict[str, Any], bytes]:
        deadline = time.monotonic() + seconds
        assert process.stdout is not None
        received = bytearray()
        needed, header, blob = LENGTHS.size, 0, 0
        memory = 0
        while len(received) < needed:
            if cancel is not None and cancel():
                raise ReadingCancelled(sentence(name, "was not read: the run was cancelled"))
            if time.monotonic() > deadline:
                raise ParserLimit(sentence(name, f"took longer than {seconds:g} s to read and was stopped"))
            memory = max(memory, _address_space(process.pid))
            if not select.select([process.stdout], [], [], _POLL)[0]:
                continue
            piece = os.read(process.stdout.fileno(), 1 << 20)
            if not piece:
                raise self._obituary(process, name, memory)
            received += piece
            if not header and len(received) >= LENGTHS.size:
                header, blob = LENGTHS.unpack(received[: LENGTHS.size])
                needed = LENGTHS.size + header + blob
                if needed > _LARGEST_REPLY:
                    raise DamagedFile(sentence(name, "made its reader send nonsense"))
        split = LENGTHS.size + header
        return json.loads(received[LENGTHS.size : split]), bytes(received[split:])

    def _obituary(self, process: "subprocess.Popen[bytes]", name: str, memory: int) -> TouchstoneError:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)
        code = process.returncode
        if code == -signal.SIGXCPU:
            return ParserLimit(sentence(name, "took too much computing time to read and was stopped"))
        if code == -signal.SIGKILL or memory > self._memory_mb * 0.8 * (1 << 20):
            return ParserLimit(sentence(name, f"needs more than {self._memory_mb:,} MB of memory to read"))
        how = signal.Signals(-code).name if code is not None and code < 0 else f"exit status {code}"
        return DamagedFile(sentence(name, f"made its reader crash ({how}); nothing of it was taken in"))

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


def _error(reply: dict[str, Any], name: str) -> TouchstoneError:
    kind = getattr(core.errors, str(reply["error"]), DamagedFile)
    if not (isinstance(kind, type) and issubclass(kind, TouchstoneError)):
        kind = DamagedFile
    return kind(sentence(name, str(reply["message"])))


def _address_space(pid: int) -> int:
    """Bytes of address space that a process holds; 0 where the system does not say."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_bytes().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0
