"""Drafts the next tokens from what was read already: an answer that quotes goes on as its source does.

Prompt lookup (Saxena 2023): where the last tokens stood before, what followed them there is the draft. It knows token
ids; whether a draft is right is for the model to say.
"""

from collections import defaultdict
from collections.abc import Sequence

_KEY = 2
"""Tokens that must agree before anything is drafted."""
_LOOK = 12
"""Tokens back that decide between several places; the longest agreement wins, then the latest place."""
_PLACES = 64
"""Places of one pair that are looked at, the latest ones."""
FIRST = 3
"""Tokens of a cautious draft: a step over four tokens costs little more than a step over one."""


class Lookup:
    """The tokens of one request and where each pair of them stands."""

    def __init__(self, ids: Sequence[int], longest: int) -> None:
        """Over the prompt's tokens; no draft is longer than `longest`."""
        self._ids: list[int] = []
        self._after: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
        self._longest = longest
        self._size = min(FIRST, longest)
        for token in ids:
            self.add(token)

    def add(self, token: int) -> None:
        """One more token is known."""
        if len(self._ids) >= _KEY:
            self._after[tuple(self._ids[-_KEY:])].append(len(self._ids))
        self._ids.append(token)

    def draft(self, most: int) -> list[int]:
        """At most `most` tokens that may follow; empty where the last ones stand nowhere else."""
        ids = self._ids
        best, agreed = 0, 0
        for place in reversed(self._after.get(tuple(ids[-_KEY:]), [])[-_PLACES:]):
            length = _KEY
            while length < _LOOK and place - length > 0 and ids[place - length - 1] == ids[-length - 1]:
                length += 1
            if length > agreed:
                best, agreed = place, length
        return ids[best : best + min(most, self._size)] if best else []

    def learn(self, drafted: int, right: int) -> None:
        """Draft more after a draft that was right throughout, little after one that was not."""
        if drafted and right == drafted:
            self._size = min(2 * self._size + 1, self._longest)
        elif drafted:
            self._size = min(FIRST, self._longest)
