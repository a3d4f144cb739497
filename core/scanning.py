"""Looks for pieces of text in every byte below a folder; it knows neither documents nor what the files are."""

import errno
import mmap
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path


def scan(root: Path, probes: Iterable[bytes]) -> tuple[int, int, list[str]]:
    """Look for the probes in every file below `root`: files read, bytes read, files that hold one."""
    probes = list(probes)
    files = size = 0
    remains = []
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        length = path.stat().st_size
        files, size = files + 1, size + length
        if length and _holds(path, probes):
            remains.append(path.relative_to(root).as_posix())
    return files, size, remains


def _holds(path: Path, probes: Sequence[bytes]) -> bool:
    """Whether any probe stands in the file; holes of a sparse file, which read as zeros, are passed over."""
    longest = max(map(len, probes), default=1)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        for start, end in list(written(file.fileno(), len(content))):
            begin = max(0, start - longest)
            if any(content.find(probe, begin, end + longest) >= 0 for probe in probes):
                return True
    return False


def written(descriptor: int, length: int) -> Iterator[tuple[int, int]]:
    """Ranges of a file that were ever written; all of it where the system does not tell."""
    if not hasattr(os, "SEEK_DATA"):
        yield 0, length
        return
    at = 0
    while at < length:
        try:
            start = os.lseek(descriptor, at, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:  # only a hole is left
                return
            yield at, length
            return
        at = os.lseek(descriptor, start, os.SEEK_HOLE)
        yield start, at
