"""How well sentences support a question or a claim, from words and vectors; it writes nothing and calls no model.

Support is the mean of two things that fail differently: the cosine of sentence embeddings, which sees paraphrase but
not numbers, and the share of the claim's rare words that stand in the sentence, which sees names and numbers but no
paraphrase.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.types import Span

_WORD = re.compile(r"\w+(?:[.,:/-]\w+)*", re.UNICODE)


def fold(text: str) -> str:
    """Lower case without accents."""
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("ß", "ss"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


STOP = frozenset(fold(Path(__file__).with_name("stopwords.txt").read_text(encoding="utf-8")).split())


COVERED = "█"
"""What stands for a character that may not be read, in a source and in what a model copies from it."""
_RUN = re.compile(rf"{COVERED}(?:[\W_]*{COVERED})?")
"""Such characters with all that stands between them and is no word."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence of a source: its place in the source's document and its text."""

    source: int
    """Position of the source in the list that was given."""
    span: Span
    text: str
    context: str = ""
    """What stands above it, such as its headings; it counts for words, not for the quote."""


def is_covered(text: str) -> bool:
    """Whether a text is covered wholly or for the most part: half of what is no white space, or more."""
    return 2 * text.count(COVERED) >= sum(not sign.isspace() for sign in text) > 0


def collapsed(text: str) -> str:
    """The text with one mark for each run of covered characters: "D███ ████ ██." becomes "D█."."""
    return _RUN.sub(COVERED, text)


def words(text: str) -> list[str]:
    """Folded content words: lower case, no accents, no stop words, plural and possessive endings cut."""
    return [_stem(w) for w in _WORD.findall(fold(text)) if w not in STOP]


def rarity(passages: Sequence[Passage]) -> dict[str, float]:
    """Inverse document frequency of each word over the passages, as in BM25, never below a tenth."""
    counts = Counter(word for p in passages for word in set(words(p.text)))
    n = len(passages)
    return {word: max(0.1, math.log(1 + (n - c + 0.5) / (c + 0.5))) for word, c in counts.items()}


def coverage(claim: str, passage: Passage, weights: dict[str, float]) -> float:
    """Share, by rarity, of the claim's content words that stand in the passage; 0 for a claim without any."""
    wanted = set(words(claim))
    unseen = max(weights.values(), default=1.0)
    total = sum(weights.get(word, unseen) for word in wanted)
    if not total:
        return 0.0
    there = set(words(passage.text)) | set(words(passage.context))
    return sum(weights.get(word, unseen) for word in wanted & there) / total


def support(claim: str, claim_vector: np.ndarray, passages: Sequence[Passage], vectors: np.ndarray) -> np.ndarray:
    """Support of the claim by each passage, 0 to 1, shape (passages,); vectors are unit rows."""
    if not passages:
        return np.zeros(0)
    weights = rarity(passages)
    lexical = np.array([coverage(claim, passage, weights) for passage in passages])
    return np.asarray(0.5 * np.clip(vectors @ claim_vector, 0, 1) + 0.5 * lexical)


def _stem(word: str) -> str:
    for ending in ("'s", "ies", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word[0].isdigit():
            return word[: -len(ending)] + ("y" if ending == "ies" else "")
    return word
