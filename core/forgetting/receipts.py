"""Receipts of what was forgotten, each under a MAC of the audit's key; it knows neither what was done nor to whom.

A receipt that was changed, or written by someone without the key, is told apart. One that was deleted leaves its id in
the audit trail.
"""

import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.engine import Row

from core.errors import NotFound
from core.storage.database import receipts as table

Kind = Literal["document", "person", "user", "retention"]
Signature = Literal["valid", "changed", "none"]


@dataclass(frozen=True, slots=True)
class Kept:
    """A receipt as it lies in the workspace."""

    id: str
    kind: Kind
    at: str
    """ISO time in UTC."""
    body: Mapping[str, Any]
    signature: Signature
    """none: of a version that did not sign."""

    @property
    def finished(self) -> bool:
        """Whether it was carried out to its end; what broke off before is completed by asking for it again."""
        return bool(self.body.get("finished", True))

    @property
    def proven(self) -> bool:
        """Whether the scan that ended it found nothing of what it looked for."""
        body = self.body
        searched = bool(body.get("probes", 0)) and not body.get("unprovable", 0)
        return self.finished and searched and not body["remains"] and not body.get("kept", 0)


class ReceiptBook:
    """All receipts of one workspace."""

    def __init__(self, engine: Engine, mac: Callable[[str, str], str]) -> None:
        """`mac` takes a purpose and a text; see `core.governance.noting`."""
        self._engine, self._mac = engine, mac

    def keep(self, kind: Kind, receipt_id: str, at: str, body: Mapping[str, Any]) -> None:
        """Sign a receipt and keep it, in the place of what was kept under its id."""
        plain = json.loads(json.dumps(body))
        values = {"id": receipt_id, "kind": kind, "erased_at": at, "body": plain}
        mac = self._mac("receipt", _canonical(kind, receipt_id, at, plain))
        with self._engine.begin() as connection:
            connection.execute(delete(table).where(table.c.id == receipt_id))
            connection.execute(insert(table).values(**values, mac=mac))

    def all(self) -> list[Kept]:
        """All receipts, newest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(table).order_by(table.c.erased_at.desc(), table.c.id)).all()
        return [self._kept(row) for row in rows]

    def get(self, receipt_id: str) -> Kept:
        """The receipt of this id, or the one whose id begins so; raises NotFound."""
        found = [each for each in self.all() if receipt_id and each.id.startswith(receipt_id)]
        if len(found) != 1:
            raise NotFound(f"There is no receipt '{receipt_id}'.")
        return found[0]

    def _kept(self, row: Row[Any]) -> Kept:
        signature: Signature = "none"
        if row.mac:
            right = self._mac("receipt", _canonical(row.kind, row.id, row.erased_at, row.body))
            signature = "valid" if hmac.compare_digest(right, row.mac) else "changed"
        return Kept(row.id, row.kind, row.erased_at, row.body, signature)


def person_macs(mac: Callable[[str, str], str], terms: Sequence[tuple[str, str]]) -> list[str]:
    """How the person stands in a receipt: whoever brings the same name again can tell that it is the same."""
    return [mac("person", f"{kind} {term}") for kind, term in terms]


def _canonical(kind: str, receipt_id: str, at: str, body: Any) -> str:
    held = {"kind": kind, "id": receipt_id, "at": at, "body": body}
    return json.dumps(held, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
