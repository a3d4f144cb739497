"""Adapters by the call: what each changes, and that none touches another."""

import json
import random
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from core.errors import NotFound, WeightsError, WeightsMissing
from core.generation.adapters import Adapters
from core.generation.contract import Limits
from core.generation.hosted import HostedNetwork
from core.generation.llama import Llama
from core.generation.local import LocalModel
from core.generation.lora import read_lora
from tests.generation.conftest import save_lora

IDS = torch.randint(0, 49_152, (60,), generator=torch.Generator().manual_seed(3)).tolist()


def logits(network, folder: Path | None) -> torch.Tensor:
    with torch.inference_mode():
        adapter = network.adapt(folder) if folder else None
        memory = network.memory(100)
        return torch.stack([network.read(IDS[:52], memory, adapter), *network.step(IDS[52:], memory, adapter)])


@pytest.mark.parametrize("make", [Llama, HostedNetwork])
@pytest.mark.parametrize("name", ["formal", "terse"])
def test_an_adapter_gives_what_the_merged_model_gives(make, name: str, tiny: Path, loras, tmp_path: Path) -> None:
    merged = load_file(tiny / "model.safetensors")
    lora = load_file(loras[name] / "adapter_model.safetensors")
    for key, down in lora.items():
        if "lora_A" in key:
            weight = key.removeprefix("base_model.model.").replace(".lora_A", "")
            merged[weight] = merged[weight] + 8 / 4 * lora[key.replace("lora_A", "lora_B")] @ down
    for file in tiny.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    save_file(merged, tmp_path / "model.safetensors", metadata={"format": "pt"})
    network = make(tiny, torch.float32)
    plain, adapted = logits(network, None), logits(network, loras[name])
    torch.testing.assert_close(adapted, logits(make(tmp_path, torch.float32), None), atol=2e-4, rtol=1e-4)
    assert (adapted - plain).abs().max() > 0.1
    assert torch.equal(logits(network, None), plain)  # nothing of it stays


@pytest.mark.filterwarnings("ignore::FutureWarning")  # PEFT asks transformers by a name that goes
def test_peft_computes_the_same(tiny: Path, loras) -> None:
    peft = pytest.importorskip("peft", reason="PEFT is not installed; the format is held against merged weights above")
    from transformers import AutoModelForCausalLM

    base = AutoModelForCausalLM.from_pretrained(tiny, dtype=torch.float32)
    model = peft.PeftModel.from_pretrained(base, str(loras["terse"])).eval()
    with torch.inference_mode():
        wanted = model(input_ids=torch.tensor([IDS])).logits[0, 51:]
    torch.testing.assert_close(logits(Llama(tiny, torch.float32), loras["terse"]), wanted, atol=2e-4, rtol=1e-4)


def test_low_precision_keeps_the_adapter(tiny: Path, loras) -> None:
    exact, plain = (logits(Llama(tiny, torch.float32), folder) for folder in (loras["formal"], None))
    low = logits(Llama(tiny, torch.bfloat16), loras["formal"])
    assert (low - exact).norm() < 0.2 * (exact - plain).norm()


def ask(model: LocalModel, question: str, adapter: str | None) -> tuple[str, tuple[float, ...]]:
    stream = model.stream([("system", "Be kind. " * 20), ("user", question)], Limits(max_tokens=6), adapter=adapter)
    return "".join(stream), stream.tokens.logprobs


def interleave(tiny: Path, loras, times: int) -> None:
    names = [None, "formal", "terse"]
    questions = [f"What is {word}?" for word in ("tea", "a wren", "the E4 error", "mud", "rain rain rain rain")]
    alone = {}
    for name in names:  # a model of its own for each, which never saw another adapter or a known beginning
        for question in questions:
            model = LocalModel(tiny, adapters=loras.__getitem__)
            alone[name, question] = ask(model, question, name)
            model.close()
    assert len({alone[name, questions[0]][0] for name in names}) == 3
    model, rng = LocalModel(tiny, adapters=loras.__getitem__), random.Random(4)
    for _ in range(times):
        name, question = rng.choice(names), rng.choice(questions)
        assert ask(model, question, name) == alone[name, question]
    model.close()


