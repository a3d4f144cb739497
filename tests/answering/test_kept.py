"""What is kept of an answer gives the answer back, whole."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from core.answering.ask import finish
from core.answering.kept import as_body, from_body
from core.answering.records import Records
from core.errors import NotFound
from core.governance.principals import persona
from core.recipes import recipe, varied
from core.storage.database import open_database
from core.types import Answer, Tokens, Trace
from core.workbench import Workbench

ADMIN = persona("administrator")
EXTRACTIVE = recipe("extractive")
QUESTION = "How many days may unused articles be sent back?"


def answer(number: int, text: str = "an answer", **changes: object) -> Answer:
    trace = Trace(f"t{number}", f"question {number}", "r", "viewer", (), (), None, 1.0, f"2026-01-01T00:00:{number:02}")
    held = Answer(text, False, (), (), (), "closed", "m", None, Tokens(), "r", trace)
    return replace(held, **changes)  # type: ignore[arg-type]


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records(open_database(tmp_path / "db.sqlite"), most=3)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"retrieval.expand": "neighbours"},
        {"chunking.strategy": "window"},
        {"retrieval.rerank": "maxsim"},
        {"generation.answerer": "local", "generation.budget": "400"},
        {"generation.answerer": "local", "route": "closed"},
    ],
)
def test_an_answer_comes_back_as_it_was_given(filled: Workbench, changes: dict[str, str]) -> None:
    given = finish(filled.ask(QUESTION, varied(EXTRACTIVE, changes), ADMIN))
    assert filled.records.open(given.trace.id, filled.guards.current.text) == given
    assert from_body(given.trace.id, as_body(given), filled.guards.current.text) == given


def test_small_talk_comes_back(filled: Workbench) -> None:
    given = finish(filled.ask("hello", EXTRACTIVE, ADMIN))
    assert filled.records.open(given.trace.id, filled.guards.current.text) == given


def test_a_recipe_of_another_version_leaves_the_answer_readable(filled: Workbench) -> None:
    given = finish(filled.ask(QUESTION, EXTRACTIVE, ADMIN))
    body = as_body(given)
    body["choice"]["retrieval"]["a_field_of_tomorrow"] = 1
    opened = from_body(given.trace.id, body, filled.guards.current.text)
    assert opened.trace.choice is None
    assert opened.text == given.text


def test_the_oldest_go_beyond_the_number(records: Records) -> None:
    for number in range(5):
        records.keep(answer(number))
    assert [row.id for row in records.listed()] == ["t4", "t3", "t2"]


def test_the_oldest_go_beyond_the_bytes_and_the_newest_stays(tmp_path: Path) -> None:
    records = Records(open_database(tmp_path / "db.sqlite"), most_bytes=10_000)
    for number in range(4):
        records.keep(answer(number, "word " * 800))
    assert [row.id for row in records.listed()] == ["t3", "t2"]
    records.keep(answer(9, "word " * 8000))
    assert [row.id for row in records.listed()] == ["t9"]


def test_a_search_takes_signs_as_they_are(records: Records) -> None:
    records.keep(answer(1, "100% of it"))
    records.keep(answer(2, "1000 of it"))
    assert [row.id for row in records.listed(text="100%")] == ["t1"]
    assert [row.id for row in records.listed(text="QUESTION 2")] == ["t2"]
    assert records.listed(text="_") == []


def test_a_trace_of_an_earlier_version_is_listed_as_of_one_who_sees_all_and_cannot_be_opened(
    tmp_path: Path, filled: Workbench
) -> None:
    engine = open_database(tmp_path / "db.sqlite")
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO traces (id, started_at, principal, recipe, body) VALUES ('old', '2025', 'viewer', 'r', '{}')"
            )
        )
    records = Records(engine)
    assert records.listed()[0].zones == ("public", "internal", "restricted")
    with pytest.raises(NotFound, match="earlier version"):
        records.open("old", filled.guards.current.text)
