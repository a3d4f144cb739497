import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.retrieval.fusion import distribution_based_fusion, maximal_marginal_relevance, reciprocal_rank_fusion


def test_literal_scores() -> None:
    fused = reciprocal_rank_fusion({"dense": ["a", "b"], "sparse": ["b", "c"]}, k=10)
    assert [key for key, _ in fused] == ["b", "a", "c"]
    assert [score for _, score in fused] == pytest.approx([1 / 12 + 1 / 11, 1 / 11, 1 / 12])


def test_a_weight_counts() -> None:
    fused = reciprocal_rank_fusion({"dense": ["a"], "sparse": ["b"]}, k=10, weights={"dense": 1, "sparse": 2})
    assert fused == [("b", pytest.approx(2 / 11)), ("a", pytest.approx(1 / 11))]


def test_one_list_keeps_its_order() -> None:
    assert [key for key, _ in reciprocal_rank_fusion({"dense": [3, 1, 2]}, k=60)] == [3, 1, 2]


def test_nothing_gives_nothing() -> None:
    assert reciprocal_rank_fusion({}, k=60) == []
    assert distribution_based_fusion({"dense": []}) == []


def test_distribution_based_fusion_literally() -> None:
    fused = dict(distribution_based_fusion({"dense": [("a", 3.0), ("b", 1.0)], "sparse": [("b", 7.0)]}))
    # mean 2, standard deviation 1: 3 lies a sixth of the width above the middle
    assert fused == {"a": pytest.approx(0.5 + 1 / 6), "b": pytest.approx(0.5 - 1 / 6 + 0.5)}


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=20), st.floats(0.1, 50), st.floats(-500, 500))
def test_distribution_based_fusion_does_not_mind_scale_or_offset(
    scores: list[float], scale: float, offset: float
) -> None:
    if np.std(scores) < 1e-3:
        return
    one = dict(distribution_based_fusion({"x": list(enumerate(scores))}))
    other = dict(distribution_based_fusion({"x": [(i, scale * s + offset) for i, s in enumerate(scores)]}))
    assert [one[i] for i in range(len(scores))] == pytest.approx([other[i] for i in range(len(scores))], abs=1e-6)
    assert all(0 <= value <= 1 for value in one.values())


def test_relevance_alone_keeps_the_order_and_diversity_takes_the_other_one_next() -> None:
    vectors = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    relevance = np.array([1.0, 0.9, 0.2])
    assert maximal_marginal_relevance(vectors, relevance, 1.0) == [0, 1, 2]
    assert maximal_marginal_relevance(vectors, relevance, 0.5) == [0, 2, 1]
    assert maximal_marginal_relevance(np.zeros((0, 2)), np.zeros(0), 0.5) == []


@given(st.integers(1, 12), st.floats(0, 1), st.integers(0, 1000))
def test_diversifying_loses_nothing(n: int, balance: float, seed: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(n, 4))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    assert sorted(maximal_marginal_relevance(vectors, 1 - np.arange(n) / n, balance)) == list(range(n))
