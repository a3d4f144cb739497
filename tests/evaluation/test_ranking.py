import math

import pytest
import pytrec_eval
from hypothesis import given
from hypothesis import strategies as st

from core.evaluation.ranking import first_rank, found_within, ndcg, precision, recall, reciprocal


def test_ndcg_is_1_for_the_ideal_order_and_0_for_none() -> None:
    assert ndcg(["a", "b", "c"], {"a": 1, "b": 1}) == 1.0
    assert ndcg(["c", "d"], {"a": 1}) == 0.0
    assert ndcg(["c"], {}) == 0.0


def test_ndcg_of_the_second_rank_is_1_over_log2_of_3() -> None:
    assert ndcg(["x", "a"], {"a": 1}) == 1 / math.log2(3)


def test_ndcg_with_one_of_two_found_at_rank_1() -> None:
    assert ndcg(["a", "x"], {"a": 1, "b": 1}) == 1 / (1 + 1 / math.log2(3))


def test_ndcg_stops_at_its_depth_and_weighs_gains() -> None:
    assert ndcg(["x", "a"], {"a": 1}, depth=1) == 0.0
    assert ndcg(["b", "a"], {"a": 2, "b": 1}) == (1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3))


def test_ranks_count_from_1() -> None:
    assert first_rank(["x", "a", "b"], ["b", "a"]) == 2
    assert first_rank(["x"], ["a"]) is None
    assert (found_within(5, 5), found_within(6, 5), found_within(None, 5)) == (1.0, 0.0, 0.0)
    assert (reciprocal(4), reciprocal(None)) == (0.25, 0.0)


keys = st.lists(st.sampled_from([f"d{i}" for i in range(30)]), unique=True, max_size=25)


@given(keys, st.dictionaries(st.sampled_from([f"d{i}" for i in range(40)]), st.integers(1, 3), min_size=1))
def test_the_measures_are_those_of_trec_eval(ranked: list[str], gains: dict[str, int]) -> None:
    depths = (1, 3, 5, 10)
    cuts = ",".join(map(str, depths))
    judge = pytrec_eval.RelevanceEvaluator(
        {"q": gains}, {f"recall.{cuts}", f"P.{cuts}", f"ndcg_cut.{cuts}", "recip_rank"}
    )
    told = judge.evaluate({"q": {key: float(-rank) for rank, key in enumerate(ranked)}})["q"] if ranked else {}
    wanted = list(gains)
    for depth in depths:
        assert recall(ranked, wanted, depth) == pytest.approx(told.get(f"recall_{depth}", 0.0), abs=1e-9)
        assert precision(ranked, wanted, depth) == pytest.approx(told.get(f"P_{depth}", 0.0), abs=1e-9)
        assert ndcg(ranked, gains, depth) == pytest.approx(told.get(f"ndcg_cut_{depth}", 0.0), abs=1e-9)
    assert reciprocal(first_rank(ranked, wanted)) == pytest.approx(told.get("recip_rank", 0.0), abs=1e-9)


def test_nothing_wanted_and_no_places() -> None:
    assert (recall(["a"], [], 5), precision(["a"], [], 5), ndcg(["a"], {}, 5)) == (0.0, 0.0, 0.0)
    assert precision(["a"], ["a"], 5) == 0.2
    with pytest.raises(ValueError, match="no places"):
        precision(["a"], ["a"], 0)
