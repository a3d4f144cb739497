"""Changes to documents that are in already: labels, validity, zone, withdrawal. No vector is computed.

The library marks a document before its index entries change and clears the mark after: a process that dies in between
leaves a mark, and `core.indexing.reconcile` indexes such a document again from what the library says.
"""

from collections.abc import Sequence

from core.errors import RequestError
from core.index.contract import Tags, VectorIndex
from core.indexing import LiveIndex
from core.library.store import Library, check_validity
from core.types import ZONES, Document, Zone


def retag(
    document: Document,
    labels: Sequence[str],
    valid_from: str | None,
    valid_until: str | None,
    library: Library,
    index: VectorIndex,
    live: Sequence[LiveIndex],
) -> None:
    """Set labels and validity; raises RequestError when the validity ends before it begins."""
    check_validity(valid_from, valid_until)
    counts = _counts(document, library, live)
    library.mark_dirty(document.id)
    library.set_tags(document.id, labels, valid_from, valid_until)
    for each in live:
        index.relabel(each.key, document.zone, document.id, Tags(tuple(sorted(set(labels))), valid_from, valid_until))
        library.record_chunks(each.key, document.id, counts[each.key])


def rezone(document: Document, zone: Zone, library: Library, index: VectorIndex, live: Sequence[LiveIndex]) -> None:
    """Carry a document to another zone; raises RequestError for a zone that does not exist."""
    if zone not in ZONES:
        raise RequestError(f"There is no zone '{zone}'; choose {', '.join(ZONES)}.")
    if zone == document.zone:
        return
    counts = _counts(document, library, live)
    library.mark_dirty(document.id)
    library.set_zone(document.id, zone)
    for each in live:
        index.move(each.key, document.id, document.zone, zone)
        library.record_chunks(each.key, document.id, counts[each.key])


def withdraw(document: Document, library: Library, index: VectorIndex, live: Sequence[LiveIndex]) -> None:
    """Take a document out of every index; the library keeps it as a version that no longer answers."""
    library.withdraw(document.id)
    for each in live:
        index.delete_documents(each.key, document.zone, [document.id])


def _counts(document: Document, library: Library, live: Sequence[LiveIndex]) -> dict[str, int]:
    return {each.key: library.chunks_by_document(each.key)[document.id] for each in live}
