"""Patterns behind a gate: a pattern runs only where a piece of text holds a literal that it cannot do without.

Most patterns match nowhere in most texts, and to look for a word is a hundred times cheaper than to try a pattern. What
the patterns mean, it does not know.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

_parser: Any = re._parser  # type: ignore[attr-defined]
_PIECE, _REACH = 1200, 400
"""Characters in which a match begins, and how far it may go beyond them."""
_REPEATED: Final = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")


class Gates:
    """Patterns by kind, all looked for together."""

    def __init__(self, kinds: Mapping[str, Sequence[str]]) -> None:
        self._patterns = tuple(
            (kind, needles(pattern), re.compile(pattern, re.MULTILINE))
            for kind, patterns in kinds.items()
            for pattern in patterns
        )
        self._needles = frozenset().union(*(wanted for _, wanted, _ in self._patterns))

    def spans(self, text: str) -> Iterator[tuple[str, int, int]]:
        """The kind of each match and where it stands; a match longer than 400 characters may be cut."""
        for start in range(0, len(text), _PIECE):
            reach = start + _PIECE + _REACH
            piece = text[start:reach]
            present = {needle for needle in self._needles if needle in piece}
            for kind, wanted, pattern in self._patterns:
                if wanted and present.isdisjoint(wanted):
                    continue
                for match in pattern.finditer(text, start, reach):
                    if match.start() >= start + _PIECE:
                        break
                    if match.end() > match.start():
                        yield kind, match.start(), match.end()


def needles(pattern: str) -> frozenset[str]:
    """Literals of which every match holds at least one; empty where none can be named."""
    return _of_sequence(_parser.parse(pattern)) or frozenset()


def _of_sequence(parts: Any) -> frozenset[str] | None:
    """The needles of the part that has the longest: each match must go through all parts."""
    found: list[frozenset[str]] = []
    run = ""
    for operation, given in parts:
        if str(operation) == "LITERAL":
            run += chr(given)
            continue
        if run:
            found.append(frozenset([run]))
            run = ""
        inner = _of_part(str(operation), given)
        if inner:
            found.append(inner)
    if run:
        found.append(frozenset([run]))
    return max(found, key=lambda each: min(map(len, each)), default=None)


def _of_part(operation: str, given: Any) -> frozenset[str] | None:
    if operation == "SUBPATTERN":
        return _of_sequence(given[-1])
    if operation == "ATOMIC_GROUP":
        return _of_sequence(given)
    if operation in _REPEATED:
        return _of_sequence(given[2]) if given[0] else None
    if operation == "BRANCH":
        inner = [_of_sequence(each) for each in given[1]]
        if all(inner):
            return frozenset().union(*(each for each in inner if each))
    return None
