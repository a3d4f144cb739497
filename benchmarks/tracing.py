"""What tracing costs of an answer's time, and whether the stages of a trace sum to its total.

    python -m benchmarks.tracing [--questions 30] [--local 6]

Asking with and without keeping the trace is interleaved, in turns that change places. Tracing is the putting together
of the trace and its keeping on disk; both are timed within the answers themselves, since the difference between two
answers is smaller than their noise. Medians, with the 5th and 95th percentile.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from core.answering import ask as asking
from core.answering.ask import ask, finish
from core.answering.kept import as_body
from core.desks.documents import SAMPLES
from core.governance.principals import persona
from core.recipes import recipe, varied
from core.settings import Settings
from core.types import Answer, Recipe
from core.workbench import Workbench

ADMIN = persona("administrator")
QUOTING = replace(recipe("extractive"), route="rag")
WRITING = varied(QUOTING, {"generation.answerer": "local"})
ROUTES = {
    "quoted": (QUOTING, "How many days may unused articles be sent back?"),
    "declined": (varied(QUOTING, {"generation.abstain_below": "1.0"}), "Who won the regatta at Henley?"),
    "written": (WRITING, "How many days may unused articles be sent back?"),
    "closed": (varied(WRITING, {"route": "closed"}), "What is a kettle?"),
    "small talk": (replace(QUOTING, route="auto"), "hello"),
}


class Clock:
    """Seconds spent within functions."""

    def __init__(self) -> None:
        self.spent = 0.0

    @contextmanager
    def within(self, owner: object, name: str) -> Iterator[None]:
        """Count the time of a method while the context lasts."""
        whole = getattr(owner, name)

        def timed(*given: object, **named: object) -> object:
            began = time.perf_counter()
            try:
                return whole(*given, **named)
            finally:
                self.spent += time.perf_counter() - began

        setattr(owner, name, timed)
        yield
        setattr(owner, name, whole)


def timed(work: Callable[[], Answer]) -> tuple[float, Answer]:
    """Milliseconds and what came of it."""
    began = time.perf_counter()
    answer = work()
    return (time.perf_counter() - began) * 1000, answer


def costs(bench: Workbench, chosen: Recipe, questions: list[str]) -> dict[str, np.ndarray]:
    """By figure a value a question: whole answers with and without keeping, and the parts of tracing, all in ms."""
    rows: dict[str, list[float]] = {name: [] for name in ("with", "without", "building", "keeping", "bytes")}
    parts = bench.parts(chosen)
    finish(bench.ask(questions[0], chosen, ADMIN))

    def kept(question: str) -> None:
        building, keeping = Clock(), Clock()
        with building.within(asking._Run, "_answer"), keeping.within(bench.records, "keep"):
            ms, answer = timed(lambda: finish(bench.ask(question, chosen, ADMIN)))
        size = len(json.dumps(as_body(answer)))
        for name, value in (
            ("with", ms),
            ("building", building.spent * 1000),
            ("keeping", keeping.spent * 1000),
            ("bytes", size),
        ):
            rows[name].append(value)

    def unkept(question: str) -> None:
        rows["without"].append(timed(lambda: finish(ask(question, chosen, ADMIN, parts)))[0])

    for number, question in enumerate(questions):
        for turn in (kept, unkept) if number % 2 else (unkept, kept):
            turn(question)
    return {name: np.array(values) for name, values in rows.items()}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=30)
    parser.add_argument("--local", type=int, default=6, help="questions to the language model, which is slow")
    given = parser.parse_args()
    lines = (SAMPLES / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line)["question"] for line in lines]
    with tempfile.TemporaryDirectory() as folder, Workbench(Settings(workspace=Path(folder))) as bench:
        bench.ingest(bench.samples(), ADMIN)
        print(f"{'recipe':12}{'with, ms':>10}{'without':>10}{'building':>10}{'keeping':>10}{'bytes':>10}   share")
        for name, chosen, count in (("extractive", QUOTING, given.questions), ("local", WRITING, given.local)):
            found = costs(bench, chosen, asked[:: max(1, len(asked) // count)][:count])
            shares = (found["building"] + found["keeping"]) / found["with"]
            low, middle, high = np.percentile(shares, [5, 50, 95])
            figures = "".join(f"{np.median(values):10.1f}" for values in found.values())
            print(f"{name:12}{figures}   {middle:.2%} ({low:.2%} to {high:.2%})", flush=True)
        print(f"\n{'route':12}{'total, ms':>10}{'stages':>10}   off by")
        for name, (chosen, question) in ROUTES.items():
            trace = finish(bench.ask(question, chosen, ADMIN)).trace
            stages = sum(stage.ms for stage in trace.stages)
            off = abs(stages - trace.total_ms) / trace.total_ms
            print(f"{name:12}{trace.total_ms:10.1f}{stages:10.1f}   {off:.2%}")


if __name__ == "__main__":
    main()
