"""Library and index agree: a stored document goes into an index, and what a crash left is put right.

It knows which documents there are and what an index holds of them, not how files become documents.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.chunking import chunk_document
from core.chunking.edits import apply
from core.embedding.context import in_context
from core.embedding.encoder import Embedder, Progress
from core.index.contract import Entry, VectorIndex
from core.library.store import Library
from core.types import ZONES, Chunk, ChunkEdit, Chunking, Document


@dataclass(frozen=True, slots=True)
class LiveIndex:
    """An index that every document must be in, with what fills it."""

    key: str
    chunking: Chunking
    embedder: Embedder
    edits: Callable[[str], Sequence[ChunkEdit]] = lambda _: ()
    """The changes by hand in force of a document, by its id, oldest first."""

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors of sentences, for a strategy that cuts by meaning; shape (texts, dimension)."""
        found = self.embedder.passages(texts)
        lengths: np.ndarray = np.linalg.norm(found, axis=1, keepdims=True)
        return np.asarray(found / np.maximum(lengths, 1e-12))


def build(
    live: LiveIndex,
    library: Library,
    index: VectorIndex,
    report: Callable[[int, int], None] = lambda _done, _all: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> bool:
    """Put every current document into an index that lacks it; False when it was cancelled half-way.

    `report` gets the documents done and all of them. What is complete already is not touched.
    """
    documents = library.ready()
    expected = library.chunks_by_document(live.key)
    held: dict[str, int] = {}
    for zone in ZONES:
        held |= index.counts(live.key, zone)
    for done, document in enumerate(documents):
        report(done, len(documents))
        if cancelled():
            return False
        if document.id not in expected or held.get(document.id, 0) != expected[document.id]:
            index_document(document, live, library, index)
    report(len(documents), len(documents))
    return True


def reconcile(library: Library, index: VectorIndex, live: Sequence[LiveIndex], repair: bool = True) -> list[str]:
    """Make the indexes hold exactly the published documents; returns a sentence for each thing put right.

    Documents whose ingestion never ended are removed, entries of unknown documents deleted, and documents that an
    index lacks (in part) are indexed again from the stored text. Without `repair` it only tells.
    """
    told = []
    for document in library.staged():
        told.append(f"'{document.name}' was being taken in when the process ended; it is not in the library.")
        if repair:
            for each in live:
                index.delete_documents(each.key, document.zone, [document.id])
            library.discard(document)
    told += [f"The original of '{name}' is missing or not as it was brought." for name in library.damaged_originals()]
    if repair:
        library.sweep_originals()
    documents = {document.id: document for document in library.ready()}
    for each in live:
        told += _mend(each, documents, library, index, repair)
    return told


def _mend(
    live: LiveIndex, documents: dict[str, Document], library: Library, index: VectorIndex, repair: bool
) -> list[str]:
    told = []
    expected = library.chunks_by_document(live.key)
    held: dict[str, int] = {}
    for zone in ZONES:
        counts = index.counts(live.key, zone)
        strangers = [i for i in counts if i not in documents or documents[i].zone != zone]
        if strangers:
            told.append(f"The index held {len(strangers)} documents that are not current in the {zone} zone.")
            if repair:
                index.delete_documents(live.key, zone, strangers)
        held |= {i: n for i, n in counts.items() if i not in strangers}
    for document in documents.values():
        if document.id not in expected or held.get(document.id, 0) != expected[document.id]:
            told.append(f"The index did not hold all of '{document.name}'.")
            if repair:
                index_document(document, live, library, index)
    return told


def index_document(document: Document, live: LiveIndex, library: Library, index: VectorIndex) -> int:
    """Put a stored document into one index, replacing what it holds of it; returns the number of chunks."""
    entries, vectors, beyond = cut_and_embedded(document, live)
    index.replace_document(live.key, document.zone, entries, vectors, {document.zone: [document.id]})
    library.record_chunks(live.key, document.id, len(entries), beyond)
    return len(entries)


def cut_and_embedded(
    document: Document, live: LiveIndex, progress: Progress | None = None
) -> tuple[list[Entry], np.ndarray, int]:
    """What an index holds of a document: entries, their vectors, and how many exceed the embedder's window."""
    chunks = chunk_document(document, live.chunking, live.embedder.tokens, live.vectors)
    if edits := live.edits(document.id):
        chunks = apply(document, chunks, edits, live.embedder.tokens).chunks
    texts = [in_context(document.name, c.headings, c.text) for c in chunks]
    beyond = sum(over > 0 for over in live.embedder.tokens_over(texts))
    vectors = live.embedder.passages(texts, progress)
    return [entry_of(chunk, document) for chunk in chunks], vectors, beyond


def entry_of(chunk: Chunk, document: Document) -> Entry:
    """The chunk with what filters and citations need of its document."""
    return Entry(chunk, document.name, document.zone, document.labels, document.valid_from, document.valid_until)
