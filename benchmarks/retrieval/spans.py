"""The product's cutting of repeats, for spans of corpora in place of hits."""

from collections.abc import Mapping, Sequence

from core.evaluation.token_metrics import Located
from core.retrieval.repeats import cut_repeats
from core.types import Chunk, Hit, Span, no_scores


def without_repeats(ranked: Sequence[Located], texts: Mapping[str, str], limit: int) -> list[Located]:
    """Up to `limit` spans, best first, none overlapping another: of each the longest piece not shown yet."""
    hits = [_hit(located, texts[located.document], rank) for rank, located in enumerate(ranked, start=1)]
    cut = cut_repeats(hits, limit)[:limit]
    shown = [Located(hit.document, Span(hit.shown.start, hit.shown.end)) for hit in cut]
    return [located for i, located in enumerate(shown) if not any(_touch(located, other) for other in shown[:i])]


def _touch(one: Located, other: Located) -> bool:
    """Hits that moved behind fill the last places where there are too few; they show nothing new."""
    apart = one.span.end <= other.span.start or other.span.end <= one.span.start
    return one.document == other.document and not apart


def _hit(located: Located, text: str, rank: int) -> Hit:
    start, end = located.span.start, located.span.end
    chunk = Chunk(f"{located.document}:{start}", located.document, text[start:end], start, end, (), (), 1)
    return Hit(chunk, located.document, "public", rank, no_scores())
