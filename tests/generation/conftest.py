"""Tiny random models: everything but sense."""

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


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A llama, whose forward pass is our own."""
    return save_tiny(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of another shape, which transformers runs."""
    return save_tiny(tmp_path_factory.mktemp("other"), kind="qwen2")
