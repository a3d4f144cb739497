"""Question sets that grow: by hand with quotes that stand, by proposals that count once accepted, checked for rows."""

from pathlib import Path

import pytest

from core.adapters.rows import Row
from core.answering.ask import finish
from core.errors import AccessDenied, NotFound, RequestError
from core.evaluation.questions import Evidence, Question
from core.governance.principals import persona
from core.recipes import BUILT_IN
from core.types import Span
from core.workbench import Workbench
from tests.test_ingestion import note

ADMIN, ENGINEER, VIEWER = persona("administrator"), persona("engineer"), persona("viewer")
TEXT = "The bell rings at noon. The bell of the tower weighs four hundred kilograms. It was cast in Ghent."
QUOTE = "weighs four hundred kilograms"
BELL = Question("q1", "How heavy is the bell?", ("400 kg",), evidence=(Evidence("bell.txt", QUOTE),), zone="public")


@pytest.fixture
def tower(bench: Workbench, tmp_path: Path) -> Workbench:
    bench.ingest([note(tmp_path, "bell.txt", TEXT)], ADMIN)
    return bench


def test_a_question_is_added_changed_and_taken_out(tower: Workbench) -> None:
    growth = tower.lab.growth
    assert growth.free_id("mine", ADMIN) == "q1"
    assert growth.put("mine", BELL, ADMIN).questions == (BELL,)
    assert growth.free_id("mine", ADMIN) == "q2"
    cup = Question("q2", "Who won the cup?", answerable=False, zone="public")
    growth.put("mine", cup, ADMIN)
    better = Question("q1", "What is the bell's weight?", ("400 kg",), evidence=BELL.evidence, zone="public")
    assert growth.put("mine", better, ADMIN, "q1").questions == (better, cup)
    assert growth.take_out("mine", "q1", ADMIN).questions == (cup,)
    assert tower.lab.sets.get("mine", ADMIN).version == 4
    for acting, kind, told in (
        (lambda: growth.put("mine", cup, ADMIN), RequestError, "has a question 'q2' already"),
        (lambda: growth.put("mine", BELL, ADMIN, "q9"), NotFound, "no question 'q9'"),
        (lambda: growth.take_out("mine", "q9", ADMIN), NotFound, "no question 'q9'"),
        (lambda: growth.take_out("mine", "q2", ADMIN), RequestError, "without questions"),
        (lambda: growth.put("mine", Question("q3", "Bare?"), ADMIN), RequestError, "neither an answer nor evidence"),
        (lambda: growth.put("mine", BELL, VIEWER), AccessDenied, "may not keep questions"),
    ):
        with pytest.raises(kind, match=told):
            acting()
    assert tower.lab.sets.get("mine", ADMIN).version == 4


def test_a_quote_is_found_to_the_character_or_refused(tower: Workbench) -> None:
    found = tower.lab.growth.locate(BELL.evidence[0], ADMIN)
    start = TEXT.index(QUOTE)
    assert (found.state, found.spans) == ("found", (Span(start, start + len(QUOTE)),))
    gone = Evidence("bell.txt", "weighs nine hundred")
    assert tower.lab.growth.locate(gone, ADMIN).state == "gone"
    assert tower.lab.growth.locate(Evidence("other.txt", "x"), ADMIN).state == "missing"
    with pytest.raises(RequestError, match=r"do not stand in the version in force: bell\.txt"):
        tower.lab.growth.put("mine", Question("a", "How?", ("b",), evidence=(gone,)), ADMIN)
    assert tower.sets.find("mine") is None


