"""A trained adapter as files to keep: half the bytes, no path of the machine, and a card that says what it is.

It knows the files that PEFT writes; it trains and measures nothing.
"""

import json
import shutil
from pathlib import Path

from core.adapters.manifest import Manifest, beside
from core.generation.lora import CONFIG, WEIGHTS
from core.library.store import sha256_of
from core.models.catalogue import find

CARD = "README.md"


def write_adapter(made: Path, folder: Path, base: str) -> str:
    """Write what PEFT saved in `made` to a fresh folder, in bfloat16; returns the sha256 of the weights.

    The config names the base model by its origin and not by where it lay. Raises NotFound for an unknown base.
    """
    import torch
    from safetensors.torch import load_file, save_file

    origin = find(base).origin
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    tensors = {name: tensor.to(torch.bfloat16) for name, tensor in load_file(made / WEIGHTS).items()}
    save_file(tensors, folder / WEIGHTS, metadata={"format": "pt"})
    config = json.loads((made / CONFIG).read_text(encoding="utf-8"))
    config |= {"base_model_name_or_path": origin, "target_modules": sorted(config["target_modules"])}
    (folder / CONFIG).write_text(json.dumps(config, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return sha256_of(folder / WEIGHTS)


def card(name: str, manifest: Manifest, about: str = "") -> str:
    """The text of a card: base, what it learned from, how, and what was measured; `about` is put first."""
    origin = find(manifest.base)
    hyper = ", ".join(f"{key} {value}" for key, value in manifest.hyper.items() if key != "targets")
    lines = [
        "---",
        f"base_model: {origin.origin}",
        "library_name: peft",
        "---",
        "",
        f"# {name}",
        "",
        *([about.strip(), ""] if about else []),
        f"A LoRA adapter of {origin.title} ({origin.licence}) for who may see the zone {manifest.zone}.",
    ]
    if manifest.dataset:
        papers = f", {len(manifest.documents)} documents" if manifest.documents else ""
        lines.append(f"Learned from {manifest.dataset} ({manifest.dataset_hash[:12]}){papers}.")
    if hyper:
        lines.append(f"Trained with {hyper}; prompt template {manifest.template}.")
    if manifest.measures:
        lines += ["", "| measure | base | adapter |", "|---|---|---|"]
        lines += [f"| {each.name} | {_told(each.base)} | {_told(each.adapter)} |" for each in beside(manifest.measures)]
    if manifest.gates:
        lines += ["", "| gate | measured | limit | |", "|---|---|---|---|"]
        for gate in manifest.gates:
            found = "not measured" if gate.measured is None else f"{gate.measured:.3f}"
            sign = "at least" if gate.at_least else "at most"
            lines.append(f"| {gate.name} | {found} | {sign} {gate.limit:g} | {'passed' if gate.passed else 'failed'} |")
    return "\n".join(lines) + "\n"


def _told(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
