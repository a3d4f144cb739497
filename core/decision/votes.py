"""What several lenses amount to: the spread of weights and answers, agreement, dissent, and the lens of the group.

It knows neither who voted nor what was measured.
"""

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.decision.lens import HEAVIEST, TIE, Lens, as_json, from_json, ranked, score
from core.decision.questions import ASKED, PATHS, QUESTIONS, SKILLS, Path

_UNITED, _SPLIT = 0.75, 0.5
"""Agreement from which on a group is of one mind, and up to which it is split: half against half is a split."""


@dataclass(frozen=True, slots=True)
class Spread:
    """One question over all votes."""

    question: str
    weights: tuple[float, ...]
    """In ascending order."""
    answers: Mapping[str, int]
    """Votes by option, in the order of the table; empty for what is not answered."""
    agreement: float
    """0 to 1; see `spread`."""

    @property
    def mean(self) -> float:
        """Of the weights."""
        return statistics.fmean(self.weights)

    @property
    def low(self) -> float:
        """The least weight."""
        return self.weights[0]

    @property
    def high(self) -> float:
        """The greatest weight."""
        return self.weights[-1]


@dataclass(frozen=True, slots=True)
class Tally:
    """All votes of a workshop together."""

    count: int
    spreads: tuple[Spread, ...]
    leanings: Mapping[str, int]
    """By path, and "undecided"."""
    winners: Mapping[Path, int]
    """By path, the votes whose own lens gives it by the table alone."""
    group: Lens
    """Mean weights, the answer with most votes or all that are tied for it, the skills that most see of those who said
    any; see `tally`."""

    @property
    def agreed(self) -> tuple[Spread, ...]:
        """Questions on which the group is of one mind, the most united first; a weight that nobody moved is no mind."""
        said = [s for s in self.spreads if s.question in ASKED or len(set(s.weights)) > 1]
        return tuple(s for s in sorted(said, key=lambda s: -s.agreement) if s.agreement >= _UNITED)

    @property
    def divided(self) -> tuple[Path, ...]:
        """The paths that votes lean to, where they are more than one."""
        paths = tuple(path for path in PATHS if self.leanings.get(path))
        return paths if len(paths) > 1 else ()

    @property
    def dissent(self) -> tuple[Spread, ...]:
        """Questions to talk about, the most split first."""
        return tuple(s for s in sorted(self.spreads, key=lambda s: s.agreement) if s.agreement <= _SPLIT)


def tally(votes: Sequence[Lens]) -> Tally:
    """What at least one vote amounts to. Raises ValueError without any."""
    if not votes:
        raise ValueError("There is no vote to count.")
    spreads = tuple(spread(key, votes) for key in QUESTIONS)
    answers = {each.question: TIE.join(_most(each.answers)) for each in spreads if each.answers}
    told = [vote.skills for vote in votes if vote.skills]
    skills = frozenset(skill for skill in SKILLS if sum(skill in each for each in told) * 2 > len(told))
    leanings: Counter[str] = Counter(vote.leaning or "undecided" for vote in votes)
    winners = Counter(ranked(score(vote))[0].path for vote in votes)
    most = leanings.most_common(1)[0]
    united = most[0] if most[1] * 2 > len(votes) and most[0] != "undecided" else None
    weights = {each.question: round(each.mean, 2) for each in spreads}
    return Tally(
        count=len(votes),
        spreads=spreads,
        leanings={name: leanings[name] for name in (*PATHS, "undecided")},
        winners={path: winners[path] for path in PATHS},
        group=Lens(answers, weights if any(weights.values()) else dict.fromkeys(QUESTIONS, 1.0), skills, united),  # type: ignore[arg-type]
    )


def spread(key: str, votes: Sequence[Lens]) -> Spread:
    """One question over all votes.

    Agreement is the lesser of two: 1 less the standard deviation of the weights over the greatest that there can be
    (half the range), and the share of votes for the answer with most of them.
    """
    weights = tuple(sorted(vote.weights[key] for vote in votes))
    united = 1 - statistics.pstdev(weights) / (HEAVIEST / 2)
    if key not in ASKED:
        return Spread(key, weights, {}, united)
    counts = Counter(vote.answers[key] for vote in votes)
    answers = {option: counts[option] for option in QUESTIONS[key].options if counts[option]}
    return Spread(key, weights, answers, min(united, max(answers.values()) / len(votes)))


def as_body(found: Tally) -> dict[str, Any]:
    """A tally as plain values, without anybody's name; `from_body` reads it back."""
    return {
        "count": found.count,
        "spreads": [
            {"question": s.question, "weights": list(s.weights), "answers": dict(s.answers), "agreement": s.agreement}
            for s in found.spreads
        ],
        "leanings": dict(found.leanings),
        "winners": dict(found.winners),
        "group": as_json(found.group),
    }


def from_body(body: Mapping[str, Any]) -> Tally:
    """A tally from what `as_body` made of it."""
    spreads = tuple(Spread(s["question"], tuple(s["weights"]), s["answers"], s["agreement"]) for s in body["spreads"])
    return Tally(body["count"], spreads, body["leanings"], body["winners"], from_json(body["group"]))


def _most(answers: Mapping[str, int]) -> list[str]:
    """The option with most votes, or all that share this place, in the order of the table."""
    most = max(answers.values())
    return [option for option, count in answers.items() if count == most]
