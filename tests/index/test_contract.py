"""What every vector store must do; each implementation runs all of it."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from qdrant_client import QdrantClient

from core.chunking import chunk_id
from core.errors import IndexFailure, NotFound
from core.index.contract import Access, Entry, IndexSpec, Query, Tags, VectorIndex
from core.index.edge import EdgeIndex
from core.index.server import ServerIndex
from core.index.server_collections import ServerSettings
from core.types import ZONES, Chunk, Span, Zone

SPEC = IndexSpec("k", "fake", "1", 8, "cosine")
TODAY = date(2026, 6, 1)


def everything(labels: tuple[str, ...] | None = None, on: date = TODAY) -> Access:
    return Access(ZONES, labels, on)


def entry(document: str, n: int, zone: Zone = "public", **more: object) -> Entry:
    text = f"passage {n} of {document}"
    chunk = Chunk(chunk_id(document, n, n + 1), document, text, n, n + 1, (1,), ("Top",), 4)
    return Entry(chunk, f"{document}.txt", zone, **more)  # type: ignore[arg-type]


def vector(seed: int) -> np.ndarray:
    v = np.random.default_rng(seed).normal(size=8).astype(np.float32)
    return v / np.linalg.norm(v)


def add(index: VectorIndex, entries: list[Entry], old: dict[Zone, list[str]] | None = None) -> None:
    vectors = np.stack([vector(crc32(e.chunk.id.encode())) for e in entries])
    index.replace_document("k", entries[0].zone, entries, vectors, old or {})


def found(index: VectorIndex, access: Access, words: str = "passage", limit: int = 50) -> set[str]:
    got = index.search("k", Query(vector(1), words, limit), access)
    return {f.entry.chunk.document_id for f in (*got.dense, *got.sparse)}


KINDS = ["edge", "memory", *(["server"] if os.environ.get("TOUCHSTONE_TEST_QDRANT_URL") else [])]
"""The embedded store; the server's with the client's own memory; and a real server where there is one."""


@contextmanager
def opened(kind: str, folder: Path) -> Iterator[VectorIndex]:
    """An empty store of a kind; nothing of it is left behind."""
    if kind == "edge":
        made: VectorIndex = EdgeIndex(folder)
    elif kind == "memory":
        made = ServerIndex(ServerSettings("http://nowhere"), QdrantClient(":memory:"))
    else:
        url, key = os.environ["TOUCHSTONE_TEST_QDRANT_URL"], os.environ.get("TOUCHSTONE_TEST_QDRANT_KEY", "")
        made = ServerIndex(ServerSettings(url, key, prefix=f"test{uuid.uuid4().hex[:8]}"))
    try:
        yield made
        for held in made.keys():  # noqa: SIM118
            made.drop(held)
    finally:
        made.close()


@pytest.fixture(params=KINDS)
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorIndex]:
    with opened(request.param, tmp_path / "index") as made:
        made.open(SPEC)
        yield made


def test_what_a_passage_is_comes_back_as_it_was_put_in(index: VectorIndex) -> None:
    plain = entry("a", 1)
    marked = replace(plain, chunk=replace(plain.chunk, id=chunk_id("a", 2, 9), start=2, end=9, around=Span(0, 12)))
    by_hand = replace(plain, chunk=replace(plain.chunk, id=chunk_id("a", 9, 12), start=9, end=12, edited=True))
    add(index, [plain, marked, by_hand])
    assert list(index.entries("k", "public", "a")) == [plain, marked, by_hand]


def test_what_is_stored_comes_back(index: VectorIndex) -> None:
    one = entry("a", 0, labels=("hr",), valid_from="2026-01-01", valid_until="2026-12-31")
    add(index, [one])
    got = index.search("k", Query(vector(1), "passage", 5), everything())
    assert got.dense[0].entry == one
    assert got.sparse[0].entry == one
    assert list(index.entries("k", "public", "a")) == [one]


def test_dense_search_ranks_by_cosine(index: VectorIndex) -> None:
    entries = [entry("a", n) for n in range(20)]
    vectors = np.stack([vector(n) for n in range(20)])
    index.replace_document("k", "public", entries, vectors, {})
    got = index.search("k", Query(vector(3), None, 20), everything())
    expected = np.argsort(-(vectors @ vector(3)))
    assert [f.entry.chunk.start for f in got.dense] == expected.tolist()
    assert got.dense[0].score == pytest.approx(1, abs=1e-5)
    assert got.sparse == ()


def test_a_stage_that_is_not_asked_for_is_empty(index: VectorIndex) -> None:
    add(index, [entry("a", 0)])
    assert index.search("k", Query(None, "passage", 5), everything()).dense == ()


def test_no_zone_finds_nothing(index: VectorIndex) -> None:
    add(index, [entry("a", 0)])
    assert found(index, Access((), None, TODAY)) == set()


def test_zones_are_kept_apart(index: VectorIndex) -> None:
    for zone in ZONES:
        add(index, [entry(f"in-{zone}", 0, zone)])
    assert found(index, Access(("public", "restricted"), None, TODAY)) == {"in-public", "in-restricted"}


def test_no_label_allowed_finds_only_unlabelled(index: VectorIndex) -> None:
    add(index, [entry("plain", 0)])
    add(index, [entry("labelled", 0, labels=("hr",))])
    assert found(index, everything(labels=())) == {"plain"}
    assert found(index, everything(labels=None)) == {"plain", "labelled"}


LABELS = ("hr", "legal", "board")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    zones=st.sets(st.sampled_from(ZONES)),
    labels=st.none() | st.sets(st.sampled_from(LABELS)),
    on=st.dates(date(2024, 1, 1), date(2028, 1, 1)),
)
def test_nothing_outside_the_access_is_ever_found(
    library: tuple[VectorIndex, list[Entry]], zones: set[Zone], labels: set[str] | None, on: date
) -> None:
    index, entries = library
    access = Access(tuple(zones), None if labels is None else tuple(labels), on)
    assert found(index, access, limit=100) == visible(entries, access)


def visible(entries: list[Entry], access: Access) -> set[str]:
    """The rule in plain words, apart from any engine."""
    return {
        e.chunk.document_id
        for e in entries
        if e.zone in access.zones
        and (access.labels is None or set(e.labels) <= set(access.labels))
        and (e.valid_from is None or date.fromisoformat(e.valid_from) <= access.on)
        and (e.valid_until is None or access.on <= date.fromisoformat(e.valid_until))
    }


@pytest.mark.parametrize(("kind", "principals"), [(kind, 3_000 if kind == "edge" else 500) for kind in KINDS])
def test_thousands_of_random_principals_find_exactly_what_they_may(tmp_path: Path, kind: str, principals: int) -> None:
    """A limit as large as the index, and an exact search: each of both lists holds all that is allowed, and no more."""
    rng = np.random.default_rng(11)
    with opened(kind, tmp_path) as index:
        index.open(SPEC)
        entries = _fill(index)
        query = Query(vector(1), "passage", len(entries), exact=True)
        for _ in range(principals):
            zones = tuple(zone for zone in ZONES if rng.random() < 0.6)
            own = (*LABELS, "unknown")
            labels = None if rng.random() < 0.2 else tuple(label for label in own if rng.random() < 0.5)
            access = Access(zones, labels, date(2024, 1, 1) + timedelta(int(rng.integers(0, 1500))))
            got = index.search("k", query, access)
            for ranked in (got.dense, got.sparse):
                assert {hit.entry.chunk.document_id for hit in ranked} == visible(entries, access)


@pytest.fixture(scope="module", params=KINDS)
def library(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[VectorIndex, list[Entry]]]:
    with opened(request.param, tmp_path_factory.mktemp("index")) as index:
        index.open(SPEC)
        yield index, _fill(index)


def _fill(index: VectorIndex) -> list[Entry]:
    rng = np.random.default_rng(7)
    entries = []
    for n in range(48):
        labels = tuple(sorted(rng.choice(LABELS, rng.integers(0, 3), replace=False)))
        first = f"{rng.integers(2024, 2028)}-03-01" if n % 3 == 0 else None
        last = f"{rng.integers(2024, 2028)}-09-30" if n % 4 == 0 else None
        one = entry(f"d{n}", 0, ZONES[n % 3], labels=labels, valid_from=first, valid_until=last)
        add(index, [one])
        entries.append(one)
    return entries


def test_replacing_removes_the_old_document_also_from_another_zone(index: VectorIndex) -> None:
    add(index, [entry("old", n) for n in range(3)])
    add(index, [entry("new", 0, "restricted")], old={"public": ["old"]})
    assert found(index, everything()) == {"new"}
    assert index.counts("k", "public") == {}


def test_counts_and_deletion(index: VectorIndex) -> None:
    add(index, [entry("a", n) for n in range(3)])
    add(index, [entry("b", 0)])
    assert index.counts("k", "public") == {"a": 3, "b": 1}
    index.delete_documents("k", "public", ["a"])
    assert index.counts("k", "public") == {"b": 1}


def test_an_index_that_was_not_opened_says_so(index: VectorIndex) -> None:
    with pytest.raises(IndexFailure, match="nowhere is not open"):
        index.search("nowhere", Query(None, "x", 1), everything())


def test_relabelling_changes_what_filters_see_and_keeps_vectors(index: VectorIndex) -> None:
    add(index, [entry("a", n) for n in range(3)])
    before = index.search("k", Query(vector(1), None, 9), everything()).dense
    index.relabel("k", "public", "a", Tags(("hr",), "2026-01-01", "2026-02-01"))
    assert found(index, everything(labels=("hr",))) == set()
    on = date(2026, 1, 15)
    assert found(index, everything(labels=("hr",), on=on)) == {"a"}
    assert found(index, everything(labels=(), on=on)) == set()
    after = index.search("k", Query(vector(1), None, 9), everything(on=on)).dense
    assert [(f.entry.chunk, f.score) for f in after] == [(f.entry.chunk, f.score) for f in before]


def test_moving_carries_a_document_to_another_zone(index: VectorIndex) -> None:
    add(index, [entry("a", n) for n in range(3)])
    add(index, [entry("b", 0)])
    index.move("k", "a", "public", "restricted")
    assert index.counts("k", "public") == {"b": 1}
    assert index.counts("k", "restricted") == {"a": 3}
    assert {e.zone for e in index.entries("k", "restricted", "a")} == {"restricted"}
    assert found(index, Access(("public",), None, TODAY)) == {"b"}


def test_another_model_is_refused(index: VectorIndex) -> None:
    with pytest.raises(IndexFailure, match="filled by fake"):
        index.open(IndexSpec("k", "other", "1", 8, "cosine"))


def test_what_filled_it_is_read_back_and_dropping_removes_it(index: VectorIndex) -> None:
    other = replace(SPEC, key="other", dimension=4, distance="dot", quantization="int8")
    index.open(other)
    add(index, [entry("a", 0)])
    assert (index.keys(), index.spec("other"), index.spec("k")) == (("k", "other"), other, SPEC)
    index.drop("other")
    assert index.keys() == ("k",)
    with pytest.raises(NotFound):
        index.spec("other")
    assert index.counts("k", "public") == {"a": 1}
    index.open(other)
    assert index.counts("other", "public") == {}


def test_facets_count_each_label(index: VectorIndex) -> None:
    add(index, [entry("a", n, labels=("hr", "legal")) for n in range(2)])
    add(index, [entry("b", 0, labels=("hr",))])
    add(index, [entry("c", 0)])
    assert index.facet("k", "public", "labels") == {"hr": 3, "legal": 2}
    assert index.facet("k", "public", "document") == {"a.txt": 2, "b.txt": 1, "c.txt": 1}


def test_entries_between_two_offsets(index: VectorIndex) -> None:
    add(index, [entry("a", n) for n in range(10)])
    add(index, [entry("b", 4)])
    assert [e.chunk.start for e in index.entries("k", "public", "a", (3, 6))] == [3, 4, 5]
    assert list(index.entries("k", "public", "a", (30, 60))) == []


def test_iteration_gives_every_entry_with_its_vector(index: VectorIndex) -> None:
    entries = [entry("a", n) for n in range(30)]
    add(index, entries)
    stored = {each.entry.chunk.id: each for each in index.iterate("k", "public")}
    assert {key: each.entry for key, each in stored.items()} == {e.chunk.id: e for e in entries}
    for key, each in stored.items():
        assert each.vector == pytest.approx(vector(crc32(key.encode())), abs=1e-6)
    assert list(index.iterate("k", "restricted")) == []


def test_vectors_come_when_they_are_asked_for(index: VectorIndex) -> None:
    add(index, [entry("a", n) for n in range(3)])
    got = index.search("k", Query(vector(1), "passage", 5, vectors=True), everything())
    for hit in (*got.dense, *got.sparse):
        assert hit.vector == pytest.approx(vector(crc32(hit.entry.chunk.id.encode())), abs=1e-6)
    assert index.search("k", Query(vector(1), None, 1), everything()).dense[0].vector is None


@pytest.mark.parametrize("distance", ["dot", "euclid"])
def test_other_distances_rank_as_they_should_and_more_is_better(index: VectorIndex, distance: str) -> None:
    index.open(replace(SPEC, key="d", distance=distance))
    vectors = np.stack([vector(n) * (1 + n) for n in range(12)])
    index.replace_document("d", "public", [entry("a", n) for n in range(12)], vectors, {})
    found = index.search("d", Query(vector(3), None, 12), everything()).dense
    scores = vectors @ vector(3) if distance == "dot" else -np.linalg.norm(vectors - vector(3), axis=1)
    assert [f.entry.chunk.start for f in found] == np.argsort(-scores).tolist()
    assert [f.score for f in found] == pytest.approx(sorted(scores, reverse=True), abs=1e-4)


@pytest.mark.parametrize("quantization", ["int8", "binary"])
def test_quantized_searches_are_rescored_with_whole_vectors(index: VectorIndex, quantization: str) -> None:
    index.open(replace(SPEC, key="q", quantization=quantization))
    vectors = np.stack([vector(n) for n in range(60)])
    index.replace_document("q", "public", [entry("a", n) for n in range(60)], vectors, {})
    index.optimise("q")
    found = index.search("q", Query(vector(3), None, 5), everything()).dense
    assert found[0].entry.chunk.start == 3
    assert found[0].score == pytest.approx(1, abs=1e-4)


def test_optimising_keeps_every_entry_and_finds_the_same(index: VectorIndex) -> None:
    vectors = np.stack([vector(n) for n in range(400)])
    index.replace_document("k", "public", [entry("a", n) for n in range(400)], vectors, {})
    exact = index.search("k", Query(vector(1000), None, 10, exact=True), everything()).dense
    index.optimise("k")
    assert index.health("k").chunks == 400
    assert index.counts("k", "public") == {"a": 400}
    again = index.search("k", Query(vector(1000), None, 10, exact=True), everything()).dense
    assert [f.entry for f in again] == [f.entry for f in exact]
    add(index, [entry("b", 0)])
    assert found(index, everything(), limit=500) == {"a", "b"}


def test_the_share_of_known_words_counts_only_what_the_access_allows(index: VectorIndex) -> None:
    add(index, [entry("anchor", 0)])
    add(index, [entry("harbour", 0, zone="restricted")])
    question = Query(vector(1), "passage of the anchor, harbour and lighthouse", 5, known=True)
    assert index.search("k", question, everything()).known == pytest.approx(3 / 4)
    assert index.search("k", question, Access(("public",), None, TODAY)).known == pytest.approx(2 / 4)
    assert index.search("k", question, Access((), None, TODAY)).known == 0
    assert index.search("k", replace(question, words="the"), everything()).known == 0
    assert index.search("k", replace(question, known=False), everything()).known is None
