"""Cuts where the meaning turns: between sentences whose surroundings are least alike.

After Kamradt, "5 Levels of Text Splitting" (2023), as LlamaIndex's SemanticSplitterNodeParser has it: each sentence is
embedded with one on either side, and a gap above the percentile of all gaps ends a chunk.
"""

import numpy as np

from core.chunking.packing import pack, units
from core.chunking.strategies import plain
from core.chunking.view import Piece, Text
from core.errors import RequestError
from core.types import Chunking, Span

_BESIDE = 1
"""Sentences on either side that a sentence is embedded with."""


def by_meaning(view: Text, chunking: Chunking) -> list[Piece]:
    """Sentences joined while the meaning goes on; a stretch above the size is packed by sentences."""
    if view.vectors is None:
        raise RequestError("The strategy 'semantic' compares sentences by meaning and needs an embedding model.")
    parts = units(view, chunking.size)
    if len(parts) < 3:
        return plain(pack(view, parts, chunking, set()))
    texts = [
        view.text[parts[max(0, i - _BESIDE)].start : parts[min(len(parts) - 1, i + _BESIDE)].end]
        for i in range(len(parts))
    ]
    vectors = view.vectors(texts)
    gaps = 1 - (vectors[1:] * vectors[:-1]).sum(axis=1)
    turns = np.flatnonzero(gaps > np.percentile(gaps, chunking.breakpoint)) + 1
    out: list[Span] = []
    for group in np.split(np.arange(len(parts)), turns):
        span = Span(parts[group[0]].start, parts[group[-1]].end)
        if view.tokens(span.start, span.end) <= chunking.size:
            out.append(span)
        else:
            out += pack(view, [parts[i] for i in group], chunking, set())
    return plain(out)
