"""What a person may learn of costs: the figures that his own sight of the workspace measured, and what comes of them.

Everything is read through the desks, as the principal: a path is measured by the answers that he may see. It computes
no cost itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.desks.cost_gathering import Measurements
from core.governance.rights import require
from core.types import Principal

if TYPE_CHECKING:
    from core.decision.cost import Bill, Scenario, Values
    from core.decision.evidence import CostEvidence, Priced
    from core.decision.money import Figure
    from core.decision.prices import Path
    from core.decision.questions import Path as LensPath
    from core.decision.scenario import Setting, Unmeasured
    from core.decision.terms import Serving
    from core.decision.uncertainty import BreakEven, Curve, Spread, Swing
    from core.workbench import Workbench

_LENS_PATHS: "dict[Path, LensPath]" = {"retrieval": "retrieval", "tuning": "adapter", "both": "blend"}


@dataclass(frozen=True, slots=True)
class Costs:
    """What a scenario comes to."""

    scenario: "Scenario"
    bills: "tuple[Bill, ...]"
    """Of retrieval, fine-tuning and both."""
    spreads: "Mapping[Path, Spread]"
    """The total of each over the uncertain inputs."""
    break_evens: "tuple[BreakEven, ...]"
    curves: "tuple[Curve, ...]"
    tornado: "tuple[Swing, ...]"
    """Of `pair`."""
    pair: "tuple[Path, Path]"
    unmeasured: "tuple[Unmeasured, ...]"


class CostDesk:
    """What the workbench hands out as `bench.decision.cost`."""

    def __init__(self, bench: "Workbench") -> None:
        self._bench = bench

    def measured(self, principal: Principal) -> "dict[str, Figure]":
        """What this workspace measured, as far as the principal may see it; raises AccessDenied.

        What was not measured is not among it.
        """
        require(principal, "read")
        return Measurements(self._bench, principal).figures()

    def scenario(
        self,
        principal: Principal,
        settings: "Mapping[str, Setting] | None" = None,
        horizon: int = 24,
        serving: "Serving" = "hosted",
        tiers: tuple[tuple[float, float], ...] | None = None,
        measured: "Mapping[str, Figure] | None" = None,
        answer: str = "",
    ) -> "Scenario":
        """Measured, assumed and set figures together; `measured` is what was read before, where it was.

        `answer` is the lens' to the cost shape: the requests are those that it stands for, unless they are set.
        Raises RequestError for what is no setting, AccessDenied.
        """
        from core.decision.prices import TIERS
        from core.decision.scenario import requests_of, scenario

        held = self.measured(principal) if measured is None else measured
        held = {**held, "requests": requests_of(answer)} if answer else held
        return scenario(held, settings, horizon, serving, TIERS if tiers is None else tiers)

    def costs(
        self, scenario: "Scenario", principal: Principal, pair: "tuple[Path, Path]" = ("retrieval", "tuning")
    ) -> Costs:
        """The three paths of a scenario, where they cost the same, and what matters most; raises AccessDenied."""
        from core.decision.cost import bill
        from core.decision.prices import PATHS
        from core.decision.scenario import unmeasured
        from core.decision.uncertainty import break_evens, curves, draws, spread, tornado, volumes

        require(principal, "read")
        drawn = draws(scenario)
        return Costs(
            scenario,
            tuple(bill(scenario, path) for path in PATHS),
            {path: spread(scenario, path, drawn) for path in PATHS},
            tuple(break_evens(scenario, drawn)),
            tuple(curves(scenario, drawn, volumes(scenario))),
            tuple(tornado(scenario, pair)),
            pair,
            tuple(unmeasured(scenario.figures)),
        )

    def evidence(self, principal: Principal, scenario: "Scenario | None" = None) -> "CostEvidence | None":
        """What the model says for the lens: of a scenario, or at its defaults.

        None where there is neither: no scenario given, and no input of the model measured here.
        """
        from core.decision.evidence import CostEvidence
        from core.decision.questions import TRAFFIC
        from core.decision.scenario import by_hand, requests_of, told_inputs
        from core.decision.telling import count, told
        from core.decision.uncertainty import break_evens, draws

        require(principal, "read")
        held = scenario or self.scenario(principal)
        sources = [figure.source for figure in held.figures.values() if figure.measured]
        if not sources and scenario is None:
            return None
        refs = tuple(dict.fromkeys(run for source in sources for run in source.runs))
        drawn = draws(held)
        crossing = told(break_evens(held, drawn)[0])

        def at(one: "Scenario", drawn: "Values", traffic: "dict[str, CostEvidence]") -> "CostEvidence":
            priced = _priced(one, drawn)
            monthly = {path: each.total / one.horizon for path, each in priced.items()}
            requests = count(one.figures["requests"].to("request/month").value)
            about = f"over {one.horizon} months at {requests} requests a month"
            return CostEvidence(monthly, "USD", crossing, refs, tuple(told_inputs(one)), about, priced, traffic)

        others = () if by_hand(held.figures["requests"]) else tuple(TRAFFIC)
        busier = {each: replace(held, figures={**held.figures, "requests": requests_of(each)}) for each in others}
        return at(held, drawn, {answer: at(one, draws(one), {}) for answer, one in busier.items()})


def _priced(scenario: "Scenario", drawn: "Values") -> "dict[LensPath, Priced]":
    """What a scenario comes to, with the band of its draws."""
    from core.decision.cost import bill
    from core.decision.evidence import Priced
    from core.decision.prices import PATHS
    from core.decision.uncertainty import spread

    found = {}
    for path in PATHS:
        made, band = bill(scenario, path), spread(scenario, path, drawn)
        right = made.right.value if made.right else None
        found[_LENS_PATHS[path]] = Priced(
            made.total, band.low, band.high, made.per_answer, made.per_right_answer, right
        )
    return found
