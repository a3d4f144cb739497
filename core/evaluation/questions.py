"""A question with what a good answer to it needs; it does not know files, documents or how anything is scored."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from core.types import ZONES, Principal, Zone, fingerprint

Role = Literal["test", "training"]
ROLES: tuple[Role, ...] = ("test", "training")
"""What a set is for: a test measures, and no adapter may learn it; a training set may be learned."""
ERASED = "[erased]"
"""Stands where a question's own words were a document's that was erased."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of a document that prove the answer; both fields are empty once the document was erased."""

    document: str
    """The document's name."""
    quote: str
    """Verbatim, case and white space aside."""

    @property
    def erased(self) -> bool:
        """Whether the document was erased, and its words with it."""
        return not self.quote


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a set."""

    id: str
    text: str
    answers: tuple[str, ...] = ()
    """Accepted answers; any of them will do."""
    answerable: bool = True
    """False where the documents do not hold the answer, and declining is right."""
    evidence: tuple[Evidence, ...] = ()
    language: str = ""
    """ISO 639, as "de"; empty where it was not said."""
    zone: Zone = "internal"
    """The zone of what the question is about; only those who may see it see the question."""
    persona: str = ""
    """Who asks; empty for whoever runs the set."""
    tags: tuple[str, ...] = ()

    @property
    def hash(self) -> str:
        """Twelve hex digits over all that decides how the question is scored."""
        return fingerprint(asdict(self))


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A named set in the state in which it was saved last."""

    name: str
    questions: tuple[Question, ...]
    version: int = 1
    saved_at: str = ""
    saved_by: str = ""
    note: str = ""
    role: Role = "test"

    @property
    def hash(self) -> str:
        """Twelve hex digits over the questions, whatever the set is called."""
        return set_hash(self.questions)


def set_hash(questions: Sequence[Question]) -> str:
    """Twelve hex digits over the questions and their order."""
    return fingerprint([question.hash for question in questions])


def may_read(question: Question, principal: Principal, hidden: Sequence[str] = ()) -> bool:
    """Whether the principal may see a question; `hidden` names the documents that he may not see.

    Questions, answers and quotes tell what their documents say: the zone of the question decides, and every document
    that it quotes.
    """
    return question.zone in principal.zones and not {e.document for e in question.evidence} & set(hidden)


def half_of(question_id: str) -> Literal["choose", "report"]:
    """The half of a set that a question falls into by its id alone: one to choose by, one to report on."""
    return "report" if hashlib.sha256(question_id.encode("utf-8", "surrogatepass")).digest()[0] & 1 else "choose"


def as_json(question: Question) -> dict[str, Any]:
    """The question as the import reads it, in the order of the sample file."""
    body: dict[str, Any] = {
        "id": question.id,
        "question": question.text,
        "answers": list(question.answers),
        "evidence": [asdict(item) for item in question.evidence],
        "answerable": question.answerable,
        "language": question.language,
        "zone": question.zone,
        "tags": list(question.tags),
    }
    return body | ({"persona": question.persona} if question.persona else {})


def from_body(body: Mapping[str, Any]) -> Question:
    """A question from what `as_json` made of it, taken on trust; see `question_files` for what people bring."""
    zone = body["zone"]
    assert zone in ZONES
    return Question(
        id=body["id"],
        text=body["question"],
        answers=tuple(body["answers"]),
        answerable=body["answerable"],
        evidence=tuple(Evidence(**item) for item in body["evidence"]),
        language=body["language"],
        zone=zone,
        persona=body.get("persona", ""),
        tags=tuple(body["tags"]),
    )
