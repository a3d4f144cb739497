"""What a way of cutting does to a text, in numbers: sizes, cuts and repetition; it cuts and searches nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from core.chunking.sentences import sentence_spans
from core.types import Chunk, Span, Table

_BINS = 24


@dataclass(frozen=True, slots=True)
class Cut:
    """A span that nothing that is read holds wholly, and the boundaries of chunks in it."""

    span: Span
    at: tuple[int, ...]
    """Offsets inside the span at which a chunk begins or ends."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """One way of cutting one text."""

    chunks: int
    tokens: int
    """Of all chunks together, repeated ones counted each time."""
    smallest: int
    median: float
    p95: float
    largest: int
    histogram: tuple[tuple[int, int], ...]
    """(tokens at which a bin begins, chunks in it), evenly spaced."""
    over: int
    """Chunks above the embedder's window."""
    sentences: int
    sentences_cut: int
    tables: int
    tables_split: int
    """Tables of which two chunks hold a part each."""
    rows: int
    rows_cut: int
    repeated: float
    """Share of the characters shown that were shown before, 0 to 1."""

    @property
    def over_share(self) -> float:
        """Share of the chunks above the window, 0 to 1."""
        return self.over / self.chunks if self.chunks else 0.0


def numbers(text: str, chunks: Sequence[Chunk], tables: Sequence[Table], window: int) -> Numbers:
    """The numbers of the chunks of a text; `window` is the embedder's in tokens, 0 where it has none.

    Two tokens of the window go to the model's special ones.
    """
    counts = np.array([chunk.tokens for chunk in chunks] or [0])
    sentences = sentence_spans(text)
    rows = [row for table in tables for row in table.rows]
    edges = np.linspace(0, max(int(counts.max()), 1), _BINS + 1)
    bins = np.histogram(counts, edges)[0] if chunks else np.zeros(_BINS, dtype=int)
    shown = sum(chunk.end - chunk.start for chunk in chunks)
    return Numbers(
        chunks=len(chunks),
        tokens=int(counts.sum()),
        smallest=int(counts.min()),
        median=float(np.median(counts)),
        p95=float(np.percentile(counts, 95)),
        largest=int(counts.max()),
        histogram=tuple((int(edge), int(count)) for edge, count in zip(edges, bins, strict=False)),
        over=int((counts > window - 2).sum()) if window and chunks else 0,
        sentences=len(sentences),
        sentences_cut=len(cut_spans(sentences, chunks)),
        tables=len(tables),
        tables_split=len(cut_spans([Span(table.start, table.end) for table in tables], chunks)),
        rows=len(rows),
        rows_cut=len(cut_spans(rows, chunks)),
        repeated=1 - _covered(chunks) / shown if shown else 0.0,
    )


def cut_spans(spans: Sequence[Span], chunks: Sequence[Chunk]) -> list[Cut]:
    """Those of the spans that are never read wholly, with the boundaries in them; chunks ascend by start and end.

    What is read is the chunk, or what stands around it where its strategy finds small and reads wide.
    """
    read = [chunk.around or Span(chunk.start, chunk.end) for chunk in chunks]
    starts, ends = np.array([span.start for span in read]), np.array([span.end for span in read])
    edges = [edge for chunk in chunks for edge in (chunk.start, chunk.end)]
    boundaries = np.unique(np.array(edges, dtype=int))
    found = []
    for span in spans:
        last = int(np.searchsorted(starts, span.start, side="right")) - 1  # the last that begins before or at it
        if last < 0 or ends[last] < span.end:
            inside = boundaries[np.searchsorted(boundaries, span.start, side="right") :]
            inside = inside[: np.searchsorted(inside, span.end)]
            found.append(Cut(span, tuple(int(at) for at in inside)))
    return found


def index_bytes(chunks: Sequence[Chunk], dimension: int, quantization: str) -> int:
    """About what an index of the chunks takes: vectors, their smaller copy, words of BM25, text and fields.

    8 bytes a distinct word, of which a chunk has about 0.7 a token, and 600 bytes of fields, measured on the samples.
    """
    smaller = {"none": 0.0, "int8": 1.0, "binary": 0.125}[quantization]
    vectors = len(chunks) * dimension * (4 + smaller)
    text = sum(len(chunk.text.encode("utf-8", "surrogatepass")) + 8 * 0.7 * chunk.tokens for chunk in chunks)
    return round(vectors + text + 600 * len(chunks))


def _covered(chunks: Sequence[Chunk]) -> int:
    """Characters that any chunk holds."""
    if not chunks:
        return 0
    held = chunks[0].end - chunks[0].start
    return held + sum(max(0, b.end - max(a.end, b.start)) for a, b in pairwise(chunks))
