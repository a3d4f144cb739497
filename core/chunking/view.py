"""What a strategy sees of a text, and the pieces that it proposes; it cuts nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.types import Chunking, Heading, Page, Span, Table

Vectors = Callable[[Sequence[str]], np.ndarray]
"""Texts to unit vectors, shape (texts, dimension)."""


@dataclass(frozen=True, slots=True)
class Text:
    """What a strategy may look at."""

    text: str
    headings: tuple[Heading, ...]
    tables: tuple[Table, ...]
    pages: tuple[Page, ...]
    starts: np.ndarray
    """Character offset at which each token begins."""
    vectors: Vectors | None = None
    """Embeds sentences, for strategies that cut where the meaning turns."""

    def tokens(self, start: int, end: int) -> int:
        """Tokens that begin in [start, end)."""
        return int(np.searchsorted(self.starts, end) - np.searchsorted(self.starts, start))

    def counts(self, spans: Sequence[Span]) -> list[int]:
        """Tokens that begin in each of the spans."""
        if not spans:
            return []
        edges = np.array([(span.start, span.end) for span in spans])
        found: list[int] = (
            np.searchsorted(self.starts, edges[:, 1]) - np.searchsorted(self.starts, edges[:, 0])
        ).tolist()
        return found


@dataclass(frozen=True, slots=True)
class Piece:
    """A proposed chunk."""

    span: Span
    around: Span | None = None
    """What is read when it is found, where that is more than itself."""


Strategy = Callable[[Text, Chunking], list[Piece]]
