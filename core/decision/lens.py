"""The lens: answers and weights of one person or a group, and the score that they give each path; it asks nobody.

A score is the weighted mean of points from 0 to 5. Points come from the table in `core.decision.questions`; what the
workspace measured takes the table's place, and each contribution says which of both it is.
"""

import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from types import MappingProxyType
from typing import Any, Literal

from core.decision.evidence import CostEvidence, Evidence, Figure
from core.decision.questions import ASKED, BUDGETS, IN_SENTENCES, NEEDS, PATHS, QUESTIONS, SKILLS, Path, Skill
from core.errors import RequestError
from core.types import fingerprint

FLOOR = 0.5
"""The share of the best path's right answers below which a path is not recommended."""
HEAVIEST = 5.0
"""The most that a question may weigh."""
TIE = "|"
"""Between the answers of a group that equally many gave, as in "monthly|daily"."""
MIDDLE: Mapping[str, str] = MappingProxyType(
    {
        "cost": "steady",
        "latency": "chat",
        "experience": "plain",
        "governance": "sources",
        "change": "monthly",
        "sensitivity": "open",
    }
)
"""The answers before anybody has answered."""

Basis = Literal["judged", "measured", "counted", "modelled"]


@dataclass(frozen=True, slots=True)
class Lens:
    """What somebody answered, how much each question weighs to them, and what they lean to."""

    answers: Mapping[str, str] = field(default_factory=lambda: dict(MIDDLE))
    """By the key of each question of ASKED, the key of an option; of a group that is tied, those of all its tied
    options in the order of the table, with TIE between them; such a question counts with the mean of their points."""
    weights: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(QUESTIONS, 3.0))
    """By the key of each question, 0 to 5."""
    skills: frozenset[Skill] = frozenset()
    """What is there on the team; none where nobody said, and then it is not counted."""
    leaning: Path | None = None
    """The path that they would choose now; None where they do not know."""

    def __post_init__(self) -> None:
        if set(self.answers) != set(ASKED) or set(self.weights) != set(QUESTIONS):
            raise RequestError(f"The lens needs an answer to {', '.join(ASKED)}, and a weight for each and {_REST}.")
        for key, answer in self.answers.items():
            known, given = QUESTIONS[key].options, self.options(key)
            if given != tuple(option for option in known if option in given):
                raise RequestError(f"'{answer}' is no answer to {key}; choose {', '.join(known)}.")
        for key, weight in self.weights.items():
            if not (math.isfinite(weight) and 0 <= weight <= HEAVIEST):
                raise RequestError(f"The weight of {key} is {weight}; it must be from 0 to {HEAVIEST:.0f}.")
        if not any(self.weights.values()):
            raise RequestError("Every weight is 0; at least one question must count.")
        if unknown := set(self.skills) - set(SKILLS):
            raise RequestError(f"'{min(unknown)}' is no skill of the checklist; there are {', '.join(SKILLS)}.")
        if self.leaning not in (None, *PATHS):
            raise RequestError(f"'{self.leaning}' is no path; choose {', '.join(PATHS)}, or none.")

    def options(self, key: str) -> tuple[str, ...]:
        """The option that answers a question; several where a group is tied."""
        return tuple(self.answers[key].split(TIE))

    @property
    def tied(self) -> tuple[str, ...]:
        """The questions with more than one answer, in the order of the table."""
        return tuple(key for key in ASKED if TIE in self.answers[key])

    def settled(self) -> "list[Lens]":
        """This lens with its ties settled in every way; itself alone where there are none."""
        ways = product(*(self.options(key) for key in ASKED))
        return [replace(self, answers=dict(zip(ASKED, way, strict=True))) for way in ways]

    @property
    def hash(self) -> str:
        """Twelve hex digits over all of it."""
        return fingerprint(as_json(self))


_REST = ", ".join(key for key in QUESTIONS if key not in ASKED)


