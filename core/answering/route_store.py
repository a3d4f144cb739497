"""What the router learned and the operator's rules, as they are kept; it learns nothing and knows no rights.

Each row carries a MAC: coefficients decide where a question goes, and what was changed from outside is not used.
"""

import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Engine, delete, insert, select

from core.answering.routing_model import RouteModel, as_json, from_json
from core.answering.routing_rules import ZoneRules
from core.answering.routing_rules import as_json as plain
from core.answering.routing_rules import from_json as rules_of
from core.errors import WorkspaceDamaged
from core.storage.database import routers as table

Kind = Literal["model", "rules", "proof"]
_RULES = "rules"


@dataclass(frozen=True, slots=True)
class Kept:
    """A row with who saved it."""

    key: str
    body: dict[str, Any]
    saved_at: str
    saved_by: str


class RouteStore:
    """The rows of one workspace; `mac` seals a text."""

    def __init__(self, engine: Engine, mac: Callable[[str], str]) -> None:
        self._engine, self._mac = engine, mac

    def model(self, key: str) -> RouteModel | None:
        """What was learned for these routes; raises WorkspaceDamaged where it was changed from outside."""
        kept = self.get("model", key)
        return from_json(kept.body) if kept else None

    def save_model(self, key: str, model: RouteModel, by: str) -> None:
        """Keep a model in the place of the one before; what was proved of that one is forgotten."""
        self.save("model", key, as_json(model), by)
        with self._engine.begin() as connection:
            connection.execute(delete(table).where(table.c.key == f"proof {key}"))

    def rules(self) -> ZoneRules:
        """The rules in force; raises WorkspaceDamaged where they were changed from outside."""
        kept = self.get("rules", _RULES)
        return rules_of(kept.body) if kept else ZoneRules()

    def save_rules(self, rules: ZoneRules, by: str) -> None:
        """Put rules in force."""
        self.save("rules", _RULES, plain(rules), by)

    def save(self, kind: Kind, key: str, body: dict[str, Any], by: str) -> None:
        """Keep a row in the place of the one of this kind and key."""
        text, name = json.dumps(body, sort_keys=True), f"{kind} {key}"
        row = {"kind": kind, "body": text, "mac": self._mac(f"{name}\n{text}"), "saved_at": _now(), "saved_by": by}
        with self._engine.begin() as connection:
            connection.execute(delete(table).where(table.c.key == name))
            connection.execute(insert(table).values(key=name, **row))

    def get(self, kind: Kind, key: str) -> Kept | None:
        """The row of this kind and key; None without one. Raises WorkspaceDamaged where it was changed."""
        with self._engine.connect() as connection:
            row = connection.execute(select(table).where(table.c.key == f"{kind} {key}")).one_or_none()
        return self._checked(row) if row else None

    def all(self, kind: Kind) -> list[Kept]:
        """All rows of a kind, newest first; raises as `get` does."""
        query = select(table).where(table.c.kind == kind).order_by(table.c.saved_at.desc())
        with self._engine.connect() as connection:
            return [self._checked(row) for row in connection.execute(query)]

    def _checked(self, row: Any) -> Kept:
        if not hmac.compare_digest(row.mac, self._mac(f"{row.key}\n{row.body}")):
            raise WorkspaceDamaged("What the router learned was changed from outside, and is not used; train it anew.")
        return Kept(row.key.partition(" ")[2], json.loads(row.body), row.saved_at, row.saved_by)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
