"""How an answer's text stands to the accepted ones: exact match, F1, and whether one stands in it; it asks nobody.

Exact match and F1 are those of SQuAD's evaluation script (Rajpurkar et al. 2016): case, punctuation, the articles a, an
and the, and spacing do not count. Marks of sources such as [1] are no part of an answer.
"""

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Sequence

_MARK = re.compile(r"\[\d{1,3}\]")
_ARTICLE = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normal(text: str) -> str:
    """The text as SQuAD compares it, without marks of sources."""
    kept = _MARK.sub(" ", unicodedata.normalize("NFKC", text)).lower().translate(_PUNCTUATION)
    joined = unicodedata.normalize("NFKC", kept)  # an accent after a colon has come to stand on a letter
    return " ".join(_ARTICLE.sub(" ", joined).split())


def without_marks(text: str) -> str:
    """The text without marks of sources such as [1], on one line."""
    return " ".join(_MARK.sub(" ", text).split())


def exact(text: str, accepted: Sequence[str]) -> bool:
    """Whether the text is one of the accepted answers."""
    return normal(text) in {normal(each) for each in accepted}


def f1(text: str, accepted: Sequence[str]) -> float:
    """0 to 1: the words shared with the accepted answer that shares most; 0 where none is accepted."""
    return max((_f1(normal(text).split(), normal(each).split()) for each in accepted), default=0.0)


def holds(text: str, accepted: Sequence[str]) -> bool:
    """Whether one of the accepted answers stands in the text as whole words, case, quotes and spacing aside.

    What is exact holds, so that no table counts more exact answers than right ones.
    """
    within = _folded(text)
    return exact(text, accepted) or any(
        re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", within) is not None
        for wanted in map(_folded, accepted)
        if wanted
    )


def _f1(words: Sequence[str], wanted: Sequence[str]) -> float:
    if not words or not wanted:
        return float(list(words) == list(wanted))
    shared = (Counter(words) & Counter(wanted)).total()
    if not shared:
        return 0.0
    precision, recall = shared / len(words), shared / len(wanted)
    return 2 * precision * recall / (precision + recall)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("–", "-")
    return " ".join(plain.split())
