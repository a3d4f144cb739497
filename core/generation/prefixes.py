"""Keeps what was read of the last prompts, so that a common beginning is not read again; knows token ids only.

A beginning is taken over only up to the end of a piece that both prompts were cut at, so that it has the very bits
that reading it anew would give.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from core.generation.network import Memory

_BYTES = 256 << 20
_LEAST = 16
"""Tokens below which a beginning is not worth a copy."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One prompt that was read."""

    adapter: str
    """Empty for the model alone."""
    ids: tuple[int, ...]
    marks: tuple[int, ...]
    """Where its pieces ended."""
    memory: Memory


class Prefixes:
    """The prompts read last, the one unused for longest given up first. Not guarded against threads."""

    def __init__(self, most_bytes: int = _BYTES) -> None:
        self._most = most_bytes
        self._kept: OrderedDict[tuple[str, tuple[int, ...]], Kept] = OrderedDict()

    def begin(self, adapter: str, ids: Sequence[int], marks: Sequence[int], memory: Memory) -> int:
        """Fill an empty memory with the longest beginning that was read before; tokens taken, 0 where none."""
        best, length = None, 0
        for kept in self._kept.values():
            if kept.adapter == adapter and (common := _common(kept, ids, marks)) > length:
                best, length = kept, common
        if best is None or length < _LEAST:
            return 0
        memory.take(best.memory, length)
        self._kept.move_to_end((adapter, best.ids))
        return length

    def keep(self, adapter: str, ids: Sequence[int], marks: Sequence[int], memory: Memory) -> None:
        """Remember a prompt that was read into `memory`, which now belongs to this object."""
        key = (adapter, tuple(ids))
        self._kept[key] = Kept(adapter, key[1], tuple(marks), memory)
        self._kept.move_to_end(key)
        while self._kept and self.bytes > self._most:
            self._kept.popitem(last=False)

    def forget(self) -> None:
        """Give all up."""
        self._kept.clear()

    @property
    def bytes(self) -> int:
        """What is held."""
        return sum(kept.memory.bytes for kept in self._kept.values())

    def __len__(self) -> int:
        return len(self._kept)


def _common(kept: Kept, ids: Sequence[int], marks: Sequence[int]) -> int:
    """The last end of a piece before which both prompts agree; at least the last piece is left to read."""
    length = 0
    for ours, theirs in zip(marks[:-1], kept.marks, strict=False):
        if ours != theirs or tuple(ids[length:ours]) != kept.ids[length:ours]:
            break
        length = ours
    return length