@dataclass(frozen=True, slots=True)
class Reason:
    """What one question adds to the score of a path."""

    question: str
    """Its key."""
    weight: float
    points: float
    """0 to 5."""
    basis: Basis
    """judged: from the table; measured: from this workspace; counted: from the checklist of skills."""
    says: str
    figure: Figure | None = None
    """The figure that it rests on, or that is wanting."""


@dataclass(frozen=True, slots=True)
class Score:
    """A path with its score and everything that it is made of."""

    path: Path
    total: float
    """0 to 5: the mean of the points by their weights."""
    reasons: tuple[Reason, ...]
    barred: str = ""
    """Why it is not recommended whatever its points; empty where it may be."""


def score(lens: Lens, evidence: Evidence | None = None) -> dict[Path, Score]:
    """The score of each path; a question that nothing tells of, as being right before any run, is left out for all."""
    reasons = {path: {key: _reason(key, path, lens, evidence) for key in QUESTIONS} for path in PATHS}
    counted = [key for key in QUESTIONS if all(reasons[path][key] is not None for path in PATHS)]
    weight = sum(lens.weights[key] for key in counted)
    found: dict[Path, Score] = {}
    for path in PATHS:
        own = tuple(reason for key in counted if (reason := reasons[path][key]) is not None)
        total = sum(each.weight * each.points for each in own) / weight if weight else 0.0
        found[path] = Score(path, total, own, _barred(path, evidence))
    return found


def ranked(scores: Mapping[Path, Score]) -> list[Score]:
    """The best first, what is barred last; of equals the one that is easier to undo."""
    order = {path: (bool(each.barred), -round(each.total, 9), PATHS.index(path)) for path, each in scores.items()}
    return sorted(scores.values(), key=lambda each: order[each.path])


def _barred(path: Path, evidence: Evidence | None) -> str:
    """A path that was measured to be right less than half as often as another is no choice, however well it scores."""
    shares = {each: figure.counted for each, figure in evidence.right.items()} if evidence else {}
    own, best = shares.get(path), max((share for share in shares.values() if share is not None), default=0.0)
    if evidence is None or own is None or own >= FLOOR * best:
        return ""
    other = max(PATHS, key=lambda each: shares.get(each) or 0.0)
    return (
        f"right in {evidence.right[path].text} here, less than half as often as {IN_SENTENCES[other]} "
        f"with {evidence.right[other].text}"
    )


def as_json(lens: Lens) -> dict[str, Any]:
    """The lens as plain values; `from_json` reads it back."""
    return {
        "answers": {key: lens.answers[key] for key in ASKED},
        "weights": {key: float(lens.weights[key]) for key in QUESTIONS},
        "skills": [skill for skill in SKILLS if skill in lens.skills],
        "leaning": lens.leaning,
    }


def from_json(body: Mapping[str, Any]) -> Lens:
    """A lens from plain values; raises RequestError for what is none."""
    try:
        weights = {str(key): float(value) for key, value in dict(body["weights"]).items()}
        answers = {str(key): str(value) for key, value in dict(body["answers"]).items()}
        return Lens(answers, weights, frozenset(body["skills"]), body["leaning"])
    except (KeyError, TypeError, ValueError) as error:
        raise RequestError(f"This is no lens: {_wrong(error)}.") from None


def _wrong(error: Exception) -> str:
    return f"it has no {error}" if isinstance(error, KeyError) else "its parts are of another kind"


def _reason(key: str, path: Path, lens: Lens, evidence: Evidence | None) -> Reason | None:
    """None where nothing tells of it."""
    weight = lens.weights[key]
    if key == "skills":
        return _skills(path, lens, weight)
    if key == "quality":
        figure = evidence.right[path] if evidence else None
        if figure is None or figure.counted is None:
            return None
        return Reason(key, weight, 5 * figure.counted, "measured", f"Right here: {figure.text}.", figure)
    return _mean([_answered(key, option, path, weight, evidence) for option in lens.options(key)])


def _answered(key: str, option: str, path: Path, weight: float, evidence: Evidence | None) -> Reason:
    points, why = QUESTIONS[key].options[option].of(path)
    judged = Reason(key, weight, points, "judged", why)
    return _measured(judged, path, option, evidence) if evidence else judged


