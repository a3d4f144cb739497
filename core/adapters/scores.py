"""How right a short answer is: exact match, overlap of words, the right source, declining; it asks no model.

Words are compared as SQuAD does (Rajpurkar et al. 2016): lower case, without punctuation, articles and extra space.
"""

import re
import string
from collections import Counter
from collections.abc import Sequence

from core.generation.citations import printed_marks
from core.generation.prompt import declines

_MARK = re.compile(r"\s*\[\d{1,3}\](?!\()")
_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = frozenset(string.punctuation)

__all__ = ["cited_right", "declines", "exact", "f1", "normal", "unmarked"]


def unmarked(answer: str) -> str:
    """The answer without citation marks such as "[2]"."""
    return _MARK.sub("", answer).strip()


def normal(text: str) -> str:
    """The text as it is compared; doing it twice changes nothing."""
    plain = "".join(sign for sign in unmarked(text).lower() if sign not in _PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", plain).split())


def exact(answer: str, accepted: Sequence[str]) -> float:
    """1 where the answer is one of those accepted, else 0; see `normal`."""
    return float(any(normal(answer) == normal(each) for each in accepted))


def f1(answer: str, accepted: Sequence[str]) -> float:
    """The harmonic mean of precision and recall of the answer's words, the best over those accepted; 0 to 1."""
    return max((_overlap(normal(answer).split(), normal(each).split()) for each in accepted), default=0.0)


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


def _overlap(ours: Sequence[str], theirs: Sequence[str]) -> float:
    if not ours or not theirs:
        return float(ours == theirs)
    common = sum((Counter(ours) & Counter(theirs)).values())
    return 2 * common / (len(ours) + len(theirs))
