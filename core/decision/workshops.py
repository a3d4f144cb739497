"""Workshops with their votes and snapshots as they are kept; it knows no rights and scores nothing."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, delete, func, insert, select, update

from core.decision.lens import Lens, as_json, from_json
from core.decision.votes import Tally, as_body, from_body
from core.errors import NotFound, RequestError
from core.storage.database import workshop_snapshots as snapshots
from core.storage.database import workshop_votes as votes
from core.storage.database import workshops as table

MOST = 500
"""Votes of one workshop."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """One workshop; votes are taken until it is closed."""

    id: str
    title: str
    made_at: str
    made_by: str
    closed_at: str = ""
    closed_by: str = ""

    @property
    def open(self) -> bool:
        """Whether votes are taken."""
        return not self.closed_at


@dataclass(frozen=True, slots=True)
class Vote:
    """What one voter said last."""

    voter: str
    """Tells one voter from another; no name."""
    name: str
    """As the voter typed it; empty for one who gave none."""
    lens: Lens
    voted_at: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The votes of a workshop as they stood, without names."""

    id: str
    workshop: str
    made_at: str
    made_by: str
    note: str
    tally: Tally
    winner: str
    """The path that was recommended then."""
    totals: Mapping[str, float]
    """By path, the score that the group's lens gave it then."""


class Workshops:
    """The workshops of a workspace."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> list[Workshop]:
        """All workshops, newest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(table).order_by(table.c.made_at.desc(), table.c.id))
            return [Workshop(**row._mapping) for row in rows]

    def get(self, workshop_id: str) -> Workshop:
        """The workshop of this id; raises NotFound."""
        with self._engine.connect() as connection:
            row = connection.execute(select(table).where(table.c.id == workshop_id)).one_or_none()
        if row is None:
            raise NotFound(f"There is no workshop '{workshop_id}'.")
        return Workshop(**row._mapping)

    def make(self, title: str, by: str) -> Workshop:
        """Keep a new workshop, which is open."""
        made = Workshop(uuid.uuid4().hex[:12], title, _now(), by)
        row = {"id": made.id, "title": title, "made_at": made.made_at, "made_by": by}
        with self._engine.begin() as connection:
            connection.execute(insert(table).values(**row))
        return made

    def close(self, workshop_id: str, by: str) -> None:
        """Take no more votes; one that is closed stays as it was closed."""
        self.get(workshop_id)
        with self._engine.begin() as connection:
            open_one = (table.c.id == workshop_id) & (table.c.closed_at == "")
            connection.execute(update(table).where(open_one).values(closed_at=_now(), closed_by=by))

    def remove(self, workshop_id: str) -> None:
        """Forget a workshop with its votes and snapshots; raises NotFound."""
        self.get(workshop_id)
        with self._engine.begin() as connection:
            connection.execute(delete(table).where(table.c.id == workshop_id))

    def vote(self, workshop_id: str, voter: str, principal: str, name: str, lens: Lens) -> Vote:
        """Keep a vote in the place of the voter's earlier one.

        Raises NotFound, RequestError where no votes are taken or the vote leaves a question open between two answers.
        """
        if lens.tied:
            raise RequestError(f"A vote gives one answer to each question; to {lens.tied[0]} it gives several.")
        cast = Vote(voter, name, lens, _now())
        values = {"principal": principal, "name": name, "lens": as_json(lens), "voted_at": cast.voted_at}
        mine = (votes.c.workshop_id == workshop_id) & (votes.c.voter == voter)
        with self._engine.begin() as connection:
            closed = connection.execute(select(table.c.closed_at).where(table.c.id == workshop_id)).scalar_one_or_none()
            if closed is None:
                raise NotFound(f"There is no workshop '{workshop_id}'.")
            if closed:
                raise RequestError("This workshop is closed; it takes no more votes.")
            if not connection.execute(update(votes).where(mine).values(**values)).rowcount:
                held = connection.execute(select(func.count()).where(votes.c.workshop_id == workshop_id)).scalar_one()
                if held >= MOST:
                    raise RequestError(f"This workshop has {MOST} votes, which is the most it takes.")
                connection.execute(insert(votes).values(workshop_id=workshop_id, voter=voter, **values))
        return cast

    def votes(self, workshop_id: str) -> list[Vote]:
        """The votes of a workshop, in the order of the voters' keys, which tells nothing of when they came."""
        query = select(votes).where(votes.c.workshop_id == workshop_id).order_by(votes.c.voter)
        with self._engine.connect() as connection:
            return [Vote(r.voter, r.name, from_json(r.lens), r.voted_at) for r in connection.execute(query)]

    def keep(
        self, workshop_id: str, by: str, note: str, tally: Tally, winner: str, totals: Mapping[str, float]
    ) -> Snapshot:
        """Keep the votes as they stand."""
        made = Snapshot(uuid.uuid4().hex[:12], workshop_id, _now(), by, note, tally, winner, dict(totals))
        body = {"tally": as_body(tally), "winner": winner, "totals": dict(totals)}
        row = {"id": made.id, "workshop_id": workshop_id, "made_at": made.made_at, "made_by": by, "note": note}
        with self._engine.begin() as connection:
            connection.execute(insert(snapshots).values(**row, body=body))
        return made

    def snapshots(self, workshop_id: str) -> list[Snapshot]:
        """The snapshots of a workshop, newest first."""
        query = select(snapshots).where(snapshots.c.workshop_id == workshop_id).order_by(snapshots.c.made_at.desc())
        with self._engine.connect() as connection:
            return [_snapshot(row) for row in connection.execute(query)]


def _snapshot(row: Any) -> Snapshot:
    body = row.body
    return Snapshot(
        row.id, row.workshop_id, row.made_at, row.made_by, row.note, from_body(body["tally"]), body["winner"],
        body["totals"],
    )  # fmt: skip


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
