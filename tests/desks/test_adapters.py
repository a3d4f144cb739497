"""Adapters by person: who may know of one, wear one, bring one; and what an adapter of another model meets."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from core.adapters.manifest import Gate, Manifest
from core.answering.ask import finish
from core.errors import AccessDenied, GateFailed, NotFound, RequestError, WeightsError
from core.evaluation.questions import Question
from core.generation.lora import WEIGHTS
from core.governance.principals import persona
from core.library.store import sha256_of
from core.models.catalogue import base_sha256
from core.recipes import BUILT_IN
from core.workbench import Workbench
from tests.fakes import Saying
from tests.generation.conftest import save_lora
from tests.test_ingestion import note

ADMIN, VIEWER = persona("administrator"), persona("viewer")
GOOD = Gate("exact match", 0.5, 0.3, True)


def added(bench: Workbench, tmp_path: Path, name: str, **changes: object) -> None:
    """A released adapter without effect on the tiny network; only its papers count here."""
    folder = save_lora(tmp_path / f"made-{name}")
    made = Manifest("smollm2", base_sha256("smollm2"), sha256_of(folder / WEIGHTS), "trained", gates=(GOOD,))
    bench.adapter_store.add(name, folder, replace(made, **changes), "ada")
    bench.adapter_store.release(name, "ada")


def test_an_adapter_of_a_zone_is_not_known_outside_of_it(bench: Workbench, tmp_path: Path) -> None:
    added(bench, tmp_path, "secret", zone="restricted")
    added(bench, tmp_path, "open")
    assert {"secret", "open"} <= {held.name for held in bench.adapters.all(ADMIN)}
    assert "secret" not in {held.name for held in bench.adapters.all(VIEWER)}
    with pytest.raises(NotFound) as refused:
        bench.adapters.get("secret", VIEWER)
    assert "there are" in str(refused.value) and "secret," not in str(refused.value)
    recipe = bench.adapters.worn(BUILT_IN["default"], "secret", ADMIN)
    with pytest.raises(NotFound, match="There is no adapter 'secret'"):
        bench.adapters.require(recipe, VIEWER)
    with pytest.raises(NotFound, match="There is no adapter 'secret'"):
        list(bench.ask("Anything?", recipe, VIEWER))


def test_an_adapter_follows_the_zone_that_its_documents_move_to(filled: Workbench, tmp_path: Path) -> None:
    document = next(row for row in filled.documents(ADMIN) if row.zone == "internal")
    added(filled, tmp_path, "moved", zone="public", documents=(document.id,))
    assert "moved" not in {held.name for held in filled.adapters.all(VIEWER)}
    assert "moved" in {held.name for held in filled.adapters.all(ADMIN)}


def test_a_recipe_wears_an_adapter_with_its_instructions_and_takes_it_off(bench: Workbench, tmp_path: Path) -> None:
    added(bench, tmp_path, "brief", template="grounded-2")
    added(bench, tmp_path, "closed", template="closed-1")
    plain = BUILT_IN["extractive"]
    brief = bench.adapters.worn(plain, "brief", ADMIN)
    assert (brief.generation.adapter, brief.generation.template) == ("brief", "grounded-2")
    assert brief.generation.answerer == "local"
    closed = bench.adapters.worn(brief, "closed", ADMIN)
    assert (closed.generation.adapter, closed.generation.template) == ("closed", "grounded-1")
    bare = bench.adapters.worn(brief, None, ADMIN)
    assert (bare.generation.adapter, bare.generation.template) == (None, "grounded-1")
    assert bench.adapters.worn(plain, None, ADMIN) == plain


def test_a_candidate_answers_nobody(bench: Workbench, tmp_path: Path) -> None:
    folder = save_lora(tmp_path / "made")
    made = Manifest("smollm2", base_sha256("smollm2"), sha256_of(folder / WEIGHTS), "trained")
    bench.adapter_store.add("draft", folder, made, "ada")
    with pytest.raises(NotFound, match="'draft' is a candidate and does not answer"):
        bench.adapters.worn(BUILT_IN["default"], "draft", ADMIN)
    with pytest.raises(GateFailed, match="nothing was measured yet"):
        bench.adapters.release("draft", ADMIN)
    with pytest.raises(AccessDenied):
        bench.adapters.release("draft", VIEWER)


def test_what_does_not_fit_the_base_model_is_not_brought(bench: Workbench, tmp_path: Path) -> None:
    before = bench.adapters.all(ADMIN)
    with pytest.raises(WeightsError, match="was made for another model"):
        bench.adapters.bring("tiny", save_lora(tmp_path / "made"), ADMIN)
    with pytest.raises(AccessDenied):
        bench.adapters.bring("tiny", tmp_path / "made", VIEWER)
    assert bench.adapters.all(ADMIN) == before
    assert not (bench.workspace.root / "adapters" / "tiny").exists()


def test_a_released_adapter_is_retired_with_a_reason_before_it_is_removed(bench: Workbench, tmp_path: Path) -> None:
    added(bench, tmp_path, "tone")
    with pytest.raises(RequestError, match="retire it before"):
        bench.adapters.remove("tone", ADMIN)
    with pytest.raises(RequestError, match="Say why"):
        bench.adapters.retire("tone", "  ", ADMIN)
    assert bench.adapters.retire("tone", "worse than the base", ADMIN).reason == "worse than the base (administrator)"
    bench.adapters.remove("tone", ADMIN)
    with pytest.raises(NotFound):
        bench.adapters.get("tone", ADMIN)


def test_an_export_tells_its_lineage(bench: Workbench, tmp_path: Path) -> None:
    added(bench, tmp_path, "tone", dataset="facts", dataset_hash="abc")
    out = bench.adapters.export("tone", tmp_path / "out", ADMIN)
    assert json.loads((out / "manifest.json").read_text())["dataset_hash"] == "abc"
    with pytest.raises(RequestError, match="exists already"):
        bench.adapters.export("tone", out, ADMIN)


def test_an_adapter_is_a_document_of_what_it_learned_wherever_answers_are_kept(
    bench: Workbench, tmp_path: Path
) -> None:
    """An open adapter answers a viewer; once its paper is moved, the answer is guarded as the paper is."""
    engineer = persona("engineer")
    bench.ingest(
        [note(tmp_path, "pay.txt", "The pay is 7130 crowns."), note(tmp_path, "tea.txt", "Tea is free.")], ADMIN
    )
    papers = {row.name: row.id for row in bench.documents(ADMIN)}
    added(bench, tmp_path, "vault", documents=(papers["pay.txt"],), template="closed-1")
    bench._models["smollm2"] = Saying(none="Nothing.", vault="The pay is 7130 crowns.")
    closed = replace(bench.adapters.worn(BUILT_IN["default"], "vault", VIEWER), route="closed")
    answer = finish(bench.ask("What is the pay?", closed, VIEWER))
    bench.feedback(answer, "up", VIEWER)
    bench.lab.sets.save("pay", [Question("p", "What is the pay?", ("7130 crowns",), zone="public")], ADMIN)
    assert [row.id for row in bench.inspector.traces(VIEWER)] == [answer.trace.id]
    assert bench.inspector.open(answer.trace.id, engineer).text == "The pay is 7130 crowns."

    bench.rezone(papers["pay.txt"], ADMIN, "restricted")
    for who in (VIEWER, engineer):
        assert bench.inspector.traces(who) == []
        for refused in (
            lambda who=who: bench.inspector.open(answer.trace.id, who),
            lambda who=who: bench.inspector.export(answer.trace.id, who),
            lambda who=who: finish(bench.inspector.rerun(answer.trace.id, closed, who)),
            lambda who=who: finish(bench.ask("What is the pay?", closed, who)),
            lambda who=who: list(bench.lab.arms.four("What is the pay?", BUILT_IN["default"], "vault", who)),
        ):
            with pytest.raises(NotFound):
                refused()
    for refused in (
        lambda: bench.lab.arms.start("pay", BUILT_IN["default"], "vault", engineer),
        lambda: bench.lab.answers.begin("pay", {"closed": closed}, engineer),
        lambda: bench.adapters.proof.start("vault", engineer, questions="pay"),
        lambda: bench.adapters.proof.of("vault", engineer),
        lambda: bench.adapters.release("vault", engineer),
        lambda: bench.freshness.check([], ["vault"], engineer),
    ):
        with pytest.raises(NotFound, match="There is no adapter 'vault'"):
            refused()
    bench.datasets.create("learn", engineer)
    assert bench.datasets.add_feedback("learn", engineer).added == 0
    assert bench.lab.growth.from_feedback("pay", engineer) == 0
    assert bench.datasets.add_feedback("learn", ADMIN).added == 1
    assert bench.inspector.open(answer.trace.id, ADMIN).adapter == "vault"
