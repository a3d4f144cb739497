"""What a person may do with question sets; it stores and asks nothing itself.

A set tells what documents say: of each set a person gets the questions that he may see, and only who sees all of it may
replace or remove it.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from core.errors import AccessDenied, NotFound
from core.evaluation.question_files import read_questions, write_questions
from core.evaluation.question_sets import Listed, listed
from core.evaluation.questions import Question, QuestionSet, may_read
from core.governance.audited import audited
from core.governance.principals import may_see
from core.governance.rights import require
from core.tabular import Format
from core.types import Document, Principal

if TYPE_CHECKING:
    from core.assembly import Assembly
    from core.evaluation.quotes import Finding
    from core.library.store import Library


class LabSets:
    """The question sets of a workspace, for one who asks."""

    def __init__(self, parts: "Assembly") -> None:
        self._parts = parts
        self.audit = parts.audit

    def all(self, principal: Principal) -> list[Listed]:
        """A row for each set, over the questions that the principal may see; sets without any are left out."""
        hidden = hidden_names(self._parts.library, principal)
        seen = [_seen(held, principal, hidden) for held in self._parts.sets.all()]
        return [listed(held) for held in seen if held.questions]

    def get(self, name: str, principal: Principal) -> QuestionSet:
        """The set with the questions that the principal may see; raises NotFound where that is none."""
        held = _seen(self._parts.sets.get(name), principal, hidden_names(self._parts.library, principal))
        if not held.questions:
            raise NotFound(f"There is no question set '{name}'.")
        return held

    def bring(self, name: str, content: bytes, form: Format, principal: Principal, note: str = "") -> QuestionSet:
        """Keep the questions of a file under a name, wholly or not at all; see `read_questions` for what it may hold.

        Raises RequestError with the line of what is wrong, and AccessDenied for who may not build or does not see
        all of the set that it would replace.
        """
        return self.save(name, read_questions(content, form), principal, note)

    @audited("saved questions", told=lambda kept: {"version": kept.version}, set="name")
    def save(self, name: str, questions: Sequence[Question], principal: Principal, note: str = "") -> QuestionSet:
        """Keep questions under a name as its next version."""
        require(principal, "evaluate")
        self._require_whole(name, principal)
        hidden = hidden_names(self._parts.library, principal)
        beyond = next((question for question in questions if not may_read(question, principal, hidden)), None)
        if beyond:
            raise AccessDenied(f"'{principal.name}' may not see what the question '{beyond.id}' is about.")
        return self._parts.sets.save(name, questions, principal.name, note)

    def add(self, name: str, question: Question, principal: Principal) -> QuestionSet:
        """Put a question into a set, in the place of the one with its id; makes the set where there is none.

        Raises as `save` does.
        """
        held = self._parts.sets.find(name)
        others = [each for each in held.questions if each.id != question.id] if held else []
        return self.save(name, [*others, question], principal, held.note if held else "")

    @audited("exported questions", set="name", form="form")
    def export(self, name: str, form: Format, principal: Principal) -> str:
        """The text of a file with the questions that the principal may see."""
        return write_questions(self.get(name, principal).questions, form)

    @audited("changed role of questions", set="name", role="role")
    def set_role(self, name: str, role: str, principal: Principal) -> None:
        """Say whether a set measures ("test") or may be learned ("training"); raises as `remove` does."""
        require(principal, "evaluate")
        self._require_whole(name, principal)
        self._parts.sets.set_role(name, role)

    @audited("removed questions", set="name")
    def remove(self, name: str, principal: Principal) -> None:
        """Forget a set; raises NotFound, AccessDenied."""
        require(principal, "evaluate")
        self._require_whole(name, principal)
        self._parts.sets.remove(name)

    def findings(self, name: str, principal: Principal) -> "list[Finding]":
        """The quotes of a set that are no longer in the documents in force, among those the principal may see."""
        from core.evaluation.quotes import findings

        return findings(self.get(name, principal).questions, self._visible(principal))

    def _visible(self, principal: Principal) -> list[Document]:
        return [d for d in self._parts.library.ready() if may_see(principal, d.zone, d.labels)]

    def _require_whole(self, name: str, principal: Principal) -> None:
        held, hidden = self._parts.sets.find(name), hidden_names(self._parts.library, principal)
        if held and not all(may_read(question, principal, hidden) for question in held.questions):
            raise AccessDenied(f"'{principal.name}' does not see all of the question set '{name}'.")


def hidden_names(library: "Library", principal: Principal) -> list[str]:
    """Names of the documents, of any version, that the principal may not see: to be compared with, never shown."""
    return [name for name, zone, labels in library.marks() if not may_see(principal, zone, labels)]


def _seen(held: QuestionSet, principal: Principal, hidden: Sequence[str]) -> QuestionSet:
    questions = tuple(question for question in held.questions if may_read(question, principal, hidden))
    return replace(held, questions=questions)
