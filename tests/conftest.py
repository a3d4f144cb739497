"""Shared fixtures: the loaded models, once a session, and a workbench in a temporary folder."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from core.embedding.encoder import SPECS, Encoder
from core.governance.principals import persona
from core.models.cache import model_folder
from core.settings import Settings
from core.workbench import Workbench
from tests.fakes import save_smollm2_lora

NOTHING = Path("no adapter ships")
"""In the place of the adapters that ship, so that a test meets those only that it made itself."""
SAMPLE_FILES = Path(__file__).parent.parent / "sample_docs" / "files"


@pytest.fixture(scope="session")
def minilm() -> Encoder:
    """The default embedder, loaded once."""
    return Encoder(SPECS["minilm"], model_folder(Settings().models, "minilm"))


@pytest.fixture
def bench(tmp_path: Path, minilm: Encoder) -> Iterator[Workbench]:
    """An empty workspace whose embedder is the session's."""
    with Workbench(Settings(workspace=tmp_path / "workspace"), "a test") as made:
        made._encoders["minilm"] = minilm
        made.adapter_store._shipped = NOTHING
        yield made


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory, minilm: Encoder) -> Iterator[Workbench]:
    """A workspace that holds the sample company's papers; tests only read it."""
    with Workbench(Settings(workspace=tmp_path_factory.mktemp("filled")), "a test") as made:
        made._encoders["minilm"] = minilm
        made.adapter_store._shipped = NOTHING
        outcomes = made.ingest(made.samples(), persona("administrator"))
        assert {outcome.state for outcome in outcomes} == {"added"}
        yield made


@pytest.fixture(scope="session")
def tone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An adapter in the shape of SmolLM2 with small random weights."""
    return save_smollm2_lora(tmp_path_factory.mktemp("loras") / "tone")
