"""A question of a set out of an answer."""

from core.answering.ask import finish
from core.evaluation.from_answer import as_question
from core.evaluation.questions import Evidence
from core.governance.principals import persona
from core.recipes import recipe, varied
from core.workbench import Workbench

ADMIN = persona("administrator")
EXTRACTIVE = varied(recipe("extractive"), {"route": "rag"})


def test_what_is_cited_becomes_the_evidence_and_can_be_found_again(filled: Workbench) -> None:
    answer = finish(filled.ask("How many days may unused articles be sent back?", EXTRACTIVE, ADMIN))
    question = as_question(answer, " 45 days ")
    assert question.evidence == tuple(dict.fromkeys(Evidence(c.document, c.quote) for c in answer.citations))
    assert (question.answers, question.answerable) == (("45 days",), True)
    held = filled.lab.sets.add("kept", question, ADMIN)
    assert held.questions == (question,) and filled.lab.sets.findings("kept", ADMIN) == []
    again = filled.lab.sets.add("kept", as_question(answer), ADMIN)
    assert [each.answers for each in again.questions] == [()]
    filled.lab.sets.remove("kept", ADMIN)


def test_a_declined_answer_makes_a_question_without_answer(filled: Workbench) -> None:
    declined = finish(filled.ask("Who won the cup in 1974?", EXTRACTIVE, ADMIN))
    question = as_question(declined)
    assert (question.answerable, question.evidence) == (False, ())
