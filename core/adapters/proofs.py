"""The proofs of a workspace, one for each adapter; it measures nothing and knows no person."""

from collections.abc import Sequence

from sqlalchemy import Engine, delete, insert, select

from core.adapters.proof import Proof, as_json, from_json
from core.storage.database import proofs as table


class Proofs:
    """The latest proof of each adapter, by its name."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def keep(self, proof: Proof) -> None:
        """Keep a proof in the place of the adapter's earlier one."""
        with self._engine.begin() as connection:
            connection.execute(delete(table).where(table.c.adapter == proof.adapter))
            connection.execute(
                insert(table).values(adapter=proof.adapter, at=proof.at, by=proof.by, body=as_json(proof))
            )

    def find(self, adapter: str, weights_sha256: str) -> Proof | None:
        """The proof of an adapter with these weights; None where there is none, or it is of others."""
        with self._engine.connect() as connection:
            body = connection.execute(select(table.c.body).where(table.c.adapter == adapter)).scalar_one_or_none()
        found = from_json(body) if body else None
        return found if found and found.weights_sha256 == weights_sha256 else None

    def remove(self, adapter: str) -> None:
        """Forget the proof of an adapter, where there is one."""
        with self._engine.begin() as connection:
            connection.execute(delete(table).where(table.c.adapter == adapter))

    def forget(self, document_ids: Sequence[str]) -> int:
        """Remove the proofs whose rows draw on any of these documents; returns how many."""
        gone = set(document_ids)
        with self._engine.begin() as connection:
            rows = connection.execute(select(table.c.adapter, table.c.body)).all()
            names = [r.adapter for r in rows if any(gone & set(s["documents"]) for s in r.body["samples"])]
            connection.execute(delete(table).where(table.c.adapter.in_(names)))
        return len(names)
