"""Text of a document on the screen, as text: spaces kept, passages marked, nothing of it read as markup."""

from collections.abc import Sequence
from pathlib import Path

from core.types import Span
from pages.shared.drawing import component

_reader = component("reader", Path(__file__).with_name("reader.js"))


def reader(
    text: str, marks: Sequence[Span] = (), *, key: str, height: int = 420, cut: tuple[bool, bool] = (False, False)
) -> None:
    """Show a text with ranges of it marked, scrolled to the first; `cut` puts an ellipsis before or after."""
    segments = [{"text": piece, "marked": marked} for piece, marked in split(text, marks)]
    _reader(data={"segments": segments, "height": height, "before": cut[0], "after": cut[1]}, key=key)


def split(text: str, marks: Sequence[Span]) -> list[tuple[str, bool]]:
    """The text in pieces, each wholly marked or not. Done here, where offsets count characters as the core does."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for mark in sorted(marks, key=lambda span: span.start):
        start, end = max(at, mark.start), min(len(text), mark.end)
        if start >= end:
            continue
        pieces += [(text[at:start], False), (text[start:end], True)]
        at = end
    pieces.append((text[at:], False))
    return [piece for piece in pieces if piece[0]]
