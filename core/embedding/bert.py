"""A BERT-shaped encoder computed without padding: the tokens of all inputs of a batch lie behind each other.

Against transformers' own module this saves what a mask costs, joins query, key and value into one product, and on
processors with native bfloat16 lets oneDNN add bias, GELU and residual within the product, over weights that it
ordered beforehand. The tensors are read as they lie in the file, so transformers is not even imported. It knows
neither tokens' texts nor how states become a vector.
"""

import json
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.embedding.network import fastest_dtype

if TYPE_CHECKING:
    import torch

_SHAPES = {"bert": "bert.", "roberta": "roberta.", "xlm-roberta": "roberta."}
"""Model types of this shape, with the prefix that their tensors have in the file of a larger model."""
_FILE = "model.safetensors"
_SMALL = range(48, 513)
"""Lengths at which two products and a softmax take 0.6 of the time of the processor's flash attention."""


def fits(folder: Path) -> bool:
    """Whether the model in a folder is one that `PackedBert` computes exactly."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return (
        config.get("model_type") in _SHAPES
        and config.get("hidden_act") == "gelu"
        and config.get("position_embedding_type", "absolute") == "absolute"
        and not config.get("is_decoder", False)
        and (folder / _FILE).is_file()
    )


class PackedBert:
    """The weights of one encoder and its forward pass; not guarded against threads."""

    def __init__(self, folder: Path, dtype: "torch.dtype | None" = None) -> None:
        """Read `config.json` and `model.safetensors`; `dtype` None takes the fastest."""
        import torch
        from safetensors.torch import load_file

        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.dtype = dtype or fastest_dtype()
        self.width: int = config["hidden_size"]
        self._heads: int = config["num_attention_heads"]
        self._epsilon: float = config["layer_norm_eps"]
        # RoBERTa counts positions from behind the id of its padding.
        self._first = 0 if config["model_type"] == "bert" else config["pad_token_id"] + 1
        self._fused = self.device.type == "cpu" and self.dtype == torch.bfloat16
        prefix = _SHAPES[config["model_type"]]
        state = {name.removeprefix(prefix): tensor for name, tensor in load_file(folder / _FILE).items()}
        self._words = self._placed(state["embeddings.word_embeddings.weight"])
        positions = state["embeddings.position_embeddings.weight"].float()
        self._positions = self._placed(positions + state["embeddings.token_type_embeddings.weight"][0].float())
        self._first_norm = self._norm_of(state, "embeddings")
        self._layers = [self._layer(state, i) for i in range(config["num_hidden_layers"])]

    def __call__(self, rows: Sequence[Sequence[int]]) -> "torch.Tensor":
        """The last layer's states of token ids, one row after the other: shape (tokens of all rows, width)."""
        import torch
        from torch.nn.functional import embedding

        ids = torch.tensor([token for row in rows for token in row], device=self.device)
        places = torch.cat([torch.arange(len(row), device=self.device) for row in rows]) + self._first
        states = self._norm(embedding(ids, self._words) + embedding(places, self._positions), self._first_norm)
        # Short rows of one length that stand beside each other are attended to together; nothing is padded.
        runs = [
            piece
            for length, run in groupby(map(len, rows))
            for piece in ([(length, 1)] * len(list(run)) if length in _SMALL else [(length, len(list(run)))])
        ]
        for layer in self._layers:
            states = self._norm(self._add(self._attend(states, layer, runs), layer["mix"], states), layer["mix_norm"])
            wide = self._linear(states, layer["up"], gelu=True)
            states = self._norm(self._add(wide, layer["down"], states), layer["down_norm"])
        return states

    # -- parts of a layer ----------------------------------------------------------------------------------------

    def _attend(self, states: "torch.Tensor", layer: dict[str, Any], runs: list[tuple[int, int]]) -> "torch.Tensor":
        import torch

        joined = self._linear(states, layer["qkv"])
        seen = torch.empty_like(states)
        start = 0
        for length, rows in runs:
            end = start + length * rows
            parts = joined[start:end].view(rows, length, 3, self._heads, -1).permute(2, 0, 3, 1, 4)
            seen[start:end] = self._mix(parts).transpose(1, 2).reshape(length * rows, self.width)
            start = end
        return seen

    def _mix(self, parts: "torch.Tensor") -> "torch.Tensor":
        """Attention over query, key and value, (3, rows, heads, tokens, d) to (rows, heads, tokens, d)."""
        import torch
        from torch.nn.functional import scaled_dot_product_attention

        rows, heads, tokens, depth = parts.shape[1:]
        if not (self._fused and tokens in _SMALL):
            query, key, value = parts
            return scaled_dot_product_attention(query, key, value)
        query, key, value = parts.contiguous().flatten(1, 2)
        scores = torch.baddbmm(query.new_empty(1), query, key.transpose(1, 2), beta=0, alpha=depth**-0.5)
        return torch.bmm(scores.softmax(-1), value).view(rows, heads, tokens, depth)

    def _linear(self, states: "torch.Tensor", weights: Any, gelu: bool = False) -> "torch.Tensor":
        import torch
        from torch.nn import functional

        if self._fused:  # oneDNN's operations, as the compiler would use them for a frozen model
            attribute, algorithm = ("gelu", "none") if gelu else ("none", "")
            fused: torch.Tensor = torch.ops.mkldnn._linear_pointwise(states, *weights, attribute, [], algorithm)
            return fused
        out = functional.linear(states, *weights)
        return functional.gelu(out) if gelu else out

    def _add(self, states: "torch.Tensor", weights: Any, residual: "torch.Tensor") -> "torch.Tensor":
        import torch
        from torch.nn.functional import linear

        if self._fused:
            added: torch.Tensor = torch.ops.mkldnn._linear_pointwise.binary(states, residual, *weights, "add")
            return added
        return linear(states, *weights) + residual

    def _norm(self, states: "torch.Tensor", weights: Any) -> "torch.Tensor":
        from torch.nn.functional import layer_norm

        weight, bias = weights
        return layer_norm(states, (self.width,), weight, bias, self._epsilon)

    # -- reading -------------------------------------------------------------------------------------------------

    def _layer(self, state: dict[str, "torch.Tensor"], number: int) -> dict[str, Any]:
        import torch

        at = f"encoder.layer.{number}"
        parts = [f"{at}.attention.self.{part}" for part in ("query", "key", "value")]
        return {
            "qkv": self._linear_of(*(torch.cat([state[f"{p}.{kind}"] for p in parts]) for kind in ("weight", "bias"))),
            "mix": self._linear_of(*_pair(state, f"{at}.attention.output.dense")),
            "mix_norm": self._norm_of(state, f"{at}.attention.output"),
            "up": self._linear_of(*_pair(state, f"{at}.intermediate.dense")),
            "down": self._linear_of(*_pair(state, f"{at}.output.dense")),
            "down_norm": self._norm_of(state, f"{at}.output"),
        }

    def _linear_of(self, weight: "torch.Tensor", bias: "torch.Tensor") -> tuple["torch.Tensor", "torch.Tensor"]:
        import torch

        placed = self._placed(weight).contiguous()
        return (torch.ops.mkldnn._reorder_linear_weight(placed) if self._fused else placed), self._placed(bias)

    def _norm_of(self, state: dict[str, "torch.Tensor"], name: str) -> tuple["torch.Tensor", "torch.Tensor"]:
        weight, bias = _pair(state, f"{name}.LayerNorm")
        return self._placed(weight), self._placed(bias)

    def _placed(self, tensor: "torch.Tensor") -> "torch.Tensor":
        return tensor.to(device=self.device, dtype=self.dtype)


def _pair(state: dict[str, "torch.Tensor"], name: str) -> tuple["torch.Tensor", "torch.Tensor"]:
    return state[f"{name}.weight"], state[f"{name}.bias"]
