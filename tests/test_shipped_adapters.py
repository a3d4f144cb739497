"""The adapters that come with Touchstone: whole, small, honest about their lineage; and what each is good for."""

from pathlib import Path

import openpyxl
import pytest

from core.adapters.registry import SHIPPED
from core.answering.ask import finish
from core.generation.lora import WEIGHTS, fits
from core.governance.principals import persona
from core.ingestion import Incoming
from core.library.store import sha256_of
from core.models.cache import model_folder
from core.models.catalogue import base_sha256
from core.recipes import recipe, varied
from core.types import Recipe
from core.workbench import Workbench
from tests.conftest import SAMPLE_FILES

ADMIN, VIEWER = persona("administrator"), persona("viewer")
QUESTION = "What is the price with tax of Wren C2 brewing scale (WC2-CH)?"
OLD, NEW = "118.00", "131.00"


@pytest.fixture(autouse=True)
def shipped(bench: Workbench, filled: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The adapters of the installation, in both workspaces."""
    for each in (bench, filled):
        monkeypatch.setattr(each.adapter_store, "_shipped", SHIPPED)


@pytest.mark.parametrize("name", ["grounded", "handbook"])
def test_a_shipped_adapter_is_whole_small_and_made_for_the_base(bench: Workbench, name: str) -> None:
    held = bench.adapter_store.get(name)
    place = SHIPPED / name
    assert (held.state, held.shipped) == ("released", True)
    assert held.manifest.base_sha256 == base_sha256("smollm2")
    assert sha256_of(place / WEIGHTS) == held.manifest.weights_sha256
    assert sum(file.stat().st_size for file in place.iterdir()) <= 12_000_000
    assert all(gate.passed for gate in held.manifest.gates)
    assert held.manifest.measures and held.manifest.curve and held.manifest.hyper
    card = (place / "README.md").read_text(encoding="utf-8")
    assert "SmolLM2-135M-Instruct" in card and "Licence" in card
    assert "/" + "root" not in (place / "adapter_config.json").read_text(encoding="utf-8")
    fits(place, model_folder(bench.settings.models, "smollm2"))


def test_the_handbook_serves_only_who_may_see_its_documents(filled: Workbench) -> None:
    assert "handbook" not in {held.name for held in filled.adapters.all(VIEWER)}
    assert {"grounded", "handbook"} <= {held.name for held in filled.adapters.all(ADMIN)}
    learned = set(filled.adapter_store.get("handbook").manifest.documents)
    assert learned <= {document.id for document in filled.library.every()}


def test_a_changed_price_is_new_by_retrieval_at_once_and_old_by_the_adapter(bench: Workbench, tmp_path: Path) -> None:
    quoting = recipe("extractive")
    knowing = bench.adapters.worn(varied(recipe("default"), {"route": "closed"}), "handbook", ADMIN)

    def said(chosen: Recipe) -> str:
        return finish(bench.ask(QUESTION, chosen, ADMIN)).text

    name = "price-list-2026.xlsx"
    bench.ingest([Incoming(SAMPLE_FILES / name, name, "public")], ADMIN)
    assert OLD in said(quoting) and OLD in said(knowing)
    book = openpyxl.load_workbook(SAMPLE_FILES / name)
    for row in book["Devices"].iter_rows():
        if row[3].value in (float(OLD), OLD):  # both colours: a reader who finds the other one shall not see it either
            row[3].value = float(NEW)
    book.save(tmp_path / name)
    bench.ingest([Incoming(tmp_path / name, name, "public")], ADMIN)
    assert NEW in said(quoting) and OLD not in said(quoting)
    assert OLD in said(knowing) and NEW not in said(knowing)
