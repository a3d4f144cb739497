"""Keeps the library in step with a folder: new and changed files come in, deleted ones answer no more.

It compares the folder's listing every two seconds, which works on every file system. A file is taken in when it has not
changed between two looks, so that half-written ones wait.
"""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import NotFound
from core.ingestion import Incoming, Outcome
from core.types import Zone

if TYPE_CHECKING:
    from core.workbench import Workbench

_EVERY = 2.0

Stamp = tuple[int, int]


class Watch:
    """A thread that follows one folder; documents are named by their path below it."""

    def __init__(self, bench: "Workbench", folder: Path, zone: Zone, by: str, labels: tuple[str, ...] = ()) -> None:
        if not folder.is_dir():
            raise NotFound(f"There is no folder '{folder}' to watch.")
        self.folder = folder.resolve()
        self.zone = zone
        self.outcomes: list[Outcome] = []
        """What became of each file, latest last."""
        self.error = ""
        self._bench = bench
        self._by = by
        self._labels = labels
        self._taken: dict[str, Stamp] = {}
        self._seen: dict[str, Stamp] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> "Watch":
        """Begin to follow the folder."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """End after the file in hand."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def running(self) -> bool:
        """Whether it still follows the folder."""
        return self._thread.is_alive() and not self._stop.is_set()

    def look(self) -> list[Outcome]:
        """Compare once and take in what has settled; returns what became of each file."""
        now = self._listing()
        settled = {n: s for n, s in now.items() if self._seen.get(n) == s and self._taken.get(n) != s}
        files = [Incoming(self.folder / name, name, self.zone, self._labels) for name in settled]
        outcomes = self._bench.ingest(files, self._by, cancelled=self._stop.is_set) if files else []
        for (name, stamp), outcome in zip(settled.items(), outcomes, strict=True):
            if outcome.state != "cancelled":
                self._taken[name] = stamp
        for name in [n for n in self._taken if n not in now]:
            del self._taken[name]
            outcomes.append(self._withdraw(name))
        self._seen = now
        self.outcomes = [*self.outcomes, *outcomes][-500:]
        return outcomes

    def _withdraw(self, name: str) -> Outcome:
        from core.governance.principals import persona

        current = self._bench.library.find_current(name)
        if current:
            self._bench.withdraw(current.id, persona("administrator"))
        return Outcome(name, "withdrawn", current.id if current else None)

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self.look()
                self._stop.wait(_EVERY if self._seen == self._listing() else 0.5)
        except Exception as error:  # shown beside the switch; the folder is not followed any longer
            self.error = f"The folder is no longer watched: {error}."

    def _listing(self) -> dict[str, Stamp]:
        found = {}
        for path in sorted(self.folder.rglob("*")):
            below = path.relative_to(self.folder)
            if path.is_file() and not any(part.startswith(".") for part in below.parts):
                stat = path.stat()
                found[below.as_posix()] = (stat.st_mtime_ns, stat.st_size)
        return found
