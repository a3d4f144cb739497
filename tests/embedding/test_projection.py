import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.embedding.projection import pca, place, umap, unit

some = arrays(np.float64, st.tuples(st.integers(0, 12), st.integers(2, 6)), elements=st.floats(-10, 10))


def groups(count: int = 3, each: int = 20, dimension: int = 16) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    centres = np.eye(count, dimension)
    labels = np.repeat(np.arange(count), each)
    return centres[labels] + generator.normal(scale=0.05, size=(count * each, dimension)), labels


@given(some)
def test_a_plane_is_numbers_and_its_axes_are_at_right_angles(vectors: np.ndarray) -> None:
    plane = pca(vectors)
    assert plane.place(vectors).shape == (len(vectors), 2)
    assert np.isfinite(plane.place(vectors)).all()
    assert plane.axes @ plane.axes.T == pytest.approx(np.eye(2), abs=1e-9)
    assert 1 + 1e-9 >= plane.explained[0] >= plane.explained[1] >= 0


def test_the_axes_are_those_of_the_singular_vectors() -> None:
    vectors, _ = groups()
    plane = pca(vectors)
    _, values, rows = np.linalg.svd(unit(vectors) - plane.mean, full_matrices=False)
    assert np.abs(np.sum(plane.axes * rows[:2], axis=1)) == pytest.approx([1, 1])
    assert plane.explained == pytest.approx(tuple(values[:2] ** 2 / (values**2).sum()))


@given(some)
def test_what_is_placed_lies_between_what_is_there(vectors: np.ndarray) -> None:
    points = pca(vectors).place(vectors)
    placed = place(vectors, vectors, points)
    assert np.isfinite(placed).all()
    if len(vectors):
        assert (placed >= points.min(axis=0) - 1e-9).all()
        assert (placed <= points.max(axis=0) + 1e-9).all()


def test_a_question_is_placed_among_its_kind() -> None:
    vectors, labels = groups()
    corners = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]])
    placed = place(np.eye(3, 16), vectors, corners[labels])
    assert placed == pytest.approx(corners, abs=0.5)


@pytest.mark.slow
def test_umap_keeps_groups_apart_and_is_the_same_again() -> None:
    vectors, labels = groups(each=12)
    points = umap(vectors)
    assert points is not None
    assert points.shape == (36, 2)
    centres = np.stack([points[labels == label].mean(axis=0) for label in range(3)])
    nearest = np.linalg.norm(points[:, None] - centres, axis=2).argmin(axis=1)
    assert (nearest == labels).all()
    again = umap(vectors)
    assert again is not None
    assert (again == points).all()


def test_umap_of_a_handful_is_their_plane_and_cancelling_ends_it() -> None:
    few = np.eye(3, 4)
    points = umap(few)
    assert points == pytest.approx(pca(few).place(few))
    assert umap(groups()[0], cancelled=lambda: True) is None
