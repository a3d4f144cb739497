"""What every vector store must do, and the currency in which it is asked; it knows no engine.

Access is part of every search: a store filters inside the query and finds nothing when nothing is allowed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

import numpy as np

from core.types import Chunk, Principal, Zone


@dataclass(frozen=True, slots=True)
class IndexSpec:
    """What filled an index, recorded beside it and checked when it is opened."""

    key: str
    """`Recipe.index_key`: hash of chunking and embedding."""
    model: str
    revision: str
    dimension: int
    distance: str
    quantization: str = "none"


@dataclass(frozen=True, slots=True)
class Access:
    """What one search may see."""

    zones: tuple[Zone, ...]
    labels: tuple[str, ...] | None
    on: date
    """Documents not yet or no longer in force on this day are not found."""

    @classmethod
    def of(cls, principal: Principal, on: date | None = None) -> "Access":
        """The access of a principal, today unless another day is given."""
        return cls(principal.zones, principal.labels, on or date.today())


@dataclass(frozen=True, slots=True)
class Entry:
    """A chunk as it is stored: with its vector and what filters and citations need."""

    chunk: Chunk
    document: str
    """The document's name."""
    zone: Zone
    labels: tuple[str, ...] = ()
    valid_from: str | None = None
    valid_until: str | None = None


@dataclass(frozen=True, slots=True)
class Tags:
    """What may change on a stored document without embedding it anew."""

    labels: tuple[str, ...]
    valid_from: str | None
    valid_until: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """An entry that a search returned, with the score of that search."""

    entry: Entry
    score: float
    vector: np.ndarray | None = None
    """Shape (dimension,), when the query asked for vectors."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry with its dense vector, shape (dimension,), as iteration gives it."""

    entry: Entry
    vector: np.ndarray


@dataclass(frozen=True, slots=True)
class Health:
    """How well an index is prepared for search."""

    chunks: int
    indexed: int
    """Vectors in the search graph; the rest is compared one by one, exactly."""
    bytes: int
    """On this machine's disk; 0 where a server holds them."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question in the forms that the stages need; a form that is None is not searched."""

    dense: np.ndarray | None
    """Unit vector, shape (dimension,)."""
    words: str | None
    """Text for BM25."""
    limit: int
    exact: bool = False
    """Compare with every vector instead of walking the graph; for measuring what the graph misses."""
    vectors: bool = False
    """Return the dense vectors of what was found."""
    known: bool = False
    """Tell which share of the words stands in any passage that the access allows."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """The two ranked lists before fusion, each best first."""

    dense: tuple[Found, ...]
    sparse: tuple[Found, ...]
    known: float | None = None
    """The share of the question's words, stop words aside, that stand in any passage that the access allows; 0 where
    it has none, None where the query did not ask."""


Facet = Literal["document_id", "document", "labels"]


class VectorIndex(Protocol):
    """A store of several indexes, each named by its key and kept apart by zone."""

    def open(self, spec: IndexSpec) -> None:
        """Make the index usable, creating what is missing; raises IndexFailure when it was filled by another model."""

    def replace_document(
        self,
        key: str,
        zone: Zone,
        entries: Sequence[Entry],
        vectors: np.ndarray,
        old: Mapping[Zone, Sequence[str]],
    ) -> None:
        """Add the entries of one document and remove the documents `old` (ids by zone), in one step for readers.

        When it returns, the change survives the death of the process.
        """

    def delete_documents(self, key: str, zone: Zone, document_ids: Sequence[str]) -> None:
        """Remove all entries of these documents."""

    def relabel(self, key: str, zone: Zone, document_id: str, tags: "Tags") -> None:
        """Set what filters read on all entries of a document; vectors stay as they are."""

    def move(self, key: str, document_id: str, old: Zone, new: Zone) -> None:
        """Carry a document's entries, vectors and all, from one zone to another."""

    def rewrite(self, key: str, zone: Zone) -> None:
        """Build the live entries beside, swap, and remove the old files with all that was deleted from them."""

    def search(self, key: str, query: Query, access: Access) -> Candidates:
        """The best entries that the access allows; with no zone allowed, none."""

    def counts(self, key: str, zone: Zone) -> dict[str, int]:
        """Entries by document id."""

    def facet(self, key: str, zone: Zone, field: Facet) -> dict[str, int]:
        """Entries by value of a payload field; an entry with several labels counts for each."""

    def entries(
        self, key: str, zone: Zone, document_id: str, between: tuple[int, int] | None = None
    ) -> Iterator[Entry]:
        """The stored entries of a document in reading order, or those that touch the half-open range `between`."""

    def iterate(self, key: str, zone: Zone) -> Iterator[Stored]:
        """All entries with their vectors, in no particular order, page by page."""

    def optimise(self, key: str) -> None:
        """Build what makes search fast; minutes of work on a large index, so never part of a request."""

    def health(self, key: str) -> Health:
        """Chunks, those in the search graph, and bytes, over all zones."""

    def keys(self) -> tuple[str, ...]:
        """Keys of the indexes that exist."""

    def spec(self, key: str) -> IndexSpec:
        """What filled an index; raises NotFound."""

    def drop(self, key: str) -> None:
        """Remove an index with all its zones."""

    def close(self) -> None:
        """Release everything; the store is not used afterwards."""
