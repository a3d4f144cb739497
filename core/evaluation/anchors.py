"""Finds the place of a value again in another version of its document, by the words around it; it judges no answer.

An anchor is the text before and after the value within its line or sentence, or the row and the column of a table. It
is taken when a fact is written down, and holds while those words stay; where they do not, nobody guesses.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from core.evaluation.quotes import Folded, fold
from core.evaluation.readings import readings
from core.evaluation.values import Tolerance, equal
from core.types import Document

_AROUND = 60
"""Characters of context on each side."""
_LEAST = 0.72
"""Share of the context's words that must stay for a place to be the same one."""
_AHEAD = 0.04
"""By how much the best place must be better than the next, so that none is taken by chance."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """What stands around a value; of a table's row it is the row without the value."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Place:
    """The value that stands at an anchor now: document.text[start:end]."""

    value: str
    start: int
    end: int


def anchored(text: str, quote: str, value: str, tolerance: Tolerance) -> Anchor | None:
    """What stands around the value in its quote, as far as the line goes; None where the text does not say it there."""
    for span in Folded(text).find(quote) if quote else ():
        piece = text[span.start : span.end]
        inside = _of_value(piece, value, tolerance)
        if inside is not None:
            start, end = span.start + inside[0], span.start + inside[1]
            first, last = _line(text, start, end)
            return Anchor(text[max(first, start - _AROUND) : start], text[end : min(last, end + _AROUND)])
    return None


def located(text: str, anchor: Anchor, value: str, tolerance: Tolerance) -> Place | None:
    """The value at the anchor's place in a text, the same or another one; None where the place cannot be told.

    The very words are looked for first. Else every value of the kind is a candidate, by the share of the anchor's words
    that stand around it in their order; the best is taken only when it is clearly the best.
    """
    found = _verbatim(text, anchor)
    if tolerance.kind in ("number", "date"):
        found = [narrowed for place in found if (narrowed := _narrowed(place, tolerance))]
    if len(found) == 1:
        return found[0]
    scored = []
    for start, end in _candidates(text, value, tolerance):
        first, last = _line(text, start, end)
        before, after = text[max(first, start - _AROUND) : start], text[end : min(last, end + _AROUND)]
        scored.append((_alike(anchor, before, after), Place(text[start:end], start, end)))
    scored.sort(key=lambda each: -each[0])
    if not scored or scored[0][0] < _LEAST:
        return None
    rivals = [
        p for score, p in scored[1:] if score > scored[0][0] - _AHEAD and not equal_place(p, scored[0][1], tolerance)
    ]
    return None if rivals else scored[0][1]


def equal_place(one: Place, other: Place, tolerance: Tolerance) -> bool:
    """Whether two places say the same."""
    return fold(one.value) == fold(other.value) or equal(one.value, other.value, tolerance)


def line_of(document: Document, place: Place) -> str:
    """The line or sentence around a place: the quote that proves its value."""
    first, last = _line(document.text, place.start, place.end)
    return " ".join(document.text[first:last].split())


def _verbatim(text: str, anchor: Anchor) -> list[Place]:
    before, after = _pattern(anchor.before), _pattern(anchor.after)
    if len(anchor.before.strip()) + len(anchor.after.strip()) < 8:
        return []
    middle = r"(?P<v>[^\n]{1,120}?)" if after else r"(?P<v>[^\n.;|]{1,120})"
    return [
        Place(f["v"].strip(), f.start("v") + len(f["v"]) - len(f["v"].lstrip()), f.end("v"))
        for f in re.finditer(before + middle + after, text)
    ]


def _narrowed(place: Place, tolerance: Tolerance) -> Place | None:
    """The place without what stands beside its numbers or dates; None where it holds none."""
    held = readings(place.value, tolerance.kind)
    if not held:
        return None
    first, last = held[0].start, held[-1].end
    return Place(place.value[first:last], place.start + first, place.start + last)


def _pattern(text: str) -> str:
    return re.sub(r"(?:\\?\s)+", r"\\s+", re.escape(text)) if text.strip() else re.escape(text)


def _candidates(text: str, value: str, tolerance: Tolerance) -> list[tuple[int, int]]:
    if tolerance.kind in ("number", "date"):
        units = {each.unit for each in readings(value, tolerance.kind)}
        return [(r.start, r.end) for r in readings(text, tolerance.kind) if tolerance.kind == "date" or r.unit in units]
    return [(span.start, span.end) for span in Folded(text).find(value)]


def _of_value(piece: str, value: str, tolerance: Tolerance) -> tuple[int, int] | None:
    spans = Folded(piece).find(value)
    if spans:
        return spans[0].start, spans[0].end
    if tolerance.kind in ("number", "date"):
        for each in readings(piece, tolerance.kind):
            if equal(each.text, value, tolerance):
                return each.start, each.end
    return None


def _line(text: str, start: int, end: int) -> tuple[int, int]:
    """The line or sentence around [start, end)."""
    first = max(text.rfind("\n\n", 0, start) + 2 if "\n\n" in text[:start] else 0, 0)
    marks = [m.end() for m in re.finditer(r"[.!?]\s+(?=[A-ZÄÖÜ])|\n(?=[-|*])", text[first:start])]
    first += marks[-1] if marks else 0
    stop = re.search(r"[.!?](?=\s+[A-ZÄÖÜ]|\s*$)|\n\n|\n(?=[-|*])", text[end:])
    return first, end + (stop.end() if stop else len(text) - end)


def _alike(anchor: Anchor, before: str, after: str) -> float:
    sides = ((anchor.before, before), (anchor.after, after))
    weights = [len(_words(held)) for held, _ in sides]
    if not sum(weights):
        return 0.0
    return sum(w * _share(_words(held), _words(now)) for w, (held, now) in zip(weights, sides, strict=True)) / sum(
        weights
    )


def _share(held: Sequence[str], now: Sequence[str]) -> float:
    """The share of the held words that stand in the other ones in the same order."""
    if not held:
        return 0.0
    return sum(block.size for block in SequenceMatcher(None, held, now, autojunk=False).get_matching_blocks()) / len(
        held
    )


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", fold(text))
