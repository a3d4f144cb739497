"""The registry: what comes in, what is let out, and what may not be loaded."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from core.adapters.hyper import Point
from core.adapters.manifest import Gate, Manifest, as_json, from_json, most_guarded
from core.adapters.registry import Registry
from core.errors import GateFailed, NotFound, RequestError, WeightsError, WeightsMissing
from core.library.store import sha256_of
from core.storage.database import open_database
from tests.generation.conftest import save_lora

GOOD = Gate("exact match", 0.5, 0.3, True)
BAD = Gate("forgetting", 0.4, 0.1, False)
BASE = "b" * 64


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_database(tmp_path / "t.db")


@pytest.fixture
def registry(engine: Engine, tmp_path: Path) -> Registry:
    return Registry(engine, tmp_path / "adapters", tmp_path / "shipped")


@pytest.fixture
def lora(tmp_path: Path) -> Path:
    return save_lora(tmp_path / "made")


def manifest(folder: Path, *gates: Gate, **changes: object) -> Manifest:
    made = Manifest("smollm2", BASE, sha256_of(folder / "adapter_model.safetensors"), "trained", gates=gates)
    return replace(made, **changes)


def test_a_manifest_comes_back_as_it_was(lora: Path) -> None:
    made = manifest(
        lora,
        GOOD,
        BAD,
        documents=("d1",),
        curve=(Point(1, 2.0, None, 0.1, 3.0, 4),),
        measures={"em": 0.5},
        zone="internal",
    )
    assert from_json(as_json(made)) == made
    assert not made.releasable
    assert replace(made, gates=(GOOD,)).releasable
    assert not replace(made, gates=()).releasable


@pytest.mark.parametrize(
    ("measured", "limit", "at_least", "passed"),
    [(0.5, 0.5, True, True), (0.4, 0.5, True, False), (0.1, 0.1, False, True), (0.2, 0.1, False, False),
     (None, 0.0, True, False), (float("nan"), 0.0, True, False), (float("nan"), 0.0, False, False)],
)  # fmt: skip
def test_a_gate_passes_on_a_measured_number_alone(
    measured: float | None, limit: float, at_least: bool, passed: bool
) -> None:
    assert Gate("x", measured, limit, at_least).passed is passed


def test_the_zone_that_fewest_see() -> None:
    assert most_guarded(["public", "restricted", "internal"]) == "restricted"
    assert most_guarded([]) == "public"


def test_from_candidate_to_retired(registry: Registry, lora: Path) -> None:
    registry.add("tone", lora, manifest(lora, GOOD), "ada")
    assert registry.get("tone").state == "candidate"
    with pytest.raises(NotFound, match="'tone' is a candidate and does not answer"):
        registry.place("tone", BASE)
    released = registry.release("tone", "bo")
    assert (released.state, released.released_by) == ("released", "bo")
    place = registry.place("tone", BASE)
    assert sha256_of(place / "adapter_model.safetensors") == released.manifest.weights_sha256
    with pytest.raises(WeightsError, match="'tone' was made for other weights of smollm2"):
        registry.place("tone", "c" * 64)
    with pytest.raises(RequestError, match="'tone' is released, not a candidate"):
        registry.release("tone", "bo")
    with pytest.raises(RequestError, match="not a candidate"):
        registry.measured("tone", manifest(lora, BAD))
    assert registry.retire("tone", "a document was erased").reason == "a document was erased"
    with pytest.raises(NotFound, match="is retired and does not answer"):
        registry.place("tone", BASE)


def test_a_gate_that_is_not_passed_stops_a_release(registry: Registry, lora: Path) -> None:
    registry.add("ruined", lora, manifest(lora), "ada")
    with pytest.raises(GateFailed, match="'ruined' cannot be released: nothing was measured yet"):
        registry.release("ruined", "ada")
    registry.measured("ruined", manifest(lora, GOOD, BAD))
    with pytest.raises(GateFailed, match="'ruined' cannot be released: forgetting"):
        registry.release("ruined", "ada")
    assert registry.get("ruined").state == "candidate"


def test_what_is_refused_leaves_nothing(registry: Registry, lora: Path, tmp_path: Path) -> None:
    made = manifest(lora, GOOD)
    with pytest.raises(WeightsMissing):
        registry.add("gone", tmp_path / "nowhere", made, "ada")
    with pytest.raises(WeightsError, match="not those of its manifest"):
        registry.add("other", lora, replace(made, weights_sha256="0" * 64), "ada")
    for name in ("", "../up", "a/b", ".hidden", "x" * 61):
        with pytest.raises(RequestError, match="is no name for an adapter"):
            registry.add(name, lora, made, "ada")
    (lora / "adapter_model.safetensors").write_bytes(b"\xff" * 200)
    with pytest.raises(WeightsError):
        registry.add("broken", lora, made, "ada")
    assert registry.all() == []
    assert not (tmp_path / "adapters").exists()


def test_a_name_is_taken_once_and_free_after_removal(registry: Registry, lora: Path, tmp_path: Path) -> None:
    registry.add("tone", lora, manifest(lora), "ada")
    with pytest.raises(RequestError, match="There is an adapter 'tone' already"):
        registry.add("tone", lora, manifest(lora), "ada")
    registry.remove("tone")
    assert not (tmp_path / "adapters" / "tone").exists()
    registry.add("tone", lora, manifest(lora), "ada")
    with pytest.raises(NotFound, match="no adapter 'ghost'; there are tone"):
        registry.get("ghost")


def test_what_is_exported_comes_in_again(registry: Registry, lora: Path, tmp_path: Path) -> None:
    registry.add("tone", lora, manifest(lora), "ada")
    out = registry.export("tone", tmp_path / "out")
    assert {path.name for path in out.iterdir()} == {
        "adapter_config.json",
        "adapter_model.safetensors",
        "manifest.json",
    }
    registry.add("again", out, manifest(out), "ada")
    with pytest.raises(RequestError, match="exists already"):
        registry.export("tone", out)


def test_who_learned_from_a_document_is_known(registry: Registry, lora: Path) -> None:
    registry.add("one", lora, manifest(lora, documents=("d1", "d2")), "ada")
    registry.add("two", lora, manifest(lora, documents=("d3",)), "ada")
    assert registry.learned_from(["d2", "d9"]) == ["one"]
    assert registry.learned_from([]) == []


def test_a_folder_without_a_row_is_removed(registry: Registry, lora: Path, tmp_path: Path) -> None:
    registry.add("tone", lora, manifest(lora), "ada")
    (tmp_path / "adapters" / ".half.new").mkdir()
    (tmp_path / "adapters" / "orphan").mkdir()
    assert registry.tidy() == [".half.new", "orphan"]
    assert [path.name for path in (tmp_path / "adapters").iterdir()] == ["tone"]
