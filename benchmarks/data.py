"""Finds and reads the public data that benchmarks use; it keeps nothing and tunes nothing."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

DEFAULT = Path(__file__).parent.parent.parent / "shared" / "data"


def folder(name: str) -> Path:
    """A data set's folder, below TOUCHSTONE_DATA or ../shared/data; exits with a sentence when it is absent."""
    path = Path(os.environ.get("TOUCHSTONE_DATA", DEFAULT)) / name
    if not path.is_dir():
        sys.exit(f"The public data set '{name}' is not at {path}; set TOUCHSTONE_DATA to the folder that holds it.")
    return path


def lines(file: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-lines file."""
    with file.open(encoding="utf-8") as rows:
        for row in rows:
            if row.strip():
                yield json.loads(row)


def half(key: str) -> int:
    """0 or 1, always the same for a key: what is fitted on one half is tested on the other."""
    return crc32(key.encode()) & 1
