"""One question on its way: a thread takes the core's events, the page reads what has come so far."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, cast

from core.types import Answer, Principal, Recipe, Source
from core.workbench import Suggestion, Workbench
from pages.shared.watched import Watched

if TYPE_CHECKING:
    from collections.abc import Generator

    from core.answering.events import Event, Preparing

Start = Callable[[Callable[[], bool]], "Iterator[Event]"]
"""From the question whether to stop to the events of an answer."""


class Asking(Watched):
    """The record of one running question; only its thread writes it."""

    def __init__(
        self,
        bench: Workbench,
        question: str,
        recipe: Recipe,
        principal: Principal,
        before: Sequence[str] = (),
        start: "Start | None" = None,
    ) -> None:
        """`start` begins the events in another way than by asking afresh from Chat."""
        super().__init__("The answer")
        self.bench = bench
        self.preparing: Preparing | None = None
        """How far the index of the recipe is, where it has to be built first."""
        self.sources: tuple[Source, ...] | None = None
        """What was found; None before the search has ended."""
        self.text = ""
        self.ahead = 0
        """Questions that are answered before this one."""
        self.answer: Answer | None = None
        self.suggestion: Suggestion | None = None
        """Another recipe, where the question is in another language than the documents."""
        self.begin(lambda: self._run(question, recipe, principal, before, start))

    def _run(
        self, question: str, recipe: Recipe, principal: Principal, before: Sequence[str], start: "Start | None"
    ) -> None:
        if start is None:
            self.suggestion = self.bench.better_recipe(question, recipe, principal)
            events = self.bench.ask(question, recipe, principal, self.ended, before, origin="chat")
        else:
            events = start(self.ended)
        with closing(cast("Generator[Event]", events)):  # closed early, it stops the model too
            self._take(events)

    def _take(self, events: "Iterator[Event]") -> None:
        from core.answering.events import Delta, Done, Preparing, Sources, Waiting

        for event in events:
            match event:
                case Preparing():
                    self.preparing = event
                case Sources(sources=sources):
                    self.sources = sources
                case Waiting(ahead=ahead):
                    self.ahead = ahead
                case Delta(text=text):
                    self.text += text
                    self.ahead = 0
                case Done(answer=answer):
                    self.answer = answer
