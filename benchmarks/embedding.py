"""Passages a second of each embedder, against plain transformers in fp32, which is what LlamaIndex runs by default.

    python -m benchmarks.embedding [--passages 200] [--runs 5]

Real passages (SciFact abstracts cut to 190 of MiniLM's tokens), embedded by every variant in turns; medians of the
runs. Beside the clock stands the processor time of the process, which other work on the machine blurs less. The last
column is the largest cosine distance of a vector to that of the same weights in fp32.
"""

import argparse
import gzip
import json
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.data import folder

os.environ.setdefault("HF_HUB_OFFLINE", "1")

from core.embedding.encoder import SPECS, Encoder
from core.embedding.tokens import TokenCounter
from core.models.cache import model_folder
from core.settings import Settings

TOKENS = 190


def passages(count: int) -> list[str]:
    """Abstracts that have at least so many tokens, cut there."""
    counter = TokenCounter(model_folder(Settings().models, "minilm") / "tokenizer.json")
    found: list[str] = []
    with gzip.open(folder("beir_scifact") / "corpus.jsonl.gz", "rt", encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            text = f"{row['title']}. {row['text']}"
            starts = counter.starts(text)
            if len(starts) > TOKENS:
                found.append(text[: starts[TOKENS]].rstrip())
            if len(found) == count:
                break
    return found


def variants(key: str) -> dict[str, Callable[[list[str]], np.ndarray]]:
    """Our encoder in both precisions, and plain transformers in fp32 by padded tens, LlamaIndex's default."""
    import torch

    from core.embedding.bert import PackedBert

    place = model_folder(Settings().models, key)
    made: dict[str, Callable[[list[str]], np.ndarray]] = {"plain fp32": _plain(key)}
    for name, dtype in (("ours fp32", torch.float32), ("ours bf16", torch.bfloat16)):
        encoder = Encoder(SPECS[key], place)
        encoder.__dict__["_network"] = PackedBert(place, dtype)
        made[name] = encoder.passages
    return made


def _plain(key: str) -> Callable[[list[str]], np.ndarray]:
    import torch
    from tokenizers import Tokenizer
    from transformers import AutoModel
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    place, spec = model_folder(Settings().models, key), SPECS[key]
    model: Any = AutoModel.from_pretrained(place, dtype=torch.float32, add_pooling_layer=False).eval()
    tokenizer = Tokenizer.from_file(str(place / "tokenizer.json"))
    tokenizer.enable_padding()
    tokenizer.enable_truncation(SPECS[key].window or 512)

    def embed(texts: list[str]) -> np.ndarray:
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        vectors = np.zeros((len(texts), spec.dimension), dtype=np.float32)
        for start in range(0, len(texts), 10):
            part = order[start : start + 10]
            encoded = tokenizer.encode_batch([spec.passage_prefix + texts[i] for i in part])
            inputs = {
                "input_ids": torch.tensor([e.ids for e in encoded]),
                "attention_mask": torch.tensor([e.attention_mask for e in encoded]),
            }
            with torch.inference_mode():
                states = model(**inputs).last_hidden_state
            mask = inputs["attention_mask"].unsqueeze(-1)
            mean = (states * mask).sum(1) / mask.sum(1)
            vectors[part] = torch.nn.functional.normalize(mean, dim=-1).numpy()
        return vectors

    return embed


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=200)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    texts = passages(options.passages)
    every = {(key, name): embed for key in SPECS for name, embed in variants(key).items()}
    clock: dict[tuple[str, str], list[float]] = {each: [] for each in every}
    work: dict[tuple[str, str], list[float]] = {each: [] for each in every}
    vectors = {}
    for each, embed in every.items():
        vectors[each] = embed(texts[:20])  # warm; and the vectors that are compared
    for _ in range(options.runs):
        for each, embed in every.items():
            began, busy = time.perf_counter(), time.process_time()
            embed(texts)
            clock[each].append(time.perf_counter() - began)
            work[each].append(time.process_time() - busy)
    print(f"{len(texts)} passages of {TOKENS} tokens, medians of {options.runs} interleaved runs")
    print(f"{'':22}{'passages/s':>11}{'cpu ms each':>13}{'of plain':>10}{'of MiniLM':>11}{'difference':>12}")
    for key, name in every:
        seconds, base = statistics.median(clock[key, name]), clock[key, "plain fp32"]
        ratio = statistics.median(b / s for b, s in zip(base, clock[key, name], strict=True))
        peer = statistics.median(m / s for m, s in zip(clock["minilm", name], clock[key, name], strict=True))
        cpu = statistics.median(work[key, name]) / len(texts) * 1000
        apart = 1 - (vectors[key, name] * vectors[key, "plain fp32"]).sum(1).min()
        print(f"{key + ', ' + name:22}{len(texts) / seconds:11.1f}{cpu:13.1f}{ratio:10.2f}{peer:11.2f}{apart:12.5f}")


if __name__ == "__main__":
    main()
