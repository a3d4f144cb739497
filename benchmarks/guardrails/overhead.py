"""What all guards cost of an answer: the standard policy against one without rules, interleaved in one process.

python -m benchmarks.guardrails overhead [--rounds N] [--written N]
"""

import argparse
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

from core.answering.ask import finish
from core.governance.principals import persona
from core.guardrails.guard import Guard
from core.guardrails.policy import STANDARD, Policy
from core.recipes import BUILT_IN
from core.settings import Settings
from core.types import ZONES, Recipe
from core.workbench import Workbench

ADMIN = persona("administrator")
QUESTIONS = (
    "How long do I have to send back a scale I never used?",
    "What does the warranty of the Wren C2 cover?",
    "How many days of leave do I get in a year?",
    "Who signs off a travel request?",
    "What does a repair cost once the warranty is over?",
    "Which suppliers have to be approved?",
)
BARE = Policy(zones=dict.fromkeys(ZONES, ()), question=(), answer=(), profanity=False)


def main() -> None:
    """Print the medians of both and their difference, for quoted and for written answers."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.guardrails overhead")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--written", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Workbench(Settings(workspace=Path(folder) / "w")) as bench:
        bench.ingest(bench.samples(), ADMIN)
        guards = {"guarded": bench.guards.of(STANDARD), "bare": bench.guards.of(BARE)}
        for guard in guards.values():
            bench.guards.scan(guard)
        _compare(bench, guards, "extractive", given.rounds)
        if given.written:
            _compare(bench, guards, "default", given.written)


def _compare(bench: Workbench, guards: dict[str, Guard], name: str, rounds: int) -> None:
    recipe = BUILT_IN[name]
    took: dict[str, list[float]] = {each: [] for each in guards}
    for guard in guards.values():
        _ask(bench, guard, recipe, QUESTIONS[0])  # loads what the first one would pay for
    for turn in range(rounds):
        for question in QUESTIONS:
            for each in sorted(guards, reverse=bool(turn % 2)):
                took[each].append(_ask(bench, guards[each], recipe, question))
    pairs = [a - b for a, b in zip(took["guarded"], took["bare"], strict=True)]
    bare, more = median(took["bare"]), median(pairs)
    print(
        f"{name:12} bare {1000 * bare:8.1f} ms   guarded {1000 * median(took['guarded']):8.1f} ms   "
        f"median of the differences {1000 * more:+.2f} ms = {more / bare:+.1%}   ({len(pairs)} pairs)"
    )


def _ask(bench: Workbench, guard: Guard, recipe: Recipe, question: str) -> float:
    """Seconds from the question to the answer, tracing left out, which both would pay alike."""
    from core.answering.ask import ask

    bench.guards._current = guard
    parts = replace(bench.parts(recipe), guard=guard)
    began = time.perf_counter()
    finish(ask(question, recipe, ADMIN, parts))
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
