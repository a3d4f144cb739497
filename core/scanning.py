"""Looks for pieces of text in every byte below a folder; it knows neither documents nor what the files are."""

import mmap
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from core.storage.wiping import held, written


def scan(
    root: Path, probes: Iterable[bytes], opened: Callable[[Path], Iterable[bytes] | None] = lambda _: None
) -> tuple[int, int, list[str]]:
    """Look for the probes in every file below `root`: files read, bytes read (holes hold none), files that hold one.

    `opened` gives what an encrypted file holds, piece by piece, and None for one that is read as it lies.
    """
    probes = list(probes)
    files = size = 0
    remains = []
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        length = path.stat().st_size
        files, size = files + 1, size + held(path)
        pieces = opened(path) if length else ()
        if _holds(path, probes) if pieces is None else _hold(pieces, probes):
            remains.append(path.relative_to(root).as_posix())
    return files, size, remains


def _hold(pieces: Iterable[bytes], probes: Sequence[bytes]) -> bool:
    """Whether any probe stands in what the pieces make together."""
    before = b""
    longest = max(map(len, probes), default=1)
    for piece in pieces:
        together = before + piece
        if any(probe in together for probe in probes):
            return True
        before = together[-longest:]
    return False


def _holds(path: Path, probes: Sequence[bytes]) -> bool:
    """Whether any probe stands in the file; holes of a sparse file, which read as zeros, are passed over."""
    longest = max(map(len, probes), default=1)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        for start, end in list(written(file.fileno(), len(content))):
            begin = max(0, start - longest)
            if any(content.find(probe, begin, end + longest) >= 0 for probe in probes):
                return True
    return False
