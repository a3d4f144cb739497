"""The question sets of a workspace, each with a version, a hash and an author; it does not ask them.

Quotes are words of documents. What is erased of a document is blanked here, and the questions stay.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Engine, delete, insert, select, update

from core.erased import words_of
from core.errors import NotFound, RequestError
from core.evaluation.questions import ERASED, ROLES, Evidence, Question, QuestionSet, Role, as_json, from_body
from core.storage.database import question_sets as table

SAMPLES = "samples"
"""The set that comes with the sample documents."""
_NAME = re.compile(r"[\w][\w .-]{0,59}")


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the list of sets."""

    name: str
    hash: str
    version: int
    questions: int
    answerable: int
    saved_at: str
    saved_by: str
    note: str
    role: Role = "test"


class QuestionSets:
    """The sets of one workspace, by name."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> list[QuestionSet]:
        """All sets by name."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(table).order_by(table.c.name)).all()
        return [
            QuestionSet(r.name, tuple(map(from_body, r.body)), r.version, r.saved_at, r.saved_by, r.note, r.role)
            for r in rows
        ]

    def find(self, name: str) -> QuestionSet | None:
        """The set of this name, or None."""
        return next((held for held in self.all() if held.name == name), None)

    def get(self, name: str) -> QuestionSet:
        """The set of this name; raises NotFound with the names that exist."""
        sets = {held.name: held for held in self.all()}
        if name not in sets:
            known = f"choose {', '.join(sets)}" if sets else "import one first"
            raise NotFound(f"There is no question set '{name}'; {known}.")
        return sets[name]

    def save(self, name: str, questions: Sequence[Question], by: str, note: str = "") -> QuestionSet:
        """Keep questions under a name as its next version; nothing happens when they are what it holds already.

        Raises RequestError for a name that is none, and for a set without questions.
        """
        if not _NAME.fullmatch(name):
            raise RequestError(
                f"'{name}' is no name for a question set: letters, digits, spaces, dots, dashes and underscores, "
                "60 at most."
            )
        if not questions:
            raise RequestError("A question set without questions is not kept.")
        held = self.find(name)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        role = held.role if held else "test"
        fresh = QuestionSet(name, tuple(questions), held.version + 1 if held else 1, now, by, note, role)
        if held and held.hash == fresh.hash:
            return held
        row = {
            "version": fresh.version,
            "body": [as_json(question) for question in questions],
            "saved_at": now,
            "saved_by": by,
            "note": note,
        }
        with self._engine.begin() as connection:
            if held:
                connection.execute(update(table).where(table.c.name == name).values(**row))
            else:
                connection.execute(insert(table).values(name=name, **row))
        return fresh

    def set_role(self, name: str, role: str) -> None:
        """Say what a set is for; raises NotFound, and RequestError for a role that there is not."""
        if role not in ROLES:
            raise RequestError(f"There is no role '{role}' of a question set; choose {', '.join(ROLES)}.")
        with self._engine.begin() as connection:
            if not connection.execute(update(table).where(table.c.name == name).values(role=role)).rowcount:
                raise NotFound(f"There is no question set '{name}'.")

    def remove(self, name: str) -> None:
        """Forget a set; raises NotFound."""
        with self._engine.begin() as connection:
            if not connection.execute(delete(table).where(table.c.name == name)).rowcount:
                raise NotFound(f"There is no question set '{name}'.")

    def forget(self, document: str, erased: Sequence[str], staying: Sequence[str]) -> int:
        """Blank what comes from an erased document; returns the number of questions that lost something.

        Its quotes and its name go, the accepted answers of the questions that it proved, and any other text of a set
        that shares 24 characters with the `erased` texts which none of the `staying` ones holds.
        """
        sets = self.all()
        theirs = words_of([text for held in sets for q in held.questions for text in _texts(q)], erased, staying)
        blanked = 0
        for held in sets:
            questions = [_without(question, document, theirs) for question in held.questions]
            changed = sum(a != b for a, b in zip(questions, held.questions, strict=True))
            if changed:
                values = {"body": [as_json(question) for question in questions], "version": held.version + 1}
                with self._engine.begin() as connection:
                    connection.execute(update(table).where(table.c.name == held.name).values(**values))
            blanked += changed
        return blanked


def listed(held: QuestionSet) -> Listed:
    """The set's row of a list."""
    return Listed(
        held.name,
        held.hash,
        held.version,
        len(held.questions),
        sum(question.answerable for question in held.questions),
        held.saved_at,
        held.saved_by,
        held.note,
        held.role,
    )


def _texts(question: Question) -> list[str]:
    return [question.text, *question.answers, *question.tags, *(item.quote for item in question.evidence)]


def _without(question: Question, document: str, theirs: Callable[[str], bool]) -> Question:
    """The question without what was the document's."""
    proved = any(item.document == document for item in question.evidence)
    return replace(
        question,
        text=ERASED if theirs(question.text) else question.text,
        answers=() if proved or any(map(theirs, question.answers)) else question.answers,
        evidence=tuple(
            Evidence("", "") if item.document == document or theirs(item.quote) else item for item in question.evidence
        ),
        tags=tuple(tag for tag in question.tags if not theirs(tag)),
    )
