"""What people thought of answers: a thumb, a corrected answer, and the answer that it was about.

It decides nothing and shows nothing. Feedback goes with the documents that the answer drew on.
"""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.engine import Row as Record

from core.adapters.dataset import checked_answer
from core.erased import words_of
from core.errors import RequestError
from core.storage.database import feedback as table
from core.types import ZONES, Answer, Principal, Zone

Thumb = Literal["up", "down"]
THUMBS: tuple[Thumb, ...] = ("up", "down")


@dataclass(frozen=True, slots=True)
class Cited:
    """A passage that the answer cited."""

    document_id: str
    document: str
    """The document's name."""
    start: int
    end: int
    sha256: str
    """Of the cited text."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """One person's word on one answer."""

    id: str
    trace_id: str
    given_at: str
    given_by: str
    thumb: Thumb
    question: str
    answer: str
    corrected: str
    """What the answer should have been; empty where nobody said."""
    abstained: bool
    recipe: str
    """Hash of the recipe that answered."""
    model: str
    adapter: str | None
    zone: Zone
    """The most guarded zone of what was found; where nothing was searched, of what the person may see."""
    documents: tuple[str, ...]
    """Ids of the documents whose passages stood in the prompt."""
    sources: tuple[str, ...]
    """Those passages."""
    cited: tuple[Cited, ...]


class FeedbackBook:
    """The feedback of one workspace."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def give(self, answer: Answer, thumb: str, corrected: str, by: Principal) -> Feedback:
        """Keep a person's word on an answer, in the place of what he said of it before.

        Raises RequestError for a thumb that is none and a correction that is too long or no valid text.
        """
        chosen = next((each for each in THUMBS if each == thumb), None)
        if chosen is None:
            raise RequestError(f"There is no thumb '{thumb}'; choose {', '.join(THUMBS)}.")
        made = _of(answer, chosen, checked_answer(corrected), by)
        same = (table.c.trace_id == made.trace_id) & (table.c.given_by == made.given_by)
        with self._engine.begin() as connection:
            connection.execute(delete(table).where(same))
            connection.execute(insert(table).values(**_values(made)))
        return made

    def withdraw(self, trace_id: str, by: Principal) -> None:
        """Forget what a person said of an answer, if he said anything."""
        with self._engine.begin() as connection:
            connection.execute(delete(table).where(table.c.trace_id == trace_id, table.c.given_by == by.name))

    def of(self, trace_id: str, by: Principal) -> Feedback | None:
        """What a person said of an answer, or None."""
        query = select(table).where(table.c.trace_id == trace_id, table.c.given_by == by.name)
        with self._engine.connect() as connection:
            record = connection.execute(query).one_or_none()
        return _feedback(record) if record else None

    def all(self) -> list[Feedback]:
        """All feedback, oldest first."""
        with self._engine.connect() as connection:
            return [
                _feedback(record) for record in connection.execute(select(table).order_by(table.c.given_at, table.c.id))
            ]

    def counts(self) -> dict[str, int]:
        """How many answers were corrected, liked, and disliked without a word."""
        every = self.all()
        corrected = sum(bool(each.corrected) for each in every)
        liked = sum(each.thumb == "up" and not each.corrected for each in every)
        return {"corrected": corrected, "liked": liked, "disliked": len(every) - corrected - liked}

    def forget(self, document_ids: Sequence[str], erased: Sequence[str], staying: Sequence[str]) -> int:
        """Remove feedback on answers that drew on erased documents or hold words of theirs only; returns how many."""
        gone, every = set(document_ids), self.all()
        theirs = words_of([text for each in every for text in _texts(each)], erased, staying)
        lost = [each.id for each in every if gone & set(each.documents) or any(map(theirs, _texts(each)))]
        with self._engine.begin() as connection:
            for identity in lost:
                connection.execute(delete(table).where(table.c.id == identity))
        return len(lost)


def _of(answer: Answer, thumb: Thumb, corrected: str, by: Principal) -> Feedback:
    zones = [hit.zone for hit in answer.trace.candidates] or list(by.zones) or [ZONES[-1]]
    return Feedback(
        id=uuid.uuid4().hex[:12],
        trace_id=answer.trace.id,
        given_at=datetime.now(UTC).isoformat(timespec="seconds"),
        given_by=by.name,
        thumb=thumb,
        question=answer.trace.understood or answer.trace.question,
        answer=answer.text,
        corrected=corrected,
        abstained=answer.abstained,
        recipe=answer.recipe,
        model=answer.model,
        adapter=answer.adapter,
        zone=max(zones, key=ZONES.index),
        documents=tuple(dict.fromkeys(source.hit.chunk.document_id for source in answer.sources)),
        sources=tuple(source.text for source in answer.sources),
        cited=tuple(
            Cited(
                each.document_id, each.document, each.start, each.end, hashlib.sha256(each.quote.encode()).hexdigest()
            )
            for each in answer.citations
        ),
    )


def _texts(given: Feedback) -> list[str]:
    return [given.question, given.answer, given.corrected, *given.sources]


def _values(given: Feedback) -> dict[str, Any]:
    own = asdict(given)
    columns = ("id", "trace_id", "given_at", "given_by", "zone")
    body = {name: value for name, value in own.items() if name not in (*columns, "documents")}
    return {name: own[name] for name in columns} | {"documents": list(given.documents), "body": body}


def _feedback(record: Record[Any]) -> Feedback:
    values = {**record._mapping}
    body = values.pop("body")
    cited = tuple(Cited(**each) for each in body["cited"])
    values["documents"] = tuple(values["documents"])
    return Feedback(**{**values, **body, "sources": tuple(body["sources"]), "cited": cited})