def _mean(tied: list[Reason]) -> Reason:
    """One reason of those of all tied answers: the mean of their points, on the weakest basis among them."""
    if len(tied) == 1:
        return tied[0]
    says = f"Mean of {' and '.join(f'{each.points:.2f} ({each.says})' for each in tied)}"
    bases: tuple[Basis, ...] = ("judged", "modelled", "measured")
    basis = next(basis for basis in bases if basis in {each.basis for each in tied})
    figure = next((each.figure for each in tied if each.figure), None)
    return Reason(tied[0].question, tied[0].weight, statistics.fmean(each.points for each in tied), basis, says, figure)


def _skills(path: Path, lens: Lens, weight: float) -> Reason | None:
    """None where nobody said who is on the team."""
    if not lens.skills:
        return None
    needed = NEEDS[path]
    missing = [skill for skill in needed if skill not in lens.skills]
    says = f"It needs {', '.join(needed)}; " + (f"{', '.join(missing)} is missing." if missing else "all is there.")
    return Reason("skills", weight, 5 * (len(needed) - len(missing)) / len(needed), "counted", says)


def _measured(judged: Reason, path: Path, answer: str, evidence: Evidence) -> Reason:
    """The reason with what was measured in the place of the table's points, where there is such a figure."""
    if judged.question == "latency":
        return _timed(judged, evidence.latency[path], BUDGETS[answer])
    if judged.question == "governance" and answer != "light":
        return _receipted(judged, evidence.receipts[path])
    if judged.question == "change":
        return _kept_up(judged, evidence.stale[path], answer)
    if judged.question == "cost" and evidence.cost and path in evidence.cost.monthly:
        return _priced(judged, path, answer, evidence.cost.at(answer))
    return judged


def _timed(judged: Reason, figure: Figure, budget: float) -> Reason:
    """5 points within half of the budget, 4 within all of it, 2 within twice of it, else none."""
    if figure.counted is None:
        return Reason(judged.question, judged.weight, judged.points, "judged", judged.says, figure)
    points = next((p for p, share in ((5.0, 0.5), (4.0, 1.0), (2.0, 2.0)) if figure.counted <= share * budget), 0.0)
    fits = "within" if figure.counted <= budget else "over"
    says = f"Measured {figure.text}, {fits} the budget of {budget:.0f} s."
    return Reason(judged.question, judged.weight, points, "measured", says, figure)


def _receipted(judged: Reason, figure: Figure) -> Reason:
    """No more points than the share of answers with receipts gives: what is measured can only lower the table's."""
    if figure.counted is None or 5 * figure.counted >= judged.points:
        return Reason(judged.question, judged.weight, judged.points, "judged", judged.says, figure)
    says = f"{judged.says} Here only {figure.text} had a receipt for every sentence."
    return Reason(judged.question, judged.weight, 5 * figure.counted, "measured", says, figure)


def _kept_up(judged: Reason, figure: Figure, answer: str) -> Reason:
    """Where facts change, the share of changed ones that were answered with the new value."""
    if figure.counted is None or answer == "rarely":
        return Reason(judged.question, judged.weight, judged.points, "judged", judged.says, figure)
    return Reason(judged.question, judged.weight, 5 * (1 - figure.counted), "measured", f"{figure.text}.", figure)


def _priced(judged: Reason, path: Path, answer: str, cost: CostEvidence) -> Reason:
    """5 points for the cheapest path; another's are less by as much as it costs more."""
    own, least = cost.monthly[path], min(cost.monthly.values())
    points = 5.0 if own <= 0 else 5 * least / own
    assumed = sum(each.basis != "measured" for each in cost.inputs)
    says = f"{own:,.0f} {cost.currency} a month {cost.about or 'by the cost model'}"
    says += f"; {assumed} of {len(cost.inputs)} inputs of the cost model are assumptions." if assumed else "."
    figure = Figure("Cost a month", own, says, cost.refs, path=path)
    return Reason(judged.question, judged.weight, points, "modelled" if assumed else "measured", says, figure)
