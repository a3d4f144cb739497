import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.adapters.rows import Quoted, Row, Split, as_json, fingerprint, from_body, quoted, split
from core.errors import RequestError

documents = st.lists(st.sampled_from([f"d{n}" for n in range(12)]), max_size=3).map(tuple)


@st.composite
def some_rows(draw: st.DrawFn) -> list[Row]:
    rows: list[Row] = []
    for number in range(draw(st.integers(0, 25))):
        rephrases = draw(st.sampled_from(["", *[row.id for row in rows]]))
        rows.append(Row(f"r{number}", f"Question {number}?", "Yes.", documents=draw(documents), rephrases=rephrases))
    return rows


def sides(parts: Split) -> tuple[set[str], set[str]]:
    return {row.id for row in parts.train}, {row.id for row in parts.held_out}


@given(some_rows(), st.floats(0, 0.99), st.integers())
def test_no_document_and_no_rephrased_question_stands_on_both_sides(rows: list[Row], share: float, seed: int) -> None:
    parts = split(rows, share, seed)
    train, held = sides(parts)
    assert train | held == {row.id for row in rows}
    assert not train & held
    assert not {d for row in parts.train for d in row.documents} & {d for row in parts.held_out for d in row.documents}
    assert all((row.id in train) == (row.rephrases in train) for row in rows if row.rephrases)


@given(some_rows(), st.floats(0, 0.99), st.integers(), st.randoms())
def test_the_order_of_the_rows_decides_nothing(rows: list[Row], share: float, seed: int, order: random.Random) -> None:
    mixed = list(rows)
    order.shuffle(mixed)
    assert sides(split(rows, share, seed)) == sides(split(mixed, share, seed))
    assert fingerprint(rows) == fingerprint(mixed)


@given(st.integers(2, 40), st.floats(0.01, 0.99), st.integers())
def test_rows_that_stand_alone_are_held_out_to_the_share(count: int, share: float, seed: int) -> None:
    train, held = sides(split([Row(f"r{n}", "Q?", "A.") for n in range(count)], share, seed))
    assert train
    assert held
    assert abs(len(held) - share * count) <= 1


def test_another_seed_holds_out_other_documents() -> None:
    rows = [Row(f"r{n}", "Q?", "A.", documents=(f"d{n}",)) for n in range(40)]
    assert sides(split(rows, 0.2, 1)) != sides(split(rows, 0.2, 2))
    assert sides(split(rows, 0.2, 1)) == sides(split(rows, 0.2, 1))


def test_what_hangs_together_is_never_parted() -> None:
    chain = [Row(f"r{n}", "Q?", "A.", documents=(f"d{n}", f"d{n + 1}")) for n in range(10)]
    assert sides(split(chain, 0.5, 3)) == ({row.id for row in chain}, set())


def test_versions_of_one_name_count_as_one_document() -> None:
    rows = [Row(f"r{n}", "Q?", "A.", documents=(f"v{n}",)) for n in range(8)]
    parts = split(rows, 0.5, 0, same={f"v{n}": "prices.md" for n in range(4)})
    train, held = sides(parts)
    assert {"r0", "r1", "r2", "r3"} in (train, held)


def test_nothing_is_held_out_at_a_share_of_none() -> None:
    rows = [Row("a", "Q?", "A."), Row("b", "Q?", "A.")]
    assert split(rows, 0, 7) == Split(tuple(rows), ())


@pytest.mark.parametrize("share", [-0.1, 1, 2.5, float("nan")])
def test_a_share_out_of_range_is_refused(share: float) -> None:
    with pytest.raises(RequestError, match="outside 0 to below 1"):
        split([], share, 0)


def test_the_fingerprint_follows_what_is_learned_and_nothing_else() -> None:
    row = Row("a", "How much?", "12 €", ("It costs 12 €.",), ("d1",))
    same = Row(
        "a", "How much?", "12 €", ("It costs 12 €.",), ("d1",), zone="internal", origin="feedback", state="accepted"
    )
    assert fingerprint([row]) == fingerprint([same])
    others = [
        Row("a", "How much?", "13 €", ("It costs 12 €.",), ("d1",)),
        Row("a", "How much?", "12 €", (), ("d1",)),
        Row("a", "How much?", "12 €", ("It costs 12 €.",), ("d2",)),
        Row("a", "How much?", "12 €", ("It costs 12 €.",), ("d1",), declines=True),
    ]
    assert len({fingerprint([each]) for each in (row, *others)}) == 5
    assert fingerprint([row, row]) != fingerprint([row])


def test_evidence_is_a_range_that_the_text_has() -> None:
    text = "It costs 12 €."
    sha256 = "c918b7663dec527a83ce28b8f54cadd7582a22f1fa7aca305ce40bc9e09e04c0"  # of "12 €"
    assert quoted("d1", text, 9, 13) == Quoted("d1", 9, 13, sha256)
    for start, end in ((-1, 3), (3, 3), (5, 2), (0, 99)):
        with pytest.raises(RequestError, match="no range"):
            quoted("d1", text, start, end)


def test_a_row_is_read_back_as_it_was() -> None:
    row = Row(
        "a", "Q?", "A [1].", ("S",), ("d",), "internal", "document", False, "accepted", (Quoted("d", 0, 1, "x"),), "b"
    )
    assert from_body(as_json(row)) == row
