"""How much one person may ask of a workspace: questions, uploads, jobs; counted in memory, for one process.

It knows no work: whoever begins some asks here first, and is told by LimitReached with one sentence. Uploads and jobs
that are refused are noted from here; a refused question is noted as every other question is.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from core.errors import LimitReached

_MINUTE, _DAY = 60.0, 86_400.0
_MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Allowance:
    """What each principal may; 0 sets no limit."""

    questions: int = 0
    """Questions and searches in any minute."""
    characters: int = 0
    """Of one question."""
    megabytes: int = 0
    """Of files brought in any 24 hours."""
    jobs: int = 0
    """Jobs that run or wait at once."""


@dataclass(slots=True)
class _Counted:
    """What one principal did lately: when, and how much."""

    acts: deque[tuple[float, int]] = field(default_factory=deque)
    total: int = 0

    def since(self, moment: float) -> int:
        while self.acts and self.acts[0][0] <= moment:
            self.total -= self.acts.popleft()[1]
        return self.total

    def add(self, moment: float, amount: int) -> None:
        self.acts.append((moment, amount))
        self.total += amount


class Limits:
    """The limits of one process; safe to share between threads."""

    def __init__(self, allowance: Allowance, clock: Callable[[], float], refused: Callable[[str, str], None]) -> None:
        """`clock` tells seconds and never goes back, as `time.monotonic`; `refused` gets who was refused which act."""
        self.allowance = allowance
        self._clock, self._refused = clock, refused
        self._questions: dict[str, _Counted] = {}
        self._uploads: dict[str, _Counted] = {}
        self._lock = threading.Lock()

    def question(self, name: str, characters: int) -> None:
        """Count a question of this many characters; raises LimitReached, and counts nothing, where it is too much."""
        allowed = self.allowance
        if allowed.characters and characters > allowed.characters:
            told = f"The question has {characters:,} characters; here {allowed.characters:,} are the most."
            raise LimitReached(told)
        if allowed.questions and not self._fits(self._questions, name, 1, allowed.questions, _MINUTE):
            raise LimitReached(f"'{name}' asked {allowed.questions:,} questions in a minute, the most; wait a little.")

    def upload(self, name: str, size: int) -> None:
        """Count files of this many bytes; raises LimitReached, and counts nothing, where it is too much."""
        allowed = self.allowance.megabytes
        if allowed and not self._fits(self._uploads, name, size, allowed * _MEGABYTE, _DAY):
            self._refused(name, "brought files")
            raise LimitReached(f"'{name}' may bring {allowed:,} MB of files in 24 hours; this would be more.")

    def job(self, name: str, under_way: int) -> None:
        """Raises LimitReached where one more than these jobs would be too many."""
        allowed = self.allowance.jobs
        if allowed and under_way >= allowed:
            self._refused(name, "started job")
            raise LimitReached(f"'{name}' has {under_way} jobs under way, the most; wait until one has ended.")

    def _fits(self, held: dict[str, _Counted], name: str, amount: int, most: int, window: float) -> bool:
        now = self._clock()
        with self._lock:
            for other in [key for key, counted in held.items() if not counted.since(now - window)]:
                del held[other]  # who did nothing lately takes no room
            counted = held.setdefault(name, _Counted())
            if counted.total + amount > most:
                return False
            counted.add(now, amount)
            return True
