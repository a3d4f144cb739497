"""The child process that reads hostile files: jobs come in on standard input, replies go out on standard output.

It does not know who asks nor when to give up: the parent kills it. It limits its own memory and computing time,
opens no network connection, and ends with its whole process group when standard input closes.
"""

import contextlib
import os
import queue
import resource
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

from core.errors import DamagedFile, ParserLimit, TouchstoneError
from core.library.wire import pack, read_frame

Reply = tuple[dict[str, Any], bytes]


def main() -> None:
    """Serve jobs until standard input closes."""
    memory = int(sys.argv[1]) << 20
    with contextlib.suppress(ValueError, OSError):  # macOS has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_refuse_network)
    replies = os.fdopen(os.dup(1), "wb", buffering=0)
    requests = os.fdopen(os.dup(0), "rb")
    silence = os.open(os.devnull, os.O_RDWR)
    os.dup2(silence, 0)
    os.dup2(silence, 1)  # a library that prints must not write into a frame
    jobs: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests, jobs), daemon=True).start()
    _send(replies.fileno(), {"ready": True}, b"")
    while True:
        job = jobs.get()
        _allow_seconds(job["limits"]["seconds"])
        header, blob = _answer(job)
        _send(replies.fileno(), header | {"worn": _resident() > memory // 4}, blob)


def _send(descriptor: int, header: dict[str, Any], blob: bytes) -> None:
    for piece in pack(header, blob):
        view = memoryview(piece)
        while view:
            view = view[os.write(descriptor, view) :]


def _listen(requests: Any, jobs: "queue.SimpleQueue[dict[str, Any]]") -> None:
    """Hand on jobs; the end of the stream means that the parent is gone, even in the middle of a job."""
    while True:
        try:
            frame = read_frame(requests)
        except (OSError, ValueError):
            frame = None
        if frame is None:
            os.killpg(0, signal.SIGKILL)
        else:
            jobs.put(frame[0])


def _answer(job: dict[str, Any]) -> Reply:
    try:
        return _do(job)
    except TouchstoneError as error:
        return {"error": type(error).__name__, "message": str(error)}, b""
    except MemoryError:
        return _refusal(ParserLimit, "needs more memory to read than is allowed")
    except RecursionError:
        return _refusal(DamagedFile, "is nested too deeply to be read")
    except Exception as error:  # whatever a parser's library raises costs this file only
        frames = traceback.extract_tb(error.__traceback__)
        where = " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames[-6:]))
        refusal = _refusal(DamagedFile, f"is damaged and cannot be read ({type(error).__name__})")
        return refusal[0] | {"detail": f"{type(error).__name__} at {where}"}, b""


def _do(job: dict[str, Any]) -> Reply:
    from core.library.limits import Limits

    limits, path = Limits(**job["limits"]), Path(job["path"])
    if job["do"] == "parse":
        from core.library.parsers import parse_as
        from core.library.sniff import sniff_within
        from core.library.wire import pack_parsed

        return pack_parsed(parse_as(sniff_within(path, job["name"], limits), path, limits))
    from core.library.picture import draw_page

    return draw_page(path, job["number"], job["start"], job["end"], job["width"], limits)


def _refusal(kind: type[TouchstoneError], predicate: str) -> Reply:
    return {"error": kind.__name__, "message": predicate}, b""


def _allow_seconds(seconds: float) -> None:
    """Computing time for the next job, beside the parent's clock: it ends loops that hold the interpreter."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(usage.ru_utime + usage.ru_stime + seconds) + 5
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _resident() -> int:
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _refuse_network(event: str, _: tuple[Any, ...]) -> None:
    if event.startswith("socket."):
        raise PermissionError("A parser tried to open a network connection.")


if __name__ == "__main__":
    main()
