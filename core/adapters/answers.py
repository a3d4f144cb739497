"""Scores one answer to a held-out row: right, cited, supported, declined; it asks no language model."""

from collections.abc import Callable, Sequence

import numpy as np

from core.adapters import scores
from core.adapters.proof import Asked, Said
from core.embedding.encoder import Embedder
from core.generation.citations import Pages, attribute
from core.generation.extractive import weigh
from core.types import Chunk, Hit, Source, no_scores

Score = Callable[[str, float, int], Said]


def scorer(asked: Asked, embedder: Embedder) -> Score:
    """What scores answers to a row, given with their seconds and tokens; the row's sources are read once."""
    row = asked.row
    supported = _supported(row.question, row.sources, embedder) if row.sources else None

    def score(text: str, seconds: float, tokens: int) -> Said:
        found = {"seconds": seconds, "tokens": float(tokens)}
        declined = scores.declines(text)
        if row.declines:
            return Said(text, found | {"declined rightly": float(declined)})
        found |= {
            "exact match": scores.exact(text, asked.accepted),
            "F1": scores.f1(text, asked.accepted),
            "declined wrongly": float(declined),
        }
        cited = scores.cited_right(text, asked.accepted, row.answer, row.sources) if row.sources else None
        if cited is not None:
            found["right source cited"] = cited
        if supported and not declined and (share := supported(text)) is not None:
            found["grounded"] = share
        return Said(text, found)

    return score


def _supported(question: str, texts: Sequence[str], embedder: Embedder) -> Callable[[str], float | None]:
    """The share of an answer's sentences that a source supports; None for an answer without a sentence."""
    sources = tuple(_source(number, text) for number, text in enumerate(texts, start=1))
    asked = np.asarray(embedder.queries([question])[0])
    evidence = weigh(question, asked, sources, embedder.passages, "minilm", False)

    def share(text: str) -> float | None:
        found = attribute(text, sources, evidence, embedder.passages, Pages({}), question)
        sentences = len(found.citations) + len(found.unsupported)
        return len(found.citations) / sentences if sentences else None

    return share


def _source(number: int, text: str) -> Source:
    chunk = Chunk(str(number), "", text, 0, len(text), (1,), (), 0)
    return Source(number, Hit(chunk, "", "public", number, no_scores()), text)
