"""The facts of a workspace, every check of them, and when to check next; it asks nothing and knows no rights.

Of an answer only the value is kept that was found in it. What is erased of a document takes its facts, and what was
found of them, along.
"""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Engine, delete, func, insert, select, update

from core.erased import words_of
from core.errors import NotFound, RequestError
from core.evaluation.facts import Fact, Judgement, as_json, from_body
from core.evaluation.quotes import fold
from core.storage.database import fact_checks, fact_schedule, fact_verdicts
from core.storage.database import facts as table
from core.types import Principal

_KEPT = 500
"""Checks that are remembered."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check: when, by whom, and why."""

    id: str
    began_at: str
    ended_at: str
    by: str
    why: str
    """by hand, by schedule, or after a change."""
    told: str = ""
    """What became of the message to the webhook; empty where none was sent."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A drifted fact of a check."""

    check: str
    judgement: Judgement
    acknowledged_at: str = ""
    acknowledged_by: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When facts are checked without anybody's press."""

    every: Literal["never", "hours", "daily"] = "never"
    hours: int = 24
    at: str = "06:00"
    """Of a daily check: the time of day, by the machine's clock."""
    on_change: bool = False
    """Whether a document that facts rest on has them checked as soon as a new version is in."""
    recipes: tuple[str, ...] = ("extractive",)
    adapters: tuple[str, ...] = ()
    by: str = "administrator"
    """Who set it."""
    who: Principal | None = None
    """The same with the rights that it runs with: those that he had then."""

    def __post_init__(self) -> None:
        if not 1 <= self.hours <= 24 * 31:
            raise RequestError(f"A check every {self.hours} hours is outside 1 to 744.")
        try:
            datetime.strptime(self.at, "%H:%M")
        except ValueError:
            raise RequestError(f"'{self.at}' is no time of day; write it as 06:00.") from None
        if (self.every != "never" or self.on_change) and not (self.recipes or self.adapters):
            raise RequestError("A schedule needs a recipe or an adapter to check.")


