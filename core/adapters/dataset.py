"""A dataset and the rows in it, with who made, reviewed, froze and used them; it keeps nothing."""

from dataclasses import dataclass

from core.adapters.rows import Row, fingerprint
from core.errors import RequestError

LONGEST_ANSWER = 8_000
"""Characters that an answer may have; far fewer are flagged, see `core.adapters.flags`."""


@dataclass(frozen=True, slots=True)
class Held:
    """A row in a dataset, with who brought and who reviewed it."""

    row: Row
    edited: bool
    """Whether a person changed its words."""
    added_at: str
    added_by: str
    reviewed_at: str | None
    """None while nobody has reviewed it."""
    reviewed_by: str | None


@dataclass(frozen=True, slots=True)
class Use:
    """What was made of a dataset."""

    what: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """A named dataset with its rows in the order in which they came."""

    name: str
    rows: tuple[Held, ...]
    note: str
    made_at: str
    made_by: str
    revision: int
    """Counts the changes."""
    frozen_at: str | None = None
    """None for a draft."""
    frozen_by: str | None = None
    frozen_hash: str | None = None
    uses: tuple[Use, ...] = ()
    lost: int = 0
    """Rows that an erasure took."""

    @property
    def accepted(self) -> tuple[Row, ...]:
        """The rows that are learned."""
        return tuple(held.row for held in self.rows if held.row.state == "accepted")

    @property
    def hash(self) -> str:
        """Twelve hex digits over the accepted rows; of a frozen dataset, as they were when it was frozen."""
        return self.frozen_hash or fingerprint(self.accepted)


def checked_answer(answer: str) -> str:
    """An answer, which may be empty, without surrounding space; raises RequestError when it is too long or no text."""
    answer = answer.strip()
    if len(answer) > LONGEST_ANSWER:
        raise RequestError(f"The answer has {len(answer):,} characters; {LONGEST_ANSWER:,} are the most.")
    if any("\ud800" <= character <= "\udfff" for character in answer):
        raise RequestError("The answer holds half of a character (a lone surrogate), which is no valid text.")
    return answer
