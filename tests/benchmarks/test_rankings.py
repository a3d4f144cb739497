import numpy as np

from benchmarks.retrieval.rankings import bm25, dense, fused, top


def test_dense_orders_by_cosine() -> None:
    passages = np.array([[0.0, 1.0], [1.0, 0.0], [0.6, 0.8]])
    assert dense(np.array([[1.0, 0.0]]), passages, 2) == [[1, 2]]


def test_equal_scores_keep_their_order() -> None:
    assert top(np.array([1.0, 2.0, 2.0]), 3) == [1, 2, 0]


def test_a_list_given_twice_counts_twice() -> None:
    assert fused([[1, 2], [2, 1], [2, 1]], 10) == [2, 1]
    assert fused([[1, 2], [1, 2], [2, 1]], 10) == [1, 2]


def test_bm25_finds_the_text_with_the_rare_word_and_nothing_without_a_word() -> None:
    texts = ["the ship sails", "the anchor holds", "the ship and the anchor"]
    with bm25(texts) as index:
        assert index.rank("anchor", 3)[0] == 1
        assert sorted(index.rank("anchor", 3)) == [1, 2]
        assert index.rank("zebra", 3) == []


def test_half_of_the_words_are_known() -> None:
    with bm25(["the ship sails", "the anchor holds"]) as index:
        assert index.known("Which anchor has the Zebra?") == 0.5
        assert index.known("") == 0.0
