"""The proof of an adapter as a person has it made: measured, kept, gated, hidden, forgotten; on a tiny random model."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from core.adapters import measuring
from core.adapters.general import Choice, General, Order
from core.adapters.manifest import Manifest
from core.adapters.measuring import RUINED
from core.adapters.proof import Proof, Thresholds, as_json, from_json
from core.adapters.rows import Row
from core.desks import proofs
from core.errors import AccessDenied, GateFailed, NotFound, RequestError
from core.generation.local import LocalModel
from core.generation.lora import WEIGHTS
from core.governance.principals import persona
from core.library.store import sha256_of
from core.models.catalogue import base_sha256
from core.workbench import Workbench
from tests.generation.conftest import save_lora, save_tiny

ADMIN, VIEWER = persona("administrator"), persona("viewer")
SMALL = General(
    (
        Choice("k1", "knowledge", "Capital of France?", ("Paris", "Rome")),
        Choice("s1", "grammar", "Plural?", ("a", "b")),
    ),
    (Order("i1", "Say yes.", "holds", "yes"),),
    ("Plain text about nothing much.",),
)
ROWS = (
    Row("a", "What is the fee?", "14 euros [1]", ("The fee is 14 euros.",), ("d1",)),
    Row("b", "Who is the captain?", "", ("The fee is 14 euros.",), declines=True),
    Row("c", "How long is a tour?", "two hours [1]", ("A tour takes two hours.",), zone="restricted"),
)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def proving(bench: Workbench, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    """A workbench whose base model is the tiny one, and whose general set is a few lines."""
    monkeypatch.setattr(proofs, "model_folder", lambda *_: tiny)
    monkeypatch.setattr(measuring, "general", lambda: SMALL)
    bench._models["smollm2"] = LocalModel(tiny, adapters=lambda name: bench._adapter_place("smollm2", name))
    yield bench


def added(bench: Workbench, tmp_path: Path, name: str = "brief", value: float | None = None, **changes: object) -> None:
    folder = save_lora(tmp_path / f"made-{name}", strength=0.0)
    if value is not None:
        weights = load_file(folder / WEIGHTS)
        save_file({key: torch.full_like(w, value) for key, w in weights.items()}, folder / WEIGHTS)
    made = Manifest("smollm2", base_sha256("smollm2"), sha256_of(folder / WEIGHTS), "trained", **changes)
    bench.adapter_store.add(name, folder, made, "ada")


def prove(bench: Workbench, name: str = "brief", rows: tuple[Row, ...] = ROWS, **more: object) -> Proof:
    job = bench.adapters.proof.start(name, ADMIN, rows, **more)
    assert bench.jobs.wait(job, 120)
    assert job.state == "done", job.error
    assert isinstance(job.result, Proof)
    return job.result


def test_an_adapter_that_changes_nothing_differs_in_nothing(proving: Workbench, tmp_path: Path) -> None:
    added(proving, tmp_path)
    found = prove(proving, canaries=["The code is 48213."])
    assert {m.name for m in found.measures} >= {"exact match", "F1", "declined rightly", "declined wrongly", "tokens"}
    assert all(m.difference.mean == 0 for m in found.measures if m.name != "seconds")
    assert [(s.name, s.rows) for s in found.skills] == [
        ("general", 3), ("knowledge", 1), ("instructions", 1), ("grammar", 1)
    ]  # fmt: skip
    assert found.perplexity[0] == pytest.approx(found.perplexity[1])
    assert all(s.base.text == s.adapter.text for s in found.samples)
    (canary,) = found.canaries
    assert canary.among == 256
    assert canary.exposure == pytest.approx(canary.before)
    assert not canary.found
    held = proving.adapters.get("brief", ADMIN)
    assert held.manifest.gates == found.gates
    assert held.manifest.measures["F1"] == found.measure("F1").adapter.mean
    assert proving.adapters.proof.of("brief", ADMIN) == found
    assert proving.adapters.proof.estimate(60) > 0


def test_without_a_proof_or_with_a_failed_gate_nothing_is_released(proving: Workbench, tmp_path: Path) -> None:
    added(proving, tmp_path)
    with pytest.raises(GateFailed, match="nothing was measured yet"):
        proving.adapters.release("brief", ADMIN)
    assert not prove(proving, limits=Thresholds(better=0.5)).passed
    with pytest.raises(GateFailed, match="gain in F1 on held-out rows"):
        proving.adapters.release("brief", ADMIN)
    assert prove(proving).passed
    assert proving.adapters.release("brief", ADMIN).state == "released"


@pytest.mark.parametrize("value", [float("nan"), 1e30])
def test_a_ruined_adapter_fails_a_gate_with_a_sentence(proving: Workbench, tmp_path: Path, value: float) -> None:
    added(proving, tmp_path, value=value)
    found = prove(proving)
    assert found.trouble == RUINED
    assert "perplexity, after to before" in [gate.name for gate in found.gates if not gate.passed]
    json.dumps(as_json(found), allow_nan=False)
    with pytest.raises(GateFailed, match="perplexity"):
        proving.adapters.release("brief", ADMIN)


def test_a_proof_is_read_back_to_the_same(proving: Workbench, tmp_path: Path) -> None:
    added(proving, tmp_path)
    found = prove(proving, canaries=["Say 40172"])
    assert from_json(json.loads(json.dumps(as_json(found)))) == found


def test_each_sees_the_samples_that_he_may(proving: Workbench, tmp_path: Path) -> None:
    added(proving, tmp_path)
    prove(proving, canaries=["The code is 48213."])
    seen = proving.adapters.proof.of("brief", VIEWER)
    assert seen is not None
    assert "How long is a tour?" not in {sample.question for sample in seen.samples}
    assert seen.canaries[0].text == "(hidden)"
    with pytest.raises(AccessDenied):
        proving.adapters.proof.start("brief", VIEWER, ROWS)


def test_a_proof_goes_with_its_adapter_and_its_documents(proving: Workbench, tmp_path: Path) -> None:
    added(proving, tmp_path)
    prove(proving)
    assert proving.proof_store.forget(["other"]) == 0
    assert proving.proof_store.forget(["d1"]) == 1
    assert proving.adapters.proof.of("brief", ADMIN) is None
    prove(proving)
    proving.adapters.remove("brief", ADMIN)
    added(proving, tmp_path)
    assert proving.adapters.proof.of("brief", ADMIN) is None


def test_what_was_held_out_is_asked_and_what_was_learned_is_not(proving: Workbench, tmp_path: Path) -> None:
    proving.datasets.create("facts", ADMIN)
    lines = [{"id": f"r{i}", "question": f"What is the word {i}?", "answer": f"word {i}"} for i in range(10)]
    proving.datasets.add_file("facts", "\n".join(map(json.dumps, lines)).encode(), "jsonl", ADMIN)
    proving.datasets.review("facts", [line["id"] for line in lines], "accepted", ADMIN)
    added(proving, tmp_path, dataset="facts", hyper={"held_out_share": 0.3, "seed": 4})
    job = proving.adapters.proof.start("brief", ADMIN)
    assert proving.jobs.wait(job, 120)
    assert job.state == "done", job.error
    held_out = proving.datasets.split("facts", 0.3, 4, ADMIN).held_out
    assert {s.question for s in job.result.samples} == {row.question for row in held_out}
    learned = proving.datasets.split("facts", 0.3, 4, ADMIN).train
    with pytest.raises(RequestError, match="no held-out rows"):
        proving.adapters.proof.start("brief", ADMIN, learned)


def test_what_cannot_be_proved_is_one_sentence(proving: Workbench, tmp_path: Path) -> None:
    added(proving, tmp_path)
    with pytest.raises(RequestError, match="name a dataset or a question set"):
        proving.adapters.proof.start("brief", ADMIN)
    with pytest.raises(NotFound):
        proving.adapters.proof.start("other", ADMIN, ROWS)
    with pytest.raises(RequestError, match="no held-out rows"):
        proving.adapters.proof.start("brief", ADMIN, ())
    with pytest.raises(RequestError, match="200 characters at most"):
        proving.adapters.proof.start("brief", ADMIN, ROWS, canaries=["x" * 201])
    with pytest.raises(RequestError, match="three digits or more"):
        proving.adapters.proof.start("brief", ADMIN, ROWS, canaries=["open sesame"])
    proving.adapters.retire("brief", "old", ADMIN)
    with pytest.raises(RequestError, match="is retired"):
        proving.adapters.proof.start("brief", ADMIN, ROWS)
