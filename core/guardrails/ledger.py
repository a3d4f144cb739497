"""What was found in each version of a document, the versions of the policy, and the documents that a person cleared.

It keeps ranges and kinds, never the text of a finding. It does not know what a rule makes of them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from sqlalchemy import Engine, Row, delete, func, insert, select

from core.errors import NotFound, RequestError
from core.guardrails.findings import Finding
from core.guardrails.policy import STANDARD, Policy, as_json, numbered, read_json, require_usable
from core.storage.database import clearances, documents, findings, policies
from core.types import Zone

_REMEMBERED = 2_000
"""Documents whose findings are kept in memory."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A version of a document as the guards see it."""

    zone: Zone
    findings: tuple[Finding, ...]
    """In reading order."""
    cleared: bool
    """Whether a person said that it may be trusted, whatever was found in it."""


@dataclass(frozen=True, slots=True)
class Applied:
    """A version of the policy, and who made it the rule."""

    policy: Policy
    at: str
    """ISO time in UTC; empty for the one that a workspace begins with."""
    by: str
    broken: str = ""
    """Why it cannot work, where it cannot. Where not even its JSON can be read, `policy` is that of a new workspace."""


@dataclass(frozen=True, slots=True)
class Clearance:
    """A person's word that a document may be trusted."""

    document_id: str
    at: str
    by: str
    reason: str


Look = Callable[[str], Sequence[Finding]]
"""From a document's id to what a scan finds in it; raises NotFound."""


class Ledger:
    """The guards' tables of a workspace; safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._held: dict[tuple[str, str], tuple[Finding, ...]] = {}
        self._lock = Lock()

    # -- findings ------------------------------------------------------------------------------------------------

    def checked(self, document_ids: Sequence[str], revision: str, look: Look) -> Mapping[str, Checked]:
        """The documents by id; one that was not looked at by detectors of this revision is, now. Absent if gone."""
        wanted = list(dict.fromkeys(document_ids))
        query = (
            select(documents.c.id, documents.c.zone, clearances.c.document_id.label("cleared"))
            .outerjoin(clearances, clearances.c.document_id == documents.c.id)
            .where(documents.c.id.in_(wanted))
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        found = self._of([row.id for row in rows], revision)
        for row in rows:
            if row.id not in found:
                found[row.id] = self.note(row.id, revision, look(row.id))
        return {row.id: Checked(row.zone, found[row.id], row.cleared is not None) for row in rows}

    def note(self, document_id: str, revision: str, found: Sequence[Finding]) -> tuple[Finding, ...]:
        """Keep what was found in a document; raises NotFound where it is gone by now."""
        held = [[each.detector, each.kind, each.start, each.end, each.score] for each in found]
        with self._engine.begin() as connection:
            if connection.execute(select(documents.c.id).where(documents.c.id == document_id)).first() is None:
                raise NotFound(f"There is no document with the id '{document_id}'.")
            same = (findings.c.document_id == document_id) & (findings.c.revision == revision)
            connection.execute(delete(findings).where(same))
            connection.execute(insert(findings).values(document_id=document_id, revision=revision, found=held))
        return self._remember(document_id, revision, tuple(found))

    def lacking(self, revision: str) -> list[str]:
        """Ids of documents that detectors of this revision have not looked at."""
        query = (
            select(documents.c.id)
            .outerjoin(findings, (findings.c.document_id == documents.c.id) & (findings.c.revision == revision))
            .where(findings.c.document_id.is_(None))
            .order_by(documents.c.id)
        )
        with self._engine.connect() as connection:
            return list(connection.scalars(query))

    def tidy(self, revision: str) -> None:
        """Remove what other detectors found."""
        with self._engine.begin() as connection:
            connection.execute(delete(findings).where(findings.c.revision != revision))

    def forget(self) -> None:
        """Drop what is remembered in memory, as an erasure must."""
        with self._lock:
            self._held.clear()

    def _of(self, document_ids: Sequence[str], revision: str) -> dict[str, tuple[Finding, ...]]:
        with self._lock:
            found = {key: self._held[key, revision] for key in document_ids if (key, revision) in self._held}
        rest = [key for key in document_ids if key not in found]
        if rest:
            query = select(findings).where(findings.c.document_id.in_(rest), findings.c.revision == revision)
            with self._engine.connect() as connection:
                rows = connection.execute(query).all()
            for row in rows:
                found[row.document_id] = self._remember(
                    row.document_id, revision, tuple(Finding(*each) for each in row.found)
                )
        return found

    def _remember(self, document_id: str, revision: str, found: tuple[Finding, ...]) -> tuple[Finding, ...]:
        with self._lock:
            if len(self._held) >= _REMEMBERED:
                self._held.clear()
            self._held[document_id, revision] = found
        return found

    # -- policies ------------------------------------------------------------------------------------------------

    def current(self) -> Applied:
        """The policy in force."""
        with self._engine.connect() as connection:
            row = connection.execute(select(policies).order_by(policies.c.version.desc()).limit(1)).first()
        return _applied(row) if row else Applied(STANDARD, "", "")

    def versions(self) -> list[Applied]:
        """Every policy that was in force, newest first; the last is the one that a workspace begins with."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(policies).order_by(policies.c.version.desc())).all()
        return [*map(_applied, rows), Applied(STANDARD, "", "")]

    def apply(self, policy: Policy, by: str) -> Policy:
        """Make a policy the rule, as the next version."""
        with self._engine.begin() as connection:
            last = connection.execute(select(func.max(policies.c.version))).scalar() or 0
            made = numbered(policy, last + 1)
            row = {"version": made.version, "body": as_json(made), "applied_at": _now(), "applied_by": by}
            connection.execute(insert(policies).values(row))
        return made

    # -- clearances ----------------------------------------------------------------------------------------------

    def clear(self, document_id: str, by: str, reason: str) -> None:
        """Note that a person trusts a document."""
        with self._engine.begin() as connection:
            connection.execute(delete(clearances).where(clearances.c.document_id == document_id))
            row = {"document_id": document_id, "cleared_at": _now(), "cleared_by": by, "reason": reason}
            connection.execute(insert(clearances).values(row))

    def revoke(self, document_id: str) -> None:
        """Take that back."""
        with self._engine.begin() as connection:
            connection.execute(delete(clearances).where(clearances.c.document_id == document_id))

    def clearances(self) -> dict[str, Clearance]:
        """The documents that are trusted, by id."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(clearances)).all()
        return {row.document_id: Clearance(row.document_id, row.cleared_at, row.cleared_by, row.reason) for row in rows}


def _applied(row: Row[Any]) -> Applied:
    policy = numbered(STANDARD, row.version)
    try:
        policy = numbered(read_json(row.body), row.version)
        require_usable(policy)
    except RequestError as error:
        return Applied(policy, row.applied_at, row.applied_by, str(error))
    return Applied(policy, row.applied_at, row.applied_by)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
