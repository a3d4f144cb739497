"""Traces on disk: what is kept of an answer; it does not know how an answer is made, nor who may read it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from sqlalchemy import Engine, Text, bindparam, case, delete, func, insert, or_, select

from core.answering.kept import Texts, as_body, from_body
from core.errors import NotFound
from core.storage.database import trace_documents, traces
from core.types import ZONES, Answer, Zone

MOST = 5_000
"""Traces kept; the oldest beyond them are removed."""
MOST_BYTES = 256 << 20
"""Bytes that the traces kept may take together; the oldest beyond them are removed."""

_KEEP = insert(traces).values(body=bindparam("written", type_=Text))
"""With the body as it was written: the column would make JSON of it once more."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the list of traces."""

    id: str
    started_at: str
    """ISO time in UTC."""
    principal: str
    zones: tuple[Zone, ...]
    """What the asker could see."""
    labels: tuple[str, ...] | None
    question: str
    answer: str
    recipe: str
    """Hash of the recipe."""
    origin: str
    """Where it was asked: chat, command line, evaluation, inspector; empty where that was not said."""
    route: str
    model: str
    adapter: str | None
    abstained: bool
    total_ms: float
    tokens: int
    """Of prompt and answer."""
    size: int
    """Bytes kept."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What one kept answer took."""

    id: str
    started_at: str
    route: str
    model: str
    adapter: str | None
    read: int
    """Tokens of the prompt."""
    written: int
    """Tokens of the answer."""
    seconds: float
    """In total."""
    searching: float | None
    """Seconds of the search; None where nothing was searched."""
    size: int
    """Bytes kept."""


