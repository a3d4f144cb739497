"""The local model under many askers, with adapters, and over time: what waiting, switching and staying cost.

    python -m benchmarks.generation_load [--minutes 5] [--prompts 8]

Askers: 1, 4 and 16 ask at once, each the next of its questions when it has its answer; answers a second in all, and
how long each waited for its turn. Adapters: the first request of one that is not held, the first after another, and
the speed of decoding with and without. Time: mixed requests, cancelled ones and adapters among them, with the memory
of the process by the minute.
"""

import argparse
import json
import random
import statistics
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.rag_prompts import Messages, prompts
from core.generation.contract import Limits
from core.generation.local import LocalModel
from core.models.cache import model_folder
from core.settings import Settings
from core.types import Tokens

LENGTH = 900
MOST = 48


def answer(model: LocalModel, messages: Messages, adapter: str | None = None, most: int = MOST) -> Tokens:
    """One answer, read to its end."""
    stream = model.stream(messages, Limits(max_tokens=most, seconds=600), adapter=adapter)
    for _ in stream:
        pass
    return stream.tokens


def askers(model: LocalModel, asked: list[Messages], at_once: int) -> None:
    """Print throughput and waits of so many at once, over the same questions in all."""
    waits: list[float] = []
    left = [*asked]
    lock = threading.Lock()

    def one() -> None:
        while True:
            with lock:
                if not left:
                    return
                messages = left.pop()
            waits.append(answer(model, messages).waited_ms)

    model.forget()
    began = time.perf_counter()
    threads = [threading.Thread(target=one) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    print(
        f"{at_once:8}{len(asked) / seconds:12.2f}{statistics.median(waits) / 1000:16.1f}{max(waits) / 1000:12.1f}",
        flush=True,
    )


def random_adapter(folder: Path, model: Path, seed: int) -> Path:
    """A LoRA adapter of rank 16 on all linear layers of the model, with small random weights."""
    import torch
    from safetensors import safe_open
    from safetensors.torch import save_file

    chance, tensors = torch.Generator().manual_seed(seed), {}
    with safe_open(model / "model.safetensors", "pt") as file:
        for name in file.keys():  # noqa: SIM118
            if name.endswith("_proj.weight"):
                rows, columns = file.get_slice(name).get_shape()
                part = f"base_model.model.{name.removesuffix('.weight')}"
                tensors[f"{part}.lora_A.weight"] = torch.randn(16, columns, generator=chance) * 0.01
                tensors[f"{part}.lora_B.weight"] = torch.randn(rows, 16, generator=chance) * 0.01
    folder.mkdir()
    save_file(tensors, folder / "adapter_model.safetensors")
    (folder / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "r": 16, "lora_alpha": 16}))
    return folder


def adapters(model: LocalModel, asked: list[Messages]) -> None:
    """Print what a switch costs and how fast is decoded with and without an adapter."""
    short = (("user", "Hello"),)

    def first(adapter: str | None) -> float:
        began = time.perf_counter()
        answer(model, short, adapter, 1)
        return (time.perf_counter() - began) * 1000

    fresh = first("a"), first("b")
    plain = [first(None) for _ in range(20)]
    kept = [first(name) for _ in range(10) for name in ("a", "b")]
    print(
        f"an adapter's first request {statistics.median(fresh):.0f} ms; without any {statistics.median(plain):.1f} ms;"
    )
    print(f"each time another one {statistics.median(kept):.1f} ms: a switch costs the difference")
    speeds: dict[str | None, list[float]] = {None: [], "a": []}
    for messages in asked:
        for name, found in speeds.items():
            stream = model.stream(messages, Limits(max_tokens=MOST), adapter=name, speculate=False)
            list(stream)
            if stream.tokens.per_second:
                found.append(stream.tokens.per_second)
    plain, adapted = (statistics.median(found) for found in speeds.values())
    print(f"decoding without drafts: {plain:.1f} tokens/s, with an adapter {adapted:.1f}, ratio {adapted / plain:.3f}")


def resident() -> float:
    """Megabytes of memory that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def over_time(model: LocalModel, asked: list[Messages], minutes: float) -> None:
    """Print the memory of the process by the minute under mixed requests."""
    chance, ends, count = random.Random(1), time.monotonic() + 60 * minutes, 0
    told = time.monotonic()
    while time.monotonic() < ends:
        stream = model.stream(chance.choice(asked), Limits(max_tokens=MOST), adapter=chance.choice([None, "a", "b"]))
        for i, _ in enumerate(stream):
            if i == 3 and chance.random() < 0.2:
                stream.cancel()
        count += 1
        if time.monotonic() - told > 60 or count == 1:
            told = time.monotonic()
            print(f"{count:5} requests: {resident():.0f} MB", flush=True)
    print(f"{count:5} requests: {resident():.0f} MB", flush=True)


def main() -> None:
    """Print the three tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--prompts", type=int, default=16)
    chosen = parser.parse_args()
    folder = model_folder(Settings().models, "smollm2")
    with tempfile.TemporaryDirectory() as room:
        made = {name: random_adapter(Path(room) / name, folder, seed) for seed, name in enumerate("ab")}
        model = LocalModel(folder, adapters=made.__getitem__)
        model.warm()
        asked = prompts(model.count, LENGTH, chosen.prompts, 0, "grounded")
        adapters(model, asked)
        print("\n  askers   answers/s   median wait/s   longest/s")
        for at_once in (1, 4, 16):
            askers(model, asked, at_once)
        print()
        over_time(model, asked, chosen.minutes)
        model.close()


if __name__ == "__main__":
    main()
