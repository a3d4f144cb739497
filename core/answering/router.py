"""Asks a question by the route that promises most within the budget, and says why; it answers nothing itself.

What it drafts and does not keep never reaches who asks. Access, policy and receipts are those of `ask()`, which writes
every answer.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.answering.events import Done, Event, Waiting
from core.answering.replay import Given
from core.answering.routing_plan import Plan, Routes, plan, settled
from core.answering.routing_signals import Known, Signals, measure
from core.answering.smalltalk import reply_to
from core.types import Answer, Hit, Recipe, Routed, Stage, Way

Step = Callable[[Way, Recipe, Given], Iterator[Event]]
"""Answers by one way: the same question, by this recipe, with what is known of it already."""


@dataclass(frozen=True, slots=True)
class Router:
    """What the workbench hands to one question."""

    routes: Routes
    known: Known
    stale: Callable[[np.ndarray], bool]
    """Whether the question of this vector asks for a fact that the closed adapter answers wrongly by now."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as far as it is understood before it is routed."""

    text: str
    understood: str
    vector: Callable[[], np.ndarray]
    search: Callable[[np.ndarray], Sequence[Hit]]


def routed(question: Question, recipe: Recipe, router: Router, given: Given, step: Step) -> Iterator[Event]:
    """The events of one answer, `Done` last, its trace with what was decided."""
    began = time.perf_counter()
    if reply_to(question.text):
        talk = Routed("small talk", "rule", (), budget_ms=recipe.routing.latency_budget_ms, confidence=1.0)
        yield from _as_routed(step("small talk", replace(recipe, route="auto"), given), recipe, talk, [], began)
        return
    signals, hits = _looked(question, router, given)
    chosen = plan(signals, router.routes, recipe.routing, _ms(began))
    stages = [Stage("signals", _ms(began), 1, len(hits), f"{chosen.way} first")]
    way, dropped = chosen.way, list[Way]()
    if way == "closed":
        drafted = time.perf_counter()
        held = list[Event]()
        for event in step("closed", router.routes.recipes["closed"], given):
            if isinstance(event, Waiting):
                yield event
            else:
                held.append(event)
        draft = next(event.answer for event in held if isinstance(event, Done))
        chosen = settled(chosen, signals.drafted(draft.tokens), router.routes, recipe.routing, _ms(began))
        if chosen.way == "closed" or draft.stopped:
            yield from _as_routed(iter(held), recipe, _told(chosen, router, recipe, dropped), stages, began, drafted)
            return
        dropped.append("closed")
        stages.append(Stage("draft", _ms(drafted), 1, 0, "closed, thrown away"))
    refusal = _refusal(chosen) if chosen.way == "decline" else ""
    rest = replace(given, understood=question.understood, hits=_searchable(hits, router), refusal=refusal)
    used = recipe if chosen.way == "decline" else router.routes.recipes[chosen.way]
    told = _told(chosen, router, recipe, dropped)
    yield from _as_routed(step(chosen.way, used, rest), recipe, told, stages, began)


def _looked(question: Question, router: Router, given: Given) -> tuple[Signals, tuple[Hit, ...]]:
    vector = question.vector()
    hits = tuple(given.hits if given.hits is not None else question.search(vector))
    return measure(question.understood, vector, hits, router.known, router.stale(vector)), hits


REFUSALS = {
    "speed": "No answer that is likely right fits the time allowed here. With more time the documents are read.",
    "zone": "The rules for this zone let no route answer this here.",
    "confidence": "No answer here is likely enough to be right.",
    "sure": "No answer here is likely enough to be right.",
}
"""What is said where the router declines, by what decided; that the documents hold nothing is more than it knows."""


def _refusal(chosen: Plan) -> str:
    return REFUSALS.get(chosen.reasons[0].signal, REFUSALS["confidence"]) if chosen.reasons else REFUSALS["confidence"]


def _searchable(hits: Sequence[Hit], router: Router) -> tuple[Hit, ...]:
    """Without the passages whose zone's rule keeps them out of every prompt."""
    return tuple(hit for hit in hits if router.routes.rules.searchable(hit.zone))


def _told(chosen: Plan, router: Router, recipe: Recipe, dropped: Sequence[Way]) -> Routed:
    return Routed(
        chosen.way,
        "learned" if router.routes.model else "rule",
        chosen.reasons,
        tuple(sorted(chosen.chances.items())),
        round(chosen.expected_ms, 1),
        recipe.routing.latency_budget_ms,
        tuple(dropped),
        round(chosen.confidence, 4),
    )


def _as_routed(
    events: Iterator[Event],
    recipe: Recipe,
    told: Routed,
    stages: Sequence[Stage],
    began: float,
    answered: float | None = None,
) -> Iterator[Event]:
    """The events with the answer stamped as the router's own: its recipe, its stages first, the whole time.

    `answered` is when a kept draft was begun; without it the answer begins now.
    """
    before = ((answered if answered is not None else time.perf_counter()) - began) * 1000
    for event in events:
        yield Done(_stamped(event.answer, recipe, told, stages, before)) if isinstance(event, Done) else event


def _stamped(answer: Answer, recipe: Recipe, told: Routed, stages: Sequence[Stage], before: float) -> Answer:
    trace = replace(
        answer.trace,
        recipe=recipe.hash,
        choice=recipe,
        stages=(*stages, *answer.trace.stages),
        total_ms=round(answer.trace.total_ms + before, 3),
        routed=told,
    )
    tokens = replace(answer.tokens, first_token_ms=round(answer.tokens.first_token_ms + before, 3))
    return replace(answer, recipe=recipe.hash, trace=trace, tokens=tokens)


def _ms(since: float) -> float:
    return round((time.perf_counter() - since) * 1000, 3)
