"""How question sets grow for one who asks: written by hand, proposed from documents and feedback, reviewed, checked.

What is proposed does not count before a person accepted it. It asks no question.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.desks.adapters import barred_adapters
from core.errors import NotFound, RequestError
from core.evaluation.questions import Evidence, Question, QuestionSet, as_json, may_read
from core.governance.principals import may_see
from core.governance.rights import require
from core.lab.sets import LabSets, hidden_names
from core.types import Document, Principal

if TYPE_CHECKING:
    from core.adapters.feedback import Feedback
    from core.adapters.proposals import Kind
    from core.evaluation.proposed import Proposal
    from core.evaluation.quotes import Resolved
    from core.workbench import Workbench


@dataclass(frozen=True, slots=True)
class Contamination:
    """A question of a set that a row of a dataset asks too: learned, it would measure nothing."""

    question: str
    """The question's id."""
    dataset: str
    row: str
    """The row's own question."""
    same: bool
    """Whether it is the same, spelling aside; otherwise nearly the same."""


class LabGrowth:
    """What the workbench hands out as `bench.lab.growth`."""

    def __init__(self, bench: "Workbench", sets: LabSets) -> None:
        self._bench, self._sets = bench, sets

    # -- by hand -----------------------------------------------------------------------------------------------------

    def locate(self, evidence: Evidence, principal: Principal) -> "Resolved":
        """Where a quote stands in the documents in force that the principal may see; its state says when it is not."""
        from core.evaluation.quotes import Quotes

        return Quotes(self._visible(principal)).resolve(Question("", "", evidence=(evidence,)))[0]

    def put(
        self, set_name: str, question: Question, principal: Principal, in_place_of: str | None = None
    ) -> QuestionSet:
        """Put a question into a set, at its end or in the place of another; makes the set where there is none.

        Raises RequestError for what is no question, a quote that is not found, and an id that is taken.
        """
        from core.evaluation.quotes import WHY

        checked = _checked(question)
        for evidence in checked.evidence:
            found = self.locate(evidence, principal)
            if found.state not in ("found", "erased"):
                raise RequestError(f"{WHY[found.state][:-1]}: {evidence.document}.")
        held = list(self._held(set_name, principal))
        places = {each.id: place for place, each in enumerate(held)}
        if checked.id in places and checked.id != in_place_of:
            raise RequestError(f"The set '{set_name}' has a question '{checked.id}' already.")
        if in_place_of is None:
            held.append(checked)
        elif in_place_of in places:
            held[places[in_place_of]] = checked
        else:
            raise NotFound(f"The set '{set_name}' has no question '{in_place_of}'.")
        return self._sets.save(set_name, held, principal, self._note(set_name))

    def take_out(self, set_name: str, question_id: str, principal: Principal) -> QuestionSet:
        """Take a question out of a set; raises NotFound, and RequestError for its last one."""
        held = self._sets.get(set_name, principal).questions
        left = [each for each in held if each.id != question_id]
        if len(left) == len(held):
            raise NotFound(f"The set '{set_name}' has no question '{question_id}'.")
        return self._sets.save(set_name, left, principal, self._note(set_name))

    def free_id(self, set_name: str, principal: Principal) -> str:
        """An id that no question of the set bears."""
        taken = {each.id for each in self._held(set_name, principal)}
        return next(name for number in range(len(taken) + 1, 2 * len(taken) + 3) if (name := f"q{number}") not in taken)

    # -- proposed ----------------------------------------------------------------------------------------------------

    def from_documents(
        self,
        set_name: str,
        names: Sequence[str],
        principal: Principal,
        kinds: "Sequence[Kind] | None" = None,
        most: int = 40,
    ) -> int:
        """Propose questions that these documents answer, `most` of each and evenly spread; returns how many are new.

        Raises NotFound for a document that is not there, and AccessDenied.
        """
        from core.adapters.proposals import KINDS, propose
        from core.evaluation.proposed import proposal

        require(principal, "evaluate")
        held = {document.name: document for document in self._visible(principal)}
        made = []
        for name in names:
            if name not in held:
                raise NotFound(f"There is no document '{name}' in this workspace.")
            document = held[name]
            found = propose(document, kinds or KINDS)
            step = max(1, len(found) // most)
            for each in found[::step][:most]:
                quote = document.text[each.evidence.start : each.evidence.end].strip()
                question = Question(
                    "",
                    each.question,
                    (each.answer,),
                    evidence=(Evidence(document.name, quote),),
                    language=document.language or "",
                    zone=document.zone,
                    tags=(each.kind,),
                )
                made.append(proposal(set_name, "document", question, [document.id]))
        return self._bench.proposals.add(made, principal.name)

    def from_feedback(self, set_name: str, principal: Principal) -> int:
        """Propose the questions whose answers people corrected; returns how many are new.

        Where the correction stands word for word in a document that the answer drew on, that is its evidence.
        """
        from core.embedding.language import language_of
        from core.evaluation.proposed import proposal

        require(principal, "evaluate")
        known = {document.id: document for document in self._visible(principal)}
        made, barred = [], barred_adapters(self._bench, principal)
        for given in self._bench.feedback_book.all():
            if given.adapter in barred:
                continue
            drew = [known[each] for each in given.documents if each in known]
            if given.thumb != "down" or not given.corrected.strip() or given.zone not in principal.zones:
                continue
            if len(drew) < len(given.documents):  # a document is gone, or hidden from who asks
                continue
            question = Question(
                "",
                given.question,
                (" ".join(given.corrected.split()),),
                evidence=_evidence(given, drew),
                language=language_of(given.question) or "",
                zone=given.zone,
                tags=("feedback",),
            )
            made.append(proposal(set_name, "feedback", question, given.documents))
        return self._bench.proposals.add(made, principal.name)

    def open(self, principal: Principal, set_name: str | None = None) -> "list[Proposal]":
        """The proposals that wait for a review and that the principal may see, oldest first."""
        hidden, places = (
            hidden_names(self._bench.library, principal),
            {each.id: each for each in self._bench.library.standings()},
        )
        return [
            each
            for each in self._bench.proposals.all(set_name)
            if each.state == "open"
            and may_read(each.question, principal, hidden)
            and all(may_see(principal, places[i].zone, places[i].labels) for i in each.documents if i in places)
        ]

    def accept(self, proposal_id: str, principal: Principal, question: Question | None = None) -> QuestionSet:
        """Let a proposed question count, in the words of `question` where they were changed; raises as `put` does."""
        found = self._one(proposal_id, principal)
        kept = self.put(found.set_name, replace(question or found.question, id=found.question.id), principal)
        self._bench.proposals.mark([proposal_id], "accepted", principal.name)
        return kept

    def reject(self, proposal_id: str, principal: Principal) -> None:
        """Turn a proposed question down; it is not proposed again."""
        self._one(proposal_id, principal)
        self._bench.proposals.mark([proposal_id], "rejected", principal.name)

    # -- checked -----------------------------------------------------------------------------------------------------

    def contamination(self, set_name: str, principal: Principal) -> list[Contamination]:
        """The questions of a set that rows of datasets ask, or nearly ask, among what the principal may see.

        See `core.adapters.flags` for what is near. Raises WeightsMissing where the embedder is not on this machine.
        """
        from core.adapters.flags import asked_again, fold_question

        held = self._sets.get(set_name, principal).questions
        by_text = {question.text: question.id for question in held}
        found: dict[tuple[str, str, str], Contamination] = {}
        for listed in self._bench.datasets.all(principal):
            rows = [each.row for each in self._bench.datasets.get(listed.name, principal).rows]
            learned = [row for row in rows if row.state != "rejected"]
            for row, text in asked_again(learned, list(by_text), self._bench.checks.vectors):
                same = fold_question(row.question) == fold_question(text)
                made = Contamination(by_text[text], listed.name, row.question, same)
                found.setdefault((made.question, made.dataset, made.row), made)
        return list(found.values())

    # -- within ------------------------------------------------------------------------------------------------------

    def _held(self, set_name: str, principal: Principal) -> tuple[Question, ...]:
        if self._bench.sets.find(set_name) is None:
            return ()
        return self._sets.get(set_name, principal).questions

    def _note(self, set_name: str) -> str:
        held = self._bench.sets.find(set_name)
        return held.note if held else ""

    def _one(self, proposal_id: str, principal: Principal) -> "Proposal":
        require(principal, "evaluate")
        found = next((each for each in self.open(principal) if each.id == proposal_id), None)
        if found is None:
            raise NotFound("This proposal is not there any longer, or was reviewed already.")
        return found

    def _visible(self, principal: Principal) -> list[Document]:
        return [d for d in self._bench.library.ready() if may_see(principal, d.zone, d.labels)]


def _checked(question: Question) -> Question:
    """The question as the import would take it; raises RequestError for what is wrong with it."""
    from core.evaluation.question_files import read_questions

    try:
        return read_questions(json.dumps(as_json(question)).encode(), "jsonl")[0]
    except RequestError as error:
        told = str(error).removeprefix("Line 1: ")
        raise RequestError(told[:1].upper() + told[1:]) from None


def _evidence(given: "Feedback", drew: Sequence[Document]) -> tuple[Evidence, ...]:
    """The sentences around the correction, where it stands in a document word for word."""
    from core.chunking.sentences import sentence_spans
    from core.evaluation.quotes import Folded

    for document in drew:
        places = Folded(document.text).find(given.corrected)
        if not places:
            continue
        at = places[0]
        touched = [s for s in sentence_spans(document.text) if s.start < at.end and at.start < s.end] or [at]
        quote = document.text[min(touched[0].start, at.start) : max(touched[-1].end, at.end)].strip()
        return (Evidence(document.name, quote),)
    return ()
