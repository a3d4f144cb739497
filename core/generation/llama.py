"""The forward pass of a Llama-shaped model on the CPU, made for one prompt at a time: read it fast, then step lean.

A prompt is read with bf16 weights that oneDNN ordered beforehand. A step over a few tokens is bound by the bytes of
its weights and reads int8 copies. Keys and values lie in a room of fixed size, and a step attends to all of it behind
a mask, so that a token's bits do not depend on how many tokens are stepped over together. It knows neither tokenizer
nor request.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.embedding.encoder import fastest_dtype
from core.errors import WeightsError
from core.generation.llama_weights import (
    FILE,
    JOINED,
    Change,
    Linear,
    Packer,
    Shape,
    fits,
    joined,
    joined_delta,
    quantised,
    read_shape,
)
from core.generation.lora import read_lora
from core.generation.network import LONGEST_STEP, measured_tie

if TYPE_CHECKING:
    import torch

__all__ = ["KeyValues", "Llama", "LlamaAdapter", "fits"]

LlamaAdapter = Mapping[tuple[int, str], Change]
"""An adapter's changes by layer and product."""
_BLOCK = 64
"""Rooms are multiples of this many tokens."""


class KeyValues:
    """Keys and values of one sequence: per layer two tensors (key heads, size, depth)."""

    def __init__(self, shape: Shape, size: int, dtype: "torch.dtype") -> None:
        import torch

        self.size = -(-size // _BLOCK) * _BLOCK
        self.length = 0
        # Zeros, not whatever lay there: what is masked away is still multiplied, and NaN times 0 is NaN.
        self.layers = torch.zeros(shape.layers, 2, shape.key_heads, self.size, shape.depth, dtype=dtype)

    def take(self, other: "KeyValues", length: int) -> None:
        """See `Memory`."""
        self.layers[:, :, :, :length] = other.layers[:, :, :, :length]
        self.length = length

    @property
    def bytes(self) -> int:
        """See `Memory`."""
        return self.layers.nbytes


class Llama:
    """The weights of one model; see `Network`."""

    def __init__(self, folder: Path, dtype: "torch.dtype | None" = None) -> None:
        """Read `config.json` and `model.safetensors`; `dtype` None takes the fastest. Raises WeightsError."""
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        self.shape = read_shape(folder)
        self.vocabulary, self.positions = self.shape.vocabulary, self.shape.positions
        self.dtype = dtype or fastest_dtype()
        self._folder = folder
        self._pack = Packer(self.dtype)
        try:
            self._load(load_file(folder / FILE))
        except (KeyError, OSError, SafetensorError) as error:
            raise WeightsError(f"The model in {folder.name} is damaged: {error}.") from error
        self.longest_step, self.reusable = LONGEST_STEP, True
        self._cos, self._sin = _rotations(self.shape, self.dtype)
        self.tie = measured_tie(self)

    def _load(self, tensors: Mapping[str, "torch.Tensor"]) -> None:
        self._embedding = tensors["model.embed_tokens.weight"].to(self.dtype)
        head = tensors["model.embed_tokens.weight" if self.shape.tied else "lm_head.weight"]
        self._head = quantised(head, self.dtype) if self._pack.packed else head.to(self.dtype)
        self._last_norm = tensors["model.norm.weight"].to(self.dtype)
        self._norms, self._products = [], []
        for i in range(self.shape.layers):
            names = (f"model.layers.{i}.{part}_layernorm.weight" for part in ("input", "post_attention"))
            self._norms.append(tuple(tensors[name].to(self.dtype) for name in names))
            self._products.append({name: self._pack.linear(joined(tensors, i, name)) for name in JOINED})

    def memory(self, size: int) -> KeyValues:
        """See `Network`."""
        return KeyValues(self.shape, size, self.dtype)

    def bytes_for(self, tokens: int, size: int) -> int:
        """See `Network`; reading a piece takes its widest activations, a few at a time, and its attention mask."""
        unit = self.dtype.itemsize
        kept = 2 * self.shape.layers * self.shape.key_heads * self.shape.depth * size
        wide = sum(weight.shape[0] for weight, _ in [self._products[0]["wide"].few]) if self._pack.packed else 0
        return unit * (kept + tokens * (4 * (wide or 4 * self.shape.width) + size))

    def adapt(self, folder: Path) -> LlamaAdapter:
        """See `Network`: for each product that the adapter touches, its low-rank change and a merged copy."""
        from safetensors import safe_open

        deltas, changes = read_lora(folder), {}
        with safe_open(self._folder / FILE, "pt") as file:
            for i in range(self.shape.layers):
                for product, modules in JOINED.items():
                    weights = {name: f"model.layers.{i}.{name}.weight" for name in modules}
                    if not any(f"model.layers.{i}.{name}" in deltas for name in modules):
                        continue
                    tensors = {name: file.get_tensor(name) for name in weights.values()}
                    rows = [tensors[name].shape[0] for name in weights.values()]
                    delta = joined_delta(deltas, i, product, rows)
                    if delta is not None:
                        changes[i, product] = self._pack.change(joined(tensors, i, product), delta)
        reached = sum(f"model.layers.{i}.{m}" in deltas for i, p in changes for m in JOINED[p])
        if reached != len(deltas):
            raise WeightsError(f"The adapter in {folder.name} does not fit {self._folder.name}.")
        return changes

    # -- the pass ------------------------------------------------------------------------------------------------

    def read(self, ids: Sequence[int], memory: KeyValues, adapter: LlamaAdapter | None = None) -> "torch.Tensor":
        """See `Network`."""
        import torch
        from torch.nn.functional import scaled_dot_product_attention as attend

        start, end = memory.length, memory.length + len(ids)
        mask = None
        if start:  # the builtin causal mask begins at the first key
            mask = torch.full((len(ids), end), float("-inf"), dtype=self.dtype).triu_(start + 1)

        def mix(query: "torch.Tensor", layer: "torch.Tensor") -> "torch.Tensor":
            keys, values = layer[:, None, :, :end]
            rows, seen = query.shape[0], mask
            if rows == 1:  # the last layer: only the last token goes on
                seen = None
            wide = query.transpose(0, 1)[None]
            out = attend(wide, keys, values, attn_mask=seen, is_causal=rows > 1 and seen is None, enable_gqa=True)
            return out[0].transpose(0, 1).reshape(rows, -1)

        states = self._layers(ids, memory, adapter, mix, self._many, last_only=True)
        return self._logits(states)[0]

    def step(self, ids: Sequence[int], memory: KeyValues, adapter: LlamaAdapter | None = None) -> "torch.Tensor":
        """See `Network`."""
        import torch

        start, count = memory.length, len(ids)
        heads, depth = self.shape.key_heads, self.shape.depth
        group, scale = self.shape.heads // heads, depth**-0.5
        last = torch.arange(start, start + count)[:, None]
        hidden = torch.zeros(count, memory.size, dtype=self.dtype)
        hidden = hidden.masked_fill_(torch.arange(memory.size) > last, float("-inf"))
        hidden = hidden.repeat_interleave(group, 0)

        def mix(query: "torch.Tensor", layer: "torch.Tensor") -> "torch.Tensor":
            keys, values = layer
            joined_rows = query.view(count, heads, group, depth).transpose(0, 1).reshape(heads, count * group, depth)
            scores = torch.bmm(joined_rows.mul_(scale), keys.transpose(1, 2)).add_(hidden)
            seen = torch.bmm(scores.softmax(-1), values)
            return seen.view(heads, count, group * depth).transpose(0, 1).reshape(count, -1)

        return self._logits(self._layers(ids, memory, adapter, mix, self._few))

    def _layers(
        self, ids: Sequence[int], memory: KeyValues, adapter: Any, mix: Any, product: Any, last_only: bool = False
    ) -> "torch.Tensor":
        """States after the last layer, (tokens, width) or (1, width); writes the keys and values."""
        import torch
        from torch.nn.functional import embedding, rms_norm, silu

        shape, adapter = self.shape, adapter or {}
        start, end = memory.length, memory.length + len(ids)
        if end > memory.size:
            raise ValueError(f"{end} tokens do not fit into room for {memory.size}")
        cos, sin = self._cos[start:end, None], self._sin[start:end, None]
        turned = shape.heads + shape.key_heads
        states = embedding(torch.tensor(ids), self._embedding)
        for i in range(shape.layers):
            weights, (before, after) = self._products[i], self._norms[i]
            normed = rms_norm(states, (shape.width,), before, shape.epsilon)
            parts = product(normed, weights["qkv"], adapter.get((i, "qkv"))).view(len(ids), -1, shape.depth)
            pair = parts[:, :turned]
            # Rotary positions: x cos + (x with its halves swapped) sin, the first half's sign turned in the table.
            pair = torch.addcmul(pair * cos, pair.roll(shape.depth // 2, -1), sin)
            layer = memory.layers[i]
            layer[0, :, start:end] = pair[:, shape.heads :].transpose(0, 1)
            layer[1, :, start:end] = parts[:, turned:].transpose(0, 1)
            query = pair[:, : shape.heads]
            if last_only and i == shape.layers - 1:
                query, states = query[-1:], states[-1:]
            states = states + product(mix(query, layer), weights["out"], adapter.get((i, "out")))
            normed = rms_norm(states, (shape.width,), after, shape.epsilon)
            gate, up = product(normed, weights["wide"], adapter.get((i, "wide"))).chunk(2, -1)
            states = states + product(silu(gate).mul_(up), weights["down"], adapter.get((i, "down")))
        memory.length = end
        return states

    def _many(self, rows: "torch.Tensor", weights: Linear, change: Change | None) -> "torch.Tensor":
        import torch

        if self._pack.packed:
            out: torch.Tensor = torch.ops.mkldnn._linear_pointwise(rows, weights.many, None, "none", [], "")
        else:
            out = torch.nn.functional.linear(rows, weights.many)
        return out if change is None else torch.addmm(out, rows @ change.down, change.up)

    def _few(self, rows: "torch.Tensor", weights: Linear, change: Change | None) -> "torch.Tensor":
        return self._times(rows, weights.few if change is None else change.few)

    def _times(self, rows: "torch.Tensor", weight: Any) -> "torch.Tensor":
        import torch

        if self._pack.packed:
            return torch._weight_int8pack_mm(rows, *weight)
        return torch.nn.functional.linear(rows, weight)

    def _logits(self, states: "torch.Tensor") -> "torch.Tensor":
        from torch.nn.functional import rms_norm

        normed = rms_norm(states, (self.shape.width,), self._last_norm, self.shape.epsilon)
        return self._times(normed, self._head).float()


def _rotations(shape: Shape, dtype: "torch.dtype") -> tuple["torch.Tensor", "torch.Tensor"]:
    """Cosines and signed sines of every position, (positions, depth); RoPE, Su et al. 2021."""
    import torch

    steps = shape.theta ** (-torch.arange(0, shape.depth, 2, dtype=torch.float32) / shape.depth)
    angles = torch.outer(torch.arange(shape.positions, dtype=torch.float32), steps)
    sines = torch.cat((-angles.sin(), angles.sin()), -1)
    return torch.cat((angles.cos(), angles.cos()), -1).to(dtype), sines.to(dtype)
