"""ask(): authorise, route, retrieve, pack, generate, cite and verify, in this order, with a trace of all of it.

Chat, command line and evaluation call the same function. It chooses the way; `core.answering.run` goes it.
"""

from collections.abc import Iterator, Sequence

from core.answering.events import Done, Event
from core.answering.followup import standalone
from core.answering.question import checked
from core.answering.replay import AFRESH, Given
from core.answering.router import Question, routed
from core.answering.run import Parts, Run
from core.answering.smalltalk import reply_to
from core.answering.writing import Stop
from core.errors import RequestError
from core.types import Answer, Principal, Recipe


def ask(
    question: str,
    recipe: Recipe,
    principal: Principal,
    parts: Parts,
    stop: Stop = lambda: False,
    before: Sequence[str] = (),
    given: Given = AFRESH,
) -> Iterator[Event]:
    """The events of one answer, `Done` last. Raises RequestError for what is no question; see `checked`.

    `before` holds the earlier questions of the conversation, oldest first: what the question leans on is searched too.
    `given` is what a replay takes over from an earlier answer; see `core.answering.replay`.
    """
    screened = parts.guard.question(checked(question))
    earlier = [parts.guard.question(each).text for each in before]
    greeted = recipe.route in ("auto", "router") and reply_to(screened.text)
    joined = standalone(screened.text, earlier) if recipe.retrieval.followups and not greeted else None

    def run(chosen: Recipe, known: Given) -> Run:
        return Run(screened, known.understood or joined, chosen, principal, parts, stop, known)

    if recipe.route != "router" or screened.refused:
        return run(recipe, given).events()
    if parts.router is None:
        raise RequestError("Nothing chooses a route here; choose the route rag, closed or auto.")
    first = run(recipe, given)
    asked = Question(first.question, first.understood, first.vector, first.search)
    return routed(
        asked,
        recipe,
        parts.router(principal),
        given,
        lambda way, chosen, known: run(chosen, known).declined() if way == "decline" else run(chosen, known).events(),
    )


def finish(events: Iterator[Event]) -> Answer:
    """Run all events and return the answer."""
    for event in events:
        if isinstance(event, Done):
            return event.answer
    raise RequestError("The answer never ended.")
