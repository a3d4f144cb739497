"""How probable a text is to a model with an adapter and without: one loaded model, two ways to read.

It knows prompts and texts; nothing of what they are for. A probability that is no number counts as the least there is.
"""

import math
import warnings
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from core.adapters.examples import encoder

Messages = Sequence[tuple[str, str]]
Row = tuple[list[int], list[int]]
"""Tokens of a prompt and of what follows it, of which there is at least one."""

WORST = 30.0
"""Nats of a token at most: what a ruined adapter's numbers are counted as, so that every mean is finite."""
_TOGETHER = 1_024
"""Tokens of one forward pass, unless one row is longer."""


class Scorer:
    """A base model that puts one adapter on and takes it off again; used by one thread."""

    def __init__(self, base: Path, adapter: Path | None = None, threads: int = 0) -> None:
        """Load the model of a folder and the adapter of another, as PEFT wrote it."""
        import os

        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer
        from transformers.utils import logging

        from core.embedding.encoder import fastest_dtype

        logging.disable_progress_bar()
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        if self._device.type == "cpu":
            torch.set_num_threads(threads or os.cpu_count() or 1)
        self._tokenizer: Any = AutoTokenizer.from_pretrained(base, local_files_only=True)
        self._encode = encoder(self._tokenizer)
        model: Any = AutoModelForCausalLM.from_pretrained(
            base, dtype=fastest_dtype(), attn_implementation="sdpa", local_files_only=True, trust_remote_code=False
        )
        if adapter is not None:
            from peft import PeftModel

            with warnings.catch_warnings():
                warnings.simplefilter("ignore", FutureWarning)  # PEFT asks transformers by a name that goes
                model = PeftModel.from_pretrained(model, str(adapter), local_files_only=True)
        self._model: Any = model.to(self._device).eval()
        self._adapted = adapter is not None

    def options(self, asked: Sequence[tuple[Messages, Sequence[str]]], adapted: bool) -> list[list[float]]:
        """Of each question, mean log-probability of a token of each of its options as the answer, in nats."""
        rows = []
        for messages, options in asked:
            for option in options:
                prompt, answer = self._encode(messages, option)
                rows.append((prompt, answer[:-1] or answer))  # without the token that ends it
        totals = iter(zip(self._totals(rows, adapted), rows, strict=True))
        return [[total / len(row[1]) for total, row in (next(totals) for _ in options)] for _, options in asked]

    def answers(self, messages: Messages, answers: Sequence[str], adapted: bool) -> list[float]:
        """Log-probability of each whole answer, its end included, in nats; without messages, of each text."""
        if not messages:
            return [total for total, _ in self.texts(answers, adapted)]
        return self._totals([self._encode(messages, answer) for answer in answers], adapted)

    def texts(self, texts: Sequence[str], adapted: bool) -> list[tuple[float, int]]:
        """Log-probability of each text on its own, in nats, and the tokens that it was summed over."""
        first = [self._tokenizer.eos_token_id]
        rows = [(first, list(self._tokenizer(text, add_special_tokens=False)["input_ids"])) for text in texts]
        return [(total, len(ids)) for total, (_, ids) in zip(self._totals(rows, adapted), rows, strict=True)]

    def goes_on(self, messages: Messages, beginning: str, tokens: int, adapted: bool) -> str:
        """What follows the beginning of an answer, or without messages of a text, by the likeliest token each time."""
        import torch

        prompt = self._encode(messages, "")[0] if messages else [self._tokenizer.eos_token_id]
        ids = [*prompt, *self._tokenizer(beginning, add_special_tokens=False)["input_ids"]]
        written: list[int] = []
        with torch.inference_mode(), self._worn(adapted):
            for _ in range(tokens):
                logits = self._model(input_ids=torch.tensor([[*ids, *written]], device=self._device)).logits[0, -1]
                token = int(logits.argmax()) if bool(torch.isfinite(logits).all()) else self._tokenizer.eos_token_id
                if token == self._tokenizer.eos_token_id:
                    break
                written.append(token)
        return str(self._tokenizer.decode(written))

    # -- within --------------------------------------------------------------------------------------------------

    def _worn(self, adapted: bool) -> AbstractContextManager[Any]:
        off: AbstractContextManager[Any] = nullcontext()
        if self._adapted and not adapted:
            off = self._model.disable_adapter()
        return off

    def _totals(self, rows: Sequence[Row], adapted: bool) -> list[float]:
        """Summed log-probability of the second part of each row behind the first.

        Neighbours with one prompt read it once, and many rows stand in one pass, each blind to the others.
        """
        totals = list[float]()
        for some in _passes(rows):
            totals += self._pass(some, adapted)
        return totals

    def _pass(self, rows: Sequence[Row], adapted: bool) -> list[float]:
        import torch

        ids, positions, blocks, asked = list[int](), list[int](), list[tuple[int, int, int, int]](), list[int]()
        prompt, place = list[int](), 0
        for head, answer in rows:
            if head != prompt or not ids:
                prompt, place = head, len(ids)
                ids += prompt
                positions += range(len(prompt))
                blocks.append((place, place, place, len(ids)))
            start = len(ids)
            asked += [place + len(prompt) - 1, *range(start, start + len(answer) - 1)]
            ids += answer
            positions += range(len(prompt), len(prompt) + len(answer))
            blocks.append((place, place + len(prompt), start, len(ids)))
        mask = torch.zeros(len(ids), len(ids), dtype=torch.bool)
        for seen, until, start, end in blocks:
            mask[start:end, seen:until] = True
            mask[start:end, start:end] = True
        device = self._device
        with torch.inference_mode(), self._worn(adapted):
            inner = self._model.base_model.model if self._adapted else self._model
            hidden = inner.model(
                input_ids=torch.tensor([ids], device=device),
                position_ids=torch.tensor([positions], device=device),
                attention_mask=mask.tril_()[None, None].to(device),
                use_cache=False,
            ).last_hidden_state[0]
            logits = inner.lm_head(hidden[torch.tensor(asked, device=device)]).float()
            wanted = torch.tensor([token for _, answer in rows for token in answer], device=device)
            told = (-torch.nn.functional.cross_entropy(logits, wanted, reduction="none")).tolist()
        values = iter(max(-WORST, value) if math.isfinite(value) else -WORST for value in told)
        return [sum(next(values) for _ in answer) for _, answer in rows]


def _passes(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows in their order, as many in a pass as its tokens allow; at least one."""
    found, size = list[list[Row]](), _TOGETHER + 1
    for prompt, answer in rows:
        new = not found or not found[-1] or found[-1][-1][0] != prompt
        needs = len(answer) + (len(prompt) if new else 0)
        if size + needs > _TOGETHER:
            found.append([])
            size, needs = 0, len(prompt) + len(answer)
        found[-1].append((prompt, answer))
        size += needs
    return found


def perplexity(totals: Sequence[tuple[float, int]]) -> float:
    """The exponential of the mean loss of a token over texts; e^30 at most."""
    return math.exp(min(WORST, -sum(total for total, _ in totals) / max(1, sum(count for _, count in totals))))
