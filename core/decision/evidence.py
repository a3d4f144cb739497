"""What a workspace has measured that bears on the decision: figures with the ids that they come from.

It takes rows that were read elsewhere and reads nothing itself. A figure that is not there says so, with the command
that measures it; none is estimated in its place.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from core.decision.questions import PATHS, Path
from core.evaluation.facts import Fact, Judgement
from core.evaluation.retrieval_runs import Result
from core.types import ZONES, Zone
from core.wording import many

MONTH = 30.44
"""Days of a month, on average."""
ENOUGH: Mapping[str, int] = MappingProxyType({"latency": 20, "receipts": 10, "stale": 3, "right": 10})
"""Cases from which on a figure counts: the slowest twentieth of fewer than twenty answers is a single accident."""
_LEAST_DAYS = 7.0
"""Days of history below which no frequency of change is told."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure, or the want of one."""

    title: str
    value: float | None
    """None where nothing was measured."""
    text: str
    """The figure in words, or how to measure it."""
    refs: tuple[str, ...] = ()
    """What it comes from, as "trace 3f…", "arms 9b…", "run 5c…", "check 77…", "policy version 2", "library"."""
    command: str = ""
    """What measures it."""
    path: Path | None = None
    """The path that it is of; None for one of the workspace."""
    few: bool = False
    """Whether it rests on too few cases to take the place of a point in the table; it is shown all the same."""

    @property
    def known(self) -> bool:
        """Whether it was measured."""
        return self.value is not None

    @property
    def counted(self) -> float | None:
        """The value where it rests on enough cases."""
        return None if self.few else self.value


@dataclass(frozen=True, slots=True)
class CostInput:
    """One input of the cost model, in words."""

    title: str
    value: str
    """With its unit and range."""
    basis: Literal["measured", "assumption", "set by hand"]
    told: str
    """What it rests on, and since when."""
    refs: tuple[str, ...] = ()
    """Ids of the runs that it comes from."""


@dataclass(frozen=True, slots=True)
class Priced:
    """What a path costs over the whole horizon."""

    total: float
    low: float
    """10th percentile of the draws."""
    high: float
    per_answer: float
    per_right: float | None
    """None where nobody measured how many are right, or none was."""
    right: float | None
    """Share of right answers that it counts with."""


@dataclass(frozen=True, slots=True)
class CostEvidence:
    """What a cost model says, where there is one; `core.decision` computes no money itself."""

    monthly: Mapping[Path, float]
    """By path, what a month costs."""
    currency: str
    break_even: str = ""
    """In sentences, as "From 41,000 requests a month on, an adapter costs less than retrieval."."""
    refs: tuple[str, ...] = ()
    """Ids of the runs that its measured inputs come from."""
    inputs: tuple[CostInput, ...] = ()
    """Everything that it is computed from."""
    about: str = ""
    """For which traffic and how long, as "over 24 months at 10,000 requests a month"."""
    priced: Mapping[Path, Priced] = field(default_factory=dict)
    traffic: Mapping[str, "CostEvidence"] = field(default_factory=dict)
    """The same at the traffic that each answer to the cost shape stands for; empty where somebody set the requests."""

    def at(self, answer: str) -> "CostEvidence":
        """The costs at the traffic of an answer to the cost shape."""
        return self.traffic.get(answer, self)


@dataclass(frozen=True, slots=True)
class Evidence:
    """All figures of a workspace for one who asks."""

    as_of: str
    """ISO time."""
    latency: Mapping[Path, Figure]
    """Seconds of the 95th percentile."""
    receipts: Mapping[Path, Figure]
    """Share of answers with a receipt for every sentence."""
    stale: Mapping[Path, Figure]
    """Share of changed facts that were answered with an old value, 0 to 1."""
    right: Mapping[Path, Figure]
    """Share of answerable questions answered rightly."""
    change: Figure
    """New versions of documents a month."""
    zones: Mapping[Zone, int]
    """Documents by zone, as far as they may be seen."""
    guarded: Figure
    """Documents in which a guard covers or withholds something."""
    cost: CostEvidence | None = None

    def figures(self) -> list[Figure]:
        """Every figure, those of a path beside each other."""
        by_path = [held[path] for held in (self.latency, self.receipts, self.stale, self.right) for path in PATHS]
        return [*by_path, self.change, self.guarded]


MEASURES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "latency": ("Time of 95 of 100 answers", "python -m core arms --questions SET --adapter NAME"),
        "receipts": ("Answers with receipts", "python -m core arms --questions SET --adapter NAME"),
        "stale": ("Changed facts answered stale", "python -m core freshness --recipes RECIPE --adapters NAME"),
        "right": ("Right answers", "python -m core arms --questions SET --adapter NAME"),
    }
)
"""By name of the figures of a path, their title and the command that measures them."""


def absent(name: str, path: Path, why: str = "") -> Figure:
    """A figure of a path that nobody has measured yet."""
    title, command = MEASURES[name]
    return Figure(title, None, why or "Not measured here yet.", (), command, path)


def path_of(route: str, adapter: str | None) -> Path | None:
    """The path that an answer took; None for one that is none of the three, as a model without anything."""
    if route.startswith("rag"):
        return "blend" if adapter else "retrieval"
    return "adapter" if adapter and route == "closed" else None


@dataclass(frozen=True, slots=True)
class Timing:
    """How long an answer took, and the id of its trace."""

    seconds: float
    trace: str
    quoted: bool = False
    """Whether no model wrote it."""


