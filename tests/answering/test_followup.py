import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answering.followup import leans, standalone

LEAVE = "How many days of leave does an employee with a full contract get in a year?"


@pytest.mark.parametrize(
    "question",
    [
        "And for contractors?",
        "What about part-time staff who joined in the middle of the year?",
        "How long does it take until they are paid?",
        "Is the same true for people who work abroad for longer than a month?",
        "Und wie ist das bei Leiharbeitern, die erst seit kurzem bei uns sind?",
        "¿Y cuánto tiempo tengo para devolver un aparato que no he usado nunca?",
        "Et pour les employés qui ne travaillent que deux jours par semaine ?",
        "why?",
    ],
)
def test_what_leans(question: str) -> None:
    assert leans(question)
    assert standalone(question, [LEAVE]) == f"{LEAVE} {question}"


@pytest.mark.parametrize(
    "question",
    [
        LEAVE,
        "How long do I have to send back a scale I never used?",
        "Was kostet ein Ersatzakku für die Wren C2 mit Versand?",
        "¿Cuántos días tengo para devolver un producto sin usar?",
    ],
)
def test_what_stands_alone(question: str) -> None:
    assert not leans(question)
    assert standalone(question, [LEAVE]) is None


def test_the_first_question_has_nothing_to_lean_on() -> None:
    assert standalone("And for contractors?", []) is None


def test_a_chain_goes_back_to_the_question_that_stood_alone() -> None:
    before = ["What does the manual weigh in its printed form?", LEAVE, "And for contractors?"]
    assert standalone("In Germany?", before) == f"{LEAVE} And for contractors? In Germany?"
    assert standalone("why?", ["a?", "b?", "c?", "d?"]) == "b? c? d? why?"


@given(st.text(max_size=80), st.lists(st.text(max_size=40), max_size=5))
def test_the_question_itself_is_never_lost(question: str, before: list[str]) -> None:
    joined = standalone(question, before)
    assert joined is None or joined.endswith(question)
