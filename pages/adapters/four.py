"""Four answers on their way: a thread takes what the core yields, the page reads what has come so far."""

from typing import TYPE_CHECKING

from core.types import Principal, Recipe, Source
from core.workbench import Workbench
from pages.shared.watched import Watched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.answering.events import Event
    from core.arms import Arm, Spoken
    from core.evaluation.questions import Question


class Four(Watched):
    """The record of one question asked four ways; only its thread writes it."""

    def __init__(self, bench: Workbench, question: str, recipe: Recipe, adapter: str, principal: Principal) -> None:
        super().__init__("The answers")
        self.question, self.adapter, self.principal = question, adapter, principal
        self.known: Question | None = bench.lab.arms.known(question, principal)
        """The question of a set, whose answer is known."""
        self.texts: dict[Arm, str] = {}
        self.sources: dict[Arm, tuple[Source, ...]] = {}
        self.spoken: dict[Arm, Spoken] = {}
        answers = bench.lab.arms.four(self.known or question, recipe, adapter, principal, self._heard, self.ended)
        self.begin(lambda: self._take(answers))

    def _heard(self, arm: "Arm", event: "Event") -> None:
        from core.answering.events import Delta, Sources

        if isinstance(event, Delta):
            self.texts[arm] = self.texts.get(arm, "") + event.text
        elif isinstance(event, Sources):
            self.sources[arm] = event.sources

    def _take(self, answers: "Iterator[Spoken]") -> None:
        for spoken in answers:
            self.spoken[spoken.arm] = spoken
            if self.ended():
                break
