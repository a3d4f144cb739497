"""The documents of a workspace: rows, texts and originals; it knows nothing of chunks, vectors or parsers.

A document becomes visible by one transaction that also retires the version before it. Its original is written first
and removed again when the transaction never comes.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Select, delete, func, insert, select, update
from sqlalchemy.engine import Connection, Row

from core.errors import NotFound, RequestError
from core.library.edits import carry
from core.storage.database import DIRTY, documents, indexed
from core.storage.sealed import PLAIN, Files
from core.types import REDACTED, ZONES, Concealed, Document, Heading, Page, ParsedFile, Span, Table, Zone, fingerprint

STORING, READY, SUPERSEDED = "storing", "ready", "superseded"


@dataclass(frozen=True, slots=True)
class Summary:
    """A row of the document list."""

    id: str
    name: str
    zone: Zone
    labels: tuple[str, ...]
    version: int
    state: str
    media_type: str
    size: int
    characters: int
    pages: int
    chunks: int
    """Chunks in the index asked for; 0 when it does not hold the document."""
    notes: tuple[str, ...]
    added_at: str
    added_by: str
    valid_from: str | None
    valid_until: str | None
    content_hash: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A document without its text, and whether it answers."""

    id: str
    name: str
    version: int
    current: bool
    zone: Zone
    labels: tuple[str, ...]
    added_at: str
    """ISO time."""


