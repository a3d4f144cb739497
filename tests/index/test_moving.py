"""A copy from one store to another is whole, or it is refused."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from qdrant_client import QdrantClient

from core.errors import IndexFailure
from core.index import moving
from core.index.contract import Entry, Query
from core.index.edge import EdgeIndex
from core.index.moving import copy_indexes
from core.index.server import ServerIndex
from core.index.server_collections import ServerSettings
from core.types import ZONES, Zone
from tests.index.test_contract import SPEC, add, entry, everything, vector

OTHER = replace(SPEC, key="other", dimension=8, distance="dot", quantization="int8")


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[EdgeIndex]:
    index = EdgeIndex(tmp_path / "source")
    index.open(SPEC)
    index.open(OTHER)
    for zone in ZONES:
        add(index, [entry(f"in-{zone}", n, zone, labels=("hr",), valid_from="2026-01-01") for n in range(40)])
        vectors = np.stack([3 * vector(n) for n in range(5)])
        index.replace_document("other", zone, [entry(f"o-{zone}", n, zone) for n in range(5)], vectors, {})
    yield index
    index.close()


@pytest.fixture
def server() -> Iterator[ServerIndex]:
    index = ServerIndex(ServerSettings("http://nowhere"), QdrantClient(":memory:"))
    yield index
    index.close()


def test_there_and_back_again_everything_is_the_same(edge: EdgeIndex, server: ServerIndex, tmp_path: Path) -> None:
    moved = copy_indexes(edge, server)
    assert [(m.key, m.chunks, m.searches) for m in moved] == [
        ("k", dict.fromkeys(ZONES, 40), 60),
        ("other", dict.fromkeys(ZONES, 5), 15),
    ]
    back = EdgeIndex(tmp_path / "back")
    copy_indexes(server, back)
    for key in ("k", "other"):
        assert back.spec(key) == edge.spec(key)
        for zone in ZONES:
            first, second = ({s.entry.chunk.id: s for s in index.iterate(key, zone)} for index in (edge, back))
            assert {i: s.entry for i, s in first.items()} == {i: s.entry for i, s in second.items()}
            assert all(first[i].vector == pytest.approx(second[i].vector, abs=1e-6) for i in first)
    query = Query(vector(1), "passage 7", 10, exact=True)
    before, after = (index.search("k", query, everything()) for index in (edge, back))
    assert [f.score for f in after.sparse] == pytest.approx([f.score for f in before.sparse])
    assert [(f.entry, f.score) for f in after.dense] == [
        (f.entry, pytest.approx(f.score, abs=1e-6)) for f in before.dense
    ]
    back.close()


class Dies(Exception):
    pass


def test_a_copy_that_was_cut_short_is_begun_again(
    edge: EdgeIndex, server: ServerIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "_PAGE", 7)

    def die(_: str, done: int, __: int) -> None:
        if done > 50:
            raise Dies

    with pytest.raises(Dies):
        copy_indexes(edge, server, die)
    assert 0 < sum(server.counts("k", "internal").values()) < 40
    copy_indexes(edge, server)
    assert server.counts("k", "internal") == {"in-internal": 40}


def test_no_more_than_a_page_is_held(edge: EdgeIndex, server: ServerIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "_PAGE", 7)
    sizes: list[int] = []

    class Watching(ServerIndex):
        def replace_document(
            self, key: str, zone: Zone, entries: Sequence[Entry], vectors: np.ndarray, old: Mapping[Zone, Sequence[str]]
        ) -> None:
            sizes.append(len(entries))
            super().replace_document(key, zone, entries, vectors, old)

    copy_indexes(edge, Watching(ServerSettings("http://nowhere"), QdrantClient(":memory:")))
    assert max(sizes) == 7
    assert sum(sizes) == 135


def test_a_target_with_other_documents_is_left_alone(edge: EdgeIndex, server: ServerIndex) -> None:
    server.open(SPEC)
    add(server, [entry("theirs", 0)])
    with pytest.raises(IndexFailure, match="holds 1 documents in the public zone"):
        copy_indexes(edge, server)
    assert server.counts("k", "public") == {"theirs": 1}


def test_a_copy_that_lost_passages_is_refused_with_the_difference(edge: EdgeIndex) -> None:
    class Losing(ServerIndex):
        def replace_document(
            self, key: str, zone: Zone, entries: Sequence[Entry], vectors: np.ndarray, old: Mapping[Zone, Sequence[str]]
        ) -> None:
            super().replace_document(key, zone, entries[1:], vectors[1:], old)

    with pytest.raises(IndexFailure, match="40 passages here, 39 there, in 1 documents"):
        copy_indexes(edge, Losing(ServerSettings("http://nowhere"), QdrantClient(":memory:")))
    assert edge.counts("k", "public") == {"in-public": 40}


def test_a_copy_that_finds_other_passages_is_refused(edge: EdgeIndex) -> None:
    class Confused(ServerIndex):
        def replace_document(
            self, key: str, zone: Zone, entries: Sequence[Entry], vectors: np.ndarray, old: Mapping[Zone, Sequence[str]]
        ) -> None:
            super().replace_document(key, zone, entries, np.roll(vectors, 1, axis=0), old)

    with pytest.raises(IndexFailure, match="finds other passages in the public zone"):
        copy_indexes(edge, Confused(ServerSettings("http://nowhere"), QdrantClient(":memory:")))
