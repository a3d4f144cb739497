"""Whether passages hold a piece of evidence, to the character; it does not know how they were found."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.evaluation.quotes import fold
from core.types import Chunk, Source, Span


@dataclass(frozen=True, slots=True)
class Place:
    """A place at which a quote stands in a document in force."""

    document_id: str
    span: Span
    text: str
    """The document's own characters there."""


def holds(chunk: Chunk, quote: str, places: Sequence[Place], read: Span | None = None) -> bool:
    """Whether a chunk holds the quote wholly; `read` is the range that is read where it is found.

    A passage that was written by hand holds what it says, not what it replaced.
    """
    if chunk.edited:
        return fold(quote).strip() in fold(chunk.text)
    read = read or chunk.around or Span(chunk.start, chunk.end)
    return any(
        place.document_id == chunk.document_id and read.start <= place.span.start and place.span.end <= read.end
        for place in places
    )


def touches(chunk: Chunk, places: Sequence[Place]) -> bool:
    """Whether a chunk holds a part of the quote."""
    return any(
        place.document_id == chunk.document_id and chunk.start < place.span.end and place.span.start < chunk.end
        for place in places
    )


def shown(sources: Sequence[Source], quote: str, places: Sequence[Place]) -> bool:
    """Whether the sources of a prompt, one or several together, hold the quote wholly."""
    wanted = fold(quote).strip()
    if any(wanted in fold(source.text) for source in sources):
        return True
    return any(_covered(sources, place) for place in places)


def _covered(sources: Sequence[Source], place: Place) -> bool:
    """Whether every character of the place, white space aside, stands in some source."""
    missing = {at for at, sign in enumerate(place.text, place.span.start) if not sign.isspace()}
    for source in sources:
        chunk = source.hit.shown
        if chunk.document_id == place.document_id and not chunk.edited:
            missing -= set(range(chunk.start, chunk.start + len(source.text)))
    return not missing
