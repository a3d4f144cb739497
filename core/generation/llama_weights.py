"""Weights of a Llama-shaped model, from the file to what the forward pass multiplies with; it computes no token.

Projections of one input are joined into one matrix: query, key and value; gate and up.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import WeightsError
from core.generation.lora import Delta

if TYPE_CHECKING:
    import torch

FILE = "model.safetensors"
JOINED = {
    "qkv": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "out": ("self_attn.o_proj",),
    "wide": ("mlp.gate_proj", "mlp.up_proj"),
    "down": ("mlp.down_proj",),
}
"""The four products of a layer, and the modules that each joins."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The dimensions in config.json."""

    layers: int
    width: int
    heads: int
    key_heads: int
    depth: int
    """Numbers of one head."""
    vocabulary: int
    positions: int
    epsilon: float
    theta: float
    tied: bool
    """Whether the last layer's weights are the embedding's."""


@dataclass(frozen=True, slots=True)
class Linear:
    """One product's weights, for many rows and for few."""

    many: "torch.Tensor"
    """(out, in), in oneDNN's order where that is used."""
    few: Any
    """int8 (out, in) with its scales (out,); or the same tensor as `many`."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an adapter does to one product: low-rank for many rows, a merged copy for few."""

    down: "torch.Tensor"
    """(in, rank)."""
    up: "torch.Tensor"
    """(rank, out)."""
    few: Any


def config_of(folder: Path) -> dict[str, Any]:
    """The model's config.json."""
    return dict(json.loads((folder / "config.json").read_text(encoding="utf-8")))


def fits(folder: Path) -> bool:
    """Whether the model in a folder is one whose forward pass `Llama` computes."""
    config = config_of(folder)
    rope = config.get("rope_parameters") or config.get("rope_scaling") or {}
    return (
        config.get("model_type") == "llama"
        and config.get("hidden_act") == "silu"
        and rope.get("rope_type", rope.get("type", "default")) == "default"
        and not config.get("attention_bias", False)
        and not config.get("mlp_bias", False)
        and "quantization_config" not in config
        and (folder / FILE).is_file()
    )


def read_shape(folder: Path) -> Shape:
    """The dimensions of the model in a folder."""
    config = config_of(folder)
    rope = config.get("rope_parameters") or {}
    heads = config["num_attention_heads"]
    return Shape(
        layers=config["num_hidden_layers"],
        width=config["hidden_size"],
        heads=heads,
        key_heads=config.get("num_key_value_heads") or heads,
        depth=config.get("head_dim") or config["hidden_size"] // heads,
        vocabulary=config["vocab_size"],
        positions=config["max_position_embeddings"],
        epsilon=config["rms_norm_eps"],
        theta=rope.get("rope_theta", config.get("rope_theta", 10_000.0)),
        tied=config.get("tie_word_embeddings", False),
    )


class Packer:
    """Brings weights into the form that this processor multiplies fastest with."""

    def __init__(self, dtype: "torch.dtype") -> None:
        import torch

        self.dtype = dtype
        self.packed = dtype == torch.bfloat16
        """Whether oneDNN's order and int8 copies are used: bf16 is the type that their kernels take."""

    def linear(self, weight: "torch.Tensor") -> Linear:
        """Both forms of a weight (out, in)."""
        import torch

        plain = weight.to(self.dtype).contiguous()
        if not self.packed:
            return Linear(plain, plain)
        return Linear(torch.ops.mkldnn._reorder_linear_weight(plain), quantised(weight, self.dtype))

    def few(self, weight: "torch.Tensor") -> Any:
        """The form for few rows alone."""
        return quantised(weight, self.dtype) if self.packed else weight.to(self.dtype)

    def change(self, weight: "torch.Tensor", delta: Delta) -> Change:
        """What `delta` does to a weight (out, in)."""
        merged = self.few(weight.float() + delta.whole)
        down, up = delta.down.T.to(self.dtype).contiguous(), delta.up.T.to(self.dtype).contiguous()
        return Change(down, up, merged)


def quantised(weight: "torch.Tensor", dtype: "torch.dtype") -> tuple["torch.Tensor", "torch.Tensor"]:
    """int8 weights (out, in) and one scale a row (out,): the row's largest magnitude over 127, rounded to nearest."""
    import torch

    exact = weight.float()
    scales = (exact.abs().amax(1) / 127).clamp_min(1e-12).to(dtype)
    rows = (exact / scales.float()[:, None]).round_().clamp_(-127, 127).to(torch.int8)
    return rows.contiguous(), scales


def joined(tensors: Mapping[str, "torch.Tensor"], layer: int, product: str) -> "torch.Tensor":
    """The weight of one product (out, in), its modules below each other."""
    import torch

    return torch.cat([tensors[f"model.layers.{layer}.{module}.weight"] for module in JOINED[product]])


def joined_delta(deltas: Mapping[str, Delta], layer: int, product: str, rows: Sequence[int]) -> Delta | None:
    """The change of one product, None where the adapter leaves it; `rows` are the outputs of its modules."""
    import torch

    downs, ups, start = [], [], 0
    for module, size in zip(JOINED[product], rows, strict=True):
        delta = deltas.get(f"model.layers.{layer}.{module}")
        if delta is not None:
            if delta.up.shape[0] != size:
                raise WeightsError(f"The adapter does not fit the model: {module} has {size} outputs.")
            up = torch.zeros(sum(rows), delta.up.shape[1])
            up[start : start + size] = delta.up
            downs.append(delta.down)
            ups.append(up)
        start += size
    return Delta(torch.cat(downs), torch.cat(ups, 1)) if downs else None
