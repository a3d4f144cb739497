import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RequestError
from core.evaluation.sweep import best, field_of, front, grid, pareto, row
from core.types import Recipe
from tests.evaluation.test_retrieval_runs import result

points = st.lists(st.tuples(st.integers(0, 6).map(float), st.integers(0, 6).map(float)), max_size=25)


def dominates(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one[0] >= other[0] and one[1] <= other[1] and one != other


@given(points)
def test_the_front_is_what_nothing_dominates_and_no_more(pairs: list[tuple[float, float]]) -> None:
    chosen = [pairs[i] for i in pareto(pairs)]
    assert not any(dominates(pair, held) for held in chosen for pair in pairs)
    assert all(pair in chosen or any(dominates(held, pair) for held in chosen) for pair in pairs)
    assert chosen == sorted(set(chosen), key=lambda pair: pair[1])


@given(points, st.randoms())
def test_the_front_does_not_depend_on_the_order(pairs: list[tuple[float, float]], random: object) -> None:
    mixed = list(pairs)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert [pairs[i] for i in pareto(pairs)] == [mixed[i] for i in pareto(mixed)]


def test_a_front_by_hand() -> None:
    assert pareto([(0.5, 100), (0.7, 300), (0.6, 400), (0.7, 300), (0.4, 90)]) == [4, 0, 1]
    assert pareto([]) == []


def test_a_grid_keeps_recipes_of_one_index_together() -> None:
    axes = {"retrieval.top_k": ["3", "5"], "chunking.size": ["64", "128"]}
    recipes, skipped = grid(Recipe(), axes)
    assert [(r.chunking.size, r.retrieval.top_k) for r in recipes] == [(64, 3), (64, 5), (128, 3), (128, 5)]
    assert skipped == {}


def test_a_grid_leaves_out_what_contradicts_itself_and_says_so() -> None:
    recipes, skipped = grid(Recipe(), {"chunking.size": ["32", "64"], "chunking.overlap": ["0", "48"]})
    assert [(r.chunking.size, r.chunking.overlap) for r in recipes] == [(32, 0), (64, 0), (64, 48)]
    assert list(skipped) == ["chunking.size 32, chunking.overlap 48"]
    assert "overlap of 48" in skipped["chunking.size 32, chunking.overlap 48"]


@pytest.mark.parametrize(
    ("axes", "sentence"),
    [
        ({}, "at least one field"),
        ({"chunking.size": []}, "at least one value"),
        ({"chunking.colour": ["red"]}, "no field 'chunking.colour'"),
        ({"chunking.size": ["2"]}, "outside 8 to 8192"),
        ({"chunking.size": [str(i) for i in range(8, 308)]}, "would have 300 recipes; 200 are the most"),
    ],
)
def test_a_grid_that_cannot_be_is_refused(axes: dict[str, list[str]], sentence: str) -> None:
    with pytest.raises(RequestError, match=sentence):
        grid(Recipe(), axes)


def test_rows_are_chosen_by_one_half_and_reported_on_the_other() -> None:
    ids = [f"q{i:03}" for i in range(1, 21)]
    worse = row(Recipe(), "a", [result(q, 2, tokens=100, ms=5) for q in ids], ["chunking.size"], {"chunks": 3})
    better = row(Recipe(), "b", [result(q, 1, tokens=300, ms=1) for q in ids], ["chunking.size"], {})
    assert (worse.fields, worse.chunks) == ({"chunking.size": "160"}, 3)
    assert worse.choose.questions + worse.report.questions == 20
    assert best([worse, better], "mrr") == better
    assert front([better, worse], "mrr") == [worse, better]
    assert front([better, worse], "mrr", "ms") == [better]
    assert best([], "mrr") is None
    with pytest.raises(RequestError, match="no front of 'mrr' against 'money'"):
        front([worse], "mrr", "money")
    assert field_of(Recipe(), "retrieval.mmr") == "null"
