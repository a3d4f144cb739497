"""Covers what may not be read, character for character, so that every offset into the text stays true.

It knows no rule and no document. The length of what is covered remains to be seen: that is the price.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

COVER = "█"
Way = Literal["mask", "redact"]


@dataclass(frozen=True, slots=True)
class Covered:
    """A range of a text, and how it is covered."""

    start: int
    end: int
    way: Way


def cover(text: str, places: Sequence[Covered], offset: int = 0) -> str:
    """The text with every place covered; `offset` is where the text begins in what the places count in.

    "redact" covers everything but white space, "mask" leaves the first character of it and the signs between words,
    so that a reader sees what kind of thing stands there: "a███@████████.███". Redacting wins where both meet.
    """
    signs = list(text)
    for place in sorted(places, key=lambda each: each.way == "redact"):
        first, last = max(place.start - offset, 0), min(place.end - offset, len(signs))
        for at in range(first, last):
            sign = text[at]
            kept = sign.isspace() or (place.way == "mask" and (at == place.start - offset or not sign.isalnum()))
            if not kept:
                signs[at] = COVER
    return "".join(signs)
