"""The datasets of a workspace: rows under review, by whom, and frozen once they are used; it trains nothing.

A dataset that something was learned from never changes, save that an erasure takes rows away. Who may see which row is
decided elsewhere; see `core.desks.datasets`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, delete, func, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.engine import Row as Record

from core.adapters.dataset import Dataset, Held, Use, checked_answer
from core.adapters.rows import STATES, Row, RowState, as_json, from_body
from core.answering.question import checked
from core.erased import words_of
from core.errors import NotFound, RequestError
from core.storage.database import dataset_rows, datasets

_NAME = re.compile(r"[\w][\w .-]{0,59}")
MOST_ROWS = 20_000
"""Rows of one dataset."""


class Datasets:
    """All datasets of one workspace, by name."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> list[Dataset]:
        """All datasets by name."""
        with self._engine.connect() as connection:
            records = connection.execute(select(datasets).order_by(datasets.c.name)).all()
            rows = connection.execute(select(dataset_rows).order_by(dataset_rows.c.position)).all()
        by_name: dict[str, list[Held]] = {}
        for row in rows:
            by_name.setdefault(row.dataset, []).append(_held(row))
        return [_dataset(record, by_name.get(record.name, [])) for record in records]

    def find(self, name: str) -> Dataset | None:
        """The dataset of this name, or None."""
        with self._engine.connect() as connection:
            record = connection.execute(select(datasets).where(datasets.c.name == name)).one_or_none()
            mine = select(dataset_rows).where(dataset_rows.c.dataset == name).order_by(dataset_rows.c.position)
            rows = connection.execute(mine).all() if record else []
        return _dataset(record, [_held(row) for row in rows]) if record else None

    def get(self, name: str) -> Dataset:
        """The dataset of this name; raises NotFound."""
        held = self.find(name)
        if held is None:
            raise NotFound(f"There is no dataset '{name}'.")
        return held

    def create(self, name: str, by: str, note: str = "") -> Dataset:
        """Begin an empty draft; raises RequestError for a name that is none or is taken."""
        if not _NAME.fullmatch(name):
            raise RequestError(
                f"'{name}' is no name for a dataset: letters, digits, spaces, dots, dashes and underscores, 60 at most."
            )
        if self.find(name):
            raise RequestError(f"There is a dataset '{name}' already; choose another name.")
        values = {"name": name, "note": note, "made_at": _now(), "made_by": by, "revision": 1, "uses": [], "lost": 0}
        with self._engine.begin() as connection:
            connection.execute(insert(datasets).values(**values))
        return self.get(name)

    def add(self, name: str, rows: Sequence[Row], by: str) -> int:
        """Put rows into a draft as they are, open, behind those that it has; returns how many were not there yet.

        A row whose id is there already is left out. Raises NotFound, and RequestError for a frozen dataset or too many
        rows.
        """
        with self._engine.begin() as connection:
            self._change(connection, name)
            mine = select(dataset_rows.c.id, dataset_rows.c.position).where(dataset_rows.c.dataset == name)
            held = {row.id: row.position for row in connection.execute(mine)}
            fresh = {row.id: row for row in rows if row.id not in held}
            if len(held) + len(fresh) > MOST_ROWS:
                raise RequestError(
                    f"A dataset has at most {MOST_ROWS:,} rows; these would make {len(held) + len(fresh):,}."
                )
            first = max(held.values(), default=-1) + 1
            now = _now()
            values = [
                _values(name, first + place, Held(replace(row, state="open"), False, now, by, None, None))
                for place, row in enumerate(fresh.values())
            ]
            if values:
                connection.execute(insert(dataset_rows), values)
        return len(fresh)

    def review(self, name: str, ids: Iterable[str], state: RowState, by: str) -> int:
        """Accept, reject or reopen rows; returns how many. Raises NotFound, and RequestError for a frozen dataset."""
        if state not in STATES:
            raise RequestError(f"There is no state '{state}' of a row; choose {', '.join(STATES)}.")
        wanted = set(ids)
        reviewed = (
            {"reviewed_at": None, "reviewed_by": None}
            if state == "open"
            else {"reviewed_at": _now(), "reviewed_by": by}
        )
        with self._engine.begin() as connection:
            self._change(connection, name)
            for row_id in wanted:
                match = (dataset_rows.c.dataset == name) & (dataset_rows.c.id == row_id)
                if not connection.execute(update(dataset_rows).where(match).values(state=state, **reviewed)).rowcount:
                    raise NotFound(f"The dataset '{name}' has no row '{row_id}'.")
        return len(wanted)

    def edit(self, name: str, row_id: str, question: str, answer: str, by: str, declines: bool | None = None) -> Held:
        """Put other words into a row and accept it; raises NotFound, RequestError for what is no question or answer."""
        question, answer = checked(question), checked_answer(answer)
        with self._engine.begin() as connection:
            self._change(connection, name)
            match = (dataset_rows.c.dataset == name) & (dataset_rows.c.id == row_id)
            record = connection.execute(select(dataset_rows).where(match)).one_or_none()
            if record is None:
                raise NotFound(f"The dataset '{name}' has no row '{row_id}'.")
            before = _held(record)
            row = replace(before.row, question=question, answer=answer, state="accepted")
            row = row if declines is None else replace(row, declines=declines)
            edited = before.edited or (row.question, row.answer) != (before.row.question, before.row.answer)
            held = replace(before, row=row, edited=edited, reviewed_at=_now(), reviewed_by=by)
            connection.execute(update(dataset_rows).where(match).values(**_values(name, record.position, held)))
        return held

    def freeze(self, name: str, by: str) -> Dataset:
        """Let nothing change a dataset any more; raises NotFound, and RequestError where no row is accepted."""
        held = self.get(name)
        if held.frozen_at:
            return held
        if not held.accepted:
            raise RequestError(f"The dataset '{name}' has no accepted row, so there is nothing to learn from it.")
        with self._engine.begin() as connection:
            revision = self._change(connection, name)
            if revision != held.revision + 1:
                raise RequestError(f"The dataset '{name}' is being changed; freeze it once that is done.")
            values = {"frozen_at": _now(), "frozen_by": by, "frozen_hash": held.hash}
            connection.execute(update(datasets).where(datasets.c.name == name).values(**values))
        return self.get(name)

    def use(self, name: str, what: str, by: str) -> Dataset:
        """Note that something is made of a dataset, which freezes it; returns it as it will stay."""
        self.freeze(name, by)
        with self._engine.begin() as connection:
            uses = connection.execute(select(datasets.c.uses).where(datasets.c.name == name)).scalar_one()
            used = [*uses, {"what": what, "by": by, "at": _now()}]
            connection.execute(update(datasets).where(datasets.c.name == name).values(uses=used))
        return self.get(name)

    def copy(self, name: str, to: str, by: str) -> Dataset:
        """Make a new draft of a dataset, with its rows as they are reviewed; raises NotFound, RequestError."""
        held = self.get(name)
        self.create(to, by, f"Copied from {name}.")
        with self._engine.begin() as connection:
            values = [_values(to, place, each) for place, each in enumerate(held.rows)]
            if values:
                connection.execute(insert(dataset_rows), values)
        return self.get(to)

    def remove(self, name: str) -> None:
        """Forget a dataset; raises NotFound, and RequestError where something was learned from it."""
        held = self.get(name)
        if held.uses:
            raise RequestError(f"The dataset '{name}' stays: {held.uses[-1].what} was made of it.")
        with self._engine.begin() as connection:
            connection.execute(delete(datasets).where(datasets.c.name == name))

    def forget(self, document_ids: Sequence[str], erased: Sequence[str], staying: Sequence[str]) -> int:
        """Remove the rows that come from erased documents, from frozen datasets too; returns how many.

        They are the rows that name one of the documents, and those that share 24 characters with the `erased` texts
        which none of the `staying` ones holds.
        """
        gone = set(document_ids)
        every = self.all()
        theirs = words_of([t for held in every for each in held.rows for t in _texts(each.row)], erased, staying)
        removed = 0
        for held in every:
            lost = [
                each.row.id
                for each in held.rows
                if gone & {*each.row.documents, *(quoted.document_id for quoted in each.row.evidence)}
                or any(map(theirs, _texts(each.row)))
            ]
            if not lost:
                continue
            with self._engine.begin() as connection:
                for row_id in lost:
                    match = (dataset_rows.c.dataset == held.name) & (dataset_rows.c.id == row_id)
                    connection.execute(delete(dataset_rows).where(match))
                values = {"lost": datasets.c.lost + len(lost), "revision": datasets.c.revision + 1}
                connection.execute(update(datasets).where(datasets.c.name == held.name).values(**values))
            removed += len(lost)
        return removed

    def _change(self, connection: Connection, name: str) -> int:
        """Count a change of a draft; returns the new revision. Raises NotFound, and RequestError when it is frozen."""
        draft = (datasets.c.name == name) & datasets.c.frozen_at.is_(None)
        if not connection.execute(update(datasets).where(draft).values(revision=datasets.c.revision + 1)).rowcount:
            if not connection.execute(select(func.count()).where(datasets.c.name == name)).scalar_one():
                raise NotFound(f"There is no dataset '{name}'.")
            raise RequestError(
                f"The dataset '{name}' is frozen and stays as it is; copy it as a new draft to change it."
            )
        return int(connection.execute(select(datasets.c.revision).where(datasets.c.name == name)).scalar_one())


def _texts(row: Row) -> list[str]:
    return [row.question, row.answer, *row.sources]


def _dataset(record: Record[Any], rows: Sequence[Held]) -> Dataset:
    values = dict(record._mapping)
    return Dataset(**{**values, "rows": tuple(rows), "uses": tuple(Use(**use) for use in values["uses"])})


def _held(record: Record[Any]) -> Held:
    row = replace(from_body(record.body), state=record.state)
    reviewed = (record.reviewed_at, record.reviewed_by)
    return Held(row, bool(record.edited), record.added_at, record.added_by, *reviewed)


def _values(name: str, position: int, held: Held) -> dict[str, Any]:
    return {
        "dataset": name,
        "id": held.row.id,
        "position": position,
        "state": held.row.state,
        "body": as_json(held.row),
        "edited": int(held.edited),
        "added_at": held.added_at,
        "added_by": held.added_by,
        "reviewed_at": held.reviewed_at,
        "reviewed_by": held.reviewed_by,
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