class Records:
    """The traces of a workspace, newest kept."""

    def __init__(self, engine: Engine, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        self._engine, self._most, self._most_bytes = engine, most, most_bytes

    def keep(self, answer: Answer, origin: str = "") -> None:
        """Store the answer's trace, and forget the oldest beyond the bounds."""
        trace, body = answer.trace, json.dumps(as_body(answer), separators=(",", ":"))
        asker = trace.asker
        with self._engine.begin() as connection:
            row = {
                "id": trace.id,
                "started_at": trace.started_at,
                "principal": trace.principal,
                "recipe": trace.recipe,
                "written": body,
                "zones": list(asker.zones) if asker else list(ZONES),
                "labels": list(asker.labels) if asker and asker.labels is not None else None,
                "question": trace.question,
                "answer": answer.text,
                "origin": origin,
                "route": answer.route,
                "model": answer.model,
                "adapter": answer.adapter,
                "abstained": answer.abstained,
                "total_ms": trace.total_ms,
                "tokens": answer.tokens.prompt + answer.tokens.answer,
                "size": len(body),
            }
            connection.execute(_KEEP, row)
            quoted = {hit.chunk.document_id for hit in trace.candidates}
            if quoted:
                rows = [{"trace_id": trace.id, "document_id": document} for document in sorted(quoted)]
                connection.execute(insert(trace_documents), rows)
            beyond = self._beyond(connection)
            if beyond:
                connection.execute(delete(traces).where(traces.c.id.in_(beyond)))

    def get(self, trace_id: str) -> dict[str, Any]:
        """The stored trace as plain data; raises NotFound."""
        with self._engine.connect() as connection:
            body = connection.execute(select(traces.c.body).where(traces.c.id == trace_id)).scalar_one_or_none()
        if body is None:
            raise NotFound(f"There is no trace '{trace_id}'.")
        return dict(body)

    def open(self, trace_id: str, texts: Texts) -> Answer:
        """The answer as it was given; raises NotFound, also where it was kept by a version that kept less."""
        body = self.get(trace_id)
        if "sources" not in body:
            raise NotFound(
                f"The trace '{trace_id}' was kept by an earlier version, which did not keep enough to open it."
            )
        return from_body(trace_id, body, texts)

    def listed(self, trace_ids: Sequence[str] | None = None, text: str = "") -> list[Listed]:
        """Rows newest first: all, those of these ids, or those whose question or answer holds the text."""
        columns = [column for column in traces.c if column.name != "body"]
        query = select(*columns).order_by(traces.c.started_at.desc(), traces.c.id)
        if trace_ids is not None:
            query = query.where(traces.c.id.in_(trace_ids))
        if text:
            pattern = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
            query = query.where(
                or_(traces.c.question.ilike(pattern, escape="\\"), traces.c.answer.ilike(pattern, escape="\\"))
            )
        with self._engine.connect() as connection:
            return [_listed(row) for row in connection.execute(query)]

    def spent(self, trace_ids: Sequence[str]) -> list[Spent]:
        """What the answers of these traces took, newest first."""
        of, body = traces.c, traces.c.body
        tokens = [body["tokens"][name].as_integer() for name in ("prompt", "answer")]
        plain = (of.id, of.started_at, of.route, of.model, of.adapter, of.total_ms, of.size)
        query = (
            select(*plain, *tokens, body["stages"]).where(of.id.in_(trace_ids)).order_by(of.started_at.desc(), of.id)
        )
        found = []
        with self._engine.connect() as connection:
            for row in connection.execute(query):
                identity, at, route, model, adapter, ms, size, read, written, stages = row
                searching = [stage["ms"] for stage in stages or () if stage["name"] == "retrieve"]
                seconds = sum(searching) / 1_000 if searching else None
                found.append(
                    Spent(identity, at, route, model, adapter, read or 0, written or 0, ms / 1_000, seconds, size)
                )
        return found

    def about(self, document_ids: Sequence[str]) -> list[str]:
        """Ids of the traces that drew on any of these documents."""
        query = select(trace_documents.c.trace_id).where(trace_documents.c.document_id.in_(document_ids)).distinct()
        with self._engine.connect() as connection:
            return sorted(connection.execute(query).scalars())

    def by_adapters(self, names: Sequence[str]) -> list[str]:
        """Ids of the traces of answers that any of these adapters gave."""
        query = select(traces.c.id).where(traces.c.body["adapter"].as_string().in_(names))
        with self._engine.connect() as connection:
            return sorted(connection.execute(query).scalars())

    def written(self) -> dict[str, list[str]]:
        """By trace, the texts that a person or a model wrote, and that may repeat a document which was not searched."""
        said = [traces.c.body[name].as_string() for name in ("understood", "draft", "parent")]
        prompt = case((said[2] != "", traces.c.body["prompt"]["messages"].as_string()))
        query = select(traces.c.id, traces.c.question, traces.c.answer, *said[:2], prompt)
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return {row[0]: [_plain(text) for text in row[1:] if text] for row in rows}

    def forget(self, trace_ids: Sequence[str]) -> None:
        """Remove traces."""
        with self._engine.begin() as connection:
            connection.execute(delete(traces).where(traces.c.id.in_(trace_ids)))

    def median_ms(self, route: str, adapter: str | None, writes: bool, most: int = 50) -> float | None:
        """The median milliseconds of the newest answers by this route and adapter; None without any.

        `writes` says whether a model wrote, whatever text stood in the answer in the end. Answers whose first draft was
        thrown away took another route's time too, and do not count.
        """
        wears = traces.c.adapter.is_(None) if adapter is None else traces.c.adapter == adapter
        wrote = traces.c.tokens > 0 if writes else traces.c.tokens == 0
        routed = traces.c.body["routed"]["dropped"].as_string()
        query = (
            select(traces.c.total_ms)
            .where(traces.c.route == route, wears, wrote)
            .where(or_(routed.is_(None), routed == "[]"))
            .order_by(traces.c.started_at.desc())
            .limit(most)
        )
        with self._engine.connect() as connection:
            found = connection.execute(query).scalars().all()
        return median(found) if found else None

    def count(self) -> int:
        """Traces kept."""
        with self._engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(traces)).scalar_one()

    def _beyond(self, connection: Any) -> list[str]:
        """Ids of the oldest traces beyond the bounds on number and bytes; the newest always stays."""
        count, total = connection.execute(select(func.count(), func.coalesce(func.sum(traces.c.size), 0))).one()
        if count <= self._most and total <= self._most_bytes:
            return []
        beyond: list[str] = []
        oldest = select(traces.c.id, traces.c.size).order_by(traces.c.started_at, traces.c.id)
        for row in connection.execute(oldest):
            if count <= 1 or (count <= self._most and total <= self._most_bytes):
                break
            beyond.append(row.id)
            count, total = count - 1, total - row.size
        return beyond


def _plain(text: str) -> str:
    """A list of messages as its contents; other texts as they are."""
    if not text.startswith("[["):
        return text
    try:
        return "\n".join(content for _, content in json.loads(text))
    except ValueError:  # a text that only begins like one
        return text


def _listed(row: Any) -> Listed:
    return Listed(
        id=row.id,
        started_at=row.started_at,
        principal=row.principal,
        zones=tuple(row.zones if row.zones is not None else ZONES),  # kept by an earlier version: as if by who sees all
        labels=None if row.labels is None else tuple(row.labels),
        question=row.question,
        answer=row.answer,
        recipe=row.recipe,
        origin=row.origin,
        route=row.route,
        model=row.model,
        adapter=row.adapter,
        abstained=bool(row.abstained),
        total_ms=row.total_ms,
        tokens=row.tokens,
        size=row.size,
    )
