import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RequestError
from core.evaluation.question_files import read_questions, write_questions
from core.evaluation.questions import Evidence, Question, half_of
from core.governance.principals import PERSONAS
from core.tabular import FORMATS, format_of
from core.types import ZONES
from tests.conftest import SAMPLE_FILES

SAMPLES = (SAMPLE_FILES.parent / "questions.jsonl").read_bytes()
ROW = {"id": "a", "question": "How long?", "answers": ["45 days"]}

words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).map(str.strip).filter(bool)
lines = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).map(str.strip).filter(bool)
evidence = st.lists(st.builds(Evidence, words, words) | st.just(Evidence("", "")), max_size=3).map(tuple)
questions = st.builds(
    Question,
    id=lines,
    text=words,
    answers=st.lists(words, min_size=1, max_size=3).map(tuple),
    evidence=evidence,
    language=st.sampled_from(["", "en", "de"]),
    zone=st.sampled_from(ZONES),
    persona=st.sampled_from(["", *PERSONAS]),
    tags=st.lists(words, max_size=3).map(tuple),
)


def read(*rows: object, form: str = "jsonl") -> tuple[Question, ...]:
    text = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows)
    return read_questions(text.encode("utf-8", "surrogatepass"), form)  # type: ignore[arg-type]


def test_the_sample_file_is_read_whole() -> None:
    found = read_questions(SAMPLES, "jsonl")
    assert len(found) == 173
    assert sum(question.answerable for question in found) == 145
    assert found[0] == Question(
        id="q001",
        text="How long do I have to send back a scale I never used?",
        answers=("45 days", "forty-five days"),
        evidence=(
            Evidence(
                "returns-policy.pdf",
                "You may send back any unused article within 45 days of the day it reached you.",
            ),
        ),
        language="en",
        zone="public",
        tags=("number",),
    )


@given(st.lists(questions, min_size=1, max_size=5, unique_by=lambda question: question.id), st.sampled_from(FORMATS))
def test_what_is_written_is_read_back(asked: list[Question], form: str) -> None:
    assert read_questions(write_questions(asked, form).encode(), form) == tuple(asked)  # type: ignore[arg-type]


@given(st.binary(max_size=300), st.sampled_from(FORMATS))
def test_any_bytes_are_questions_or_one_sentence(content: bytes, form: str) -> None:
    try:
        assert read_questions(content, form)  # type: ignore[arg-type]
    except RequestError as error:
        assert str(error).endswith(".")
        assert "\n" not in str(error)


def test_what_editors_do_to_a_file_is_no_error() -> None:
    text = "\ufeff" + json.dumps(ROW | {"question": "How long?\u2028And why?"}, ensure_ascii=False) + "\r\n\r\n"
    assert read_questions(text.encode(), "jsonl")[0].text == "How long?\u2028And why?"
    sheet = "\ufeffid;question;answer\r\n1;Wie lange?;45 Tage\r\n;;\r\n"
    assert read_questions(sheet.encode(), "csv") == (Question("1", "Wie lange?", ("45 Tage",)),)


@pytest.mark.parametrize(
    ("second", "sentence"),
    [
        ("{broken", "Line 2 is not JSON."),
        ("[1]", "Line 2 is not a JSON object."),
        ("[" * 100_000, "Line 2 is not JSON."),
        (ROW, "Line 2: the id 'a' is that of line 1 already."),
        (ROW | {"id": None}, "Line 2: 'id' is missing."),
        (ROW | {"id": "b", "question": " "}, "Line 2: the question is empty."),
        (ROW | {"id": "b", "question": 7}, "Line 2: 'question' must be a text."),
        ('{"id": "b", "question": "half \\ud800"}', "Line 2: 'question' holds half of a character"),
        ('{"id": "b", "id": "c", "question": "x"}', "Line 2: the field 'id' stands there twice."),
        (ROW | {"id": "b", "answer": "x"}, "Line 2 has the field 'answers' twice, once as 'answer'."),
        (ROW | {"id": "b", "anwser": "x"}, "Line 2 has a field 'anwser', which is none of id, question"),
        (ROW | {"id": "b", "answers": [""]}, "Line 2: 'answers' holds an empty text."),
        (ROW | {"id": "b", "zone": "secret"}, "Line 2: there is no zone 'secret'; choose public"),
        (ROW | {"id": "b", "persona": "nobody"}, "Line 2: there is no persona 'nobody'; choose viewer"),
        (ROW | {"id": "b", "answerable": "yes"}, "Line 2: 'answerable' must be true or false."),
        (ROW | {"id": "b", "evidence": [{"document": "x"}]}, "Line 2: each piece of evidence must have"),
        (ROW | {"id": "b", "evidence": [{"document": "x", "quote": ""}]}, "Line 2: a piece of evidence lacks"),
        ({"id": "b", "question": "Why?"}, "Line 2: the question has neither an answer nor evidence"),
    ],
)
def test_the_first_thing_wrong_is_told_with_its_line(second: object, sentence: str) -> None:
    with pytest.raises(RequestError) as caught:
        read(ROW, second, {"id": "never reached", "nonsense": 1})
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize(
    ("sheet", "sentence"),
    [
        ("id,question,answer\n1,Why?\n", "Line 2 has 2 cells, the header 3."),
        ('id,question,answer\n1,"two\nlines",x\n2,Why?\n', "Line 4 has 2 cells, the header 3."),
        ("id,question,anwser\n", "Line 1 has a field 'anwser'"),
        ("id,question,id\n", "Line 1: the field 'id' stands there twice."),
        ('id,question,answer\n1,"open,x\n', "Line 2: the CSV cannot be read"),
        ("id,question,answers\n1,Why?,[a]\n", "Line 2: 'answers' begins like a JSON list and is none."),
        ("id,question,answer,answerable\n1,Why?,x,perhaps\n", "Line 2: 'answerable' is 'perhaps'"),
        ("id,question,answer\n", "The file holds no questions."),
    ],
)
def test_a_sheet_is_read_as_strictly(sheet: str, sentence: str) -> None:
    with pytest.raises(RequestError) as caught:
        read_questions(sheet.encode(), "csv")
    assert str(caught.value).startswith(sentence)


def test_a_file_that_is_no_utf8_names_the_line() -> None:
    with pytest.raises(RequestError, match="Line 2: the file is not UTF-8 text"):
        read_questions(json.dumps(ROW).encode() + b"\n\xff", "jsonl")


def test_the_ending_says_the_format(tmp_path: Path) -> None:
    assert (format_of("a.JSONL"), format_of("b.csv")) == ("jsonl", "csv")
    with pytest.raises(RequestError, match=r"neither a \.jsonl nor a \.csv"):
        format_of("c.xlsx")


def test_the_halves_of_a_set_are_about_as_large_and_stay() -> None:
    halves = [half_of(question.id) for question in read_questions(SAMPLES, "jsonl")]
    assert halves.count("choose") == 80
    assert half_of("q001") == half_of("q001")
