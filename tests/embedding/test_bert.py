"""The packed encoder against transformers' own, on random weights and on MiniLM's."""

from pathlib import Path

import numpy as np
import pytest
import torch

from core.embedding.bert import PackedBert, fits
from core.embedding.encoder import SPECS, Encoder
from core.embedding.network import TransformersNetwork, open_network, pool
from core.models.cache import model_folder
from core.settings import Settings
from tests.embedding.tiny import write_model

ROWS = [[2, 7, 8, 9, 10, 3], [2, 14, 15, 16, 17, 3], [2, 11, 3], [2, 3]]


@pytest.mark.parametrize("kind", ["bert", "xlm-roberta"])
def test_states_are_those_of_transformers(tmp_path: Path, kind: str) -> None:
    model = write_model(tmp_path, kind)
    with torch.inference_mode():
        expected = torch.cat([model(input_ids=torch.tensor([row])).last_hidden_state[0] for row in ROWS])
        found = PackedBert(tmp_path, torch.float32)(ROWS)
    assert found.shape == (17, 16)
    assert torch.allclose(found, expected, atol=1e-5)


def test_bfloat16_stays_near_float32(tmp_path: Path) -> None:
    write_model(tmp_path)
    with torch.inference_mode():
        exact, fast = (PackedBert(tmp_path, dtype)(ROWS).float() for dtype in (torch.float32, torch.bfloat16))
    assert torch.nn.functional.cosine_similarity(exact, fast).min() > 0.995


def test_other_models_go_through_transformers_and_padding_changes_nothing(tmp_path: Path) -> None:
    model = write_model(tmp_path, "distilbert")
    assert not fits(tmp_path)
    network = open_network(tmp_path)
    assert isinstance(network, TransformersNetwork)
    with torch.inference_mode():
        expected = torch.cat([model(input_ids=torch.tensor([row])).last_hidden_state[0] for row in ROWS])
        found = network(ROWS).float()
    assert torch.nn.functional.cosine_similarity(found, expected).min() > 0.99


def test_a_tanh_gelu_is_not_taken_for_the_exact_one(tmp_path: Path) -> None:
    write_model(tmp_path)
    config = tmp_path / "config.json"
    assert fits(tmp_path)
    config.write_text(config.read_text().replace('"hidden_act": "gelu"', '"hidden_act": "gelu_new"'))
    assert not fits(tmp_path)


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("mean", [[2.0, 3.0], [5.0, 6.0]]),
        ("cls", [[1.0, 2.0], [5.0, 6.0]]),
        ("lasttoken", [[3.0, 4.0], [5.0, 6.0]]),
        ("max", [[3.0, 4.0], [5.0, 6.0]]),
    ],
)
def test_pooling(how, expected: list[list[float]]) -> None:
    states = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    assert pool(states, [2, 1], how).tolist() == expected


@pytest.mark.weights
@pytest.mark.parametrize("key", ["minilm", "e5"])
def test_vectors_are_within_three_thousandths_of_float32(key: str) -> None:
    folder = model_folder(Settings().models, key)
    texts = ["The warranty covers parts for two years.", "Wie viele Urlaubstage habe ich?", "word " * 400, "?"]
    exact = Encoder(SPECS[key], folder)
    exact.__dict__["_network"] = PackedBert(folder, torch.float32)
    cosines = (Encoder(SPECS[key], folder).passages(texts) * exact.passages(texts)).sum(1)
    assert (1 - cosines).max() < 0.003


def test_the_order_of_texts_and_the_size_of_batches_change_nothing(minilm: Encoder) -> None:
    texts = [f"{'a passage about scales ' * n}number {n}" for n in range(40)]
    together = minilm.passages(texts)
    backwards = minilm.passages(texts[::-1])[::-1]
    assert np.abs(together - backwards).max() < 5e-3
    assert (
        (together * np.concatenate([minilm.passages([t]) for t in texts[:8]] + [together[8:]])).sum(1) > 0.999
    ).all()


def test_both_ways_of_attention_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_model(tmp_path)
    network = PackedBert(tmp_path, torch.bfloat16)
    rows = [[2, *[7 + (i * j) % 12 for i in range(n)], 3] for j, n in enumerate((30, 30, 20, 5), start=1)]
    with torch.inference_mode():
        flash = network(rows).float()
        monkeypatch.setattr("core.embedding.bert._SMALL", range(10, 100))
        products = network(rows).float()
    assert torch.nn.functional.cosine_similarity(flash, products).min() > 0.995