class FactBook:
    """The facts of one workspace."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> list[Fact]:
        """All facts, proposed ones too, by id."""
        with self._engine.connect() as connection:
            return [from_body(body) for body in connection.execute(select(table.c.body).order_by(table.c.id)).scalars()]

    def get(self, fact_id: str) -> Fact:
        """The fact of this id; raises NotFound."""
        found = next((fact for fact in self.all() if fact.id == fact_id), None)
        if found is None:
            raise NotFound(f"There is no fact '{fact_id}'.")
        return found

    def save(self, facts: Sequence[Fact], by: str) -> None:
        """Keep facts, in the place of those with their ids."""
        now = _now()
        with self._engine.begin() as connection:
            for fact in facts:
                row = {"document": fact.document, "body": as_json(fact), "saved_at": now, "saved_by": by}
                if not connection.execute(update(table).where(table.c.id == fact.id).values(**row)).rowcount:
                    connection.execute(insert(table).values(id=fact.id, **row))

    def saved_by(self) -> dict[str, str]:
        """Who saved each fact last."""
        with self._engine.connect() as connection:
            return {row.id: row.saved_by for row in connection.execute(select(table.c.id, table.c.saved_by))}

    def remove(self, ids: Sequence[str]) -> None:
        """Forget facts with everything that was found of them."""
        with self._engine.begin() as connection:
            for each in ids:
                connection.execute(delete(fact_verdicts).where(fact_verdicts.c.fact_id == each))
                connection.execute(delete(table).where(table.c.id == each))

    def forget(self, document: str, erased: Sequence[str], staying: Sequence[str]) -> int:
        """Remove the facts of an erased document, and those with words that only it had; returns how many."""
        held = self.all()
        theirs = words_of([text for fact in held for text in _texts(fact)], erased, staying)
        lost = [fact.id for fact in held if fact.document == document or any(map(theirs, _texts(fact)))]
        self.remove(lost)
        self._blank(erased, staying)
        return len(lost)

    def _blank(self, erased: Sequence[str], staying: Sequence[str]) -> None:
        """Remove the verdicts with a value, however short, that was found in an answer and only the erased held."""
        theirs, others = [fold(text) for text in erased], [fold(text) for text in staying]
        of = fact_verdicts.c
        with self._engine.begin() as connection:
            for row in connection.execute(select(of.check_id, of.fact_id, of.answerer, of.body)).all():
                found = fold(row.body["found"])
                if found and any(found in text for text in theirs) and not any(found in text for text in others):
                    where = (of.check_id == row.check_id) & (of.fact_id == row.fact_id) & (of.answerer == row.answerer)
                    connection.execute(delete(fact_verdicts).where(where))

    # -- checks --------------------------------------------------------------------------------------------------------

    def keep(self, began_at: str, by: str, why: str, judgements: Sequence[Judgement]) -> Check:
        """Keep a check that is complete; an alarm that was acknowledged stays so while it goes on unchanged."""
        check = Check(uuid.uuid4().hex[:12], began_at, _now(), by, why)
        seen = {(a.judgement.fact, a.judgement.answerer): a for a in self.alarms() if a.acknowledged_at}
        known = {fact.id for fact in self.all()}
        with self._engine.begin() as connection:
            connection.execute(insert(fact_checks).values(**asdict(check)))
            for each in judgements:
                if each.fact not in known:  # removed while it was asked
                    continue
                before = seen.get((each.fact, each.answerer))
                same = before is not None and before.judgement == each
                connection.execute(
                    insert(fact_verdicts).values(
                        check_id=check.id, fact_id=each.fact, answerer=each.answerer, body=asdict(each),
                        acknowledged_at=before.acknowledged_at if before and same else "",
                        acknowledged_by=before.acknowledged_by if before and same else "",
                    )
                )  # fmt: skip
            old = select(fact_checks.c.id).order_by(fact_checks.c.began_at.desc()).offset(_KEPT)
            connection.execute(delete(fact_checks).where(fact_checks.c.id.in_(old)))
        return check

    def checks(self) -> list[Check]:
        """All checks, newest first."""
        query = select(fact_checks).order_by(fact_checks.c.began_at.desc(), fact_checks.c.ended_at.desc())
        with self._engine.connect() as connection:
            return [Check(**row._mapping) for row in connection.execute(query)]

    def note(self, check_id: str, told: str) -> None:
        """Write down what became of a check's message."""
        with self._engine.begin() as connection:
            connection.execute(update(fact_checks).where(fact_checks.c.id == check_id).values(told=told))

    def judgements(self, check_id: str) -> list[Judgement]:
        """What came of each fact in a check."""
        return [alarm.judgement for alarm in self._verdicts(check_id)]

    def all_judgements(self) -> dict[str, list[Judgement]]:
        """What came of each fact in every check, by the check's id."""
        of, found = fact_verdicts.c, dict[str, list[Judgement]]()
        query = select(of.check_id, of.body).order_by(of.fact_id, of.answerer)
        with self._engine.connect() as connection:
            for check_id, body in connection.execute(query):
                found.setdefault(check_id, []).append(Judgement(**body))
        return found

    def latest(self) -> list[Alarm]:
        """The newest verdict of each fact with each answerer, whichever check it is of, with its acknowledgement."""
        of, checks = fact_verdicts.c, fact_checks.c
        order = func.row_number().over(
            partition_by=(of.fact_id, of.answerer), order_by=(checks.began_at.desc(), checks.ended_at.desc())
        )
        ranked = select(fact_verdicts, order.label("place")).join(fact_checks, checks.id == of.check_id).subquery()
        query = select(ranked).where(ranked.c.place == 1).order_by(ranked.c.fact_id, ranked.c.answerer)
        with self._engine.connect() as connection:
            return [_alarm(row) for row in connection.execute(query)]

    def last_by(self, why: str) -> datetime | None:
        """When the last check for this reason began; None without one."""
        query = select(func.max(fact_checks.c.began_at)).where(fact_checks.c.why == why)
        with self._engine.connect() as connection:
            began: str | None = connection.execute(query).scalar()
        return datetime.fromisoformat(began) if began else None

    def alarms(self) -> list[Alarm]:
        """The verdicts among the latest that somebody must know of."""
        return [each for each in self.latest() if each.judgement.alarm]

    def acknowledge(self, fact_id: str, answerer: str, by: str) -> None:
        """Note that somebody has seen an alarm; raises NotFound where there is none."""
        alarm = next(
            (a for a in self.alarms() if (a.judgement.fact, a.judgement.answerer) == (fact_id, answerer)), None
        )
        if alarm is None:
            raise NotFound(f"There is no alarm of the fact '{fact_id}' with {answerer}.")
        of = fact_verdicts.c
        where = (of.check_id == alarm.check) & (of.fact_id == fact_id) & (of.answerer == answerer)
        with self._engine.begin() as connection:
            values = {"acknowledged_at": _now(), "acknowledged_by": by}
            connection.execute(update(fact_verdicts).where(where).values(**values))

    def _verdicts(self, check_id: str) -> list[Alarm]:
        of = fact_verdicts.c
        query = select(fact_verdicts).where(of.check_id == check_id).order_by(of.fact_id, of.answerer)
        with self._engine.connect() as connection:
            return [_alarm(row) for row in connection.execute(query)]

    # -- schedule ------------------------------------------------------------------------------------------------------

    def schedule(self) -> Schedule:
        """The schedule in force."""
        with self._engine.connect() as connection:
            body: dict[str, Any] | None = connection.execute(select(fact_schedule.c.body)).scalar_one_or_none()
        if body is None:
            return Schedule()
        lists = {name: tuple(body[name]) for name in ("recipes", "adapters")}
        return Schedule(**body | lists | {"who": _principal(body.get("who"))})

    def set_schedule(self, schedule: Schedule, by: Principal) -> Schedule:
        """Keep a schedule in the place of the one before."""
        fresh = replace(schedule, by=by.name, who=by)
        with self._engine.begin() as connection:
            connection.execute(delete(fact_schedule))
            connection.execute(insert(fact_schedule).values(id=1, body=asdict(fresh)))
        return fresh


def _principal(held: dict[str, Any] | None) -> Principal | None:
    if held is None:
        return None
    labels = held["labels"]
    limited = None if labels is None else tuple(labels)
    return Principal(held["name"], tuple(held["roles"]), tuple(held["zones"]), limited)


def _alarm(row: Any) -> Alarm:
    return Alarm(row.check_id, Judgement(**row.body), row.acknowledged_at, row.acknowledged_by)


def _texts(fact: Fact) -> list[str]:
    around = [fact.anchor.before, fact.anchor.after] if fact.anchor else []
    return [fact.value, fact.question, fact.quote, fact.rejected, *fact.former, *fact.tags, *around]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
