"""Retrieval runs as they are kept: what was run, on what, by whom, and every result; it runs nothing.

Each result is written when it is there, so that a run goes on where it was interrupted.
"""

import hashlib
import subprocess
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete, func, insert, select, update
from sqlalchemy.engine import Row

from core import __version__
from core.errors import NotFound
from core.evaluation.retrieval_runs import Result, result_from, result_json
from core.recipes import from_json
from core.storage.database import retrieval_results as results
from core.storage.database import retrieval_runs as table
from core.types import Document, Principal, Recipe, Zone, fingerprint


@dataclass(frozen=True, slots=True)
class Run:
    """A retrieval run, complete once `ended_at` is set."""

    id: str
    recipe: Recipe
    set_name: str
    set_hash: str
    by: str
    zones: tuple[Zone, ...]
    labels: tuple[str, ...] | None
    corpus: str
    """Hash of the documents and their tags that were searched."""
    code: str
    """Version of the core that began it, with a hash of its source."""
    day: str
    """ISO date on which documents had to be in force."""
    planned: int
    """Questions that can be scored."""
    left_out: Mapping[str, int]
    """Questions that cannot, by reason."""
    began_at: str
    ended_at: str | None = None
    asked: int = 0
    """Questions that have a result."""
    part_of: str = ""
    """The sweep or comparison that it belongs to."""
    index: Mapping[str, float] | None = None
    """chunks, tokens, seconds and bytes of the index, once it was built."""
    revision: str = ""
    """What `git describe` says of the code, where it lies in a repository."""

    @property
    def complete(self) -> bool:
        """Whether every question was asked."""
        return self.ended_at is not None

    @property
    def principal(self) -> Principal:
        """As whom it searches."""
        return Principal(self.by, ("reader", "builder"), self.zones, self.labels)

    @property
    def on(self) -> date:
        """The day of validity."""
        return date.fromisoformat(self.day)


_COLUMNS = ("id", "began_at", "ended_at", "part_of")
_AT_ONCE = 500
"""Ids in one statement; SQLite bounds them."""


class RetrievalRuns:
    """The runs of one workspace."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(
        self,
        recipe: Recipe,
        set_name: str,
        set_hash: str,
        principal: Principal,
        corpus: str,
        planned: int,
        left_out: Mapping[str, int],
        part_of: str = "",
    ) -> Run:
        """Keep a run that has asked nothing yet."""
        run = Run(
            id=uuid.uuid4().hex[:12],
            recipe=recipe,
            set_name=set_name,
            set_hash=set_hash,
            by=principal.name,
            zones=principal.zones,
            labels=principal.labels,
            corpus=corpus,
            code=code_version(),
            revision=code_revision(),
            day=date.today().isoformat(),
            planned=planned,
            left_out=left_out,
            began_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            part_of=part_of,
        )
        body = {k: v for k, v in asdict(run).items() if k not in (*_COLUMNS, "recipe", "asked")}
        with self._engine.begin() as connection:
            connection.execute(
                insert(table).values(
                    id=run.id, began_at=run.began_at, part_of=part_of, recipe=asdict(recipe), body=body
                )
            )
        return run

    def built(self, run: Run, index: Mapping[str, float]) -> None:
        """Note what the index of a run took."""
        with self._engine.begin() as connection:
            body = connection.execute(select(table.c.body).where(table.c.id == run.id)).scalar_one()
            values = {"body": {**body, "index": dict(index)}}
            connection.execute(update(table).where(table.c.id == run.id).values(**values))

    def keep(self, run: Run, position: int, result: Result) -> None:
        """Write down the result of one question."""
        row = {"run_id": run.id, "question_id": result.question, "position": position, "body": result_json(result)}
        with self._engine.begin() as connection:
            connection.execute(insert(results).values(**row))

    def end(self, run: Run) -> None:
        """Note that every question was asked."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self._engine.begin() as connection:
            connection.execute(update(table).where(table.c.id == run.id).values(ended_at=now))

    def get(self, run_id: str) -> Run:
        """The run of this id; raises NotFound."""
        found = self._read(table.c.id == run_id)
        if not found:
            raise NotFound(f"There is no retrieval run '{run_id}'.")
        return found[0]

    def all(self, part_of: str | None = None) -> list[Run]:
        """All runs, or those of one sweep, newest first."""
        return self._read(table.c.part_of == part_of if part_of is not None else table.c.id != "")

    def results(self, run_id: str) -> list[Result]:
        """The results of a run, in the order of its set."""
        query = select(results).where(results.c.run_id == run_id).order_by(results.c.position)
        with self._engine.connect() as connection:
            return [result_from(row.question_id, row.body) for row in connection.execute(query)]

    def asked(self, run_id: str) -> set[str]:
        """Ids of the questions that have a result."""
        with self._engine.connect() as connection:
            return set(connection.execute(select(results.c.question_id).where(results.c.run_id == run_id)).scalars())

    def remove(self, run_ids: Iterable[str]) -> None:
        """Forget runs with their results."""
        with self._engine.begin() as connection:
            connection.execute(delete(table).where(table.c.id.in_(list(run_ids))))

    def forget(self, trace_ids: Sequence[str]) -> int:
        """Remove the results of answers with these traces, as an erasure must; returns how many."""
        lost = 0
        with self._engine.begin() as connection:
            for start in range(0, len(trace_ids), _AT_ONCE):
                some = list(trace_ids[start : start + _AT_ONCE])
                which = results.c.body["trace"].as_string().in_(some)
                lost += connection.execute(delete(results).where(which)).rowcount
        return lost

    def _read(self, wanted: Any) -> list[Run]:
        asked = select(results.c.run_id, func.count().label("asked")).group_by(results.c.run_id).subquery()
        query = (
            select(table, func.coalesce(asked.c.asked, 0).label("asked"))
            .outerjoin(asked, asked.c.run_id == table.c.id)
            .where(wanted)
            .order_by(table.c.began_at.desc())
        )
        with self._engine.connect() as connection:
            return [_run(row) for row in connection.execute(query)]


def corpus_hash(documents: Sequence[Document]) -> str:
    """Twelve hex digits over which documents there are, and who may find them when."""
    return fingerprint(sorted([d.id, d.zone, *d.labels, d.valid_from or "", d.valid_until or ""] for d in documents))


@cache
def code_version() -> str:
    """The version with twelve hex digits over the source of the core: what ran, whether it was committed or not."""
    root = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for file in sorted(root.rglob("*.py")):
        digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    return f"{__version__}+{digest.hexdigest()[:12]}"


@cache
def code_revision() -> str:
    """The commit as `git describe --always --dirty` names it; empty where there is no repository, or no git."""
    root = Path(__file__).parents[2]
    if not (root / ".git").exists():
        return ""
    try:
        command = ["git", "-C", str(root), "describe", "--always", "--dirty"]
        told = subprocess.run(command, check=False, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return told.stdout.strip() if told.returncode == 0 else ""


def _run(row: Row[Any]) -> Run:
    body = dict(row.body)
    labels = body.pop("labels")
    return Run(
        recipe=from_json(row.recipe),
        zones=tuple(body.pop("zones")),
        labels=None if labels is None else tuple(labels),
        asked=row.asked,
        **{column: getattr(row, column) for column in _COLUMNS},
        **body,
    )
