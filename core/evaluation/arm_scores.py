"""What four arms amount to over a question set: means with intervals; it asks nothing.

Answers are words of documents and are not kept: of each only what was measured is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.answering.routing_signals import draft_signals
from core.arms import Arm, Spoken, retrieves
from core.evaluation.questions import Question
from core.evaluation.retrieval_runs import Result
from core.evaluation.statistics import Estimate, Flips, mcnemar, median, paired, share

SHARES = ("right", "exact", "f1", "cited", "declined", "wrongly declined", "grounded", "quoted")
"""Means from 0 to 1; see `rows`."""
MEDIANS = ("seconds", "first", "prompt", "answer")
"""Seconds in total and to the first token; tokens of prompt and answer."""
PAIRS: tuple[tuple[Arm, Arm], ...] = (
    ("adapter", "base"),
    ("adapter + retrieval", "base + retrieval"),
    ("base + retrieval", "base"),
    ("adapter + retrieval", "adapter"),
)
"""What is compared: what the adapter adds in each row, and what retrieval adds in each column."""


@dataclass(frozen=True, slots=True)
class Row:
    """One arm over the questions that it was asked."""

    arm: Arm
    questions: int
    answerable: int
    values: Mapping[str, Estimate]
    """By the names of SHARES and MEDIANS, with 95% intervals over questions; what has no question is left out."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One arm less another, over the answerable questions that both were asked."""

    arm: Arm
    base: Arm
    questions: int
    right: Estimate
    f1: Estimate
    flips: Flips
    """McNemar's test on the questions that only one of them has right."""


def result(question: Question, spoken: Spoken) -> Result:
    """What is kept of an arm's answer to a question."""
    verdict, tokens = spoken.verdict, spoken.answer.tokens
    told: dict[str, float | bool | None] = {
        "answerable": question.answerable,
        "right": verdict.right,
        "exact": verdict.exact,
        "f1": verdict.f1,
        "cited": verdict.cited,
        "declined": verdict.declined,
        "grounded": verdict.grounded,
        "quoted": spoken.quoted,
        "seconds": spoken.seconds,
        "first": spoken.first,
        "prompt": tokens.prompt,
        "answer": tokens.answer,
        **(draft_signals(tokens) if tokens.logprobs else {}),
    }
    values = {name: float(value) for name, value in told.items() if value is not None}
    return Result(question.id, question.hash, None, values, ())


def row(arm: Arm, results: Sequence[Result]) -> Row:
    """The means of an arm.

    right, exact, f1, cited and "wrongly declined" are over answerable questions, declined over the others; grounded
    over the arm's answers that claim something, and quoted over all that a search preceded.
    """
    answerable = [r for r in results if r.values["answerable"]]
    others = [r for r in results if not r.values["answerable"]]
    columns = {
        **{name: _column(answerable, name) for name in ("right", "exact", "f1", "cited")},
        "declined": _column(others, "declined"),
        "wrongly declined": _column(answerable, "declined"),
        "grounded": _column(results, "grounded"),
        "quoted": _column(results, "quoted") if retrieves(arm) else [],
    }
    values = {name: share(column) for name, column in columns.items() if column}
    values |= {name: median(_column(results, name)) for name in MEDIANS if results}
    return Row(arm, len(results), len(answerable), values)


def differences(results: Mapping[Arm, Sequence[Result]]) -> list[Difference]:
    """Each pair of PAIRS that shares answerable questions."""
    found = []
    for arm, base in PAIRS:
        ours, theirs = (
            {r.question: r for r in results.get(each, ()) if r.values["answerable"]} for each in (arm, base)
        )
        shared = [question for question in ours if question in theirs]
        if not shared:
            continue
        right = [[held[question].values["right"] for question in shared] for held in (ours, theirs)]
        words = [[held[question].values["f1"] for question in shared] for held in (ours, theirs)]
        flips = mcnemar(*([bool(value) for value in column] for column in right))
        found.append(Difference(arm, base, len(shared), paired(*right), paired(*words), flips))
    return found


def _column(results: Sequence[Result], name: str) -> list[float]:
    return [each.values[name] for each in results if name in each.values]
