"""Reads a LoRA adapter as PEFT writes it: a folder of adapter_config.json and adapter_model.safetensors.

It knows which weight each part changes and by how much; it does not know a network's own arrangement of weights.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import WeightsError, WeightsMissing

if TYPE_CHECKING:
    import torch

CONFIG = "adapter_config.json"
WEIGHTS = "adapter_model.safetensors"
_PREFIX = "base_model.model."
_UNSUPPORTED = ("use_dora", "fan_in_fan_out", "modules_to_save", "lora_bias", "alpha_pattern", "layer_replication")
"""Settings that change what the tensors mean; an adapter with one of them set is refused rather than misread."""


@dataclass(frozen=True, slots=True)
class Delta:
    """What an adapter adds to one weight of shape (out, in): `up @ down`."""

    down: "torch.Tensor"
    """Shape (rank, in), float32."""
    up: "torch.Tensor"
    """Shape (out, rank), float32, scaled by alpha / rank."""

    @property
    def whole(self) -> "torch.Tensor":
        """Shape (out, in), float32."""
        return self.up @ self.down


def read_lora(folder: Path) -> Mapping[str, Delta]:
    """The changes by module path, as "model.layers.0.self_attn.q_proj".

    Raises WeightsMissing when there is no adapter in the folder, WeightsError when it is of a kind not supported.
    The scale is alpha / rank, or alpha / sqrt(rank) where the adapter says so (Hu et al. 2021, Kalajdzievski 2023).
    """
    if not (folder / CONFIG).is_file() or not (folder / WEIGHTS).is_file():
        raise WeightsMissing(f"There is no adapter at {folder}: it needs {CONFIG} and {WEIGHTS}.")
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        tensors = load_file(folder / WEIGHTS)
    except (ValueError, OSError, SafetensorError) as error:
        raise WeightsError(f"The adapter in {folder.name} cannot be read: {str(error).rstrip('.')}.") from error
    _check(config, folder.name)
    found = {}
    for name, down in tensors.items():
        if not name.endswith(".lora_A.weight"):
            if not name.endswith(".lora_B.weight"):
                raise WeightsError(f"The adapter in {folder.name} holds {name}, which is no part of a plain LoRA.")
            continue
        module = name.removesuffix(".lora_A.weight")
        up = tensors.get(f"{module}.lora_B.weight")
        if up is None or up.shape[1] != down.shape[0]:
            raise WeightsError(f"The adapter in {folder.name} is damaged: {module} lacks its second half.")
        rank = down.shape[0]
        scale = config["lora_alpha"] / (math.sqrt(rank) if config.get("use_rslora") else rank)
        found[module.removeprefix(_PREFIX)] = Delta(down.float(), up.float() * scale)
    if not found:
        raise WeightsError(f"The adapter in {folder.name} changes nothing: it holds no LoRA weights.")
    return found


def fits(folder: Path, base: Path) -> None:
    """Check that every change of an adapter has the shape of a weight of the model in `base`.

    Raises WeightsMissing, and WeightsError for an adapter that cannot be read or belongs to another model. No weight of
    the model is read.
    """
    from safetensors import safe_open

    with safe_open(base / "model.safetensors", framework="pt") as held:
        names = set(held.keys())
        for module, delta in read_lora(folder).items():
            name = f"{module}.weight"
            shape = tuple(held.get_slice(name).get_shape()) if name in names else None
            if shape != (delta.up.shape[0], delta.down.shape[1]):
                raise WeightsError(f"The adapter in {folder.name} was made for another model: {module} does not fit.")


def _check(config: dict[str, object], name: str) -> None:
    if config.get("peft_type") != "LORA" or "lora_alpha" not in config:
        raise WeightsError(f"The adapter in {name} is no LoRA adapter.")
    if config.get("bias", "none") != "none":
        raise WeightsError(f"The adapter in {name} trains biases, which is not supported.")
    for setting in _UNSUPPORTED:
        if config.get(setting):
            raise WeightsError(f"The adapter in {name} uses {setting}, which is not supported.")
