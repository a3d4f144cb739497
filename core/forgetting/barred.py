"""Files whose text was redacted, told again by a MAC of their bytes; it keeps neither bytes nor their plain hash."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, delete, insert, select

from core.errors import NotFound
from core.storage.database import barred_files as table

_SHOWN = 12
"""Digits of the MAC that are a file's id."""


@dataclass(frozen=True, slots=True)
class Barred:
    """A file that is not taken in again."""

    id: str
    at: str
    document_id: str
    receipt: str


class BarredFiles:
    """Those of one workspace."""

    def __init__(self, engine: Engine, mac: Callable[[str, str], str]) -> None:
        self._engine, self._mac = engine, mac

    def add(self, connection: Connection, sha256: str, document_id: str, receipt: str) -> None:
        """Bar a file by the sha256 of its bytes, within a transaction."""
        identity = self._mac("content", sha256)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        connection.execute(delete(table).where(table.c.id == identity))
        connection.execute(insert(table).values(id=identity, barred_at=now, document_id=document_id, receipt=receipt))

    def any(self) -> bool:
        """Whether there is one at all."""
        with self._engine.connect() as connection:
            return connection.execute(select(table.c.id).limit(1)).first() is not None

    def find(self, sha256: str) -> Barred | None:
        """The file with these bytes, if it is barred."""
        identity = self._mac("content", sha256)
        with self._engine.connect() as connection:
            row = connection.execute(select(table).where(table.c.id == identity)).one_or_none()
        return Barred(row.id[:_SHOWN], row.barred_at, row.document_id, row.receipt) if row else None

    def all(self) -> list[Barred]:
        """All of them, newest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(table).order_by(table.c.barred_at.desc(), table.c.id)).all()
        return [Barred(row.id[:_SHOWN], row.barred_at, row.document_id, row.receipt) for row in rows]

    def lift(self, identity: str) -> None:
        """Let a file be taken in again; raises NotFound."""
        with self._engine.begin() as connection:
            found = [i for i in connection.execute(select(table.c.id)).scalars() if identity and i.startswith(identity)]
            if len(found) != 1:
                raise NotFound(f"There is no barred file '{identity}'.")
            connection.execute(delete(table).where(table.c.id == found[0]))
