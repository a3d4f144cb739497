from pathlib import Path

import numpy as np
import pytest

from core.embedding.cache import VectorCache
from core.storage.database import open_database
from tests.fakes import WordEmbedder


class Counting(WordEmbedder):
    def __init__(self, revision: str = "1") -> None:
        self.revision = revision
        self.texts: list[str] = []

    def passages(self, texts, progress=None):
        self.texts += texts
        return super().passages(texts, progress)


@pytest.fixture
def cache(tmp_path: Path) -> VectorCache:
    return VectorCache(open_database(tmp_path / "t.db"), limit=10)


def test_a_text_is_embedded_once_for_each_model(cache: VectorCache) -> None:
    one, two = Counting("1"), Counting("2")
    first = cache.passages(one, ["alpha", "beta", "alpha"])
    again = cache.passages(one, ["beta", "gamma"])
    cache.passages(two, ["alpha"])
    assert one.texts == ["alpha", "beta", "gamma"]
    assert two.texts == ["alpha"]
    assert np.array_equal(first[1], again[0])
    assert np.array_equal(first, WordEmbedder().passages(["alpha", "beta", "alpha"]))


def test_the_size_is_bounded_and_the_least_used_go_first(cache: VectorCache) -> None:
    embedder = Counting()
    for n in range(10):
        cache.passages(embedder, [f"text {n}"])
    cache.passages(embedder, ["text 0"])
    cache.passages(embedder, ["one more"])
    assert cache.size() == (10, 10 * 64 * 4)
    embedder.texts.clear()
    cache.passages(embedder, ["text 0", "text 1"])
    assert embedder.texts == ["text 1"]


def test_forgetting_removes_every_models_vector(cache: VectorCache) -> None:
    for revision in ("1", "2"):
        cache.passages(Counting(revision), ["alpha", "beta"])
    assert cache.forget(["alpha", "unknown"]) == 2
    assert cache.size()[0] == 2


def test_progress_counts_what_was_held(cache: VectorCache) -> None:
    cache.passages(Counting(), ["alpha"])
    seen: list[int] = []
    cache.passages(Counting(), ["alpha", "beta", "gamma"], seen.append)
    assert seen[-1] == 3
    assert cache.passages(Counting(), []).shape == (0, 64)
