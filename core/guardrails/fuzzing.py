"""Slides every chunk boundary over every character of what is covered, and tells what could be read then.

It knows how texts are cut only by what it is given, and trusts no part of the guards: it compares characters.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from core.guardrails.covering import COVER, Covered
from core.types import Chunk

Cut = Callable[[str], Sequence[Chunk]]
"""A text to its chunks by one strategy, offsets exact."""
Legible = Callable[[Chunk, int], str]
"""A chunk of the text that was moved by so many characters, as a prompt would get it."""
_AROUND = 400
"""Characters on each side of a finding that are cut with it."""
_FILLER = "x"


@dataclass(frozen=True, slots=True)
class Leak:
    """A character that should have been covered."""

    strategy: str
    start: int
    """Of the chunk, in the document."""
    end: int
    at: int
    """Of the character, in the document."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one strategy."""

    strategy: str
    cuts: int
    """Ways in which the text was cut."""
    chunks: int
    """Chunks that held a part of something covered."""
    inside: int
    """Boundaries that fell within a finding."""
    leaks: tuple[Leak, ...]


def slide(strategy: str, text: str, places: Sequence[Covered], cut: Cut, legible: Legible) -> Tried:
    """Cut the text around each place again and again, a character further each time, until every boundary has
    passed over the whole of it, and read every chunk as a prompt would get it."""
    cuts = chunks = inside = 0
    leaks: list[Leak] = []
    for place in places:
        first, last = max(0, place.start - _AROUND), min(len(text), place.end + _AROUND)
        for moved in range(place.end - place.start + 1):
            cuts += 1
            for chunk in _cut(text[first:last], moved, first, cut):
                if chunk.start < place.end and place.start < chunk.end:
                    chunks += 1
                    inside += place.start < chunk.start < place.end or place.start < chunk.end < place.end
                    leaks += [
                        Leak(strategy, chunk.start, chunk.end, at)
                        for at in _legible_at(text, chunk, legible(chunk, moved), places)
                    ]
    return Tried(strategy, cuts, chunks, inside, tuple(leaks))


def _cut(window: str, moved: int, first: int, cut: Cut) -> Iterator[Chunk]:
    """Chunks of a piece of a document behind `moved` characters of filler, with their places in the document."""
    for chunk in cut(_FILLER * moved + window):
        start, end = chunk.start - moved + first, chunk.end - moved + first
        if end > first:
            own = chunk.text[max(0, first - start) :]
            yield replace(chunk, text=own, start=max(start, first), end=end)


def _legible_at(text: str, chunk: Chunk, shown: str, places: Sequence[Covered]) -> Iterator[int]:
    """Where a character can be read that no place lets be read."""
    for place in places:
        for at in range(max(place.start, chunk.start), min(place.end, chunk.end)):
            sign = text[at]
            free = sign.isspace() or (place.way == "mask" and (at == place.start or not sign.isalnum()))
            if not free and shown[at - chunk.start] != COVER:
                yield at
