"""LoRA on one machine: small packs, the loss on the answers' tokens only, checkpoints, early end.

PEFT makes the adapter and writes it; the loop is our own, since the answers are a tenth of what is read: only their
positions pass the vocabulary layer, rows with one beginning read it once, and nothing is padded. It knows tokens and
folders; nothing of datasets, jobs or release.
"""

import math
import random
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.adapters.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from core.adapters.examples import Example, Pack, packs
from core.adapters.hyper import Curve, Hyper, Point
from core.errors import RequestError, TrainingDiverged
from core.storage.sealed import PLAIN, Files

if TYPE_CHECKING:
    import torch

Report = Callable[[Curve], None]
_TOLD = 1.0
"""Seconds between two readings of the curve."""
_SAVED = 30.0
"""Seconds between two checkpoints."""
_LOWEST = 0.1
"""What the rate falls to, as a share of its peak."""


@dataclass(frozen=True, slots=True)
class Data:
    """What is learned from, and what the loss is measured on."""

    train: tuple[Example, ...]
    held_out: tuple[Example, ...] = ()


class Trainer:
    """One training of one adapter; used once, by one thread."""

    def __init__(self, base: Path, data: Data, hyper: Hyper, threads: int = 0) -> None:
        """Load the model of a folder; raises RequestError for fewer than two rows."""
        if len(data.train) < 2:
            raise RequestError(f"A training needs at least two rows; there {_are(len(data.train))}.")
        self._data, self._hyper = data, hyper
        self._device = _device()
        self._model = _model(base, hyper, threads, self._device)
        self._weights = {name: p for name, p in self._model.named_parameters() if p.requires_grad}
        self._plan = planned(data.train, hyper)
        self.steps = len(self._plan)

    def run(
        self,
        checkpoints: Path,
        report: Report = lambda curve: None,
        cancelled: Callable[[], bool] = lambda: False,
        files: Files = PLAIN,
    ) -> Curve:
        """Train to the end, from the last checkpoint of the folder where there is one; the curve.

        Raises TrainingDiverged when the loss is no number. When cancelled it ends after the step in hand with a
        checkpoint. `files` says how checkpoints are written and read.
        """
        import torch

        hyper = self._hyper
        optimiser = torch.optim.AdamW(
            self._weights.values(), lr=hyper.rate, weight_decay=hyper.decay, betas=(0.9, 0.99), fused=True
        )
        held = load_checkpoint(checkpoints, self._weights, optimiser, files) or Checkpoint()
        points, tokens, before = list(held.points), held.tokens, held.seconds
        began = told = saved = time.monotonic()
        looks = {math.ceil(self.steps * (i + 1) / hyper.looks) for i in range(hyper.looks)}
        losses = list[float]()

        def note(step: int, held_out: float | None) -> None:
            loss = sum(losses) / len(losses)
            seconds = before + time.monotonic() - began
            points.append(Point(step, loss, held_out, self._rate(step), seconds, tokens))
            losses.clear()
            report(Curve(self.steps, tuple(points)))

        def keep(step: int) -> None:
            seconds = before + time.monotonic() - began
            reached = Checkpoint(step, tokens, seconds, tuple(points))
            save_checkpoint(checkpoints, reached, self._weights, optimiser, files)

        for step, batch in enumerate(self._plan[held.step :], start=held.step + 1):
            for group in optimiser.param_groups:
                group["lr"] = self._rate(step)
            losses.append(self._step(batch, optimiser))
            tokens += sum(pack.tokens for pack in batch)
            if step in looks:
                note(step, self.loss(self._data.held_out) if self._data.held_out else None)
                if self._stale(points):
                    break
            elif time.monotonic() - told > _TOLD:
                told = time.monotonic()
                note(step, None)
            if cancelled():
                keep(step)
                return Curve(self.steps, tuple(points))
            if time.monotonic() - saved > _SAVED:
                saved = time.monotonic()
                keep(step)
        return Curve(self.steps, tuple(points))

    def loss(self, given: Sequence[Example]) -> float:
        """Mean loss over the answers' tokens, in nats; raises RequestError for no rows."""
        import torch

        if not given:
            raise RequestError("There are no rows to measure the loss on.")
        self._model.eval()
        total = count = 0.0
        with torch.inference_mode(), self._lowered():
            for pack in packs(given):
                total += float(self._summed(pack))
                count += pack.answers
        self._model.train()
        return total / count

    def save(self, folder: Path) -> None:
        """Write the adapter as PEFT does, safetensors only."""
        self._model.save_pretrained(folder, safe_serialization=True)

    # -- within --------------------------------------------------------------------------------------------------

    def _step(self, batch: Sequence[Pack], optimiser: "torch.optim.Optimizer") -> float:
        import torch

        answers = sum(pack.answers for pack in batch)
        total = 0.0
        for pack in batch:
            with self._lowered():
                loss = self._summed(pack) / answers
            torch.autograd.backward(loss)
            total += float(loss.detach())
        norm = torch.nn.utils.clip_grad_norm_(list(self._weights.values()), 1.0)
        if not math.isfinite(total) or not math.isfinite(float(norm)):
            raise TrainingDiverged(
                f"The loss is no number any longer at a rate of {self._hyper.rate:g}; try a tenth of it."
            )
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        return total

    def _summed(self, pack: Pack) -> "torch.Tensor":
        """The summed loss over the answers of a pack, float32."""
        import torch

        ids, positions, mask, asked, wanted = _laid_out(pack)
        device = self._device
        hidden = self._model.base_model.model.model(
            input_ids=torch.tensor([ids], device=device),
            position_ids=torch.tensor([positions], device=device),
            attention_mask=None if mask is None else mask.to(device),
            use_cache=False,
        ).last_hidden_state[0]
        logits = self._model.base_model.model.lm_head(hidden[torch.tensor(asked, device=device)])
        return torch.nn.functional.cross_entropy(logits.float(), torch.tensor(wanted, device=device), reduction="sum")

    def _lowered(self) -> AbstractContextManager[Any]:
        import torch

        from core.embedding.encoder import fastest_dtype

        if fastest_dtype() is torch.float32:
            return nullcontext()
        return torch.autocast(self._device.type, dtype=torch.bfloat16)

    def _rate(self, step: int) -> float:
        """Linear rise, then half a cosine (Loshchilov and Hutter 2016)."""
        peak, rise = self._hyper.rate, max(1, round(self._hyper.warmup * self.steps))
        if step <= rise:
            return peak * step / rise
        share = (step - rise) / max(1, self.steps - rise)
        return peak * (_LOWEST + (1 - _LOWEST) * 0.5 * (1 + math.cos(math.pi * share)))

    def _stale(self, points: Sequence[Point]) -> bool:
        seen = [point.held_out for point in points if point.held_out is not None]
        patience = self._hyper.patience
        return bool(patience and len(seen) > patience and min(seen[-patience:]) >= min(seen[:-patience]))


