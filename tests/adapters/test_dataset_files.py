import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.adapters.dataset_files import read_rows, write_rows
from core.adapters.rows import ORIGINS, Row
from core.errors import RequestError
from core.tabular import FORMATS
from core.types import ZONES

words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).map(str.strip).filter(bool)
lines = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).map(str.strip).filter(bool)
rows = st.builds(
    Row,
    id=lines,
    question=words,
    answer=words,
    sources=st.lists(words, max_size=3).map(tuple),
    documents=st.lists(words, max_size=2).map(tuple),
    zone=st.sampled_from(ZONES),
    origin=st.sampled_from(ORIGINS),
    declines=st.booleans(),
    rephrases=lines | st.just(""),
)


def read(*bodies: object, form: str = "jsonl") -> tuple[Row, ...]:
    text = "\n".join(body if isinstance(body, str) else json.dumps(body) for body in bodies)
    return read_rows(text.encode("utf-8", "surrogatepass"), form)  # type: ignore[arg-type]


@given(st.lists(rows, min_size=1, max_size=5, unique_by=lambda row: row.id), st.sampled_from(FORMATS))
def test_what_is_written_is_read_back(held: list[Row], form: str) -> None:
    written = write_rows(held, form)  # type: ignore[arg-type]
    assert read_rows(written.encode(), form) == tuple(held)  # type: ignore[arg-type]


def test_a_review_and_evidence_are_written_and_not_taken_back() -> None:
    row = Row("a", "Q?", "A", state="accepted")
    assert '"state": "accepted"' in write_rows([row], "jsonl")
    assert read(write_rows([row], "jsonl")) == (replace(row, state="open"),)


def test_a_plain_table_of_a_spreadsheet_is_read() -> None:
    found = read("\ufeffQuestion;Answer;Document", "How long?;45 days;returns.pdf", "", form="csv")
    assert [(row.question, row.answer, row.documents, row.zone) for row in found] == [
        ("How long?", "45 days", ("returns.pdf",), "internal")
    ]
    assert found == read({"question": "How long?", "answer": "45 days", "documents": ["returns.pdf"]})


def test_a_line_separator_is_text_and_a_declining_row_needs_no_answer() -> None:
    (row,) = read({"question": "Who\u2028won?", "declines": True})
    assert (row.question, row.answer, row.declines) == ("Who\u2028won?", "", True)


@pytest.mark.parametrize(
    ("bodies", "sentence"),
    [
        (['{"question": "a?", "answer": "b"}', "{"], "Line 2 is not JSON."),
        (["[1]"], "Line 1 is not a JSON object."),
        ([{"question": "a?"}], "Line 1: 'answer' is missing."),
        ([{"answer": "a"}], "Line 1: 'question' is missing."),
        ([{"question": " ", "answer": "a"}], "Line 1: the question is empty."),
        ([{"question": "a?", "answer": "\ud800"}], "Line 1: 'answer' holds half of a character"),
        ([{"question": "a?", "answer": "b", "zone": "secret"}], "there is no zone 'secret'"),
        ([{"question": "a?", "answer": "b", "origin": "dream"}], "there is no origin 'dream'"),
        ([{"question": "a?", "answer": "b", "declines": "no"}], "'declines' must be true or false"),
        ([{"question": "a?", "answer": "b", "sources": [""]}], "'sources' holds an empty text"),
        ([{"question": "a?", "answer": "b", "prize": 1}], "Line 1 has a field 'prize'"),
        ([{"question": "a?", "answer": "b"}] * 2, "Line 2: the row is that of line 1 already."),
        ([{"id": 1, "question": "a?", "answer": "b"}, {"id": "1", "question": "c?", "answer": "d"}], "the id '1' is"),
        ([{"question": "a?", "answer": "b" * 9000}], "the answer has 9,000 characters"),
        ([""], "The file holds no rows."),
    ],
)
def test_a_bad_file_is_one_sentence_with_its_line(bodies: list[object], sentence: str) -> None:
    with pytest.raises(RequestError, match=r"^(Line \d|The file)") as told:
        read(*bodies)
    assert sentence in str(told.value)


@given(st.binary(max_size=200), st.sampled_from(FORMATS))
def test_any_bytes_are_rows_or_one_sentence(content: bytes, form: str) -> None:
    try:
        assert read_rows(content, form)  # type: ignore[arg-type]
    except RequestError as error:
        assert str(error)
