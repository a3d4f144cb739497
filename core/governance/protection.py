"""What a workspace keeps, kind by kind, and whether it is encrypted now; it looks at beginnings of files, not at all.

The states are read off the disk, not off the settings, that of the index's words excepted. What reads every byte is
`core.protecting`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.settings import Settings
from core.storage.sealed import looks_sealed
from core.workspace import Workspace

State = Literal["encrypted", "in part", "plain", "none", "elsewhere"]
"""in part: some of it is encrypted and some is not; none: nothing is kept; elsewhere: not on this machine's disk."""

CHECK = "python -m core protection --check"
_VERIFY_MODELS = "python -m core models verify"
_FILES = "AES-256-GCM, each file under a key of its own"
_PAGES = "SQLCipher 4: AES-256 page by page, with an HMAC-SHA512 each"
_PLAIN_DATABASE = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class Claim:
    """What is said of one kind of thing."""

    kind: str
    place: str
    """Where it lies, below the workspace unless it says otherwise."""
    state: State
    by: str
    """With what it is encrypted; empty where it is not."""
    told: str
    """What is not protected, or why it need not be; a sentence or none."""
    check: str
    """The command that checks the claim; empty where none can."""


def protection(workspace: Workspace, settings: Settings, encrypted: bool) -> tuple[Claim, ...]:
    """A claim for every kind of thing that a workspace keeps; `encrypted` is whether it has a key."""
    root = workspace.root
    database = _database(workspace)
    return (
        _of_files("originals", root, "originals", "The documents as they were brought."),
        _of_files("uploads that wait", root, "inbox", "Removed when they have been taken in."),
        Claim("database", workspace.database.name, database, _by(database, _PAGES), "Texts, traces, questions,"
              " datasets, facts, recipes, receipts and the audit trail.", CHECK),
        Claim("database log", f"{workspace.database.name}-wal", database, _by(database, _PAGES),
              "Its shared memory, -shm, holds page numbers only; no copy of either is made.", CHECK),
        Claim("cached vectors", workspace.database.name, database, _by(database, _PAGES), "", CHECK),
        *_index(workspace, settings, encrypted),
        _of_files("adapters", root, "adapters", "Those that come with Touchstone are public and lie in its folder."),
        _of_files("unfinished trainings", root, "trainings", "Checkpoints: weights and their moments."),
        _of_files("maps", root, "maps", "Points of passages in the plane, without their words."),
        Claim("model weights", f"{settings.models} (not in the workspace)", "plain", "",
              "Public files, the same for everyone; their sha256 is checked instead.", _VERIFY_MODELS),
        _audit_key(workspace, settings),
        Claim("checkpoints of the audit", workspace.audit_checkpoint.name, _held(workspace.audit_checkpoint), "",
              "A count and two MACs, no content.", "python -m core audit verify"),
        Claim("temporary copies", "tmp, scratch", "plain" if any(_files(root, ("tmp", "scratch"))) else "none", "",
              "While a file is read by a child process or an adapter is loaded, a copy that only its owner may read "
              "lies in tmp; it is overwritten and removed afterwards, and at the next start. Experiments' indexes are "
              "as the index is.", CHECK),
        Claim("logs", "standard error", "elsewhere", "", "Touchstone writes no log file. What it says holds no "
              "secret; whoever collects standard error keeps names of files that were refused.", ""),
        Claim("names, sizes, times", "the folder itself", "plain", "", "Sizes and times of files, hashes of originals,"
              " names of adapters, the workspace's id, and who holds it now.", ""),
        Claim("exports and backups", "where they are written to", "elsewhere", "", "What is exported is in plain. A"
              " copy of the folder is as encrypted as it is; encryption.json belongs to it, the key does not.", ""),
    )  # fmt: skip


def _index(workspace: Workspace, settings: Settings, encrypted: bool) -> tuple[Claim, ...]:
    if settings.qdrant_url:
        told = "Vectors and words lie in plain on the Qdrant server: encrypt its disk, and reach it by https."
        return (Claim("index", "a Qdrant server", "elsewhere", "", told, ""),)
    held = any(workspace.index.glob("*/index.json"))
    words: State = "none" if not held else "encrypted" if encrypted else "plain"
    return (
        Claim("words in the index", "index", words, _by(words, "AES-256-GCM, each passage by itself"),
              "Texts, headings and names of documents.", CHECK),
        Claim("vectors in the index", "index", "plain" if held else "none", "", "The engine must read them: dense "
              "vectors and those of hashed words, from which words can be guessed and meanings compared; with them "
              "ids, zones, labels, days and offsets.", ""),
    )  # fmt: skip


def _of_files(kind: str, root: Path, folder: str, told: str) -> Claim:
    state = _state(_files(root, (folder,)))
    return Claim(kind, folder, state, _by(state, _FILES), told, CHECK)


def _audit_key(workspace: Workspace, settings: Settings) -> Claim:
    name = workspace.audit_key.name
    if settings.audit_key is not None:
        told = "TOUCHSTONE_AUDIT_KEY; it is not written to the disk."
        return Claim("key of the audit", "the environment", "elsewhere", "", told, "python -m core audit verify")
    state = _state([workspace.audit_key] if workspace.audit_key.exists() else [])
    return Claim("key of the audit", name, state, _by(state, _FILES), "", CHECK)


def _database(workspace: Workspace) -> State:
    if not workspace.database.exists():
        return "none"
    with workspace.database.open("rb") as file:
        return "plain" if file.read(len(_PLAIN_DATABASE)) == _PLAIN_DATABASE else "encrypted"


def _files(root: Path, folders: Sequence[str]) -> list[Path]:
    return [path for folder in folders for path in (root / folder).rglob("*") if path.is_file()]


def _state(files: Iterable[Path]) -> State:
    found = {looks_sealed(path) for path in files}
    if not found:
        return "none"
    return "in part" if len(found) == 2 else "encrypted" if True in found else "plain"


def _held(file: Path) -> State:
    return "plain" if file.exists() else "none"


def _by(state: State, how: str) -> str:
    return how if state in ("encrypted", "in part") else ""