def latency_of_traces(path: Path, timings: Sequence[Timing]) -> Figure:
    """The 95th percentile by nearest rank, so that one trace is the figure; its id is the reference."""
    if not timings:
        return absent("latency", path)
    ordered = sorted(timings, key=lambda each: (each.seconds, each.trace))
    worst = ordered[_nearest(len(ordered))]
    quoted = sum(each.quoted for each in timings)
    told = f", {quoted} of them quotes without a model" if quoted else ""
    return _timed(path, worst.seconds, len(ordered), (f"trace {worst.trace}",), told)


def of_run(path: Path, results: Sequence[Result], ref: str, quoted: bool = False) -> dict[str, Figure]:
    """What a run over a question set tells of a path: latency, receipts and right answers, where they can be told.

    `quoted` says that no model wrote: quotes are faster, and each has its receipt by construction.
    """
    refs, found = (ref,), {}
    told = ", quotes without a model" if quoted else ""
    seconds = sorted(
        each.values["seconds"] if "seconds" in each.values else each.values["ms"] / 1_000
        for each in results
        if "seconds" in each.values or "ms" in each.values
    )
    if seconds:
        found["latency"] = _timed(path, seconds[_nearest(len(seconds))], len(seconds), refs, told)
    claimed = [each.values["grounded"] for each in results if "grounded" in each.values]
    if claimed:
        what = f"answers that claim something{told}"
        found["receipts"] = _share("receipts", path, sum(claimed), len(claimed), what, refs)
    right = [each.values["right"] for each in results if each.values.get("answerable") and "right" in each.values]
    if right:
        found["right"] = _share("right", path, sum(right), len(right), f"answerable questions{told}", refs)
    return found


def receipts_of_traces(path: Path, borne_out: Mapping[str, bool]) -> Figure:
    """The share of answers with a receipt for every sentence, by the ids of their traces."""
    if not borne_out:
        return absent("receipts", path)
    shown = tuple(f"trace {each}" for each in list(borne_out)[:3])
    return _share("receipts", path, sum(borne_out.values()), len(borne_out), "newest answers", shown)


@dataclass(frozen=True, slots=True)
class Checked:
    """A verdict on a fact with the check that it is of, and the path of who was asked."""

    path: Path
    judgement: Judgement
    check: str


def stale_of(path: Path, facts: Mapping[str, Fact], checked: Sequence[Checked]) -> Figure:
    """Of the facts that have had another value, the share of verdicts that found an old one; see the freshness test."""
    own = [each for each in checked if each.path == path and (held := facts.get(each.judgement.fact)) and held.former]
    if not own:
        some = any(each.path == path for each in checked)
        return absent("stale", path, "Facts were checked, but none of them has changed yet." if some else "")
    drifted = sum(each.judgement.state == "drifted" for each in own)
    who = ", ".join(sorted({each.judgement.answerer for each in own}))
    text = f"{drifted} of {len(own)} changed facts {'was' if len(own) == 1 else 'were'} answered stale by {who}"
    refs = tuple(f"check {each}" for each in dict.fromkeys(each.check for each in own))
    return Figure(*_titled("stale", drifted / len(own), text, refs), path=path, few=len(own) < ENOUGH["stale"])


def change_of(arrivals: Sequence[tuple[str, int, float]], now: float) -> Figure:
    """New versions a month, from (name, version, seconds since the epoch) of every version of every document."""
    title = "New versions of documents"
    command = "python -m core ingest FOLDER --watch"
    if not arrivals:
        return Figure(title, None, "There is no document yet.", (), command)
    days = (now - min(at for _, _, at in arrivals)) / 86_400
    newer = [name for name, version, _ in arrivals if version > 1]
    if days < _LEAST_DAYS:
        told = f"{many(len(newer), 'new version')} so far; in {days:.1f} days, which is too short for a rate."
        return Figure(title, None, told, ("library",), command)
    rate = len(newer) * MONTH / days
    told = f"{many(len(newer), 'new version')} of {many(len(set(newer)), 'document')} in {days:.0f} days"
    text = f"{rate:.1f} a month ({told})"
    return Figure(title, rate, text, ("library",))


def counted_zones(zones: Sequence[Zone]) -> dict[Zone, int]:
    """Documents by zone."""
    return {zone: sum(each == zone for each in zones) for zone in ZONES}


@dataclass(slots=True)
class Gathered:
    """Figures of the paths on their way; what is added first stays."""

    held: dict[str, dict[Path, Figure]] = field(default_factory=dict)

    def add(self, name: str, figure: Figure) -> None:
        """Keep a known figure where there is none yet."""
        assert figure.path is not None
        if figure.known:
            self.held.setdefault(name, {}).setdefault(figure.path, figure)

    def all(self, name: str, otherwise: Mapping[Path, Figure] = MappingProxyType({})) -> dict[Path, Figure]:
        """Those of a name for every path; `otherwise` says why one is absent."""
        held = self.held.get(name, {})
        return {path: held.get(path) or otherwise.get(path) or absent(name, path) for path in PATHS}


def _nearest(count: int) -> int:
    return math.ceil(0.95 * count) - 1


def _timed(path: Path, seconds: float, count: int, refs: tuple[str, ...], told: str = "") -> Figure:
    text = f"{seconds:.2f} s (95th percentile of {many(count, 'answer')}{told})"
    return Figure(*_titled("latency", seconds, text, refs), path=path, few=count < ENOUGH["latency"])


def _share(name: str, path: Path, part: float, of: int, what: str, refs: tuple[str, ...]) -> Figure:
    text = f"{part / of:.0%} ({part:.0f} of {of} {what})"
    return Figure(*_titled(name, part / of, text, refs), path=path, few=of < ENOUGH[name])


def _titled(name: str, value: float, text: str, refs: tuple[str, ...]) -> tuple[str, float, str, tuple[str, ...], str]:
    title, command = MEASURES[name]
    return title, value, text, refs, command
