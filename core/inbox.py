"""Uploads that wait to be taken in, with a note that outlives the process; it does not take them in.

An upload lies in inbox/<random>/upload. A job's note, inbox/<random>.json, names its files; it goes when the job has
ended, and what lies without a note is an upload whose job never began.
"""

import json
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.incoming import Incoming
from core.storage.sealed import PLAIN, Files
from core.types import Principal


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A job that had not ended when its process did."""

    title: str
    by: Principal
    files: tuple[Incoming, ...]
    note: Path


def receive(inbox: Path, content: bytes, kept: Files = PLAIN) -> Path:
    """Store an upload and return where it lies."""
    folder = inbox / uuid.uuid4().hex
    folder.mkdir(parents=True)
    path = folder / "upload"
    kept.write(path, content)
    return path


def remember(inbox: Path, files: Sequence[Incoming], by: Principal, title: str, kept: Files = PLAIN) -> Path | None:
    """Note a job of uploads on disk; None when no file of it lies in the inbox."""
    if not any(inbox in file.path.parents for file in files):
        return None
    note = inbox / f"{uuid.uuid4().hex}.json"
    body = {"title": title, "by": asdict(by), "files": [asdict(file) | {"path": str(file.path)} for file in files]}
    kept.write(note, json.dumps(body).encode())
    return note


def forget(inbox: Path, files: Sequence[Incoming], note: Path | None) -> None:
    """Remove a job's uploads and its note."""
    for file in files:
        if inbox in file.path.parents:
            shutil.rmtree(file.path.parent, ignore_errors=True)
    if note:
        note.unlink(missing_ok=True)


def names_in(note: Path, kept: Files = PLAIN) -> list[str]:
    """The names of the files that a job's note speaks of."""
    return [file["name"] for file in json.loads(kept.read(note))["files"]]


def unfinished(inbox: Path, kept: Files = PLAIN) -> list[Unfinished]:
    """Jobs to take up again; uploads that belong to none are removed."""
    found = []
    wanted: set[Path] = set()
    for note in sorted(inbox.glob("*.json")):
        body = json.loads(kept.read(note))
        files = tuple(_incoming(file) for file in body["files"])
        noted: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in body["by"].items()}
        by = Principal(**noted)
        found.append(Unfinished(body["title"], by, files, note))
        wanted |= {file.path.parent for file in files}
    for folder in inbox.glob("*"):
        if folder.is_dir() and folder not in wanted:
            shutil.rmtree(folder, ignore_errors=True)
        elif folder.suffix == ".part":
            folder.unlink()
    return found


def _incoming(noted: dict[str, Any]) -> Incoming:
    labels = noted["labels"]
    return Incoming(**{**noted, "path": Path(noted["path"]), "labels": None if labels is None else tuple(labels)})
