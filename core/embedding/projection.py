"""Vectors as points of a plane: PCA at once, UMAP in a process of its own; it knows no passage and no question.

Rows are vectors, of any length; only their directions count.
"""

import io
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import RequestError

SEED = 0
NEIGHBOURS = 15
FITTED = 10_000
"""Vectors that UMAP is fitted on at most: 5,000 took it 41 s on a busy machine. The rest is placed between them."""
_LEAST = 5
"""Below this many vectors there are no neighbourhoods to keep, and PCA stands in."""
_BLOCK = 1024


@dataclass(frozen=True, slots=True)
class Plane:
    """The two directions in which vectors differ most."""

    mean: np.ndarray
    """Shape (dimension,)."""
    axes: np.ndarray
    """Shape (2, dimension), orthonormal, the wider one first."""
    explained: tuple[float, float]
    """Share of the variance along each; 0 where there is none."""

    def place(self, vectors: np.ndarray) -> np.ndarray:
        """Points of vectors, shape (n, 2)."""
        return np.asarray((unit(vectors) - self.mean) @ self.axes.T)


def pca(vectors: np.ndarray) -> Plane:
    """Principal component analysis (Pearson 1901; Hotelling 1933) of the directions of vectors, shape (n, dimension).

    The sign of an axis is the one that makes its largest number positive, so that equal vectors give equal pictures.
    """
    directions = unit(vectors)
    dimension = directions.shape[1]
    if not len(directions):
        return Plane(np.zeros(dimension), np.eye(2, dimension), (0.0, 0.0))
    mean = directions.mean(axis=0)
    centred = directions - mean
    values, columns = np.linalg.eigh(centred.T @ centred)
    axes = columns.T[::-1][:2]
    signs = np.sign(axes[np.arange(2), np.abs(axes).argmax(axis=1)])
    total = float(values.clip(0).sum())
    shares = [float(max(value, 0) / total) if total > 0 else 0.0 for value in values[::-1][:2]]
    return Plane(mean, axes * signs[:, None], (shares[0], shares[1]))


def umap(vectors: np.ndarray, cancelled: Callable[[], bool] = lambda: False) -> np.ndarray | None:
    """UMAP (McInnes, Healy and Melville 2018) by cosine with a fixed seed: points, shape (n, 2); None when cancelled.

    It runs in a process of its own, for its compiled code would keep every other thread of this one waiting. Above
    10,000 vectors it is fitted on an even choice of them, and the others are placed as `place` does.
    """
    directions = unit(vectors).astype(np.float32)
    if len(directions) < _LEAST:
        return pca(vectors).place(vectors)
    chosen = np.unique(np.linspace(0, len(directions) - 1, min(FITTED, len(directions))).round().astype(int))
    fitted = _in_child(directions[chosen], cancelled)
    if fitted is None or len(chosen) == len(directions):
        return fitted
    points = place(directions, directions[chosen], fitted)
    points[chosen] = fitted
    return points


def place(questions: np.ndarray, vectors: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Where vectors would lie among others whose `points` are known, shape (n, 2).

    The mean of the 15 nearest by cosine, weighted with UMAP's membership strengths: what its own `transform` begins
    with, which took a minute for three questions on its first call. Without any others, the origin.
    """
    asked, known = unit(questions), unit(vectors)
    out = np.zeros((len(asked), 2))
    if not len(known):
        return out
    count = min(NEIGHBOURS, len(known))
    for begin in range(0, len(asked), _BLOCK):
        distances = 1 - asked[begin : begin + _BLOCK] @ known.T
        nearest = np.argpartition(distances, count - 1, axis=1)[:, :count]
        for row, columns in enumerate(nearest):
            weights = _strengths(distances[row, columns])
            out[begin + row] = weights @ points[columns]
    return out


def unit(vectors: np.ndarray) -> np.ndarray:
    """The vectors in rows at length one; a vector of zeros stays as it is."""
    wide = np.asarray(vectors, dtype=np.float64)
    return np.asarray(wide / np.maximum(np.linalg.norm(wide, axis=1, keepdims=True), 1e-12))


def _strengths(distances: np.ndarray) -> np.ndarray:
    """UMAP's membership strengths, exp(-(d - nearest) / s) with s such that they sum to log2 of their number; to 1."""
    beyond = np.maximum(distances - distances.min(), 0)
    wanted = np.log2(max(2, len(distances)))
    low, high = 0.0, max(float(beyond.max()), 1e-6) * 64
    for _ in range(48):
        middle = (low + high) / 2
        if np.exp(-beyond / middle).sum() > wanted:
            high = middle
        else:
            low = middle
    strengths = np.exp(-beyond / high)
    return np.asarray(strengths / strengths.sum())


def _in_child(directions: np.ndarray, cancelled: Callable[[], bool]) -> np.ndarray | None:
    """The points of unit vectors, fitted by this module run as a command; raises RequestError when it fails."""
    sent = io.BytesIO()
    np.save(sent, directions, allow_pickle=False)
    child = subprocess.Popen(
        [sys.executable, "-m", "core.embedding.projection"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    told: list[bytes] = []
    talking = threading.Thread(target=lambda: told.extend(child.communicate(sent.getvalue())), daemon=True)
    talking.start()
    while talking.is_alive():
        talking.join(0.2)
        if cancelled():
            child.kill()
            talking.join()
            return None
    if child.returncode:
        reason = told[1].decode(errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
        raise RequestError(f"UMAP could not be computed: {reason[0]}.")
    return np.asarray(np.load(io.BytesIO(told[0]), allow_pickle=False))


def _main() -> None:
    """Read unit vectors from standard input and write their points to standard output, both as .npy."""
    from umap import UMAP

    directions = np.load(io.BytesIO(sys.stdin.buffer.read()), allow_pickle=False)
    count = min(NEIGHBOURS, len(directions) - 1)
    made = UMAP(n_neighbors=count, metric="cosine", init="pca", random_state=SEED, n_jobs=1)
    np.save(sys.stdout.buffer, made.fit_transform(directions).astype(np.float64), allow_pickle=False)


if __name__ == "__main__":
    _main()
