"""Keeps the library in step with a folder: new and changed files come in, deleted ones answer no more.

It compares the folder's listing every two seconds, which works on every file system. A file is taken in when it has not
changed between two looks, so that half-written ones wait. The library remembers which documents came from the folder:
a file that was deleted while nobody watched is noticed at the next start, and a document of the same name that somebody
brought by hand is left alone.
"""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import TouchstoneError
from core.folder import check_followable, files_below
from core.incoming import Incoming, Outcome
from core.types import Principal, Zone

if TYPE_CHECKING:
    from core.desks.documents import Desk

_EVERY = 2.0

Stamp = tuple[int, int]


class Watch:
    """A thread that follows one folder; documents are named by their path below it."""

    def __init__(
        self, bench: "Desk", folder: Path, zone: Zone | None, principal: Principal, labels: tuple[str, ...] | None
    ) -> None:
        """Raises NotFound, and RequestError for a folder that cannot be meant; see `core.folder`."""
        self.folder = check_followable(folder, bench.workspace.root)
        self.zone = zone
        self.outcomes: list[Outcome] = []
        """What became of each file, latest last, the last five hundred."""
        self.told = 0
        """Outcomes since the beginning, those that were let go included."""
        self.error = ""
        """Why the folder is not being followed at the moment."""
        self._bench = bench
        self._principal = principal
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
        """Whether it still follows the folder, or waits for it to come back."""
        return self._thread.is_alive() and not self._stop.is_set()

    def look(self) -> list[Outcome]:
        """Compare once and take in what has settled; returns what became of each file.

        Raises TouchstoneError when the folder is gone, or empty while documents came from it: an unmounted disk must
        not look like a deletion of everything.
        """
        now = self._listing()
        ours = self._bench.library.of_origin(str(self.folder))
        if not now and ours:
            raise TouchstoneError(
                f"The folder '{self.folder}' is empty or not connected; the {len(ours)} documents that came from it "
                "stay. Withdraw them by hand if they are to go"
            )
        settled = {n: s for n, s in now.items() if self._seen.get(n) == s and self._taken.get(n) != s}
        files = [
            Incoming(self.folder / name, name, self.zone, self._labels, origin=str(self.folder)) for name in settled
        ]
        outcomes = self._bench.ingest(files, self._principal, cancelled=self._stop.is_set) if files else []
        for (name, stamp), outcome in zip(settled.items(), outcomes, strict=True):
            if outcome.state != "cancelled":
                self._taken[name] = stamp
        kept = {Incoming(self.folder / name, name).name for name in now}
        for name in sorted(set(ours) - kept):
            self._bench.withdraw(ours[name], self._principal)
            outcomes.append(Outcome(name, "withdrawn", ours[name]))
        self._taken = {name: stamp for name, stamp in self._taken.items() if name in now}
        self._seen = now
        self.outcomes = [*self.outcomes, *outcomes][-500:]
        self.told += len(outcomes)
        return outcomes

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self.look()
                self.error = ""
                calm = self._seen == self._listing()
            except Exception as error:  # shown beside the switch; the next look may find the folder again
                self.error = f"{error}."
                calm = True
            self._stop.wait(_EVERY if calm else 0.5)

    def _listing(self) -> dict[str, Stamp]:
        if not self.folder.is_dir():
            raise TouchstoneError(f"The folder '{self.folder}' is not there; its documents stay as they are")
        found = {}
        for path in files_below(self.folder, self._bench.workspace.root):
            try:
                stat = path.stat()
            except FileNotFoundError:  # it was deleted between the listing and now
                continue
            found[path.relative_to(self.folder).as_posix()] = (stat.st_mtime_ns, stat.st_size)
        return found
