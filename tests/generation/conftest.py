"""Tiny random models: everything but sense."""

import json
from pathlib import Path

import pytest


def save_tiny(folder: Path, *, seed: int = 0, kind: str = "llama", **changes: object) -> Path:
    """A model of two layers with random weights and the real tokenizer."""
    import torch
    from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM

    from core.models.cache import model_folder
    from core.settings import Settings

    tokenizer = AutoTokenizer.from_pretrained(model_folder(Settings().models, "smollm2"))
    tokenizer.save_pretrained(folder)
    torch.manual_seed(seed)
    sizes = {
        "vocab_size": len(tokenizer),
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 4096,
        "eos_token_id": tokenizer.eos_token_id,
    } | changes
    # With the usual narrow weights every distribution is flat; with much wider ones nothing is ever repeated.
    if kind == "llama":
        LlamaForCausalLM(LlamaConfig(**sizes, initializer_range=0.1)).save_pretrained(folder)
    else:
        Qwen2ForCausalLM(Qwen2Config(**sizes, initializer_range=0.1)).save_pretrained(folder)
    return folder


def save_lora(folder: Path, *, seed: int = 0, strength: float = 1.0, modules: str = "q_proj v_proj down_proj") -> Path:
    """A LoRA adapter of rank 4 for the tiny model, as PEFT writes it."""
    import torch
    from safetensors.torch import save_file

    sizes = {"q_proj": (32, 32), "k_proj": (16, 32), "v_proj": (16, 32), "o_proj": (32, 32)}
    sizes |= {"gate_proj": (64, 32), "up_proj": (64, 32), "down_proj": (32, 64)}
    chance, tensors = torch.Generator().manual_seed(seed), {}
    for layer in range(2):
        for module in modules.split():
            rows, columns = sizes[module]
            part = "mlp" if module in ("gate_proj", "up_proj", "down_proj") else "self_attn"
            name = f"base_model.model.model.layers.{layer}.{part}.{module}"
            tensors[f"{name}.lora_A.weight"] = torch.randn(4, columns, generator=chance) * 0.2
            tensors[f"{name}.lora_B.weight"] = torch.randn(rows, 4, generator=chance) * 0.2 * strength
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors, folder / "adapter_model.safetensors")
    config = {"peft_type": "LORA", "task_type": "CAUSAL_LM", "r": 4, "lora_alpha": 8, "target_modules": modules.split()}
    (folder / "adapter_config.json").write_text(json.dumps(config))
    return folder


@pytest.fixture(scope="session")
def loras(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two adapters of the tiny models, by name."""
    root = tmp_path_factory.mktemp("loras")
    return {
        "formal": save_lora(root / "formal", seed=1),
        "terse": save_lora(root / "terse", seed=2, modules="q_proj k_proj o_proj gate_proj up_proj"),
    }


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A llama, whose forward pass is our own."""
    return save_tiny(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of another shape, which transformers runs."""
    return save_tiny(tmp_path_factory.mktemp("other"), kind="qwen2")
