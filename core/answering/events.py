"""What a question tells while it is answered, one event after the other; it knows no steps."""

from dataclasses import dataclass

from core.types import Answer, Hit, Source


@dataclass(frozen=True, slots=True)
class Sources:
    """Event: what the answer may draw on, before its first word."""

    sources: tuple[Source, ...]
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Delta:
    """Event: the next piece of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Event: other questions are answered first."""

    ahead: int


@dataclass(frozen=True, slots=True)
class Preparing:
    """Event: the recipe's index is being built, before the first question that needs it."""

    recipe: str
    """The recipe's name."""
    done: int
    documents: int


@dataclass(frozen=True, slots=True)
class Done:
    """Event, the last one: the finished answer."""

    answer: Answer


Event = Preparing | Sources | Delta | Waiting | Done
