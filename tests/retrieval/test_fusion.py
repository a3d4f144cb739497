import pytest

from core.retrieval.fusion import reciprocal_rank_fusion


def test_literal_scores() -> None:
    fused = reciprocal_rank_fusion({"dense": ["a", "b"], "sparse": ["b", "c"]}, k=10)
    assert [key for key, _ in fused] == ["b", "a", "c"]
    assert [score for _, score in fused] == pytest.approx([1 / 12 + 1 / 11, 1 / 11, 1 / 12])


def test_one_list_keeps_its_order() -> None:
    assert [key for key, _ in reciprocal_rank_fusion({"dense": [3, 1, 2]}, k=60)] == [3, 1, 2]


def test_nothing_gives_nothing() -> None:
    assert reciprocal_rank_fusion({}, k=60) == []
