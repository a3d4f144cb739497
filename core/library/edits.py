"""The changes by hand of a workspace's passages: who made and undid which, when; it applies none of them.

They belong to a document and an index, go with the document, and follow a file that is taken in again unchanged.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.engine import Connection, Row

from core.errors import NotFound, RequestError
from core.storage.database import DIRTY, documents, indexed
from core.storage.database import chunk_edits as table
from core.types import ZONES, ChunkEdit, Document, Span, Target


def no_edit(edit_id: int) -> NotFound:
    """That no change has this number; also said to who may not know of it."""
    return NotFound(f"There is no change by hand with the number {edit_id}.")


class Edits:
    """All changes by hand of one workspace."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, index_key: str, document_id: str) -> tuple[ChunkEdit, ...]:
        """The changes in force of a document in an index, oldest first."""
        return self._all((table.c.index_key == index_key) & (table.c.document_id == document_id) & _IN_FORCE)

    def history(self, document_id: str) -> tuple[ChunkEdit, ...]:
        """All changes of a document in all indexes, undone ones too, oldest first."""
        return self._all(table.c.document_id == document_id)

    def get(self, edit_id: int) -> ChunkEdit:
        """A change by its id; raises NotFound."""
        found = self._all(table.c.id == edit_id)
        if not found:
            raise no_edit(edit_id)
        return found[0]

    def closed_spans(self, index_key: str, document_id: str) -> list[Span]:
        """Ranges of a document that are disabled or written anew: nothing that is read around a hit may show them."""
        return [
            Span(edit.targets[0].start, edit.targets[0].end)
            for edit in self.of(index_key, document_id)
            if edit.kind in ("edit", "disable")
        ]

    def add(self, edit: ChunkEdit, by: str) -> ChunkEdit:
        """Keep a change, and mark the document's index as not following it yet; returns it with its number."""
        made = replace(edit, made_at=_now(), made_by=by)
        with self._engine.begin() as connection:
            number = connection.execute(insert(table).values(**_row(made))).inserted_primary_key
            _mark(connection, made)
        assert number is not None
        return replace(made, id=int(number[0]))

    def remove(self, edit: ChunkEdit) -> None:
        """Forget a change that could not be carried out."""
        with self._engine.begin() as connection:
            connection.execute(delete(table).where(table.c.id == edit.id))

    def undo(self, edit: ChunkEdit, by: str) -> ChunkEdit:
        """Note that a change is in force no longer, and mark the index; raises RequestError where it is not."""
        values = {"undone_at": _now(), "undone_by": by}
        with self._engine.begin() as connection:
            if not connection.execute(update(table).where(table.c.id == edit.id, _IN_FORCE).values(**values)).rowcount:
                raise RequestError(f"Change {edit.id} is undone already.")
            _mark(connection, edit)
        return replace(edit, **values)  # type: ignore[arg-type]

    def redo(self, edit: ChunkEdit) -> None:
        """Note that a change is in force after all, for its undoing could not be carried out."""
        with self._engine.begin() as connection:
            connection.execute(update(table).where(table.c.id == edit.id).values(undone_at=None, undone_by=None))

    def _all(self, where: Any) -> tuple[ChunkEdit, ...]:
        with self._engine.connect() as connection:
            return tuple(_edit(row) for row in connection.execute(select(table).where(where).order_by(table.c.id)))


_IN_FORCE = table.c.undone_at.is_(None)


def carry(connection: Connection, document: Document) -> int:
    """Give a document the changes in force of the latest one of its name with the same bytes; returns how many.

    A text written by hand never becomes easier to find: changes of a document in a stricter zone, or with a label that
    this one lacks, stay behind.
    """
    query = (
        select(documents.c.id, documents.c.zone, documents.c.labels)
        .where(
            documents.c.name == document.name,
            documents.c.content_hash == document.content_hash,
            documents.c.id != document.id,
        )
        .order_by(documents.c.version.desc())
    )
    before = connection.execute(query).first()
    if before is None or ZONES.index(before.zone) > ZONES.index(document.zone):
        return 0
    if not set(before.labels) <= set(document.labels):
        return 0
    held = select(table).where(table.c.document_id == before.id, _IN_FORCE).order_by(table.c.id)
    rows = [_row(replace(_edit(row), document_id=document.id)) for row in connection.execute(held).all()]
    if rows:
        connection.execute(insert(table), rows)
    return len(rows)


def written(edits: Sequence[ChunkEdit]) -> list[str]:
    """The texts that people wrote."""
    return [edit.text for edit in edits if edit.text]


def _mark(connection: Connection, edit: ChunkEdit) -> None:
    match = (indexed.c.index_key == edit.index_key) & (indexed.c.document_id == edit.document_id)
    connection.execute(update(indexed).where(match).values(chunks=DIRTY))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _row(edit: ChunkEdit) -> dict[str, Any]:
    return {k: v for k, v in asdict(edit).items() if k != "id"} | {"targets": [asdict(t) for t in edit.targets]}


def _edit(row: Row[Any]) -> ChunkEdit:
    values = dict(row._mapping)
    return ChunkEdit(**{**values, "targets": tuple(Target(**target) for target in values["targets"])})
