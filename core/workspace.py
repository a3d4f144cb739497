"""The folder of a workspace and the lock that makes one process its owner; it does not read what lies inside."""

import json
import os
import shutil
import socket
import sys
import uuid
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from core.errors import DiskFull, RequestError, WorkspaceInUse

_RESERVE = 64 << 20
"""Bytes that stay free: logs and segments of the index grow by tens of megabytes at once."""


class Workspace:
    """Paths below one folder, held by this process from `acquire` to `release`.

    The engine of the index tolerates a single owner: a second one would harm the first. The operating system frees
    the lock when its holder dies, however it dies.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.expanduser().resolve()
        self.database = self.root / "touchstone.db"
        self.originals = self.root / "originals"
        self.index = self.root / "index"
        self.inbox = self.root / "inbox"
        self.scratch = self.root / "scratch"
        self.maps = self.root / "maps"
        self.adapters = self.root / "adapters"
        self.temporary = self.root / "tmp"
        self.audit_key = self.root / "audit.key"
        self.audit_checkpoint = self.root / "audit.checkpoint"
        self._holder = self.root / "holder.json"
        self._lock = FileLock(self.root / ".lock", timeout=0)

    def acquire(self, what: str) -> None:
        """Become the owner; raises WorkspaceInUse with a sentence that names the holder."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RequestError(f"The workspace {self.root} cannot be made: {error.strerror}.") from error
        try:
            self._lock.acquire()
        except Timeout:
            raise WorkspaceInUse(f"The workspace {self.root} is in use by {self._held_by()}.") from None
        except OSError as error:
            raise RequestError(f"The workspace {self.root} cannot be locked: {error.strerror}.") from error
        record = {
            "what": what,
            "process": os.getpid(),
            "host": socket.gethostname(),
            "since": datetime.now().isoformat(timespec="seconds"),
        }
        self._holder.write_text(json.dumps(record))

    def release(self) -> None:
        """Give the workspace free."""
        self._holder.unlink(missing_ok=True)
        self._lock.release()

    def identity(self) -> str:
        """A name that no other workspace has, made once and kept in the folder; marks what lies on a server."""
        record = self.root / "identity"
        if not record.exists():
            record.write_text(uuid.uuid4().hex)
        return record.read_text().strip()

    def private(self) -> Path:
        """A folder that only its owner may read, for what is not finished; emptied whenever the workspace opens."""
        self.temporary.mkdir(mode=0o700, exist_ok=True)
        return self.temporary

    def _held_by(self) -> str:
        try:
            held = json.loads(self._holder.read_text())
        except (OSError, ValueError):
            return "another process"
        since = held["since"].replace("T", " ")
        return f"{held['what']} (process {held['process']} on {held['host']}, since {since})"


def require_space(folder: Path, needed: int) -> None:
    """Raises DiskFull unless `needed` bytes and a reserve are free where `folder` lies.

    The index writes through memory maps, where a full disk is a signal that ends the process instead of an error: it
    has to be asked before.
    """
    free = shutil.disk_usage(folder).free
    if free < needed + _RESERVE:
        raise DiskFull(
            f"The disk of {folder} has {free >> 20} MB free, and {(needed + _RESERVE) >> 20} MB are needed; "
            "make room and try again."
        )


def this_command() -> str:
    """How a holder names itself: the command that was run, without its folder."""
    return " ".join([Path(sys.argv[0]).name, *sys.argv[1:3]])
