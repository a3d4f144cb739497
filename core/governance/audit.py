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
from core.governance.trail import (
    AT_THE_END,
    VERIFIED,
    Checkpoint,
    Entry,
    Seal,
    Verdict,
    check,
    entry_of,
    fault_at_the_end,
    key_of,
    read_checkpoint,
)
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
        """Check every entry and note what was found; the first bad one is named.

        Raises AccessDenied, and RequestError where the trail is whole and takes no entry. A trail that is not whole is
        told even where nothing can be noted any longer: without its key, or where the table cannot be read.
        """
        with self.noting(principal, VERIFIED) as noting:
            require_auditor(principal)
            verdict = self._checked()
            if verdict.kind in ("key", "unreadable"):
                noting.hand_on()  # what would be noted here would make another key, or has no table
                return verdict
            try:
                if verdict.kind in AT_THE_END:
                    self._note_damage()  # the next checkpoint would cover it up
                noting.done(good=verdict.intact, entries=verdict.entries, kind=verdict.kind or "")
            except (RequestError, DatabaseError):
                if verdict.intact:
                    raise
            return verdict

    def glance(self, principal: Principal) -> str:
        """What is wrong with the key, the checkpoints or where the trail ends, in a sentence; empty where nothing is.

        It reads one entry and is no check of the others. Raises AccessDenied.
        """
        require_auditor(principal)
        seal, held, lost = self._sealed()
        newest = next(self._rows(newest=1), None)
        if lost and (newest or any(held.values())):
            return lost
        far = max((each.count for each in held.values() if each and each.sealed), default=0)
        count = newest.seq if newest else 0
        wrong = fault_at_the_end(count, lambda seq: self._mac_at(seq) if seq else seal.start, held, far)
        return wrong[2] if wrong else ""

    def _checked(self) -> Verdict:
        seal, held, lost = self._sealed()
        try:
            if lost and (any(held.values()) or next(self._rows(newest=1), None)):
                return Verdict(0, seal.start, None, "key", lost)
            return check(self._rows(), held, seal)
        except DatabaseError:
            return Verdict(0, seal.start, None, "unreadable", "The table of the trail cannot be read.")

    def _sealed(self) -> tuple[Seal, dict[str, Checkpoint | None], str]:
        """The seal with the checkpoints by their place, and what is said where there is no key."""
        key = key_of(self._key, self._workspace.audit_key, False, self._files)
        seal = Seal(key or b"", self._workspace.identity())
        held = {place: read_checkpoint(file, seal) for place, file in self._checkpoints().items()}
        return seal, held, "" if key is not None else f"The key of the trail, {self._key_file}, is missing."

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
