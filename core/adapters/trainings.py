"""Trainings as they are kept: what was begun, how far it came, and what came of it; it trains nothing.

The state of a training on disk lies in a folder of its id until it is done or forgotten.
"""

import shutil
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.engine import Row

from core.adapters.hyper import Curve, Hyper, Point
from core.errors import NotFound
from core.storage.database import trainings as table
from core.types import Zone

State = Literal["waiting", "running", "interrupted", "cancelled", "failed", "done"]
UNFINISHED: tuple[State, ...] = ("waiting", "running", "interrupted", "cancelled")


@dataclass(frozen=True, slots=True)
class Training:
    """One training of one adapter."""

    name: str
    """Of the adapter that shall come of it."""
    dataset: str
    dataset_hash: str
    base: str
    """Key of the base model in the catalogue."""
    template: str
    hyper: Hyper
    share: float
    """Of the rows, held out by whole documents."""
    zone: Zone
    documents: tuple[str, ...]
    """Ids of the documents that it learns from."""
    rows: int
    held_out: int
    by: str
    note: str = ""
    part_of: str = ""
    """Id of the sweep that it belongs to; empty for one of its own."""
    id: str = ""
    began_at: str = ""
    state: State = "waiting"
    error: str = ""
    curve: Curve = field(default_factory=lambda: Curve(0))

    @property
    def unfinished(self) -> bool:
        """Whether it can be gone on with."""
        return self.state in UNFINISHED

    @property
    def best(self) -> float | None:
        """The lowest held-out loss that was read; None before the first reading."""
        return min((p.held_out for p in self.curve.points if p.held_out is not None), default=None)


class Trainings:
    """The trainings of one workspace."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        """`folder` holds what unfinished trainings go on from; those that ran when a process ended are told so."""
        self._engine, self._folder = engine, folder
        with engine.begin() as connection:
            begun = table.c.state.in_(("waiting", "running"))
            connection.execute(update(table).where(begun).values(state="interrupted"))

    def place(self, training_id: str) -> Path:
        """The folder of a training's state."""
        return self._folder / training_id

    def begin(self, training: Training) -> Training:
        """Keep a training that has not run yet; returns it with its id."""
        begun = replace(training, id=uuid.uuid4().hex[:12], began_at=datetime.now(UTC).isoformat(timespec="seconds"))
        with self._engine.begin() as connection:
            connection.execute(
                insert(table).values(
                    id=begun.id,
                    began_at=begun.began_at,
                    state=begun.state,
                    body=_body(begun),
                    curve=_curve(begun.curve),
                )
            )
        return begun

    def reached(self, training_id: str, curve: Curve) -> None:
        """Write down how far a training is."""
        self._set(training_id, curve=_curve(curve))

    def moved(self, training_id: str, state: State, error: str = "") -> Training:
        """Write down another state; what a finished one went on from is removed."""
        held = self.get(training_id)
        if state in ("done", "failed"):
            shutil.rmtree(self.place(training_id), ignore_errors=True)
        self._set(training_id, state=state, body=_body(replace(held, error=error)))
        return self.get(training_id)

    def get(self, training_id: str) -> Training:
        """The training of this id, or of the one id that begins so; raises NotFound."""
        found = [each for each in self.all() if each.id.startswith(training_id)] if training_id else []
        if len(found) != 1:
            raise NotFound(f"There is no training '{training_id}'.")
        return found[0]

    def all(self) -> list[Training]:
        """All trainings, newest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(table).order_by(table.c.began_at.desc(), table.c.id))
            return [_training(row) for row in rows]

    def remove(self, training_id: str) -> None:
        """Forget a training; the adapter that came of it stays."""
        held = self.get(training_id)
        with self._engine.begin() as connection:
            connection.execute(delete(table).where(table.c.id == held.id))
        shutil.rmtree(self.place(held.id), ignore_errors=True)

    def forget(self, document_ids: Sequence[str]) -> list[str]:
        """End those that learn from any of these documents and delete what they go on from; returns their ids."""
        wanted = set(document_ids)
        found = [each for each in self.all() if wanted & set(each.documents)]
        for each in found:
            shutil.rmtree(self.place(each.id), ignore_errors=True)
            if each.unfinished:
                self.moved(each.id, "failed", "A document that it learns from was erased.")
        return [each.id for each in found]

    def _set(self, training_id: str, **values: Any) -> None:
        with self._engine.begin() as connection:
            connection.execute(update(table).where(table.c.id == training_id).values(**values))


def _body(training: Training) -> dict[str, Any]:
    body = asdict(training)
    for key in ("id", "began_at", "state", "curve"):
        del body[key]
    return body


def _curve(curve: Curve) -> dict[str, Any]:
    return {"steps": curve.steps, "points": [asdict(point) for point in curve.points]}


def _training(row: Row[Any]) -> Training:
    body = dict(row.body)
    hyper = body.pop("hyper")
    curve = Curve(row.curve["steps"], tuple(Point(**point) for point in row.curve["points"]))
    return Training(
        **body | {"documents": tuple(body["documents"])},
        hyper=Hyper(**hyper | {"targets": tuple(hyper["targets"])}),
        id=row.id,
        began_at=row.began_at,
        state=row.state,
        curve=curve,
    )