class Library:
    """All documents of one workspace."""

    def __init__(self, engine: Engine, originals: Path, files: Files = PLAIN) -> None:
        self._engine = engine
        self.files = files
        """How originals and uploads are written and read."""
        self._originals = originals
        self.folder = originals.parent
        """The workspace's folder."""
        originals.mkdir(parents=True, exist_ok=True)

    def find_current(self, name: str) -> Document | None:
        """The version in the library under this name, or None."""
        with self._engine.connect() as connection:
            row = connection.execute(select(documents).where(_current(name))).one_or_none()
        return _document(row) if row else None

    def get(self, document_id: str) -> Document:
        """A document by id, of any version; raises NotFound."""
        with self._engine.connect() as connection:
            row = connection.execute(select(documents).where(documents.c.id == document_id)).one_or_none()
        if row is None:
            raise NotFound(f"There is no document with the id '{document_id}'.")
        return _document(row)

    def any_of(self, name_or_id: str) -> Document:
        """A version of what is named: the current one, else the latest, else the one with this id; raises NotFound."""
        named = [document for document in self.every() if document.name == name_or_id]
        return self.find_current(name_or_id) or (named[-1] if named else self._by_id(name_or_id))

    def resolve(self, name_or_id: str) -> Document:
        """The current document of this name, or the one with this id; raises NotFound."""
        return self.find_current(name_or_id) or self._by_id(name_or_id)

    def ready(self) -> list[Document]:
        """All current documents, with their texts, by name."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(documents).where(documents.c.state == READY).order_by(documents.c.name)
            ).all()
        return [_document(row) for row in rows]

    def every(self) -> list[Document]:
        """All documents of all versions, by name and version."""
        query = select(documents).where(documents.c.state != STORING).order_by(documents.c.name, documents.c.version)
        with self._engine.connect() as connection:
            return [_document(row) for row in connection.execute(query).all()]

    def marks(self) -> list[tuple[str, Zone, tuple[str, ...]]]:
        """Name, zone and labels of every document of any version, without the texts."""
        query = select(documents.c.name, documents.c.zone, documents.c.labels).where(documents.c.state != STORING)
        with self._engine.connect() as connection:
            return [(row.name, row.zone, tuple(row.labels)) for row in connection.execute(query)]

    def standings(self) -> list[Standing]:
        """Every document of any version, by name and version, without the texts."""
        columns = [documents.c[name] for name in ("id", "name", "version", "state", "zone", "labels", "added_at")]
        named = (func.lower(documents.c.name), documents.c.name, documents.c.version)
        query = select(*columns).where(documents.c.state != STORING).order_by(*named)
        with self._engine.connect() as connection:
            return [
                Standing(row.id, row.name, row.version, row.state == READY, row.zone, tuple(row.labels), row.added_at)
                for row in connection.execute(query)
            ]

    def summaries(self, index_key: str, zones: Sequence[Zone] = ZONES) -> list[Summary]:
        """The current documents of these zones by name, with their chunks in the given index."""
        query = _summaries(index_key).where(documents.c.state == READY, documents.c.zone.in_(zones))
        with self._engine.connect() as connection:
            order = (func.lower(documents.c.name), documents.c.name)
            return [_summary(row) for row in connection.execute(query.order_by(*order)).all()]

    def of_origin(self, origin: str) -> dict[str, str]:
        """Ids by name of the current documents that came from a followed folder."""
        query = select(documents.c.name, documents.c.id).where(documents.c.state == READY, documents.c.origin == origin)
        with self._engine.connect() as connection:
            return {row.name: row.id for row in connection.execute(query)}

    def versions(self, name: str, index_key: str) -> list[Summary]:
        """All versions kept under a name, newest first."""
        query = _summaries(index_key).where(documents.c.name == name, documents.c.state != STORING)
        with self._engine.connect() as connection:
            return [_summary(row) for row in connection.execute(query.order_by(documents.c.version.desc())).all()]

    def set_tags(
        self, document_id: str, labels: Sequence[str], valid_from: str | None, valid_until: str | None
    ) -> None:
        """Change labels and validity of a document; raises RequestError when it would end before it begins."""
        check_validity(valid_from, valid_until)
        values = {"labels": sorted(set(labels)), "valid_from": valid_from, "valid_until": valid_until}
        with self._engine.begin() as connection:
            connection.execute(update(documents).where(documents.c.id == document_id).values(**values))

    def set_zone(self, document_id: str, zone: Zone) -> None:
        """Change the zone of a document."""
        with self._engine.begin() as connection:
            connection.execute(update(documents).where(documents.c.id == document_id).values(zone=zone))

    def mark_dirty(self, document_id: str) -> None:
        """Note that the indexes of a document are about to change; `record_chunks` ends it."""
        with self._engine.begin() as connection:
            connection.execute(update(indexed).where(indexed.c.document_id == document_id).values(chunks=DIRTY))

    def withdraw(self, document_id: str) -> None:
        """Retire a document without a successor: it stays readable, and answers no more."""
        with self._engine.begin() as connection:
            connection.execute(update(documents).where(documents.c.id == document_id).values(state=SUPERSEDED))
            connection.execute(delete(indexed).where(indexed.c.document_id == document_id))

    def remove(self, document_ids: Sequence[str]) -> None:
        """Delete documents of any version, and originals that nothing else refers to."""
        with self._engine.begin() as connection:
            connection.execute(delete(documents).where(documents.c.id.in_(document_ids)))
        self.sweep_originals()

    def pages(self, document_ids: Sequence[str]) -> dict[str, tuple[Page, ...]]:
        """The page maps of documents, without their texts."""
        query = select(documents.c.id, documents.c.layout).where(documents.c.id.in_(set(document_ids)))
        with self._engine.connect() as connection:
            return {row.id: tuple(Page(**page) for page in row.layout["pages"]) for row in connection.execute(query)}

    def text(self, document_id: str, start: int, end: int) -> str:
        """Characters [start, end) of a document's text; raises NotFound."""
        query = select(func.substr(documents.c.text, start + 1, end - start)).where(documents.c.id == document_id)
        with self._engine.connect() as connection:
            piece = connection.execute(query).scalar_one_or_none()
        if piece is None:
            raise NotFound(f"There is no document with the id '{document_id}'.")
        return str(piece)

    def original(self, document: Document) -> Path:
        """Where the bytes of a document lie, as they were brought; `files` reads them. Raises NotFound if removed."""
        if document.redacted:
            raise NotFound(f"The original of '{document.name}' was removed when the document was redacted.")
        return self._originals / document.content_hash

    def stage(
        self,
        path: Path,
        name: str,
        parsed: ParsedFile,
        zone: Zone | None,
        labels: Sequence[str] | None,
        by: str,
        valid_from: str | None = None,
        valid_until: str | None = None,
        origin: str = "",
        language: str | None = None,
    ) -> tuple[Document, Document | None]:
        """Store a file as a document that nobody sees yet; returns it and the version that it will retire.

        Without a zone or labels it takes those of the version before, or internal and none. Follow with `publish`, or
        with `discard`.
        """
        check_validity(valid_from, valid_until)
        digest = sha256_of(path)
        before = self.find_current(name)
        zone = stricter(before.zone if before else None, zone)
        if labels is None:
            labels = before.labels if before else ()
        number = self._last_version(name) + 1
        document = Document(
            id=fingerprint([name, digest, zone, sorted(set(labels)), number]),
            name=name,
            content_hash=digest,
            media_type=parsed.media_type,
            zone=zone,
            labels=tuple(sorted(set(labels))),
            version=number,
            text=parsed.text,
            pages=parsed.pages,
            headings=parsed.headings,
            tables=parsed.tables,
            notes=parsed.notes,
            concealed=parsed.concealed,
            valid_from=valid_from,
            valid_until=valid_until,
            size=path.stat().st_size,
            added_at=datetime.now(UTC).isoformat(timespec="seconds"),
            added_by=by,
            origin=origin,
            language=language,
        )
        self._keep_original(path, digest)
        with self._engine.begin() as connection:
            connection.execute(insert(documents).values(**_row(document), state=STORING))
            carry(connection, document)
        return document, before

    def publish(self, document: Document, before: Document | None, chunks: dict[str, tuple[int, int]]) -> None:
        """Make a staged document the current one and retire the version before, in one transaction.

        `chunks` holds, by index key, the number of chunks and of those that exceed the embedder's window.
        """
        with self._engine.begin() as connection:
            if before:
                connection.execute(update(documents).where(documents.c.id == before.id).values(state=SUPERSEDED))
                connection.execute(delete(indexed).where(indexed.c.document_id == before.id))
            connection.execute(update(documents).where(documents.c.id == document.id).values(state=READY))
            for key, (count, beyond) in chunks.items():
                _record(connection, key, document.id, count, beyond)

    def discard(self, document: Document) -> None:
        """Remove a staged document and its original, as if it had never been brought."""
        with self._engine.begin() as connection:
            connection.execute(delete(documents).where(documents.c.id == document.id, documents.c.state == STORING))
        self.sweep_originals()

    def staged(self) -> list[Document]:
        """Documents whose ingestion never ended."""
        with self._engine.connect() as connection:
            return [_document(r) for r in connection.execute(select(documents).where(documents.c.state == STORING))]

    def record_chunks(self, index_key: str, document_id: str, count: int, beyond: int | None = None) -> None:
        """Note that an index holds this many chunks of a document, `beyond` of them above the embedder's window.

        Without `beyond` what was noted of that before stays.
        """
        with self._engine.begin() as connection:
            _record(connection, index_key, document_id, count, beyond)

    def forget_index(self, index_key: str) -> None:
        """Note that an index is gone."""
        with self._engine.begin() as connection:
            connection.execute(delete(indexed).where(indexed.c.index_key == index_key))

    def chunks_by_document(self, index_key: str) -> dict[str, int]:
        """What the library believes an index to hold: chunks by document id."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(indexed.c.document_id, indexed.c.chunks).where(indexed.c.index_key == index_key)
            )
            return {row.document_id: row.chunks for row in rows}

    def damaged_originals(self) -> list[str]:
        """Names of current documents whose original is gone or has another size than when it was brought."""
        query = select(documents.c.name, documents.c.content_hash, documents.c.size).where(documents.c.state == READY)
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        files = {path.name: self.files.size(path) for path in self._originals.iterdir()}
        kept = [row for row in rows if not row.content_hash.startswith(REDACTED)]
        return [row.name for row in kept if files.get(row.content_hash) != row.size]

    def sweep_originals(self) -> int:
        """Delete originals that no document refers to; returns how many."""
        with self._engine.connect() as connection:
            wanted = set(connection.execute(select(documents.c.content_hash)).scalars())
        loose = [path for path in self._originals.iterdir() if path.name not in wanted]
        for path in loose:
            path.unlink()
        return len(loose)

    def _last_version(self, name: str) -> int:
        query = select(func.coalesce(func.max(documents.c.version), 0)).where(documents.c.name == name)
        with self._engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def _by_id(self, document_id: str) -> Document:
        try:
            return self.get(document_id)
        except NotFound:
            raise NotFound(f"There is no document '{document_id}' in this workspace.") from None

    def _keep_original(self, path: Path, digest: str) -> None:
        target = self._originals / digest
        if target.exists():
            return
        with path.open("rb") as source:
            self.files.write(target, source)


def sha256_of(path: Path) -> str:
    """Hex digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stricter(held: Zone | None, asked: Zone | None) -> Zone:
    """The zone of a new version: never easier to find than the one before, internal when nothing is said."""
    if asked is not None and asked not in ZONES:
        raise RequestError(f"There is no zone '{asked}'; choose {', '.join(ZONES)}.")
    return max((zone for zone in (held, asked) if zone), key=ZONES.index, default="internal")


