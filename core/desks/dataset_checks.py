"""The flags of datasets, kept until something that they rest on changes; it checks no right.

Vectors of questions are kept in memory only, and dropped when a document is erased.
"""

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.adapters.dataset import Dataset
from core.recipes import BUILT_IN
from core.types import Principal, fingerprint

if TYPE_CHECKING:
    from core.adapters.flags import Flag
    from core.assembly import Assembly

_KEPT = 40_000
"""Vectors of questions; 61 MB of 384 numbers each."""
_RESULTS = 20


class DatasetChecks:
    """What `core.adapters.flags` needs of a workspace, and what it found."""

    def __init__(self, parts: "Assembly") -> None:
        self._parts = parts
        self._vectors: dict[str, np.ndarray] = {}
        self._found: dict[str, dict[str, tuple[Flag, ...]]] = {}
        self._lock = threading.Lock()

    def flags(self, dataset: Dataset, principal: Principal) -> "dict[str, tuple[Flag, ...]]":
        """The flags of the rows of a dataset, which hold no row that the principal may not see.

        Raises WeightsMissing where the embedder is not on this machine.
        """
        from core.adapters.flags import flag_rows
        from core.adapters.proving import Proof
        from core.lab.sets import LabSets

        library = self._parts.library
        standings = library.standings()
        sets = LabSets(self._parts)
        measuring = [sets.get(each.name, principal) for each in sets.all(principal) if each.role == "test"]
        tests = {question.text: held.name for held in measuring for question in held.questions}
        rows = [held.row for held in dataset.rows]
        key = fingerprint(
            [
                dataset.name,
                [[row.id, row.question, row.answer, row.declines, row.state == "rejected"] for row in rows],
                [[each.id, each.current] for each in standings],
                sorted(tests.items()),
            ]
        )
        with self._lock:
            if key in self._found:
                return self._found[key]
        proof = Proof(library.every(), [each.id for each in standings if each.current])
        found = flag_rows(rows, self.vectors, tests, proof.problem)
        with self._lock:
            self._found[key] = found
            for old in list(self._found)[:-_RESULTS]:
                del self._found[old]
        return found

    def forget(self) -> None:
        """Drop what is remembered of questions, as an erasure must."""
        with self._lock:
            self._vectors.clear()
            self._found.clear()

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors of questions by the default recipe's embedder, shape (texts, dimension)."""
        with self._lock:
            held = {text: self._vectors[text] for text in texts if text in self._vectors}
        missing = [text for text in dict.fromkeys(texts) if text not in held]
        if missing:
            fresh = self._parts.embedder(BUILT_IN["default"].embedding).queries(missing)
            held |= dict(zip(missing, fresh, strict=True))
            with self._lock:
                self._vectors |= {text: held[text] for text in missing}
                for old in list(self._vectors)[: max(0, len(self._vectors) - _KEPT)]:
                    del self._vectors[old]
        return np.stack([held[text] for text in texts])
