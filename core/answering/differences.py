"""Where one answer says another thing than the first, word by word; it does not know which of them is right."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_WORD = re.compile(r"\S+")
Kind = Literal["same", "added", "missing"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of words of the other answer, or one of the first that the other lacks."""

    kind: Kind
    text: str
    """As it stands in its answer, without the white space around it."""
    start: int
    """In the other answer; where a missing piece would stand."""
    end: int
    """Equal to `start` for a missing piece."""


def differences(first: str, other: str) -> tuple[Piece, ...]:
    """The other answer in pieces, in reading order, with what it lacks of the first between them.

    Words are compared without their case and the signs around them, so that a comma makes no difference. The longest
    common runs are found as by Ratcliff and Obershelp 1988 (`difflib`).
    """
    before, after = list(_WORD.finditer(first)), list(_WORD.finditer(other))
    matcher = SequenceMatcher(None, [_bare(w[0]) for w in before], [_bare(w[0]) for w in after], autojunk=False)
    pieces: list[Piece] = []
    for tag, b1, b2, a1, a2 in matcher.get_opcodes():
        if tag in ("delete", "replace"):
            at = after[a1].start() if a1 < len(after) else len(other)
            pieces.append(Piece("missing", _text(first, before[b1:b2]), at, at))
        if tag != "delete":
            kind: Kind = "same" if tag == "equal" else "added"
            pieces.append(Piece(kind, _text(other, after[a1:a2]), after[a1].start(), after[a2 - 1].end()))
    return tuple(pieces)


def alike(first: str, other: str) -> bool:
    """Whether two answers differ in no word."""
    return all(piece.kind == "same" for piece in differences(first, other))


def _bare(word: str) -> str:
    """The word in small letters without the signs around it; a word of signs only stays as it is."""
    return word.casefold().strip(".,;:!?\"'()[]“”‘’„«»…") or word


def _text(whole: str, words: "Sequence[re.Match[str]]") -> str:
    return whole[words[0].start() : words[-1].end()]
