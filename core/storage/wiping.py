"""Overwrites what files hold before they are removed; it cannot reach what lies below the file system.

A solid-state disk writes elsewhere than where it is told, a file system that copies on write or keeps snapshots holds
on to the old blocks: there the old bytes may outlive this.
"""

import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

_BLOCK = 1 << 20


def wipe(path: Path) -> None:
    """Overwrite what a file holds with zeros, then remove it. What lies below the file system may keep the old bytes.

    Holes of a sparse file are left alone.
    """
    if path.is_symlink():
        path.unlink()
        return
    overwrite(path)
    path.unlink(missing_ok=True)


def overwrite(path: Path) -> None:
    """Overwrite what was ever written of a file with zeros, and wait until they rest on the disk."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return
    try:
        for start, end in list(written(descriptor, os.fstat(descriptor).st_size)):
            os.lseek(descriptor, start, os.SEEK_SET)
            for at in range(start, end, _BLOCK):
                os.write(descriptor, bytes(min(_BLOCK, end - at)))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep(folder: Path) -> None:
    """Wipe all files below a folder, and remove it."""
    if not folder.is_dir():
        return
    for path in folder.rglob("*"):
        if path.is_file() or path.is_symlink():
            wipe(path)
    shutil.rmtree(folder)


def held(path: Path) -> int:
    """Bytes of a file that were ever written; its size may be larger by the holes of it, which take no room."""
    with path.open("rb") as file:
        length = os.fstat(file.fileno()).st_size
        return sum(end - start for start, end in written(file.fileno(), length))


def written(descriptor: int, length: int) -> Iterator[tuple[int, int]]:
    """Ranges of an open file of this length that were ever written; all of it where the system does not tell."""
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
