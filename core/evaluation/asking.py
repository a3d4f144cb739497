"""Which questions of a set are asked to be answered, and as whom; it asks nothing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.evaluation.questions import Question
from core.evaluation.quotes import Quotes, Resolved
from core.evaluation.retrieval_runs import asked_as
from core.governance.principals import may_see
from core.types import Document, Principal


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that can be judged, and who asks it."""

    question: Question
    asker: Principal
    wanted: tuple[Resolved, ...] = ()
    """Its evidence that stands in the documents now."""

    @property
    def copies(self) -> tuple[str, ...]:
        """Names of documents that prove the answer as well as those that the evidence names."""
        return tuple(copy.name for resolved in self.wanted for copy in resolved.copies)


def plan(
    questions: Sequence[Question],
    documents: Sequence[Document],
    principal: Principal,
    on: date,
    without_answer: bool = False,
) -> tuple[list[Asked], dict[str, int]]:
    """The questions that can be judged, in the set's order, and those that cannot, counted by the reason.

    A question with a persona is asked as that persona, as far as the principal sees as much. One that has evidence and
    no accepted answer is asked only `without_answer`: then what it cites can be judged, not what it says.
    """
    quotes = Quotes(documents, on)
    places = {document.id: document for document in documents}
    asked: list[Asked] = []
    left_out: Counter[str] = Counter()
    for question in questions:
        asker = asked_as(question, principal)
        found = tuple(resolved for resolved in quotes.resolve(question) if resolved.state == "found")
        if not question.answerable:
            asked.append(Asked(question, asker))
        elif not question.answers and not (without_answer and question.evidence):
            left_out["without an accepted answer"] += 1
        elif question.evidence and not found:
            left_out["quote not found"] += 1
        elif not all(may_see(asker, places[f.document_id].zone, places[f.document_id].labels) for f in found):
            left_out["hidden from the asker"] += 1
        else:
            asked.append(Asked(question, asker, found))
    return asked, dict(left_out)


def spread(planned: Sequence[Asked], most: int | None) -> list[Asked]:
    """At most so many, evenly spread: sets often hold the questions of one kind side by side."""
    if most is None or most >= len(planned):
        return list(planned)
    return [planned[number * len(planned) // most] for number in range(most)]
