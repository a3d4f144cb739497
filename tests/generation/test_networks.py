"""Our forward pass and transformers' own, held against the model as transformers computes it."""

from pathlib import Path

import pytest
import torch

from core.errors import WeightsError
from core.generation.hosted import HostedNetwork
from core.generation.llama import Llama, fits
from core.generation.network import Network, open_network

IDS = torch.randint(0, 49_152, (80,), generator=torch.Generator().manual_seed(3)).tolist()


def truth(folder: Path) -> torch.Tensor:
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    with torch.inference_mode():
        return model(input_ids=torch.tensor([IDS])).logits[0]


@pytest.mark.parametrize("make", [Llama, HostedNetwork])
@pytest.mark.parametrize("which", ["tiny", "other"])
def test_reading_in_pieces_and_stepping_give_the_models_logits(make, which: str, request) -> None:
    folder = request.getfixturevalue(which)
    if make is Llama and not fits(folder):
        assert which == "other"
        return
    network: Network = make(folder, torch.float32)
    with torch.inference_mode():
        memory = network.memory(100)
        found = [network.read(IDS[:40], memory), network.read(IDS[40:70], memory), *network.step(IDS[70:78], memory)]
        memory.length = 75  # three tokens are taken back and read again
        found += list(network.step(IDS[75:80], memory))
    wanted = truth(folder)[[39, 69, *range(70, 78), *range(75, 80)]]
    torch.testing.assert_close(torch.stack(found), wanted, atol=1e-4, rtol=1e-4)


def test_a_taken_over_beginning_is_the_one_that_was_read(tiny: Path, other: Path) -> None:
    for network in (Llama(tiny), HostedNetwork(other)):
        with torch.inference_mode():
            first, second, third = network.memory(100), network.memory(200), network.memory(200)
            network.read(IDS[:50], first)
            network.read(IDS[50:60], first)
            second.take(first, 50)
            network.read(IDS[:50], third)
            assert second.length == third.length == 50
            assert torch.equal(network.read(IDS[50:70], second), network.read(IDS[50:70], third))
            assert second.bytes > 0


def test_low_precision_stays_near(tiny: Path) -> None:
    wanted = truth(tiny)[70:74]
    network = Llama(tiny, torch.bfloat16)
    with torch.inference_mode():
        memory = network.memory(100)
        network.read(IDS[:70], memory)
        found = network.step(IDS[70:74], memory)
    errors = (found - wanted).norm(dim=1) / wanted.norm(dim=1)
    assert errors.max() < 0.15  # int8 rows of 32 numbers are coarse; a wrong scale or row would give 1 and more


def test_the_shape_decides_who_computes(tiny: Path, other: Path) -> None:
    assert isinstance(open_network(tiny), Llama)
    assert isinstance(open_network(other), HostedNetwork)


def test_a_damaged_file_is_a_sentence(tiny: Path, tmp_path: Path) -> None:
    for file in tiny.iterdir():
        (tmp_path / file.name).write_bytes(
            file.read_bytes()[:2000] if file.suffix == ".safetensors" else file.read_bytes()
        )
    with pytest.raises(WeightsError, match="is damaged"):
        Llama(tmp_path)
