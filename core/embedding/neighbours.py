"""What lies near what among vectors: clusters, outliers, near-duplicates, questions far from everything.

All of it compares every vector with every other, block by block, exactly. It knows no passage.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.embedding.projection import SEED, pca, unit
from core.errors import RequestError

_BLOCK = 1024
_NEAR = 5
"""Neighbours that an outlier is far from."""
_ENOUGH = 8
"""Values below which Tukey's fences say nothing."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Two vectors of different groups, by position, and the cosine between them."""

    one: int
    other: int
    cosine: float


@dataclass(frozen=True, slots=True)
class NearDuplicates:
    """The most alike first."""

    pairs: tuple[Alike, ...]
    total: int
    """All pairs above the threshold, of which `pairs` may hold the first only."""


@dataclass(frozen=True, slots=True)
class Far:
    """How far each vector is from what is nearest to it."""

    cosines: np.ndarray
    """Shape (n,): to the nearest, or the mean to the nearest five."""
    below: float
    """The cosine under which a vector counts as far; -1 where none does."""
    far: tuple[int, ...]
    """Positions of those, the farthest first."""


def clusters(vectors: np.ndarray, how: Literal["kmeans", "hdbscan"] = "kmeans", count: int = 8) -> np.ndarray:
    """A cluster for each vector, shape (n,), numbered from 0 by size, largest first; -1 is noise (HDBSCAN only).

    k-means (Lloyd 1957) makes `count` of them, of directions; HDBSCAN (Campello, Moulavi and Sander 2013) finds those
    of at least `count` vectors in the plane of twenty principal components. Raises RequestError for a count below 2.
    """
    if count < 2:
        raise RequestError(f"{count} is too small a number for clusters; 2 is the least.")
    directions = unit(vectors)
    if len(directions) <= count:
        return np.zeros(len(directions), dtype=int)
    if how == "kmeans":
        from sklearn.cluster import KMeans

        different = len(np.unique(directions.round(9), axis=0))
        labels = KMeans(min(count, different), n_init=4, random_state=SEED).fit_predict(directions)
    else:
        from sklearn.cluster import HDBSCAN

        labels = HDBSCAN(min_cluster_size=count, copy=True).fit_predict(_reduced(directions, 20))
    return _by_size(np.asarray(labels))


def outliers(vectors: np.ndarray) -> Far:
    """Vectors whose mean cosine to their five nearest lies below Tukey's lower fence, Q1 - 1.5 (Q3 - Q1), of all."""
    directions = unit(vectors)
    if len(directions) < 2:
        return Far(np.zeros(len(directions)), -1.0, ())
    near = min(_NEAR, len(directions) - 1)
    cosines = np.empty(len(directions))
    for begin, block in _blocks(directions, directions):
        block[np.arange(len(block)), np.arange(begin, begin + len(block))] = -np.inf
        cosines[begin : begin + len(block)] = np.partition(block, -near, axis=1)[:, -near:].mean(axis=1)
    return _far(cosines, None)


def lonely(questions: np.ndarray, vectors: np.ndarray, least: float | None = None) -> Far:
    """Questions with no passage near: the cosine to the nearest is below `least`, or Tukey's lower fence of all."""
    asked, known = unit(questions), unit(vectors)
    if not len(known):
        return Far(np.full(len(asked), -1.0), 0.0, tuple(range(len(asked))))
    cosines = np.empty(len(asked))
    for begin, block in _blocks(asked, known):
        cosines[begin : begin + len(block)] = block.max(axis=1)
    return _far(cosines, least)


def near_duplicates(
    vectors: np.ndarray, groups: Sequence[str], least: float = 0.95, most: int = 1000
) -> NearDuplicates:
    """Pairs of vectors of different groups (documents) whose cosine is at least `least`, the first `most` of them."""
    directions, owners = unit(vectors), np.asarray(groups)
    if len(directions) != len(owners):
        raise ValueError(f"There are {len(directions)} vectors and {len(owners)} groups.")
    held: list[tuple[float, int, int]] = []
    total = 0
    for begin, block in _blocks(directions, directions):
        rows, columns = np.nonzero(block >= least)
        ahead = columns > rows + begin
        rows, columns = rows[ahead], columns[ahead]
        apart = owners[rows + begin] != owners[columns]
        rows, columns = rows[apart], columns[apart]
        total += len(rows)
        held += zip((-block[rows, columns]).tolist(), (rows + begin).tolist(), columns.tolist(), strict=True)
        held = sorted(held)[:most]
    return NearDuplicates(tuple(Alike(one, other, -cosine) for cosine, one, other in held), total)


def _blocks(rows: np.ndarray, columns: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """The position of the first row and the cosines of some rows with all columns, so many that memory stays small."""
    for begin in range(0, len(rows), _BLOCK):
        yield begin, rows[begin : begin + _BLOCK] @ columns.T


def _far(cosines: np.ndarray, least: float | None) -> Far:
    if least is None:
        if len(cosines) < _ENOUGH:
            return Far(cosines, -1.0, ())
        first, third = np.percentile(cosines, [25, 75])
        least = max(-1.0, float(first - 1.5 * (third - first)))
    order = np.argsort(cosines, kind="stable")
    return Far(cosines, float(least), tuple(int(i) for i in order if cosines[i] < least))


def _reduced(directions: np.ndarray, dimension: int) -> np.ndarray:
    """The directions in their first principal components, shape (n, at most dimension)."""
    centred = directions - pca(directions).mean
    _, columns = np.linalg.eigh(centred.T @ centred)
    return np.asarray(centred @ columns[:, ::-1][:, :dimension])


def _by_size(labels: np.ndarray) -> np.ndarray:
    """The same clusters, numbered by size, and by the first member where sizes are equal."""
    names, firsts, sizes = np.unique(labels, return_index=True, return_counts=True)
    order = sorted((-size, first, name) for name, first, size in zip(names, firsts, sizes, strict=True) if name >= 0)
    numbers = {name: number for number, (_, _, name) in enumerate(order)}
    return np.array([numbers.get(label, -1) for label in labels], dtype=int)
