"""The workbench opens each embedder and reranker once, and keeps those of different lengths apart."""

from pathlib import Path

import pytest

from core.embedding.encoder import Encoder
from core.errors import NotFound, WeightsMissing
from core.retrieval.reranking import MaxSim
from core.settings import Settings
from core.types import Embedding
from core.workbench import Workbench
from tests.embedding.tiny import write_sentence_model


def test_an_embedder_is_opened_once_for_a_name_and_kind_of_length(bench: Workbench, tmp_path: Path) -> None:
    write_sentence_model(tmp_path / "model")
    name = f"folder:{tmp_path / 'model'}"
    unit, raw = bench.embedder(Embedding(name)), bench.embedder(Embedding(name, "dot"))
    assert bench.embedder(Embedding(name, "cosine")) is unit
    assert bench.embedder(Embedding(name, "euclid")) is raw
    assert raw.revision == unit.revision + "-raw"


def test_the_catalogues_models_are_of_unit_length_whatever_the_distance(bench: Workbench, minilm: Encoder) -> None:
    assert bench.encoder("minilm") is bench.embedder(Embedding("minilm", "euclid")) is minilm


def test_rerankers_are_opened_once(bench: Workbench) -> None:
    assert bench.reranker("none") is None
    first = bench.reranker("maxsim")
    assert isinstance(first, MaxSim)
    assert bench.reranker("maxsim") is first


def test_names_that_do_not_exist(bench: Workbench, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no embedding model 'absent'"):
        bench.embedder(Embedding("absent"))
    with pytest.raises(NotFound, match="in the catalogue; choose minilm, e5"):
        bench.encoder("hub:some/model")
    with pytest.raises(WeightsMissing, match="someone/absent are not on this machine"):
        bench.embedder(Embedding("hub:someone/absent"))
    with (
        Workbench(Settings(workspace=tmp_path / "w2", cache=tmp_path / "cache"), "a test") as other,
        pytest.raises(WeightsMissing),
    ):
        other.embedder(Embedding("e5"))