def test_interleaved_requests_get_what_each_gets_alone(tiny: Path, loras) -> None:
    interleave(tiny, loras, 60)


@pytest.mark.slow
def test_a_thousand_interleaved_requests_get_what_each_gets_alone(tiny: Path, loras) -> None:
    interleave(tiny, loras, 1000)


def test_few_copies_are_held_and_made_again(tiny: Path, tmp_path: Path) -> None:
    network = Llama(tiny)
    held = Adapters(network, most=2)
    folders = [save_lora(tmp_path / str(i), seed=i) for i in range(3)]
    first = held.get(folders[0])
    assert held.get(folders[0]) is first
    held.get(folders[1])
    held.get(folders[2])
    assert len(held) == 2
    again = held.get(folders[0])
    assert again is not first
    assert all(torch.equal(first[key].few[0], again[key].few[0]) for key in first)
    assert held.get(None) is None


def test_an_adapter_trained_anew_is_read_anew(tiny: Path, tmp_path: Path) -> None:
    held = Adapters(Llama(tiny))
    folder = save_lora(tmp_path / "a", seed=1)
    before, key = held.get(folder), held.key(folder)
    save_lora(folder, seed=2, modules="q_proj v_proj down_proj up_proj")
    assert held.key(folder) != key
    assert held.get(folder) is not before


def test_an_unknown_adapter_is_refused_before_the_queue(tiny: Path, loras) -> None:
    def find(name: str) -> Path:
        raise NotFound(f"There is no adapter '{name}'.")

    for model in (LocalModel(tiny), LocalModel(tiny, adapters=find)):
        with pytest.raises(NotFound, match="no adapter 'rude'"):
            model.stream([("user", "Hi")], adapter="rude")
        model.close()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"peft_type": "IA3"}, "is no LoRA adapter"),
        ({"use_dora": True}, "use_dora"),
        ({"bias": "all"}, "trains biases"),
        ({"modules_to_save": ["lm_head"]}, "modules_to_save"),
    ],
)
def test_what_would_be_misread_is_refused(change: dict, said: str, tmp_path: Path) -> None:
    folder = save_lora(tmp_path / "odd")
    file = folder / "adapter_config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(WeightsError, match=said):
        read_lora(folder)


def test_a_damaged_or_foreign_adapter_reaches_its_request_only(tiny: Path, other: Path, tmp_path: Path) -> None:
    broken, foreign, empty = (save_lora(tmp_path / name) for name in ("broken", "foreign", "empty"))
    (broken / "adapter_model.safetensors").write_bytes(b"\0" * 40)
    tensors = load_file(foreign / "adapter_model.safetensors")
    save_file(
        {key.replace("layers.1", "layers.7"): t for key, t in tensors.items()}, foreign / "adapter_model.safetensors"
    )
    (empty / "adapter_model.safetensors").unlink()
    for folder in (tiny, other):
        model = LocalModel(folder, adapters=lambda name: tmp_path / name)
        for name, error in (("broken", WeightsError), ("foreign", WeightsError), ("empty", WeightsMissing)):
            with pytest.raises(error):
                list(model.stream([("user", "Hi")], Limits(max_tokens=2), adapter=name))
        assert ask(model, "Hi", None)
        model.close()


def test_rank_stabilised_scale(tmp_path: Path) -> None:
    folder = save_lora(tmp_path / "rs")
    plain = read_lora(folder)
    file = folder / "adapter_config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"use_rslora": True}))
    for name, delta in read_lora(folder).items():
        torch.testing.assert_close(delta.whole, plain[name].whole * 2)  # 8 / sqrt(4) against 8 / 4
