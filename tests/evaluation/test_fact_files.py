"""Facts as files: what is written is read back, and the first thing wrong is one sentence with its line."""

import json

import pytest

from core.errors import RequestError
from core.evaluation.fact_files import read_facts, write_facts
from core.evaluation.facts import Fact
from core.evaluation.values import Tolerance

GOOD = {"id": "a", "value": "45 days", "question": "How long?", "tolerance": "number"}
FACTS = (
    Fact(
        "a",
        "45 days",
        "How long?",
        Tolerance("number", 0.1, 2.0),
        "ada",
        "p.txt",
        "it is 45 days, or",
        "public",
        ("x", "y"),
        True,
    ),
    Fact("b", '=1+1, "quoted"', "What?", Tolerance("semantic", cosine=0.8)),
)


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_what_is_written_is_read_back(form: str) -> None:
    assert read_facts(write_facts(FACTS, form).encode(), form) == FACTS  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["{"], "Line 1 is not JSON"),
        ([GOOD, GOOD], "Line 2: the id 'a' is that of line 1 already"),
        ([GOOD | {"tolerance": "roughly"}], "Line 1: there is no tolerance 'roughly'"),
        ([GOOD | {"value": "soon"}], "Line 1: the value 'soon' holds no number"),
        (
            [GOOD | {"document": "p.txt"}],
            "Line 1: a fact names a document together with the words that it stands in, or neither",
        ),
        ([GOOD | {"relative": "much"}], "Line 1: 'relative' must be a number"),
        ([GOOD | {"relative": 7}], "Line 1: the relative slack must be from 0"),
        ([GOOD | {"colour": "red"}], "Line 1 has a field 'colour'"),
        ([GOOD | {"follow": True}], "Line 1: a fact that follows its document must name it"),
        ([], "The file holds no facts"),
    ],
)
def test_the_first_thing_wrong_is_one_sentence(rows: list[object], message: str) -> None:
    text = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows)
    with pytest.raises(RequestError, match=message):
        read_facts(text.encode(), "jsonl")
