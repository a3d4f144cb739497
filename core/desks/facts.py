"""What a person may do with facts: see, bring, write, follow, accept, remove them; it asks no answerer.

A fact tells what its document says: only who may see the document, and the fact's zone, sees it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from core.errors import AccessDenied, NotFound, RequestError
from core.evaluation.fact_files import read_facts, write_facts
from core.evaluation.facts import Fact, may_read
from core.evaluation.questions import Question
from core.evaluation.readings import Kind, readings
from core.evaluation.staleness import Truth, truth
from core.evaluation.tying import moved, tie
from core.evaluation.values import Tolerance, check_value
from core.governance.audited import audited
from core.governance.principals import may_see
from core.governance.rights import require
from core.lab.sets import hidden_names
from core.tabular import Format
from core.types import Document, Principal, fingerprint

if TYPE_CHECKING:
    from core.workbench import Workbench

_SHORT = 40
"""Characters of the longest answer that is proposed as a value."""
_MOSTLY = 0.6
"""Share of an answer that a number or date must fill for it to be compared as one."""


class FactDesk:
    """The facts of a workspace, for one who asks."""

    def __init__(self, bench: "Workbench") -> None:
        self._bench = bench
        self.audit = bench.audit

    def all(self, principal: Principal) -> list[Fact]:
        """The facts that the principal may see, proposed ones too, by id."""
        hidden = hidden_names(self._bench.library, principal)
        return [fact for fact in self._bench.facts.all() if may_read(fact, principal, hidden)]

    def get(self, fact_id: str, principal: Principal) -> Fact:
        """A fact; raises NotFound, also where the principal may not see it."""
        found = next((fact for fact in self.all(principal) if fact.id == fact_id), None)
        if found is None:
            raise NotFound(f"There is no fact '{fact_id}'.")
        return found

    def bring(self, content: bytes, form: Format, principal: Principal) -> list[Fact]:
        """Keep the facts of a file, wholly or not at all; raises RequestError, AccessDenied."""
        return self.save(read_facts(content, form), principal)

    @audited("saved facts", told=lambda kept: {"count": len(kept)})
    def save(self, facts: Sequence[Fact], principal: Principal) -> list[Fact]:
        """Keep facts, each tied to its place in the document in force; those of the same id are replaced.

        Raises RequestError where a document does not say the value in the quote, AccessDenied for what the principal
        may not see.
        """
        require(principal, "evaluate")
        documents, own = self._documents(principal), {fact.id for fact in self.all(principal)}
        held = {fact.id: fact for fact in self._bench.facts.all()}
        made = []
        for fact in facts:
            if fact.zone not in principal.zones or (fact.id in held and fact.id not in own):
                raise AccessDenied(f"'{principal.name}' may not write the fact '{fact.id}'.")
            tied = tie(fact, documents)
            before = held.get(fact.id)
            if before and before.value != tied.value:
                tied = replace(tied, former=(*before.former, before.value))
            made.append(tied)
        self._bench.facts.save(made, principal.name)
        return made

    def correct(self, fact_id: str, value: str, principal: Principal) -> Fact:
        """Give a fact another value that its document does not say yet: the source is then due to be replaced."""
        require(principal, "evaluate")
        held = self.get(fact_id, principal)
        check_value(value, held.tolerance)
        document = self._documents(principal).get(held.document)
        fresh = replace(
            held, value=value.strip(), former=(*held.former, held.value), follow=False,
            confirmed=document.version if document else held.confirmed, rejected=truth(held, document).says,
        )  # fmt: skip
        self._bench.facts.save([fresh], principal.name)
        return fresh

    def take_over(self, ids: Sequence[str], principal: Principal) -> list[Fact]:
        """Give facts the values that their documents say now; those whose place is lost stay as they are."""
        require(principal, "evaluate")
        documents, changed = self._documents(principal), []
        for fact in self.all(principal):
            document = documents.get(fact.document)
            if fact.id in ids and document and (now := truth(fact, document)).standing == "changed":
                changed.append(moved(fact, now, document))
        self._bench.facts.save(changed, principal.name)
        return changed

    def accept(self, ids: Sequence[str], principal: Principal) -> None:
        """Let proposed facts count from now on."""
        require(principal, "evaluate")
        chosen = [replace(fact, state="kept") for fact in self.all(principal) if fact.id in ids]
        self._bench.facts.save(chosen, principal.name)

    @audited("removed facts")
    def remove(self, ids: Sequence[str], principal: Principal) -> None:
        """Forget facts with what was found of them; raises NotFound."""
        require(principal, "evaluate")
        for each in ids:
            self.get(each, principal)
        self._bench.facts.remove(ids)

    @audited("exported facts", form="form")
    def export(self, form: Format, principal: Principal) -> str:
        """The kept facts that the principal may see, as a file that `bring` reads."""
        return write_facts([fact for fact in self.all(principal) if fact.state == "kept"], form)

    def propose(self, document: str, principal: Principal) -> list[Fact]:
        """Facts that the numbers and dates of a document suggest, kept as proposed; those that there are stay."""
        from core.adapters.proposals import propose

        require(principal, "evaluate")
        held = self._documents(principal).get(document)
        if held is None:
            raise NotFound(f"There is no document '{document}'.")
        known = {fact.id for fact in self._bench.facts.all()}
        found: list[Fact] = []
        for each in propose(held, ("table", "sentence")):
            kind = next((k for k in ("date", "number") if readings(each.answer, k)), None)  # type: ignore[arg-type]
            identity = fingerprint([document, each.question])
            if kind is None or len(each.answer) > _SHORT or identity in known:
                continue
            quote = held.text[each.evidence.start : each.evidence.end]
            fact = Fact(
                identity, each.answer, each.question, Tolerance("date" if kind == "date" else "number"), principal.name,
                document, quote, held.zone, ("proposed",), follow=True, state="proposed",
            )  # fmt: skip
            try:
                found.append(tie(fact, {document: held}))
            except RequestError:  # the answer joins what stands apart: no place to follow
                continue
        self._bench.facts.save(found, principal.name)
        return found

    def propose_from_set(self, name: str, principal: Principal) -> list[Fact]:
        """Facts that the answered questions of a set suggest, kept as proposed; those that there are stay.

        Of each question it is the first accepted answer that stands in one of its quotes, in the document in force. One
        whose answer is only told in other words has no place to follow, and suggests none. Raises NotFound.
        """
        require(principal, "evaluate")
        documents = self._documents(principal)
        known = {fact.id for fact in self._bench.facts.all()}
        found = [
            fact
            for question in self._bench.lab.sets.get(name, principal).questions
            if question.id not in known and (fact := _suggested(question, documents, principal.name))
        ]
        self._bench.facts.save(found, principal.name)
        return found

    def truths(self, principal: Principal) -> Mapping[str, Truth]:
        """What is true now of each fact that the principal may see, by id."""
        documents = self._documents(principal)
        return {fact.id: truth(fact, documents.get(fact.document)) for fact in self.all(principal)}

    def _documents(self, principal: Principal) -> dict[str, Document]:
        ready = self._bench.library.ready()
        return {each.name: each for each in ready if may_see(principal, each.zone, each.labels)}


def _suggested(question: Question, documents: Mapping[str, Document], owner: str) -> Fact | None:
    for evidence in question.evidence:
        for answer in question.answers if evidence.document in documents else ():
            if len(answer) > _SHORT:
                continue
            fact = Fact(
                question.id, answer, question.text, Tolerance(_kind_of(answer)), owner, evidence.document,
                evidence.quote, question.zone, question.tags, follow=True, state="proposed",
            )  # fmt: skip
            try:
                return tie(fact, documents)
            except RequestError:  # told in other words than the document's, or its quote is gone
                continue
    return None


def _kind_of(answer: str) -> Kind:
    kinds: tuple[Kind, ...] = ("date", "number")
    for kind in kinds:
        if any(len(each.text) >= _MOSTLY * len(answer) for each in readings(answer, kind)):
            return kind
    return "exact"
