import math

from benchmarks.retrieval.ranked import first_rank, found_within, ndcg, reciprocal


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