def test_what_documents_suggest_counts_once_accepted(bench: Workbench) -> None:
    bench.ingest([file for file in bench.samples() if file.name == "returns-policy.pdf"], ADMIN)
    growth, before = bench.lab.growth, bench.sets.find("grown")
    assert before is None
    assert growth.from_documents("grown", ["returns-policy.pdf"], ADMIN, most=4) == 4
    assert growth.from_documents("grown", ["returns-policy.pdf"], ADMIN, most=4) == 0
    waiting = growth.open(ADMIN, "grown")
    assert len(waiting) == 4 and bench.sets.find("grown") is None
    assert all(growth.locate(each.question.evidence[0], ADMIN).state == "found" for each in waiting)
    kept = growth.accept(waiting[0].id, ADMIN)
    assert [question.id for question in kept.questions] == [waiting[0].id]
    changed = Question("", "Shorter?", ("yes",), evidence=waiting[1].question.evidence, zone="public")
    assert [q.text for q in growth.accept(waiting[1].id, ADMIN, changed).questions][1] == "Shorter?"
    growth.reject(waiting[2].id, ADMIN)
    assert [each.id for each in growth.open(ADMIN)] == [waiting[3].id]
    assert growth.from_documents("grown", ["returns-policy.pdf"], ADMIN, most=4) == 0
    with pytest.raises(NotFound, match="reviewed already"):
        growth.accept(waiting[2].id, ADMIN)
    with pytest.raises(NotFound, match=r"no document 'none\.txt'"):
        growth.from_documents("grown", ["none.txt"], ADMIN)
    with pytest.raises(AccessDenied):
        growth.from_documents("grown", ["returns-policy.pdf"], VIEWER)
    assert bench.erase("returns-policy.pdf", ADMIN).questions >= 4  # those that waited or were decided, and the set's
    assert bench.proposals.all() == []


def test_a_correction_in_chat_becomes_a_question_with_the_sentence_that_proves_it(tower: Workbench) -> None:
    answer = finish(tower.ask("How heavy is the bell of the tower?", BUILT_IN["extractive"], ADMIN))
    tower.feedback(answer, "down", ADMIN, "four hundred kilograms")
    other = finish(tower.ask("When does the bell ring?", BUILT_IN["extractive"], ADMIN))
    tower.feedback(other, "down", ADMIN)  # nobody said what it should have been
    liked = finish(tower.ask("Where was the bell cast?", BUILT_IN["extractive"], ADMIN))
    tower.feedback(liked, "up", ADMIN, "in Ghent")
    assert tower.lab.growth.from_feedback("pilot", ADMIN) == 1
    assert tower.lab.growth.from_feedback("pilot", ADMIN) == 0
    made = tower.lab.growth.open(ADMIN, "pilot")[0]
    assert (made.origin, made.question.answers) == ("feedback", ("four hundred kilograms",))
    assert made.question.evidence == (Evidence("bell.txt", "The bell of the tower weighs four hundred kilograms."),)
    tower.rezone(tower.library.ready()[0].id, ADMIN, "restricted")
    assert tower.lab.growth.open(ENGINEER) == []
    with pytest.raises(NotFound):
        tower.lab.growth.accept(made.id, ENGINEER)
    kept = tower.lab.growth.accept(made.id, ADMIN)
    assert kept.questions[0].text == "How heavy is the bell of the tower?"


def test_rows_that_ask_what_a_set_asks_are_told(tower: Workbench) -> None:
    other = Question("q2", "When was the moss cut?", ("Tuesday",), zone="public")
    tower.lab.sets.save("exam", [BELL, other], ADMIN)
    assert tower.lab.growth.contamination("exam", ADMIN) == []
    tower.datasets.create("taught", ADMIN)
    rows = [
        Row("a", "how heavy is the bell", "400 kg"),
        Row("b", "Where does the boat lie?", "pier nine"),
        Row("c", "How heavy is the bell?", "400 kg"),
    ]
    tower.datasets.add_rows("taught", rows, ADMIN)
    tower.datasets.review("taught", ["c"], "rejected", ADMIN)
    found = tower.lab.growth.contamination("exam", ADMIN)
    assert [(each.question, each.dataset, each.row, each.same) for each in found] == [
        ("q1", "taught", "how heavy is the bell", True)
    ]