def check_validity(valid_from: str | None, valid_until: str | None) -> None:
    """Raises RequestError unless both are ISO dates, or None, in order."""
    try:
        days = [date.fromisoformat(day) for day in (valid_from, valid_until) if day]
    except ValueError as error:
        raise RequestError(f"A date of validity is not of the form YYYY-MM-DD: {error}.") from None
    if len(days) == 2 and days[0] > days[1]:
        raise RequestError(f"The document would end ({valid_until}) before it begins ({valid_from}).")


def _summaries(index_key: str) -> Select[Any]:
    count = func.coalesce(indexed.c.chunks, 0).label("chunks")
    beyond = func.coalesce(indexed.c.beyond, 0).label("beyond")
    columns = [c for c in documents.c if c.name != "text"]
    return select(*columns, func.length(documents.c.text).label("characters"), count, beyond).outerjoin(
        indexed, (indexed.c.document_id == documents.c.id) & (indexed.c.index_key == index_key)
    )


def _current(name: str) -> Any:
    return (documents.c.name == name) & (documents.c.state == READY)


def _record(connection: Connection, key: str, document_id: str, count: int, beyond: int | None) -> None:
    match = (indexed.c.index_key == key) & (indexed.c.document_id == document_id)
    if beyond is None:
        beyond = connection.execute(select(indexed.c.beyond).where(match)).scalar_one_or_none() or 0
    connection.execute(delete(indexed).where(match))
    row = {"index_key": key, "document_id": document_id, "chunks": count, "beyond": beyond}
    connection.execute(insert(indexed).values(**row))


