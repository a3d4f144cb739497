"""Which way a question goes, decided over numbers alone; it measures, asks and runs nothing.

The fastest of the routes that are about as likely right as the best one. A route that a zone rule, a stale fact or the
budget closes is out before anything is weighed. The closed route may be tried first: its draft is cheap and tells how
sure the adapter is, and another route answers where it is not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import exp, expm1

from core.answering.routing_model import RouteModel
from core.answering.routing_rules import RULES, ZoneRules
from core.answering.routing_signals import Signals
from core.types import Reason, Recipe, Routing, Way

WORTH = 0.03
"""A slower route must be more likely right by more than this, where no model says how much more."""
USUAL_MS: Mapping[Way, float] = {"closed": 500.0, "rag": 1_500.0, "rag + adapter": 1_500.0}
"""What a route is taken to need where nothing was measured here yet: an assumption, replaced by the first answers."""
_NEAR = 0.9
"""By the rule, the nearness to a learned question from which the adapter is asked alone."""
_FOUND = 0.3
"""By the rule, the nearness of the best passage below which the documents are not expected to answer."""
_MOST_REASONS = 3


@dataclass(frozen=True, slots=True)
class Routes:
    """What the router may choose between here and now; the workbench puts it together for one who asks."""

    recipes: Mapping[Way, Recipe]
    """Of each route that is open to who asks."""
    rules: ZoneRules
    ms: Mapping[Way, float]
    """What each takes, measured where it was."""
    model: RouteModel | None = None
    """What was learned from outcomes; None for the rule."""

    @property
    def worth(self) -> float:
        """A slower route must be more likely right by more than this."""
        return self.model.worth if self.model else WORTH


@dataclass(frozen=True, slots=True)
class Plan:
    """Where a question goes first, and where it goes when a draft is not sure enough."""

    way: Way
    then: Way | None
    chances: Mapping[Way, float]
    reasons: tuple[Reason, ...]
    expected_ms: float = 0.0
    confidence: float = 0.0


def plan(signals: Signals, routes: Routes, routing: Routing, spent_ms: float = 0.0) -> Plan:
    """The plan of a question with these signals, which took `spent_ms` of the budget already."""
    chances = {way: chance for way, chance in _chances(signals, routes).items() if way in routes.recipes}
    barred = _barred(signals, routes, routing, chances, spent_ms)
    open_ways = {way: chance for way, chance in chances.items() if way not in barred}
    forbidding = tuple(reason for way, reason in barred.items() if chances[way] >= max(chances.values()) - routes.worth)
    if not open_ways or max(open_ways.values()) < routing.least_confidence:
        best = max(open_ways.values(), default=0.0)
        why = Reason("confidence", f"{best:.2f}", f"below {routing.least_confidence:.2f}: for declining")
        shut = _shut(barred, chances, routing)
        weak = (why, *_reasons("decline", "decline", signals, routes))
        told = tuple(barred.values()) if not open_ways else (*shut, *weak)
        return Plan("decline", None, chances, told[:_MOST_REASONS], spent_ms, best)
    final = _fastest(open_ways, routes)
    others: dict[Way, float] = {way: chance for way, chance in open_ways.items() if way != "closed"}
    then = _fastest(others, routes) if others else None
    first: Way = final
    if "closed" in open_ways and then is not None and _fits(spent_ms + routes.ms["closed"] + routes.ms[then], routing):
        saves = open_ways["closed"] * routes.ms[then] > routes.ms["closed"]
        first = "closed" if saves else final
    if first != "closed" or then is None or not _fits(spent_ms + routes.ms["closed"] + routes.ms[then], routing):
        then = None
    against = max((way for way in chances if way != first), key=lambda way: chances[way], default=first)
    reasons = (*forbidding, *_reasons(first, against, signals, routes))
    return Plan(first, then, chances, reasons[:_MOST_REASONS], spent_ms + routes.ms[first], open_ways[first])


def settled(before: Plan, signals: Signals, routes: Routes, routing: Routing, spent_ms: float) -> Plan:
    """The plan once there is a closed draft: to keep it, to go on where the plan said, or to decline.

    `signals` are those with the draft's; `spent_ms` is the time that is gone, and escalating must still fit the budget.
    """
    confidence = _drafted(signals, routes, before)
    sure = Reason("sure", f"{signals.values['sure']:.2f}", "")
    then = before.then
    doubted = then is not None and confidence < before.chances[then] - routes.worth
    if then is not None and doubted and _fits(spent_ms + routes.ms[then], routing):
        told = (
            replace(sure, speaks=f"draft not sure enough: for {then}"),
            *_still(before, then, "closed", signals, routes),
        )
        spent = spent_ms + routes.ms[then]
        return replace(
            before, way=then, reasons=told[:_MOST_REASONS], expected_ms=spent, confidence=before.chances[then]
        )
    if confidence < routing.least_confidence:
        shut = _shut(_barred(signals, routes, routing, before.chances, spent_ms), before.chances, routing)
        doubt = replace(sure, speaks="draft not sure enough: for declining")
        told = (*shut, doubt, *_still(before, "decline", "decline", signals, routes))
        return replace(before, way="decline", then=None, reasons=told[:_MOST_REASONS], confidence=confidence)
    told = (*before.reasons[: _MOST_REASONS - 1], replace(sure, speaks="draft sure enough: for closed"))
    return replace(before, then=None, reasons=told, confidence=confidence)


def _still(before: Plan, way: Way, against: Way, signals: Signals, routes: Routes) -> list[Reason]:
    """The reasons for the way that is taken in the end: what spoke for the draft speaks for it no more."""
    held = [reason for reason in before.reasons if not reason.speaks.endswith("for closed")]
    known = {reason.signal for reason in held}
    return [*held, *(each for each in _reasons(way, against, signals, routes) if each.signal not in known)]


def _chances(signals: Signals, routes: Routes) -> dict[Way, float]:
    """The probability that each route is right; without outcomes by a stated rule.

    The rule: a question nearer than 0.9 to a learned one, whose best passage the adapter learned in this version, is
    for the adapter alone; any other is for its documents, with the adapter that reads them where there is one.
    """
    if routes.model is not None:
        return routes.model.before(signals)
    values = signals.values
    found = 0.6 if values["found"] >= _FOUND else values["found"]
    knows = values["near"] >= _NEAR and values["learned"] > 0
    return {"closed": values["near"] * 0.75 if knows else 0.05, "rag": found - 2 * WORTH, "rag + adapter": found}


def _drafted(signals: Signals, routes: Routes, before: Plan) -> float:
    if routes.model is not None:
        return routes.model.after(signals)
    return before.chances["closed"] * exp(min(0.0, signals.values["sure"] + 0.25))


def _barred(
    signals: Signals, routes: Routes, routing: Routing, chances: Mapping[Way, float], spent_ms: float
) -> dict[Way, Reason]:
    """The routes that are out, each with what closed it."""
    found: dict[Way, Reason] = {}
    for way in chances:
        if not routes.rules.allows(way, signals.zone):
            assert signals.zone is not None
            rule = RULES[routes.rules.zones[signals.zone]]
            found[way] = Reason("zone", signals.zone, f"{rule}: against {way}")
        elif way == "closed" and signals.stale:
            found[way] = Reason("stale", "yes", "against closed")
        elif not _fits(spent_ms + routes.ms[way], routing):
            told = f"over the budget of {routing.latency_budget_ms:,} ms: against {way}"
            found[way] = Reason("speed", f"{routes.ms[way]:,.0f} ms", told)
    return found


def _shut(barred: Mapping[Way, Reason], chances: Mapping[Way, float], routing: Routing) -> tuple[Reason, ...]:
    """What closes routes that would have been sure enough: the true reason where it is declined."""
    return tuple(reason for way, reason in barred.items() if chances[way] >= routing.least_confidence)


def _fits(ms: float, routing: Routing) -> bool:
    return not routing.latency_budget_ms or ms <= routing.latency_budget_ms


def _fastest(ways: Mapping[Way, float], routes: Routes) -> Way:
    """The fastest of those that are about as likely right as the best."""
    best = max(ways.values())
    return min((way for way, chance in ways.items() if chance >= best - routes.worth), key=lambda way: routes.ms[way])


def _reasons(way: Way, against: Way, signals: Signals, routes: Routes) -> list[Reason]:
    """The signals that spoke for one route and not the other, the strongest first.

    Without any it was chosen for its chance or its time all the same: that stands first, then what spoke against it.
    """
    if routes.model is None:
        names = ["near", "learned"] if "closed" in routes.recipes else []
        return [
            _reason(name, signals, f"for {way}" if way != "decline" else "for declining") for name in names or ["found"]
        ]
    chances = routes.model.chances
    if way == "decline":
        ours = {name: -pull for name, pull in chances["rag"].pulls(signals).items()} if "rag" in chances else {}
        theirs: dict[str, float] = {}
    else:
        ours = chances[way].pulls(signals)
        theirs = chances[against].pulls(signals) if against != way else {}
    pulls = {name: pull - theirs.get(name, 0.0) for name, pull in ours.items()}
    speaking = [name for name in sorted(pulls, key=lambda name: -pulls[name]) if pulls[name] > 0]
    doubting = [name for name in sorted(pulls, key=lambda name: pulls[name]) if pulls[name] < 0]
    word = "declining" if way == "decline" else way
    if not speaking:
        return [
            *_all_the_same(way, against, signals, routes),
            *(_reason(n, signals, f"against {word}") for n in doubting),
        ]
    return [_reason(name, signals, f"for {word}" if ours[name] > 0 else f"against {against}") for name in speaking]


def _all_the_same(way: Way, against: Way, signals: Signals, routes: Routes) -> list[Reason]:
    """Why a route was taken that no signal speaks for: its chance, or the time that it saves."""
    if way in ("decline", against):
        return []
    chances = _chances(signals, routes)
    if chances[way] >= chances[against]:
        return [Reason("confidence", f"{chances[way]:.0%} against {chances[against]:.0%}", f"for {way}")]
    return [Reason("speed", f"{routes.ms[way]:,.0f} ms against {routes.ms[against]:,.0f} ms", f"for {way}")]


def _reason(name: str, signals: Signals, speaks: str) -> Reason:
    value = signals.values[name]
    if name == "learned":
        return Reason(name, "yes" if value else "no", speaks)
    return Reason(name, f"{expm1(value):.0f}" if name == "length" else f"{value:.2f}", speaks)
