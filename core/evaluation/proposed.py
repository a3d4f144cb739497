"""Questions that wait for a person before they count, and those that a person turned down; it makes none.

A proposal holds words of documents and goes with them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import Engine, delete, insert, select, update

from core.erased import words_of
from core.evaluation.questions import Question, as_json, from_body
from core.storage.database import question_proposals as table
from core.types import fingerprint

State = Literal["open", "accepted", "rejected"]
Origin = Literal["document", "feedback"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A question that somebody or some rule proposes for a set."""

    id: str
    """Hash of set, origin and words: what was turned down is not proposed again."""
    set_name: str
    origin: Origin
    question: Question
    documents: tuple[str, ...]
    """Ids of the documents that it draws on."""
    state: State = "open"
    made_at: str = ""
    made_by: str = ""
    reviewed_by: str = ""


def proposal(set_name: str, origin: Origin, question: Question, documents: Sequence[str]) -> Proposal:
    """A proposal under an id of its own content, which its question bears too."""
    identity = fingerprint([set_name, origin, question.text, question.answers, sorted(documents)])
    body = as_json(question) | {"id": identity}
    return Proposal(identity, set_name, origin, from_body(body), tuple(dict.fromkeys(documents)))


class Proposals:
    """The proposed questions of one workspace."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, made: Iterable[Proposal], by: str) -> int:
        """Keep those that are not known, whatever became of them; returns how many are new."""
        now, added = datetime.now(UTC).isoformat(timespec="seconds"), 0
        with self._engine.begin() as connection:
            known = set(connection.execute(select(table.c.id)).scalars())
            for each in made:
                if each.id in known:
                    continue
                known.add(each.id)
                added += 1
                connection.execute(
                    insert(table).values(
                        id=each.id,
                        set_name=each.set_name,
                        state="open",
                        origin=each.origin,
                        documents=list(each.documents),
                        body=as_json(each.question),
                        made_at=now,
                        made_by=by,
                    )
                )
        return added

    def all(self, set_name: str | None = None) -> list[Proposal]:
        """Those of a set, or of all sets, oldest first."""
        query = select(table).order_by(table.c.made_at, table.c.id)
        if set_name is not None:
            query = query.where(table.c.set_name == set_name)
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [
            Proposal(
                r.id,
                r.set_name,
                r.origin,
                from_body(r.body),
                tuple(r.documents),
                r.state,
                r.made_at,
                r.made_by,
                r.reviewed_by,
            )
            for r in rows
        ]

    def mark(self, ids: Sequence[str], state: State, by: str) -> None:
        """Note what a person decided."""
        with self._engine.begin() as connection:
            for identity in ids:
                values = {"state": state, "reviewed_by": by}
                connection.execute(update(table).where(table.c.id == identity).values(**values))

    def forget(self, document_ids: Sequence[str], erased: Sequence[str], staying: Sequence[str]) -> int:
        """Remove what draws on erased documents or holds words of theirs only; returns how many."""
        gone, every = set(document_ids), self.all()
        theirs = words_of([text for each in every for text in _texts(each.question)], erased, staying)
        lost = [e.id for e in every if gone & set(e.documents) or any(map(theirs, _texts(e.question)))]
        with self._engine.begin() as connection:
            for identity in lost:
                connection.execute(delete(table).where(table.c.id == identity))
        return len(lost)


def _texts(question: Question) -> list[str]:
    return [question.text, *question.answers, *(item.quote for item in question.evidence)]