def _row(document: Document) -> dict[str, Any]:
    row = {c.name: getattr(document, c.name) for c in documents.c if c.name not in ("state", "layout", "labels")}
    layout = {
        "pages": [asdict(page) for page in document.pages],
        "headings": [asdict(heading) for heading in document.headings],
        "tables": [asdict(table) for table in document.tables],
        "notes": list(document.notes),
        "concealed": [asdict(each) for each in document.concealed],
    }
    return row | {"labels": list(document.labels), "layout": layout}


def _document(row: Row[Any]) -> Document:
    layout = row.layout
    return Document(
        pages=tuple(Page(**page) for page in layout["pages"]),
        headings=tuple(Heading(**heading) for heading in layout["headings"]),
        tables=tuple(
            Table(table["start"], table["end"], tuple(Span(**span) for span in table["rows"]))
            for table in layout["tables"]
        ),
        notes=tuple(layout["notes"]),
        concealed=tuple(Concealed(**each) for each in layout.get("concealed", ())),  # rows of before have none
        labels=tuple(row.labels),
        **{
            name: getattr(row, name)
            for name in Document.__dataclass_fields__
            if name not in ("pages", "headings", "tables", "notes", "concealed", "labels")
        },
    )


def _summary(row: Any) -> Summary:
    return Summary(
        id=row.id,
        name=row.name,
        zone=row.zone,
        labels=tuple(row.labels),
        version=row.version,
        state=row.state,
        media_type=row.media_type,
        size=row.size,
        characters=row.characters,
        pages=len(row.layout["pages"]),
        chunks=row.chunks,
        notes=(*row.layout["notes"], *_cut(row.beyond)),
        added_at=row.added_at,
        added_by=row.added_by,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        content_hash=row.content_hash,
        language=row.language,
    )


def _cut(beyond: int) -> list[str]:
    """What to tell of passages that the embedder reads in part."""
    if not beyond:
        return []
    what = "1 passage is" if beyond == 1 else f"{beyond} passages are"
    return [f"{what} longer than the embedder reads; the rest of each is found by its words only"]
