"""Chunks with exact offsets: a strategy proposes pieces, this module makes them passages.

It knows nothing of files, vectors or the index.
"""

import uuid
from bisect import bisect_right
from collections.abc import Iterator

from core.chunking.catalogue import STRATEGIES
from core.chunking.sentences import trim
from core.chunking.view import Piece, Text, Vectors
from core.embedding.tokens import TokenCounter
from core.errors import RequestError
from core.types import Chunk, Chunking, Document, Heading, Page, Span, Table


def chunk_document(
    document: Document, chunking: Chunking, counter: TokenCounter, vectors: Vectors | None = None
) -> list[Chunk]:
    """Cut a document; raises RequestError for an unknown strategy, or one that needs `vectors` without them."""
    return chunk_text(
        document.text, chunking, counter, document.id, document.pages, document.headings, document.tables, vectors
    )


def chunk_text(
    text: str,
    chunking: Chunking,
    counter: TokenCounter,
    document_id: str = "",
    pages: tuple[Page, ...] = (),
    headings: tuple[Heading, ...] = (),
    tables: tuple[Table, ...] = (),
    vectors: Vectors | None = None,
) -> list[Chunk]:
    """Cut a text into chunks in reading order, each with `text == text[start:end]`."""
    strategy = STRATEGIES.get(chunking.strategy)
    if strategy is None:
        raise RequestError(f"There is no chunking strategy '{chunking.strategy}'; choose {', '.join(STRATEGIES)}.")
    view = Text(text, headings, tables, pages, counter.starts(text), vectors)
    pieces = _trimmed(text, strategy.cut(view, chunking))
    spans = [piece.span for piece in pieces]
    ends = [p.end for p in pages]
    return [
        Chunk(
            id=chunk_id(document_id, piece.span.start, piece.span.end),
            document_id=document_id,
            text=text[piece.span.start : piece.span.end],
            start=piece.span.start,
            end=piece.span.end,
            pages=_pages_of(piece.span, pages, ends),
            headings=path,
            tokens=tokens,
            around=piece.around,
        )
        for piece, tokens, path in zip(pieces, view.counts(spans), _heading_paths(headings, spans), strict=True)
    ]


def chunk_at(document: Document, span: Span, counter: TokenCounter) -> Chunk:
    """The passage that a range of a document is, with its pages, headings and tokens."""
    view = Text(document.text, document.headings, document.tables, document.pages, counter.starts(document.text))
    return Chunk(
        id=chunk_id(document.id, span.start, span.end),
        document_id=document.id,
        text=document.text[span.start : span.end],
        start=span.start,
        end=span.end,
        pages=_pages_of(span, document.pages, [page.end for page in document.pages]),
        headings=next(_heading_paths(document.headings, [span])),
        tokens=view.tokens(span.start, span.end),
    )


def chunk_id(document_id: str, start: int, end: int) -> str:
    """A UUID that is the same whenever the same range of the same document becomes a chunk."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{document_id}:{start}:{end}"))


def _trimmed(text: str, pieces: list[Piece]) -> list[Piece]:
    """The pieces without white space at their edges; those that are nothing else go."""
    kept = []
    for piece in pieces:
        span = trim(text, piece.span.start, piece.span.end)
        if span:
            around = piece.around and trim(text, piece.around.start, piece.around.end)
            kept.append(Piece(span, around if around != span else None))
    return kept


def _pages_of(span: Span, pages: tuple[Page, ...], ends: list[int]) -> tuple[int, ...]:
    """Numbers of the pages that the span touches."""
    first = bisect_right(ends, span.start)
    numbers = []
    for page in pages[first:]:
        if page.start >= span.end:
            break
        numbers.append(page.number)
    return tuple(numbers)


def _heading_paths(headings: tuple[Heading, ...], spans: list[Span]) -> Iterator[tuple[str, ...]]:
    """For each of the ascending spans the titles of the headings above its start, outermost first."""
    path: list[Heading] = []
    coming = 0
    for span in spans:
        while coming < len(headings) and headings[coming].start <= span.start:
            while path and path[-1].level >= headings[coming].level:
                path.pop()
            path.append(headings[coming])
            coming += 1
        yield tuple(heading.title for heading in path)
