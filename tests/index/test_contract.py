"""What every vector store must do; each implementation runs all of it."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.chunking import chunk_id
from core.errors import IndexFailure
from core.index.contract import Access, Entry, IndexSpec, Query, Tags, VectorIndex
from core.index.edge import EdgeIndex
from core.types import ZONES, Chunk, Zone

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


@pytest.fixture
def index(tmp_path: Path) -> Iterator[VectorIndex]:
    made = EdgeIndex(tmp_path / "index")
    made.open(SPEC)
    yield made
    made.close()


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
    allowed = {
        e.chunk.document_id
        for e in entries
        if e.zone in zones
        and (labels is None or set(e.labels) <= labels)
        and (e.valid_from is None or date.fromisoformat(e.valid_from) <= on)
        and (e.valid_until is None or on <= date.fromisoformat(e.valid_until))
    }
    assert found(index, access, limit=100) == allowed


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[VectorIndex, list[Entry]]]:
    index = EdgeIndex(tmp_path_factory.mktemp("index"))
    index.open(SPEC)
    rng = np.random.default_rng(7)
    entries = []
    for n in range(48):
        labels = tuple(sorted(rng.choice(LABELS, rng.integers(0, 3), replace=False)))
        first = f"{rng.integers(2024, 2028)}-03-01" if n % 3 == 0 else None
        last = f"{rng.integers(2024, 2028)}-09-30" if n % 4 == 0 else None
        one = entry(f"d{n}", 0, ZONES[n % 3], labels=labels, valid_from=first, valid_until=last)
        add(index, [one])
        entries.append(one)
    yield index, entries
    index.close()


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


def test_another_model_is_refused(tmp_path: Path) -> None:
    first = EdgeIndex(tmp_path)
    first.open(SPEC)
    first.close()
    second = EdgeIndex(tmp_path)
    with pytest.raises(IndexFailure, match="filled by fake"):
        second.open(IndexSpec("k", "other", "1", 8, "cosine"))


def test_entries_survive_reopening(tmp_path: Path) -> None:
    first = EdgeIndex(tmp_path)
    first.open(SPEC)
    add(first, [entry("a", n) for n in range(5)])
    first.close()
    second = EdgeIndex(tmp_path)
    second.open(SPEC)
    assert second.counts("k", "public") == {"a": 5}
    assert second.keys() == ("k",)
    second.close()


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


def test_rewriting_keeps_what_lives_and_removes_every_byte_of_the_rest(tmp_path: Path) -> None:
    index = EdgeIndex(tmp_path)
    index.open(SPEC)
    canary = "zqxj-canary-4711-do-not-keep"
    secret = entry("secret", 0)
    chunk = replace(secret.chunk, text=f"passage {canary}")
    index.replace_document("k", "public", [replace(secret, chunk=chunk)], vector(5)[None], {})
    add(index, [entry("kept", n) for n in range(3)])
    before = index.search("k", Query(vector(1), "passage", 9), Access(ZONES, None, TODAY))
    index.delete_documents("k", "public", ["secret"])
    index.rewrite("k", "public")
    assert index.counts("k", "public") == {"kept": 3}
    after = index.search("k", Query(vector(1), "passage", 9), Access(ZONES, None, TODAY))
    kept = [f for f in before.dense if f.entry.chunk.document_id == "kept"]
    assert [(f.entry, f.score) for f in after.dense] == [(f.entry, f.score) for f in kept]
    assert not [p for p in tmp_path.rglob("*") if p.is_file() and canary.encode() in p.read_bytes()]
    index.close()


@pytest.mark.parametrize("died", ["creating", "after fresh", "after old", "before removal"])
def test_a_rewrite_that_dies_is_ended_or_undone(tmp_path: Path, died: str) -> None:
    first = EdgeIndex(tmp_path)
    first.open(SPEC)
    add(first, [entry("a", n) for n in range(5)])
    first.close()
    folder = tmp_path / "k" / "public"
    if died == "creating":
        (tmp_path / "k" / ".public.creating" / "segments").mkdir(parents=True)
    elif died == "after fresh":
        shutil.copytree(folder, tmp_path / "k" / ".public.fresh")
    elif died == "after old":
        shutil.copytree(folder, tmp_path / "k" / ".public.fresh")
        folder.rename(tmp_path / "k" / ".public.old")
    else:
        shutil.copytree(folder, tmp_path / "k" / ".public.old")
    second = EdgeIndex(tmp_path)
    second.open(SPEC)
    assert second.counts("k", "public") == {"a": 5}
    assert sorted(p.name for p in (tmp_path / "k").iterdir()) == ["index.json", "internal", "public", "restricted"]
    second.close()
