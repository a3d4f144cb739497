"""Takes a person's name out of documents that stay: text, headings, name, passages of each index, original file.

Each character of a mention becomes a block, so that every offset into the text stays true: passages, citations and
changes by hand keep their places. It decides nothing.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select, update

from core.embedding.context import in_context
from core.erasure import Places, embedded_texts
from core.forgetting.barred import BarredFiles
from core.forgetting.person import Person, redacted
from core.forgetting.rewriting import without
from core.index.contract import Entry
from core.indexing import LiveIndex
from core.library.store import READY
from core.storage.database import DIRTY, chunk_edits, documents, indexed
from core.types import REDACTED, Document, Zone


def forget_vectors(ids: Sequence[str], places: Places) -> int:
    """Remove the cached vectors of everything that was ever cut from these documents; returns how many there were."""
    held = [places.library.get(each) for each in ids]
    texts = list(embedded_texts(held, [*places.live, *places.cuts], places.edits))
    for each in places.live:
        for document in held:
            for entry in places.index.entries(each.key, document.zone, document.id):
                texts.append(in_context(entry.document, entry.chunk.headings, entry.chunk.text))
    return places.cache.forget(texts) + sum(places.cache.forget_model(revision) for revision in places.lost_models)


def redact_document(document_id: str, person: Person, places: Places, barred: BarredFiles, receipt: str) -> Document:
    """Redact one document, of any version, and put its passages anew into each index; returns it as it is now.

    Rows change in one transaction that also marks the indexes as not following: what breaks off after it is put right
    when the index is opened next. Its original is removed, and the same bytes are not taken in again.
    """
    with places.engine.begin() as connection:
        row = connection.execute(select(documents).where(documents.c.id == document_id)).mappings().one()
        connection.execute(update(documents).where(documents.c.id == document_id).values(**_values(row, person)))
        match = indexed.c.document_id == document_id
        if row["state"] == READY:
            connection.execute(update(indexed).where(match).values(chunks=DIRTY))
        if not row["content_hash"].startswith(REDACTED):
            barred.add(connection, row["content_hash"], document_id, receipt)
        _redact_edits(connection, document_id, person)
    places.library.sweep_originals()
    document = places.library.get(document_id)
    if row["state"] == READY:
        reindex(document, person, places)
    return document


def reindex(document: Document, person: Person, places: Places) -> None:
    """Put the passages of a current document into each index as they are now, where they were, without the name."""
    places.library.mark_dirty(document.id)
    for live in places.live:
        _reindex(document, person, live, places)


def shards_of(ids: Sequence[str], places: Places) -> set[tuple[str, Zone]]:
    """The index files in which these documents stand."""
    zones = {places.library.get(each).zone for each in ids}
    return {(live.key, zone) for live in places.live for zone in zones}


def _values(row: Any, person: Person) -> dict[str, Any]:
    """The columns of a document anew. It follows its folder no longer: what lies there still names the person."""
    text = redacted(row["text"], person.find(row["text"], surname=True))
    day = datetime.now(UTC).date().isoformat()
    layout = without(row["layout"], person, surname=True)
    gone = f"Redacted on {day}: names of a person were taken out, and the original file was removed."
    return {
        "text": text,
        "name": without(row["name"], person, surname=True),
        "layout": {**layout, "notes": [*(each for each in layout["notes"] if each != gone), gone]},
        "labels": without(row["labels"], person, surname=True),
        "added_by": without(row["added_by"], person, surname=False),
        "content_hash": REDACTED + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32],
        "origin": "",
    }


def _redact_edits(connection: Connection, document_id: str, person: Person) -> None:
    for row in connection.execute(select(chunk_edits).where(chunk_edits.c.document_id == document_id)).mappings():
        fresh = without(row["text"], person, surname=True)
        if fresh != row["text"]:
            connection.execute(update(chunk_edits).where(chunk_edits.c.id == row["id"]).values(text=fresh))


def _reindex(document: Document, person: Person, live: LiveIndex, places: Places) -> None:
    """The passages of a document as they are cut, without the name, with vectors of what is left."""
    held = list(places.index.entries(live.key, document.zone, document.id))
    if not held:
        return
    entries = [_redacted(entry, document, person) for entry in held]
    texts = [in_context(document.name, entry.chunk.headings, entry.chunk.text) for entry in entries]
    vectors = live.embedder.passages(texts)
    places.index.replace_document(live.key, document.zone, entries, vectors, {document.zone: [document.id]})
    beyond = sum(over > 0 for over in live.embedder.tokens_over(texts))
    places.library.record_chunks(live.key, document.id, len(entries), beyond)


def _redacted(entry: Entry, document: Document, person: Person) -> Entry:
    chunk = entry.chunk
    text = without(chunk.text, person, surname=True) if chunk.edited else document.text[chunk.start : chunk.end]
    headings = tuple(without(title, person, surname=True) for title in chunk.headings)
    return replace(
        entry, document=document.name, labels=document.labels, chunk=replace(chunk, text=text, headings=headings)
    )
