"""Asks planned questions of several recipes and writes each result down at once; it judges and begins nothing.

What has a result is not asked again, so that work goes on where it was interrupted. All recipes are asked one question
before the next, so that what is there is always comparable.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from core.evaluation.asking import Asked
    from core.evaluation.retrieval_runs import Result
    from core.evaluation.run_store import RetrievalRuns, Run

Key = TypeVar("Key", bound=str)


@dataclass(frozen=True, slots=True)
class Answering:
    """The progress of answers to a set."""

    done: int
    """Answers that are there."""
    of: int
    seconds_left: float | None = None
    """None before the first answer."""


def ask_each(
    store: "RetrievalRuns",
    planned: "Sequence[Asked]",
    runs: "Mapping[Key, Run]",
    answer: "Callable[[Asked, Key, Run], Result | None]",
    report: Callable[[Answering], None],
    cancelled: Callable[[], bool],
) -> None:
    """Ask what the runs have not asked yet, and end them when nothing is left; stops where `answer` gives None.

    Raises what asking raises; what was asked until then is kept.
    """
    asked = {key: store.asked(run.id) for key, run in runs.items()}
    done, of = sum(map(len, asked.values())), len(planned) * len(runs)
    report(Answering(done, of))
    began, before = time.monotonic(), done
    for position, each in enumerate(planned):
        for key, run in runs.items():
            if each.question.id in asked[key]:
                continue
            if cancelled():
                return
            result = answer(each, key, run)
            if result is None:
                return
            store.keep(run, position, result)
            done += 1
            pace = (time.monotonic() - began) / (done - before)
            report(Answering(done, of, pace * (of - done)))
    for run in runs.values():
        store.end(run)
