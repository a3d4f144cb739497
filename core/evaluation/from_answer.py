"""A question of a set from an answer that was given: its question, and what it cites as the evidence.

It does not know whether the answer is right; who keeps it says so.
"""

from core.evaluation.questions import Evidence, Question
from core.types import ZONES, Answer


def as_question(answer: Answer, accepted: str = "") -> Question:
    """The question with each passage that the answer cites as evidence; `accepted` is an answer that is right.

    An answer that was declined makes a question that the documents do not answer. The zone is the narrowest of those
    that it cites, or of all that was found.
    """
    evidence = dict.fromkeys(Evidence(citation.document, citation.quote) for citation in answer.citations)
    cited = {citation.document_id for citation in answer.citations}
    hits = [hit for hit in answer.trace.candidates if hit.chunk.document_id in cited] or answer.trace.candidates
    zones = [hit.zone for hit in hits]
    return Question(
        id=f"trace-{answer.trace.id[:12]}",
        text=answer.trace.understood or answer.trace.question,
        answers=(accepted.strip(),) if accepted.strip() else (),
        answerable=not answer.abstained,
        evidence=tuple(evidence),
        zone=max(zones, key=ZONES.index) if zones else "internal",
        tags=("inspector",),
    )
