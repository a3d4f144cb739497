from pathlib import Path

import numpy as np
import pytest

from core.embedding.cache import VectorCache
from core.embedding.encoder import EncoderSpec
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
    return VectorCache(
        open_database(tmp_path / "t.db"), limit=5
    )  # bytes of five vectors of 384: thirty of the fake's 64


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
    for n in range(30):
        cache.passages(embedder, [f"text {n}"])
    assert cache.size() == (30, 30 * 64 * 4)
    cache.passages(embedder, ["text 0"])
    cache.passages(embedder, ["one more"])
    assert cache.size() == (29, 29 * 64 * 4)  # a little below the limit, so that the next write need not count
    embedder.texts.clear()
    cache.passages(embedder, ["text 0", "text 1", "one more", "text 29"])
    assert embedder.texts == ["text 1"]


def test_one_run_larger_than_the_cache_leaves_it_full_not_empty(cache: VectorCache) -> None:
    texts = [f"text {n}" for n in range(100)]
    vectors = cache.passages(Counting(), texts)
    assert np.array_equal(vectors, WordEmbedder().passages(texts))
    assert cache.size()[0] == 29


class Wide(Counting):
    spec = EncoderSpec("wide", window=256, dimension=384)

    def passages(self, texts, progress=None):
        self.texts += texts
        return np.ones((len(texts), 384), dtype=np.float32)


def test_models_of_different_dimensions_share_the_room(cache: VectorCache) -> None:
    wide, narrow = Wide("w"), Counting("n")
    for n in range(3):
        cache.passages(wide, [f"text {n}"])
    cache.passages(narrow, [f"text {n}" for n in range(6)])
    assert cache.size() == (9, 3 * 384 * 4 + 6 * 64 * 4)
    cache.passages(wide, ["text 3", "text 4"])
    count, held = cache.size()
    assert held <= 5 * 384 * 4 and count >= 4
    wide.texts.clear()
    assert cache.passages(wide, ["text 4", "text 0"]).shape == (2, 384)
    assert wide.texts == ["text 0"]


def test_a_server_that_changed_its_model_does_not_get_the_old_vectors(cache: VectorCache) -> None:
    cache.passages(Counting("same name"), ["alpha", "beta"])
    wide = Wide("same name")
    assert cache.passages(wide, ["alpha"]).shape == (1, 384)
    assert cache.passages(wide, ["alpha"]).shape == (1, 384)
    assert wide.texts == ["alpha"]


def test_a_database_from_before_gets_the_index_that_eviction_needs(tmp_path: Path) -> None:
    engine = open_database(tmp_path / "old.db")
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP INDEX embeddings_by_use")
    VectorCache(engine)
    with engine.connect() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT revision FROM embeddings ORDER BY used LIMIT 5"
        ).all()
    assert "embeddings_by_use" in str(plan)


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
