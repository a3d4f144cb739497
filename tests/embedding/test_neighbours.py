import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.embedding import neighbours
from core.embedding.neighbours import Alike, clusters, lonely, near_duplicates, outliers
from core.errors import RequestError
from tests.embedding.test_projection import groups


def test_clusters_are_the_groups_numbered_by_size() -> None:
    vectors, labels = groups(count=3, each=20)
    vectors, labels = vectors[10:], labels[10:]
    for how, count in (("kmeans", 3), ("hdbscan", 5)):
        found = clusters(vectors, how, count)  # type: ignore[arg-type]
        kept = found >= 0
        assert kept.mean() > 0.9
        assert len(set(zip(found[kept].tolist(), labels[kept].tolist(), strict=True))) == 3
        sizes = np.bincount(found[kept])
        assert list(sizes) == sorted(sizes, reverse=True)
        assert (clusters(vectors, how, count) == found).all()  # type: ignore[arg-type]


def test_too_few_are_one_cluster() -> None:
    assert clusters(np.eye(3), count=3).tolist() == [0, 0, 0]
    assert clusters(np.ones((9, 4)), count=3).tolist() == [0] * 9
    with pytest.raises(RequestError, match="2 is the least"):
        clusters(np.eye(3), count=1)


def test_what_is_far_from_all_is_an_outlier() -> None:
    vectors, _ = groups()
    strange = np.zeros((1, 16))
    strange[0, 9] = 1
    found = outliers(np.vstack([vectors, strange]))
    assert found.far == (60,)
    assert found.cosines[60] < found.below < found.cosines[:60].min()
    assert (outliers(np.eye(1)).far, outliers(np.eye(4)).far) == ((), ())


def test_a_question_far_from_every_passage_is_lonely() -> None:
    vectors, _ = groups()
    asked = np.vstack([vectors[:20], np.eye(1, 16, 9)])
    found = lonely(asked, vectors)
    assert found.far[0] == 20
    assert found.cosines[20] < 0.2
    assert found.below > 0.9
    assert lonely(asked[18:], vectors).far == ()
    assert lonely(asked[18:], vectors, least=0.5).far == (2,)
    assert lonely(asked[:2], np.zeros((0, 16))).far == (0, 1)


@given(st.integers(0, 2**32 - 1), st.floats(0.2, 0.9))
def test_near_duplicates_are_all_pairs_across_documents(seed: int, least: float) -> None:
    generator = np.random.default_rng(seed)
    vectors = generator.normal(size=(30, 4))
    owners = [f"d{n}" for n in generator.integers(0, 4, size=30)]
    before, neighbours._BLOCK = neighbours._BLOCK, 7
    try:
        found = near_duplicates(vectors, owners, least)
        first = near_duplicates(vectors, owners, least, most=3)
    finally:
        neighbours._BLOCK = before
    scaled = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    wanted = {
        (i, j) for i in range(30) for j in range(i + 1, 30) if owners[i] != owners[j] and scaled[i] @ scaled[j] >= least
    }
    assert {(pair.one, pair.other) for pair in found.pairs} == wanted
    assert found.total == len(wanted) == first.total
    assert first.pairs == found.pairs[:3]


def test_a_pair_by_hand() -> None:
    vectors = np.array([[1, 0], [2, 0], [0, 1]])
    assert near_duplicates(vectors, ["a", "b", "c"]).pairs == (Alike(0, 1, 1.0),)
    assert near_duplicates(vectors, ["a", "a", "c"]).pairs == ()
    with pytest.raises(ValueError, match="3 vectors and 2 groups"):
        near_duplicates(vectors, ["a", "b"])
