from pathlib import Path

import pytest

from core.adapters.datasets import Datasets
from core.adapters.rows import Row, fingerprint
from core.errors import NotFound, RequestError
from core.storage.database import open_database

ROWS = (
    Row("a", "How long?", "45 days", zone="public", documents=("d1",)),
    Row("b", "How much?", "12 euros", zone="internal", documents=("d2",)),
    Row("c", "Who?", "Ada"),
)


@pytest.fixture
def kept(tmp_path: Path) -> Datasets:
    return Datasets(open_database(tmp_path / "touchstone.db"))


@pytest.fixture
def draft(kept: Datasets) -> Datasets:
    kept.create("first", "ada", "a pilot")
    assert kept.add("first", ROWS, "ada") == 3
    return kept


def test_rows_come_in_open_once_and_in_their_order(draft: Datasets) -> None:
    assert draft.add("first", [*ROWS, Row("d", "Why?", "So", state="accepted")], "ben") == 1
    held = draft.get("first")
    assert [each.row.id for each in held.rows] == ["a", "b", "c", "d"]
    assert {each.row.state for each in held.rows} == {"open"}
    assert [each.added_by for each in held.rows] == ["ada", "ada", "ada", "ben"]
    assert held.accepted == ()
    assert draft.all() == [held]


def test_a_review_says_who_and_when_and_can_be_taken_back(draft: Datasets) -> None:
    assert draft.review("first", ["a", "b"], "accepted", "ben") == 2
    assert draft.review("first", ["c"], "rejected", "ben") == 1
    held = draft.get("first")
    assert [each.row.id for each in held.rows if each.row.state == "accepted"] == ["a", "b"]
    assert {each.reviewed_by for each in held.rows} == {"ben"}
    assert held.hash == fingerprint(held.accepted)
    draft.review("first", ["b"], "open", "cleo")
    (_, reopened, _) = draft.get("first").rows
    assert (reopened.row.state, reopened.reviewed_by, reopened.reviewed_at) == ("open", None, None)


def test_a_review_of_a_row_that_is_not_there_changes_nothing(draft: Datasets) -> None:
    with pytest.raises(NotFound, match="no row 'z'"):
        draft.review("first", ["a", "z"], "accepted", "ben")
    assert draft.get("first").accepted == ()


def test_an_edit_accepts_and_is_noted(draft: Datasets) -> None:
    held = draft.edit("first", "b", "  How much is it? ", "13 euros", "ben")
    assert (held.row.question, held.row.answer, held.row.state) == ("How much is it?", "13 euros", "accepted")
    assert (held.edited, held.reviewed_by, held.row.documents) == (True, "ben", ("d2",))
    assert draft.get("first").rows[1] == held
    assert not draft.edit("first", "a", "How long?", "45 days", "ben").edited


@pytest.mark.parametrize(
    ("question", "answer"), [("", "x"), ("x" * 5000, "x"), ("Why?", "x" * 9000), ("Why?", "\ud800")]
)
def test_an_edit_that_is_no_question_or_answer_is_refused(question: str, answer: str, draft: Datasets) -> None:
    before = draft.get("first")
    with pytest.raises(RequestError):
        draft.edit("first", "a", question, answer, "ben")
    assert draft.get("first").rows == before.rows


def test_nothing_changes_what_is_frozen(draft: Datasets) -> None:
    draft.review("first", ["a", "b"], "accepted", "ben")
    frozen = draft.freeze("first", "cleo")
    assert (frozen.frozen_by, frozen.frozen_hash) == ("cleo", fingerprint(frozen.accepted))
    for change in (
        lambda: draft.add("first", [Row("z", "Q?", "A")], "ben"),
        lambda: draft.review("first", ["c"], "accepted", "ben"),
        lambda: draft.edit("first", "a", "Q?", "A", "ben"),
    ):
        with pytest.raises(RequestError, match="frozen and stays as it is; copy it as a new draft"):
            change()
    assert draft.get("first") == frozen
    assert draft.freeze("first", "dora") == frozen


def test_what_was_used_stays_and_its_copy_can_change(draft: Datasets) -> None:
    draft.review("first", ["a"], "accepted", "ben")
    used = draft.use("first", "the adapter 'short'", "cleo")
    assert used.frozen_at
    assert [use.what for use in used.uses] == ["the adapter 'short'"]
    with pytest.raises(RequestError, match="stays: the adapter 'short' was made of it"):
        draft.remove("first")
    copy = draft.copy("first", "second", "ben")
    assert (copy.frozen_at, copy.uses, copy.rows, copy.hash) == (None, (), used.rows, used.hash)
    draft.review("second", ["b"], "accepted", "ben")
    assert draft.get("second").hash != used.hash == draft.get("first").hash


def test_a_dataset_of_which_nothing_was_made_can_go(draft: Datasets) -> None:
    draft.review("first", ["a"], "accepted", "ben")
    draft.freeze("first", "ben")
    draft.remove("first")
    assert draft.all() == []
    draft.create("first", "ben")
    assert draft.get("first").rows == ()


def test_nothing_to_learn_is_not_frozen(draft: Datasets) -> None:
    with pytest.raises(RequestError, match="no accepted row"):
        draft.freeze("first", "ben")
    assert draft.get("first").frozen_at is None


@pytest.mark.parametrize("name", ["", "../up", "x" * 61, " lead", "a/b"])
def test_a_name_that_is_none_is_refused(name: str, kept: Datasets) -> None:
    with pytest.raises(RequestError, match="is no name for a dataset"):
        kept.create(name, "ada")


def test_a_name_that_is_taken_or_missing_is_one_sentence(draft: Datasets) -> None:
    with pytest.raises(RequestError, match="already"):
        draft.create("first", "ben")
    for ask in (
        draft.get,
        draft.remove,
        lambda name: draft.add(name, ROWS, "x"),
        lambda name: draft.use(name, "w", "x"),
    ):
        with pytest.raises(NotFound, match="There is no dataset 'none'"):
            ask("none")


def test_an_erasure_takes_rows_even_out_of_what_is_frozen(draft: Datasets) -> None:
    secret = "the moss on the north wall is cut every second Tuesday"
    draft.add("first", [Row("q", "When?", "soon", sources=(f"I heard that {secret}.",))], "ben")
    draft.review("first", ["a", "b", "q"], "accepted", "ben")
    frozen = draft.use("first", "an adapter", "ben")
    assert draft.forget(["d1"], [secret], ["something else"]) == 2
    left = draft.get("first")
    assert [each.row.id for each in left.rows] == ["b", "c"]
    assert (left.lost, left.hash) == (2, frozen.hash)
    assert draft.forget(["d1"], [secret], []) == 0


def test_words_that_stay_in_another_document_are_no_reason(draft: Datasets) -> None:
    shared = "this sentence stands in two documents at once"
    draft.add("first", [Row("q", "What?", shared)], "ben")
    assert draft.forget([], [shared], [f"Also here: {shared}."]) == 0
