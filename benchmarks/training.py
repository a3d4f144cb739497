"""Training a LoRA adapter beside transformers' Trainer with PEFT: rows read a second, and minutes to a held-out loss.

    python -m benchmarks.training [--rows 240] [--held 40] [--rounds 3] [--minutes 12] [--target 0.6]

Both learn the same rows of invented papers (`sample_docs.practice`) with the same rank, layers and rate, from the same
weights; only the loop differs, which on their side is what the documentation shows: TrainingArguments as they come,
batches of eight padded to the longest, labels of the prompt masked. Speed is measured in turns over the same rows and
told as medians; tokens are those of the rows, however often an engine reads them. The held-out loss is the mean
over the answers' tokens, computed by one function for both; the time that it takes counts for neither.
"""

import argparse
import contextlib
import io
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.adapters.examples import Example, encoder, examples
from core.adapters.hyper import Curve, Hyper
from core.adapters.training import Data, Trainer
from core.models.cache import model_folder
from core.settings import Settings
from scripts.train_shipped import WINDOW, practice

HYPER = Hyper(rank=16, alpha=32, rate=5e-4, epochs=1, batch=8, looks=100)
Reached = Callable[[float, float], bool]
"""Called with the held-out loss and the seconds of training so far; true ends the training."""


def rows(base: Path, count: int, seed: int) -> list[Example]:
    """Rows of invented papers as tokens."""
    from transformers import AutoTokenizer

    encode = encoder(AutoTokenizer.from_pretrained(base))
    made = []
    for row in practice(count, seed):
        made.append(row)
        if len(made) == count:
            break
    return examples(made, encode, WINDOW)


def ours(base: Path, train: Sequence[Example], held: Sequence[Example], hyper: Hyper, reached: Reached) -> float:
    """Seconds of training until it ended or was told to."""
    trainer = Trainer(base, Data(tuple(train), tuple(held)), hyper)
    spent = 0.0
    done = False
    measure = trainer.loss

    def timed(given: Sequence[Example]) -> float:
        nonlocal spent
        began = time.perf_counter()
        loss = measure(given)
        spent += time.perf_counter() - began
        return loss

    trainer.loss = timed  # type: ignore[method-assign]

    def report(curve: Curve) -> None:
        nonlocal done
        point = curve.points[-1]
        if point.held_out is not None:
            done = reached(point.held_out, time.perf_counter() - began - spent)

    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        trainer.run(Path(folder), report, lambda: done)
        return time.perf_counter() - began - spent


def theirs(base: Path, train: Sequence[Example], held: Sequence[Example], hyper: Hyper, reached: Reached) -> float:
    """The same by transformers and PEFT, at their defaults but for what the adapter is."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import (
        AutoModelForCausalLM,
        AutoTokenizer,
        DataCollatorForSeq2Seq,
        TrainerCallback,
        TrainingArguments,
    )
    from transformers import Trainer as Peer

    torch.manual_seed(hyper.seed)
    model = AutoModelForCausalLM.from_pretrained(base, local_files_only=True)
    config = LoraConfig(r=hyper.rank, lora_alpha=hyper.alpha, target_modules=list(hyper.targets), task_type="CAUSAL_LM")
    tokenizer = AutoTokenizer.from_pretrained(base)
    began = spent = 0.0
    ended = 0.0
    looks = max(1, round(len(train) * hyper.epochs / hyper.batch / hyper.looks))

    def measure(adapted: Any) -> float:
        adapted.eval()
        total = count = 0.0
        with torch.inference_mode():
            for each in held:
                ids = torch.tensor([[*each.prompt, *each.answer]])
                logits = adapted(input_ids=ids, logits_to_keep=len(each.answer) + 1).logits[0, :-1].float()
                total += float(torch.nn.functional.cross_entropy(logits, ids[0, -len(each.answer) :], reduction="sum"))
                count += len(each.answer)
        adapted.train()
        return total / count

    class Watching(TrainerCallback):
        def on_train_begin(self, *_: Any, **__: Any) -> None:
            nonlocal began
            began = time.perf_counter()

        def on_step_end(self, args: Any, state: Any, control: Any, **given: Any) -> Any:
            nonlocal spent, ended
            if held and state.global_step % looks == 0:
                at = time.perf_counter()
                loss = measure(given["model"])
                spent += time.perf_counter() - at
                control.should_training_stop = reached(loss, time.perf_counter() - began - spent)
            ended = time.perf_counter()
            return control

    data = [
        {"input_ids": [*e.prompt, *e.answer], "labels": [*([-100] * len(e.prompt)), *e.answer]}
        for e in train
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        arguments = TrainingArguments(
            output_dir=folder, learning_rate=hyper.rate, num_train_epochs=hyper.epochs, save_strategy="no",
            report_to="none", disable_tqdm=True, use_cpu=True,
        )  # fmt: skip
        Peer(
            model=get_peft_model(model, config), args=arguments, train_dataset=data,  # type: ignore[arg-type]
            data_collator=DataCollatorForSeq2Seq(tokenizer, label_pad_token_id=-100), callbacks=[Watching()],
        ).train()  # fmt: skip
    return ended - began - spent


def main() -> None:
    """Print both measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=240)
    parser.add_argument("--held", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=12, help="what each may take to reach the loss")
    parser.add_argument("--target", type=float, default=0.6, help="nats a token of the answers")
    chosen = parser.parse_args()
    base = model_folder(Settings().models, "smollm2")
    train, held = rows(base, chosen.rows, 5), rows(base, chosen.held, 6)
    engines = {"Touchstone": ours, "Trainer + PEFT": theirs}
    never: Reached = lambda loss, seconds: False  # noqa: E731
    speeds: dict[str, list[float]] = {name: [] for name in engines}
    for turn in range(chosen.rounds):
        some = train[turn * 48 : (turn + 1) * 48]
        for name, engine in engines.items():
            seconds = engine(base, some, (), HYPER, never)
            speeds[name].append(sum(example.tokens for example in some) / seconds)
            print(f"turn {turn + 1}, {name}: {speeds[name][-1]:.0f} tokens/s", flush=True)
    medians = {name: statistics.median(found) for name, found in speeds.items()}
    print(f"\n{'':18}{'tokens/s':>12}")
    for name, median in medians.items():
        print(f"{name:18}{median:>12.0f}")
    print(f"ratio {medians['Touchstone'] / medians['Trainer + PEFT']:.1f}\n", flush=True)
    for name, engine in engines.items():
        at: list[tuple[float, float]] = []

        def reached(loss: float, seconds: float, at: list[tuple[float, float]] = at) -> bool:
            at.append((loss, seconds))
            return loss <= chosen.target or seconds > chosen.minutes * 60

        engine(base, train, held, replace(HYPER, epochs=8, looks=80), reached)
        loss, seconds = at[-1]
        told = "reached" if loss <= chosen.target else "not reached"
        print(f"{name:18}held-out loss {loss:.3f} after {seconds / 60:.1f} minutes, {told}", flush=True)


if __name__ == "__main__":
    main()