def planned(train: Sequence[Example], hyper: Hyper) -> list[list[Pack]]:
    """The packs of every step. Packs are shuffled, and what stands in one stays together where rows begin alike.

    Each epoch has an order of its own, and groups of short rows of its own; a step ends with the pack that fills the
    batch, and so does the last one with the pack that makes the epochs full.
    """
    left = len(train) * hyper.epochs
    steps, batch, epoch = list[list[Pack]](), list[Pack](), 0
    while left > 0:
        order = random.Random(f"{hyper.seed} {epoch}")  # noqa: S311
        made = packs(train, order, hyper.batch)
        for pack in order.sample(made, len(made)):
            batch.append(pack)
            left -= len(pack.examples)
            if left <= 0 or sum(len(each.examples) for each in batch) >= hyper.batch:
                steps.append(batch)
                batch = []
            if left <= 0:
                break
        epoch += 1
    return steps


def _laid_out(pack: Pack) -> tuple[list[int], list[int], "torch.Tensor | None", list[int], list[int]]:
    """Ids, positions, mask, the places whose logits are asked for, and the tokens wanted there.

    Each example sees the common beginning and itself. A mask of shape (1, 1, tokens, tokens), None where one example
    stands alone: the usual causal one is then right, and faster.
    """
    import torch

    common = len(pack.common)
    ids, positions = list(pack.common), list(range(common))
    asked, wanted, ranges = list[int](), list[int](), list[tuple[int, int]]()
    for example in pack.examples:
        start = len(ids)
        own = [*example.prompt[common:], *example.answer]
        ids += own
        positions += range(common, common + len(own))
        first = start + len(example.prompt) - common
        asked += range(first - 1, first - 1 + len(example.answer))
        wanted += example.answer
        ranges.append((start, len(ids)))
    if len(pack.examples) == 1:
        return ids, positions, None, asked, wanted
    size = len(ids)
    mask = torch.zeros(size, size, dtype=torch.bool)
    mask[:, :common] = True
    for start, end in ranges:
        mask[start:end, start:end] = True
    return ids, positions, mask.tril_()[None, None], asked, wanted


def _device() -> "torch.device":
    import torch

    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def _model(base: Path, hyper: Hyper, threads: int, device: "torch.device") -> Any:
    """The frozen model with a fresh adapter, in training mode."""
    import os
    import warnings

    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    from core.embedding.encoder import fastest_dtype

    logging.disable_progress_bar()
    if device.type == "cpu":
        torch.set_num_threads(threads or os.cpu_count() or 1)
    torch.manual_seed(hyper.seed)
    model = AutoModelForCausalLM.from_pretrained(
        base, dtype=fastest_dtype(), attn_implementation="sdpa", local_files_only=True, trust_remote_code=False
    )
    config = LoraConfig(
        r=hyper.rank,
        lora_alpha=hyper.alpha,
        target_modules=list(hyper.targets),
        lora_dropout=hyper.dropout,
        task_type="CAUSAL_LM",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # PEFT asks transformers by a name that goes
        adapted = get_peft_model(model.to(device), config)
    for parameter in adapted.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.float()
    adapted.train()
    return adapted


def _are(count: int) -> str:
    return "is one" if count == 1 else "are none"
