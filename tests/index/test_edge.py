"""What only the embedded store must do: survive kills, and leave no byte of what was erased."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from core.index.contract import Access, Query
from core.index.edge import EdgeIndex
from core.types import ZONES
from tests.index.test_contract import SPEC, TODAY, add, entry, vector


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
