"""What goes into a run of ingestion, how far it is and what became of each file; it takes nothing in itself."""

from dataclasses import dataclass
from pathlib import Path

from core.library.naming import document_name
from core.types import Zone


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file to take in, and how."""

    path: Path
    name: str
    zone: Zone | None = None
    """None keeps the zone that the document has, internal for a new one."""
    labels: tuple[str, ...] | None = None
    """None keeps the labels that the document has."""
    valid_from: str | None = None
    valid_until: str | None = None
    origin: str = ""
    """The followed folder that it comes from."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", document_name(self.name))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run of ingestion is; all of it counted, none guessed but `seconds_left`."""

    stage: str
    file: str
    files_done: int
    files: int
    chunks_done: int
    seconds: float
    under_way: float = 0.0
    """Files' worth of work done in the batch that is being embedded, so that one long file moves the bar too."""

    @property
    def share(self) -> float:
        """Work done over all work, 0 to 1, a file counting as one."""
        return min(1.0, (self.files_done + self.under_way) / self.files) if self.files else 1.0

    @property
    def rate(self) -> float:
        """Chunks a second so far."""
        return self.chunks_done / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float | None:
        """From the pace so far; None before anything is done."""
        return self.seconds * (1 - self.share) / self.share if self.share else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file."""

    name: str
    state: str
    """added, replaced, updated (same content, other zone, labels or validity), unchanged, refused or cancelled."""
    document_id: str | None = None
    chunks: int = 0
    error: str | None = None
