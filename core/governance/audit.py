"""The audit trail of a workspace for those who may read it: searched, checked, exported, never changed.

It does not know what the acts do; `core.governance.noting` writes it, and `core.governance.trail` says what is noticed.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from core.errors import RequestError, WorkspaceDamaged
from core.governance.audit_files import FORMS, as_csv, as_lines
from core.governance.noting import Notes
from core.governance.rights import require
from core.governance.trail import Checkpoint, Entry, Seal, Verdict, check, entry_of, key_of, read_checkpoint
from core.storage.database import audit
from core.types import Principal


@dataclass(frozen=True, slots=True)
class Query:
    """Which entries are looked for; empty fields set no limit."""

    who: str = ""
    act: str = ""
    since: str = ""
    """A date or an ISO time, without a zone in this machine's."""
    until: str = ""
    """The same; a date means the end of that day."""
    trace: str = ""


class Audit(Notes):
    """The trail of one workspace, for one who asks."""

    def search(self, principal: Principal, query: Query = Query(), most: int | None = None) -> list[Entry]:
        """Entries, newest first; raises AccessDenied unless the principal audits, RequestError for a time."""
        require_auditor(principal)
        chosen = select(audit.c.body).order_by(audit.c.seq.desc()).limit(most)
        for column, value in ((audit.c.who, query.who), (audit.c.act, query.act), (audit.c.trace, query.trace)):
            if value:
                chosen = chosen.where(column == value)
        if query.since:
            chosen = chosen.where(audit.c.at >= _moment(query.since, end=False))
        if query.until:
            chosen = chosen.where(audit.c.at <= _moment(query.until, end=True))
        try:
            with self._engine().connect() as connection:
                return [entry_of(body) for body in connection.scalars(chosen)]
        except (DatabaseError, ValueError, KeyError, TypeError) as error:
            raise WorkspaceDamaged("The audit trail was changed; `python -m core audit verify` says where.") from error

    def people(self, principal: Principal) -> list[str]:
        """Names of all who stand in the trail; raises AccessDenied."""
        require_auditor(principal)
        with self._engine().connect() as connection:
            return list(connection.scalars(select(audit.c.who).distinct().order_by(audit.c.who)))

    def acts(self, principal: Principal) -> list[str]:
        """The acts that stand in the trail; raises AccessDenied."""
        require_auditor(principal)
        with self._engine().connect() as connection:
            return list(connection.scalars(select(audit.c.act).distinct().order_by(audit.c.act)))

    def verify(self, principal: Principal) -> Verdict:
        """Check every entry; the first bad one is named. Raises AccessDenied."""
        require_auditor(principal)
        files = self._checkpoints()
        key = key_of(self._key, self._workspace.audit_key, False, self._files)
        seal = Seal(key or b"", self._workspace.identity())
        held: dict[str, Checkpoint | None] = {place: read_checkpoint(file, seal) for place, file in files.items()}
        try:
            if key is None and (any(held.values()) or next(self._rows(newest=1), None)):
                return Verdict(0, seal.start, None, "key", f"The key of the trail, {self._key_file}, is missing.")
            return check(self._rows(), held, seal)
        except DatabaseError:
            return Verdict(0, seal.start, None, "unreadable", "The table of the trail cannot be read.")

    def export(self, principal: Principal, form: str, query: Query = Query()) -> str:
        """The entries, oldest first, as CSV or JSON lines, each with its MAC; noted as an act of its own."""
        with self.noting(principal, "exported audit", form=form) as noting:
            if form not in FORMS:
                raise RequestError(f"There is no format '{form}'; choose {', '.join(FORMS)}.")
            entries = self.search(principal, query)[::-1]
            macs = {row.seq: row.mac for row in self._rows()}
            text = (as_csv if form == "csv" else as_lines)(entries, macs)
            noting.done(entries=len(entries))
            return text


def require_auditor(principal: Principal) -> None:
    """Raises AccessDenied unless the principal may read the trail."""
    require(principal, "audit")


def _moment(text: str, end: bool) -> str:
    """A date or time as the trail writes it; a date is its first moment, or its last."""
    try:
        if len(text) == len("2026-01-31"):
            day = date.fromisoformat(text)
            at = datetime.combine(day, time()).astimezone()
            at = at + timedelta(days=1, milliseconds=-1) if end else at
        else:
            at = datetime.fromisoformat(text).astimezone()
        return at.astimezone(UTC).isoformat(timespec="milliseconds")
    except (ValueError, OverflowError):
        raise RequestError(f"'{text}' is no date or time; write it as 2026-01-31 or 2026-01-31T09:30.") from None
