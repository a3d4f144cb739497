"""The state of a training on disk, whole or not at all: weights, moments, place, curve; it does not train.

safetensors and JSON only, written to a folder beside and moved into place.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.adapters.hyper import Point
from core.errors import WeightsError
from core.storage.sealed import PLAIN, Files

if TYPE_CHECKING:
    import torch

_NAME = "checkpoint"
_STATE, _BODY = "state.safetensors", "state.json"
_MOMENTS = ("exp_avg", "exp_avg_sq", "step")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a training stands; the default is its beginning."""

    step: int = 0
    tokens: int = 0
    seconds: float = 0.0
    points: tuple[Point, ...] = ()


def save_checkpoint(
    folder: Path,
    checkpoint: Checkpoint,
    weights: Mapping[str, "torch.Tensor"],
    optimiser: "torch.optim.Optimizer",
    files: Files = PLAIN,
) -> None:
    """Replace what the folder holds; at any moment it holds one that is whole."""
    from safetensors.torch import save, save_file

    fresh, old, place = (folder / name for name in (f"{_NAME}.new", f"{_NAME}.old", _NAME))
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    tensors = {f"weight.{name}": weight.detach().contiguous() for name, weight in weights.items()}
    for name, weight in weights.items():
        for moment in _MOMENTS:
            if moment in optimiser.state[weight]:
                tensors[f"{moment}.{name}"] = optimiser.state[weight][moment].contiguous()
    if files.sealed:
        files.write(fresh / _STATE, save(tensors), place / _STATE)
    else:
        save_file(tensors, fresh / _STATE)
    body = asdict(checkpoint) | {"points": [asdict(point) for point in checkpoint.points]}
    files.write(fresh / _BODY, json.dumps(body).encode(), place / _BODY)
    if place.exists():
        shutil.rmtree(old, ignore_errors=True)
        place.replace(old)
    fresh.replace(place)
    shutil.rmtree(old, ignore_errors=True)


def load_checkpoint(
    folder: Path, weights: Mapping[str, "torch.Tensor"], optimiser: "torch.optim.Optimizer", files: Files = PLAIN
) -> Checkpoint | None:
    """Take the state over into weights and optimiser; None where the folder holds none. Raises WeightsError."""
    from safetensors import SafetensorError
    from safetensors.torch import load, load_file

    place = next((folder / name for name in (_NAME, f"{_NAME}.old") if (folder / name).is_dir()), None)
    if place is None:
        return None
    try:
        written = folder / _NAME
        state = place / _STATE
        tensors = load(files.read(state, written / _STATE)) if files.sealed else load_file(state)
        body = json.loads(files.read(place / _BODY, written / _BODY))
        for name, weight in weights.items():
            weight.data.copy_(tensors[f"weight.{name}"])
            moments = {moment: tensors[f"{moment}.{name}"] for moment in _MOMENTS if f"{moment}.{name}" in tensors}
            if moments:
                optimiser.state[weight] = {k: v.to(weight.device) if k != "step" else v for k, v in moments.items()}
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise WeightsError(f"The checkpoint in {folder} cannot be read: {str(error).rstrip('.')}.") from error
    return Checkpoint(body["step"], body["tokens"], body["seconds"], tuple(Point(**point) for point in body["points"]))
