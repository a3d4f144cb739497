"""What expires: questions, feedback, evaluation answers, job notes, each after the days that Settings say; 0 keeps it.

It runs when the app starts, once a day, and by `python -m core retention --apply`.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, Table, delete, func, select

from core.errors import AccessDenied
from core.freshness_schedule import Clock
from core.governance.audited import audited
from core.governance.principals import may_audit, sees_all
from core.governance.rights import require
from core.storage.compacting import compact
from core.storage.database import feedback, question_proposals, retrieval_runs, traces
from core.types import Principal

if TYPE_CHECKING:
    from core.workbench import Workbench

SYSTEM = Principal("touchstone", ("administrator",), ("public", "internal", "restricted"))
"""As whom the clock lets things expire."""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Due:
    """One rule, and what it takes now."""

    kind: str
    setting: str
    days: int
    """0 keeps everything."""
    held: int
    """How many there are."""
    due: int
    """How many of them are too old."""
    next_at: str
    """ISO time at which the oldest that stays becomes too old; empty where there is none or no rule."""
    ids: tuple[str, ...] = field(repr=False, default=())


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: str
    setting: str
    table: Table
    at: str
    """The column with the time that counts."""


_RULES = (
    _Rule("questions and answers", "retention_traces", traces, "started_at"),
    _Rule("proposed questions", "retention_traces", question_proposals, "made_at"),
    _Rule("feedback", "retention_feedback", feedback, "given_at"),
    _Rule("evaluation answers", "retention_evaluations", retrieval_runs, "began_at"),
)
_JOBS = "job notes and uploads that wait"


class Retention:
    """What the workbench hands out as `bench.retention`."""

    def __init__(self, bench: "Workbench") -> None:
        self._bench = bench
        self.audit = bench.audit

    @cached_property
    def clock(self) -> Clock:
        """Applies the rules once a day; runs only where the app started it."""
        return Clock(lambda: self.apply(SYSTEM))

    def start_clock(self) -> None:
        """Apply the rules, and again every night; only the app does, once a process. Nothing where no rule is set."""
        if not any(self._days(setting) for setting in ("traces", "feedback", "evaluations", "jobs")):
            return
        self.apply(SYSTEM)
        self.clock.start_daily("03:30")

    def due(self, principal: Principal, now: datetime | None = None) -> list[Due]:
        """Every rule with what it would take now; raises AccessDenied for one who may not see what others asked."""
        if not (may_audit(principal) and sees_all(principal)):
            raise AccessDenied(f"'{principal.name}' may not see what others asked, and so not what expires of it.")
        moment = now or datetime.now(UTC)
        engine = self._bench._engine
        found = [_due(engine, rule, self._days(rule.setting.removeprefix("retention_")), moment) for rule in _RULES]
        return [*found, _due_notes(self._bench.workspace.inbox, self._days("jobs"), moment)]

    @audited("expired", told=lambda gone: _counts(gone) or None)
    def apply(self, principal: Principal, now: datetime | None = None) -> list[Due]:
        """Remove what is too old and compact the database after it; returns what went. Raises AccessDenied."""
        require(principal, "administer")
        gone = [each for each in self.due(principal, now) if each.due]
        for each in gone:
            rule = next((rule for rule in _RULES if rule.kind == each.kind), None)
            if rule is None:
                _remove_notes(self._bench.workspace.inbox, each.ids)
            else:
                _remove(self._bench._engine, rule.table, each.ids)
        if gone:
            compact(self._bench._engine)
            self._bench.erasures += 1
        return gone

    def _days(self, name: str) -> int:
        return int(getattr(self._bench.settings, f"retention_{name}"))


def _counts(gone: Sequence[Due]) -> dict[str, int]:
    return {each.kind.replace(" ", "_"): each.due for each in gone}


def _due(engine: Engine, rule: _Rule, days: int, now: datetime) -> Due:
    at = rule.table.c[rule.at]
    # a question proposed from a document is no one's question; one that is decided on stays, so as not to come again
    where: Any = (rule.table.c.origin == "feedback") if rule.table is question_proposals else (rule.table.c.id != "")
    limit = (now - timedelta(days=days)).isoformat(timespec="seconds")
    with engine.connect() as connection:
        held = int(connection.execute(select(func.count()).select_from(rule.table).where(where)).scalar_one())
        if not days:
            return Due(rule.kind, f"TOUCHSTONE_{rule.setting.upper()}", 0, held, 0, "")
        ids = tuple(connection.execute(select(rule.table.c.id).where(where, at < limit).order_by(at)).scalars())
        oldest: str | None = connection.execute(select(func.min(at)).where(where, at >= limit)).scalar()
    following = (datetime.fromisoformat(oldest) + timedelta(days=days)).isoformat(timespec="seconds") if oldest else ""
    return Due(rule.kind, f"TOUCHSTONE_{rule.setting.upper()}", days, held, len(ids), following, ids)


def _due_notes(inbox: Path, days: int, now: datetime) -> Due:
    notes = sorted(inbox.iterdir(), key=lambda path: path.stat().st_mtime) if inbox.is_dir() else []
    if not days:
        return Due(_JOBS, "TOUCHSTONE_RETENTION_JOBS", 0, len(notes), 0, "")
    ages = {path.name: datetime.fromtimestamp(path.stat().st_mtime, UTC) for path in notes}
    old = tuple(name for name, at in ages.items() if at < now - timedelta(days=days))
    young = [at for name, at in ages.items() if name not in old]
    following = (min(young) + timedelta(days=days)).isoformat(timespec="seconds") if young else ""
    return Due(_JOBS, "TOUCHSTONE_RETENTION_JOBS", days, len(notes), len(old), following, old)


def _remove(engine: Engine, table: Table, ids: Sequence[str]) -> None:
    with engine.begin() as connection:
        for start in range(0, len(ids), _AT_ONCE):
            connection.execute(delete(table).where(table.c.id.in_(ids[start : start + _AT_ONCE])))


def _remove_notes(inbox: Path, names: Sequence[str]) -> None:
    for name in names:
        path = inbox / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
