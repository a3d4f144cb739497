"""llama.cpp as a child process of its own environment: a JSON line of messages in, a JSON line of times out.

    .venv-bench/bin/python -m benchmarks.llama_cpp MODEL.gguf THREADS

Two servers over the same weights: as it comes (flash attention where it helps, kept prompts), and with its drafting
from the text, since neither is the faster one on every prompt. It imports nothing of Touchstone.
"""

import json
import sys
import time
from typing import Any

import xllamacpp

CONTEXT = 4096


def server(model: str, threads: int, drafting: bool) -> "xllamacpp.Server":
    """A server with one slot."""
    params = xllamacpp.CommonParams()
    params.model.path = model
    params.n_ctx, params.n_parallel, params.warmup, params.verbosity = CONTEXT, 1, True, -1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    if drafting:
        params.speculative.types = [xllamacpp.common_speculative_type.COMMON_SPECULATIVE_TYPE_NGRAM_SIMPLE]
    return xllamacpp.Server(params)


def answer(made: "xllamacpp.Server", messages: list[dict[str, str]], most: int) -> dict[str, Any]:
    """Text and milliseconds to the first token and to the last, by the clock around the call."""
    began, first, text, last = time.perf_counter(), 0.0, "", {}

    def take(part: Any) -> bool:
        nonlocal first, text, last
        for event in part if isinstance(part, list) else [part]:
            last = json.loads(event) if isinstance(event, (str, bytes)) else event
            piece = ((last.get("choices") or [{}])[0].get("delta") or {}).get("content")
            if piece:
                first = first or time.perf_counter()
                text += piece
        return False

    request = {"messages": messages, "max_tokens": most, "temperature": 0, "stream": True, "cache_prompt": True}
    made.handle_chat_completions(request, take)
    ended = time.perf_counter()
    timings = last.get("timings", {})
    return {
        "text": text,
        "first": ((first or ended) - began) * 1000,
        "whole": (ended - began) * 1000,
        "prompt": timings.get("prompt_n", 0) + timings.get("cache_n", 0),
        "tokens": timings.get("predicted_n", 0),
    }


def main() -> None:
    """Answer requests until the input ends."""
    model, threads = sys.argv[1], int(sys.argv[2])
    servers = {name: server(model, threads, name == "drafting") for name in ("plain", "drafting")}
    print(json.dumps({"ready": xllamacpp.__version__}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(answer(servers[asked["server"]], asked["messages"], asked["most"])), flush=True)


if __name__ == "__main__":
    main()
