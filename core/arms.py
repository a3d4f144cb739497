"""One question four ways: without and with retrieval, without and with an adapter; it keeps nothing.

The model itself speaks in each arm, whatever the recipe's answerer. One thing of the product stays: where the sources
do not bear out what the model wrote, the arms with retrieval answer with quotes instead. Such an answer is marked as
quoted, so that nobody takes it for the model's or the adapter's own.
"""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from core.answering.events import Delta, Done, Event
from core.errors import RequestError
from core.evaluation.answers import exact, f1, holds
from core.evaluation.questions import Question
from core.generation.prompt import declines
from core.types import Answer, Recipe

Arm = Literal["base", "adapter", "base + retrieval", "adapter + retrieval"]
ARMS: tuple[Arm, ...] = ("base", "adapter", "base + retrieval", "adapter + retrieval")
"""In the order in which they are asked; rows of the 2×2 one after the other."""

Ask = Callable[[str, Recipe], Iterator[Event]]
Worn = Callable[[Recipe, str | None], Recipe]
Heard = Callable[[Arm, Event], None]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be said of an answer; None where it cannot be told."""

    declined: bool
    grounded: bool | None
    """Whether every sentence has a receipt; None without retrieval, and where nothing was claimed."""
    right: bool | None = None
    """Whether an accepted answer stands in it, or it rightly declines; None where no answer is known."""
    exact: bool | None = None
    f1: float | None = None
    """0 to 1; None where no answer is known, or where declining is right."""
    cited: bool | None = None
    """Whether a receipt points into a document of the evidence; None without retrieval or evidence."""


@dataclass(frozen=True, slots=True)
class Timed:
    """An answer with how long it took."""

    answer: Answer
    first: float
    """Seconds to the first token, the search included."""
    seconds: float
    """In total."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """The answer of one arm."""

    arm: Arm
    answer: Answer
    first: float
    """Seconds to the first token, the search included."""
    seconds: float
    """In total."""
    verdict: Verdict

    @property
    def quoted(self) -> bool:
        """Whether quotes stand in the place of what the model wrote."""
        return self.answer.model == "extractive"


def retrieves(arm: Arm) -> bool:
    """Whether the arm searches the documents."""
    return arm.endswith("retrieval")


def adapted(arm: Arm) -> bool:
    """Whether the arm wears the adapter."""
    return arm.startswith("adapter")


def recipes(recipe: Recipe, adapter: str, worn: Worn) -> Mapping[Arm, Recipe]:
    """The recipe of each arm; `worn` puts an adapter on, or off for None, and raises where it may not be."""
    bare, dressed = worn(recipe, None), worn(recipe, adapter)
    made: dict[Arm, Recipe] = {}
    for arm in ARMS:
        chosen = dressed if adapted(arm) else bare
        speaking = replace(chosen.generation, answerer="local")
        made[arm] = replace(chosen, generation=speaking, route="rag" if retrieves(arm) else "closed")
    return made


def four(
    question: Question | str, arms: Mapping[Arm, Recipe], ask: Ask, heard: Heard = lambda _arm, _event: None
) -> Iterator[Spoken]:
    """The answer of each arm as soon as it is there; `heard` gets every event on the way.

    Raises what asking raises.
    """
    asked = question if isinstance(question, Question) else Question("", question)
    for arm, recipe in arms.items():
        yield speak(asked, arm, recipe, ask, heard)


def speak(
    question: Question,
    arm: Arm,
    recipe: Recipe,
    ask: Ask,
    heard: Heard = lambda _arm, _event: None,
    copies: Collection[str] = (),
) -> Spoken:
    """Ask one arm, and judge what it says by what is known of the question; see `judged` for `copies`."""
    made = timed(ask(question.text, recipe), lambda event: heard(arm, event))
    return Spoken(arm, made.answer, made.first, made.seconds, judged(question, made.answer, copies))


def timed(events: Iterator[Event], heard: Callable[[Event], None] = lambda _event: None) -> Timed:
    """The answer that events end in, and how long it took; `heard` gets every event."""
    began = time.perf_counter()
    first: float | None = None
    for event in events:
        heard(event)
        if isinstance(event, Delta) and first is None:
            first = time.perf_counter() - began
        if isinstance(event, Done):
            whole = time.perf_counter() - began
            return Timed(event.answer, whole if first is None else first, whole)
    raise RequestError("The answer never ended.")


def judged(question: Question, answer: Answer, copies: Collection[str] = ()) -> Verdict:
    """What may be said of an answer to a question of which answers and evidence may be known.

    `copies` names the documents that say the same as those of the evidence: who cites one of them cites rightly.
    """
    declined = answer.abstained or declines(answer.text)
    searched = answer.route != "closed"
    grounded = bool(answer.citations) and not answer.unsupported if searched and not declined else None
    if not question.answerable:
        return Verdict(declined, grounded, right=declined)
    wanted = {item.document for item in question.evidence if not item.erased}
    right = wanted | set(copies)
    cited = any(citation.document in right for citation in answer.citations) if searched and wanted else None
    if not question.answers:
        return Verdict(declined, grounded, cited=cited)
    return Verdict(
        declined,
        grounded,
        right=not declined and holds(answer.text, question.answers),
        exact=not declined and exact(answer.text, question.answers),
        f1=0.0 if declined else f1(answer.text, question.answers),
        cited=cited,
    )
