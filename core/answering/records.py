"""Traces on disk: what is kept of an answer; it does not know how an answer is made."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Engine, delete, func, insert, select

from core.errors import NotFound
from core.storage.database import trace_documents, traces
from core.types import Answer, Hit

_KEPT = 5_000
"""The oldest traces beyond this many are removed."""


class Records:
    """The traces of a workspace, newest kept."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def keep(self, answer: Answer) -> None:
        """Store the answer's trace, and forget the oldest beyond the bound."""
        trace = answer.trace
        with self._engine.begin() as connection:
            connection.execute(
                insert(traces).values(
                    id=trace.id,
                    started_at=trace.started_at,
                    principal=trace.principal,
                    recipe=trace.recipe,
                    body=_body(answer),
                )
            )
            quoted = {hit.chunk.document_id for hit in trace.candidates}
            if quoted:
                rows = [{"trace_id": trace.id, "document_id": document} for document in sorted(quoted)]
                connection.execute(insert(trace_documents), rows)
            count = connection.execute(select(func.count()).select_from(traces)).scalar_one()
            if count > _KEPT:
                oldest = select(traces.c.id).order_by(traces.c.started_at).limit(count - _KEPT)
                connection.execute(delete(traces).where(traces.c.id.in_(oldest)))

    def get(self, trace_id: str) -> dict[str, Any]:
        """The stored trace; raises NotFound."""
        with self._engine.connect() as connection:
            body = connection.execute(select(traces.c.body).where(traces.c.id == trace_id)).scalar_one_or_none()
        if body is None:
            raise NotFound(f"There is no trace '{trace_id}'.")
        return dict(body)

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

    def forget(self, trace_ids: Sequence[str]) -> None:
        """Remove traces."""
        with self._engine.begin() as connection:
            connection.execute(delete(traces).where(traces.c.id.in_(trace_ids)))

    def count(self) -> int:
        """Traces kept."""
        with self._engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(traces)).scalar_one()


def _body(answer: Answer) -> dict[str, Any]:
    trace = answer.trace
    return {
        "question": trace.question,
        "answer": answer.text,
        "abstained": answer.abstained,
        "route": answer.route,
        "model": answer.model,
        "adapter": answer.adapter,
        "total_ms": trace.total_ms,
        "stages": [asdict(stage) for stage in trace.stages],
        "citations": [asdict(citation) for citation in answer.citations],
        "candidates": [_candidate(hit) for hit in trace.candidates],
        "messages": list(trace.prompt.messages) if trace.prompt else [],
    }


def _candidate(hit: Hit) -> dict[str, Any]:
    return {
        "chunk": hit.chunk.id,
        "document_id": hit.chunk.document_id,
        "document": hit.document,
        "start": hit.chunk.start,
        "end": hit.chunk.end,
        "rank": hit.rank,
        "scores": {name: asdict(score) for name, score in hit.scores.items()},
        "fate": hit.fate.value,
    }
