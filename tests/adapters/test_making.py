from dataclasses import replace

from core.adapters.feedback import Cited, Feedback
from core.adapters.making import rephrase, rows_of_document, rows_of_feedback, rows_of_questions
from core.adapters.proving import CHANGED, GONE, UNLIKE, WITHDRAWN, Proof
from core.adapters.rows import Quoted, Row, digest, quoted
from core.evaluation.questions import Evidence, Question
from core.types import Document
from core.workbench import Workbench

TEXT = "Rules\n\nThe fee is 12 euros a day. It is paid in cash.\n\nThe gate shuts at six."
PAPER = Document("d1", "rules.txt", "h", "text/plain", "internal", (), 1, TEXT, (), language="en")


def test_a_question_becomes_a_row_with_the_paragraph_that_proves_it() -> None:
    question = Question(
        "q", "How much?", ("12 euros", "twelve"), evidence=(Evidence("rules.txt", "the fee is 12 euros"),)
    )
    (row,) = rows_of_questions([replace(question, zone="public")], [PAPER], with_sources=True)
    assert (row.question, row.answer) == ("How much?", "12 euros [1]")
    assert row.sources == ("The fee is 12 euros a day. It is paid in cash.",)
    assert (row.documents, row.zone, row.origin) == (("d1",), "internal", "questions")
    assert row.evidence == (quoted("d1", TEXT, 7, 26),)
    (bare,) = rows_of_questions([question], [PAPER], with_sources=False)
    assert (bare.answer, bare.sources) == ("12 euros", ())


def test_what_nothing_answers_declines_and_what_is_not_proven_is_left_out() -> None:
    questions = [
        Question("a", "Who won?", answerable=False),
        Question("b", "How?", ("so",), evidence=(Evidence("rules.txt", "not there"),)),
        Question("c", "When?", evidence=(Evidence("rules.txt", "shuts at six"),)),
    ]
    rows = rows_of_questions(questions, [PAPER], with_sources=True)
    assert [(row.question, row.answer, row.declines) for row in rows] == [
        ("Who won?", "", True),
        ("When?", "shuts at six [1]", False),
    ]


def test_a_document_is_proposed_with_its_evidence_and_other_words() -> None:
    rows = rows_of_document(PAPER, ("sentence",), rephrased=2)
    assert [(row.question, row.origin) for row in rows] == [
        ("What is the fee?", "document"),
        ("Could you tell me the fee?", "paraphrase"),
        ("what is the fee", "paraphrase"),
    ]
    assert {row.answer for row in rows} == {"12 euros a day [1]"}
    assert {row.rephrases for row in rows[1:]} == {rows[0].id}
    assert TEXT[rows[0].evidence[0].start : rows[0].evidence[0].end] == "The fee is 12 euros a day."
    assert rows_of_document(PAPER, ("sentence",), rephrased=2) == rows
    assert rephrase(rows[1], 5)[0].rephrases == rows[0].id


def test_ids_of_rows_of_all_samples_are_their_own(filled: Workbench) -> None:
    rows = [row for document in filled.library.ready() for row in rows_of_document(document, rephrased=3)]
    assert len({row.id for row in rows}) == len(rows) > 1500


def word(**more: object) -> Feedback:
    base = Feedback(
        id="f1", trace_id="t1", given_at="2026-01-01", given_by="ada", thumb="down", question="How much?", answer="13",
        corrected="12 euros [2]", abstained=False, recipe="r", model="m", adapter=None, zone="restricted",
        documents=("d1",), sources=("The fee.",), cited=(Cited("d1", "rules.txt", 7, 26, digest(TEXT[7:26])),),
    )  # fmt: skip
    return replace(base, **more)  # type: ignore[arg-type]


def test_feedback_becomes_rows_where_somebody_said_what_is_right() -> None:
    given = [
        word(),
        word(id="f2", thumb="up", corrected=""),
        word(id="f3", corrected=""),
        word(id="f4", thumb="up", corrected="", abstained=True),
        word(id="f5", documents=("gone",)),
    ]
    rows = rows_of_feedback(given, {"d1": PAPER}, with_sources=True)
    assert [(row.answer, row.sources, row.zone) for row in rows] == [
        ("12 euros [2]", ("The fee.",), "restricted"),
        ("13", ("The fee.",), "restricted"),
    ]
    assert rows[0].evidence == (Quoted("d1", 7, 26, digest(TEXT[7:26])),)


def test_evidence_is_held_against_the_documents_of_today() -> None:
    row = Row("a", "Q?", "A", documents=("d1",), evidence=(quoted("d1", TEXT, 7, 26),))
    same = replace(PAPER, id="d2", version=2, text="New.\n\n" + TEXT)
    other = replace(PAPER, id="d3", version=3, text=TEXT.replace("12", "14"))
    assert Proof([PAPER], ["d1"]).problem(row) == ""
    assert Proof([PAPER, same], ["d2"]).problem(row) == ""
    assert Proof([PAPER, other], ["d3"]).problem(row) == CHANGED
    assert Proof([PAPER], []).problem(row) == WITHDRAWN
    assert Proof([], []).problem(row) == GONE
    assert Proof([replace(PAPER, text="x" * 99)], ["d1"]).problem(row) == UNLIKE
    assert Proof([], []).problem(Row("b", "Q?", "A")) == ""
