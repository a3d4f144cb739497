"""Finds documents that say the same under different names; what to do about them is the reader's choice.

Near-duplicates by MinHash over word shingles: A. Broder, "On the resemblance and containment of documents", 1997. The
estimate of the Jaccard index from 128 permutations has a standard error below 0.05.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from core.types import Document

_SHINGLE = 5
"""Words of one shingle."""
_PERMUTATIONS = 128
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two documents that resemble each other."""

    first: str
    """Id of a document."""
    second: str
    same_bytes: bool
    similarity: float
    """Estimated share of common word shingles (Jaccard), 1 for the same text."""


def find_pairs(documents: Sequence[Document], least: float = 0.7) -> list[Pair]:
    """Pairs with the same bytes, or whose texts resemble each other by at least `least`, most alike first."""
    from datasketch import MinHash, MinHashLSH

    sketches: dict[str, MinHash] = {}
    near = MinHashLSH(threshold=max(0.1, least - 0.1), num_perm=_PERMUTATIONS)
    for document in documents:
        sketch = MinHash(num_perm=_PERMUTATIONS, seed=1)
        sketch.update_batch([shingle.encode("utf-8", "surrogatepass") for shingle in shingles(document.text)])
        sketches[document.id] = sketch
        near.insert(document.id, sketch)
    by_bytes: dict[str, list[str]] = defaultdict(list)
    for document in documents:
        by_bytes[document.content_hash].append(document.id)
    same = {pair for ids in by_bytes.values() for pair in combinations(sorted(ids), 2)}
    alike = {
        (document.id, other) if document.id < other else (other, document.id)
        for document in documents
        for other in near.query(sketches[document.id])
        if other != document.id
    }
    pairs = [Pair(a, b, True, 1.0) for a, b in same]
    for a, b in alike - same:
        similarity = sketches[a].jaccard(sketches[b])
        if similarity >= least:
            pairs.append(Pair(a, b, False, round(float(similarity), 3)))
    return sorted(pairs, key=lambda pair: (-pair.similarity, not pair.same_bytes, pair.first, pair.second))


def shingles(text: str) -> Iterable[str]:
    """The distinct runs of five words, lower case; a shorter text is one shingle."""
    words = _WORD.findall(text.lower())
    return {" ".join(words[i : i + _SHINGLE]) for i in range(max(1, len(words) - _SHINGLE + 1))}
