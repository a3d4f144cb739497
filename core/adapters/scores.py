"""How right a short answer to a row is: as `core.evaluation.answers` tells, and the right source, and declining."""

import re
from collections.abc import Sequence

from core.evaluation.answers import exact, f1, normal
from core.generation.citations import printed_marks
from core.generation.prompt import declines

_MARK = re.compile(r"\s*\[\d{1,3}\](?!\()")

__all__ = ["cited_right", "declines", "exact", "f1", "normal", "unmarked"]


def unmarked(answer: str) -> str:
    """The answer without citation marks such as "[2]"."""
    return _MARK.sub("", answer).strip()


def cited_right(answer: str, accepted: Sequence[str], expected: str, sources: Sequence[str]) -> float | None:
    """1 where the answer prints marks and all name a source that holds an accepted answer, else 0.

    A source holds it when its words stand there, or when the expected answer cites it. None where no source does.
    """
    wanted = [words for each in accepted if (words := normal(each))]
    holders = {n for n, text in enumerate(map(normal, sources), start=1) if any(_within(w, text) for w in wanted)}
    holders |= set(printed_marks(expected, len(sources)))
    if not holders:
        return None
    printed = set(printed_marks(answer, len(sources)))
    return float(bool(printed) and printed <= holders)


def _within(words: str, text: str) -> bool:
    return f" {words} " in f" {text} "
