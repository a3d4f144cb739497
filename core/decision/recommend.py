"""The recommendation: the best path as a plan, and the runner-up with what would have to be true for it to win.

It decides by the scores of `core.decision.lens` alone; it asks nobody and measures nothing.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from core.decision.contradictions import Contradiction, cautions, contradictions
from core.decision.evidence import Evidence, Figure
from core.decision.lens import HEAVIEST, Lens, Reason, Score, ranked, score
from core.decision.plan import Step, by_kind, by_zone
from core.decision.questions import ASKED, IN_SENTENCES, NAMES, NEEDS, PATHS, QUESTIONS, Path, Skill
from core.errors import RequestError
from core.wording import listed, many

_LEAST = 1e-6
"""Weighted points that a path must lead by to win in a search for answers; a tie is no win."""
_LEVEL = 1e-9
"""Points below which two totals differ by rounding only."""
_STEP = 0.01
"""How finely a weight is solved for: what is shown must flip it, so it is rounded away from the present weight."""


@dataclass(frozen=True, slots=True)
class Flip:
    """A change that would make the runner-up win, everything else as it is."""

    says: str
    lens: Lens
    """The lens with this change; its best path is the runner-up."""
    size: float
    """Of weights, the sum of their moves; of answers, how many options away they lie; of skills, how many."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What is recommended, with everything that it rests on."""

    lens: Lens
    winner: Score
    runner_up: Score
    third: Score
    why: tuple[tuple[Reason, float], ...]
    """The reasons that favour the winner over the runner-up most, each with its share of the difference in points."""
    against: tuple[tuple[Reason, float], ...]
    """Those that favour the runner-up, the heaviest first."""
    weight_flip: Flip | None
    """The smallest change of weights; None where no weights do it."""
    answer_flip: Flip | None
    """The fewest other answers, or skills to gain, that do it; None where none do."""
    kinds: tuple[Step, ...]
    zones: tuple[Step, ...]
    contradictions: tuple[Contradiction, ...]
    measure_next: tuple[Figure, ...]
    """Figures that are wanting and bear on the decision."""
    cost: str
    settled: Mapping[Path, int]
    """By path, the ways to settle the ties of a group in which it wins; without ties there is one way."""

    @property
    def margin(self) -> float:
        """Points between winner and runner-up."""
        return self.winner.total - self.runner_up.total

    @property
    def level(self) -> bool:
        """Whether nothing but the order of the paths puts the winner before the runner-up."""
        return abs(self.margin) < _LEVEL and not self.runner_up.barred

    @property
    def hangs(self) -> bool:
        """Whether ties of a group, settled otherwise, would let another path win."""
        return self.settled[self.winner.path] < sum(self.settled.values())


def recommend(lens: Lens, evidence: Evidence | None = None) -> Recommendation:
    """The recommendation; raises RequestError where nothing that is weighed can be told of."""
    scores = score(lens, evidence)
    first, second, third = ranked(scores)
    wins = Counter(ranked(score(way, evidence))[0].path for way in lens.settled())
    if not any(reason.weight for reason in first.reasons):
        raise RequestError("Only what was never measured has a weight; let at least one question count.")
    gains = sorted(_gains(first, second), key=lambda pair: -abs(pair[1]))
    return Recommendation(
        lens=lens,
        winner=first,
        runner_up=second,
        third=third,
        why=tuple(pair for pair in gains if pair[1] > 0)[:3],
        against=tuple((_same(second, reason), -gain) for reason, gain in gains if gain < 0)[:3],
        weight_flip=_weights(lens, first, second, evidence),
        answer_flip=_answers(lens, second.path, evidence),
        kinds=tuple(by_kind(first.path, lens)),
        zones=tuple(by_zone(first.path, lens, evidence.zones if evidence else None)),
        contradictions=(*cautions(lens, (first, second, third), evidence), *contradictions(lens, evidence)),
        measure_next=tuple(_wanting(evidence, (first.path, second.path))) if evidence else (),
        cost=_cost(first.path, lens.answers["cost"], evidence),
        settled={path: wins[path] for path in PATHS},
    )


def ties(found: Recommendation) -> str:
    """On which questions a group is tied, how they count and whether they decide; empty where it is not tied."""
    tied = found.lens.tied
    if not tied:
        return ""
    ways = sum(found.settled.values())
    won = [f"{IN_SENTENCES[path]} in {count}" for path, count in found.settled.items() if count]
    named = ", ".join(QUESTIONS[key].title for key in tied)
    told = f"Votes are tied on {many(len(tied), 'question')}: {named}. A tied question counts with the mean points of "
    told += "its tied answers, and the plan keeps to what all of them allow. "
    if found.hangs:
        return f"{told}The ties decide: of the {ways} ways to settle them the winner is {', '.join(won)}."
    return f"{told}In each of the {ways} ways to settle them the winner is {IN_SENTENCES[found.winner.path]}."


def _gains(first: Score, second: Score) -> list[tuple[Reason, float]]:
    """By question, what it adds to the difference of the totals."""
    whole = sum(reason.weight for reason in first.reasons) or 1.0
    return [
        (mine, mine.weight * (mine.points - other.points) / whole)
        for mine, other in zip(first.reasons, second.reasons, strict=True)
    ]


def _same(of: Score, reason: Reason) -> Reason:
    return next(each for each in of.reasons if each.question == reason.question)


def _wins(lens: Lens, path: Path, evidence: Evidence | None) -> bool:
    return ranked(score(lens, evidence))[0].path == path


def _weights(lens: Lens, first: Score, second: Score, evidence: Evidence | None) -> Flip | None:
    """The least that weights must move together for the runner-up to win; one weight alone where one does it.

    The difference D of the weighted sums changes by the difference of points d with each unit of a weight w: one alone
    reaches 0 at w - D / d. Of several, those with the largest d move first, each as far as it can go: so the sum of all
    moves is least (a fractional knapsack). A third path may win there, which is tried.
    """
    slopes = {a.question: a.points - b.points for a, b in zip(first.reasons, second.reasons, strict=True)}
    ahead = sum(lens.weights[key] * slope for key, slope in slopes.items())
    alone = [moved for key, slope in slopes.items() if slope and (moved := _moved(lens, [key], slopes, ahead))]
    steepest = sorted((key for key, slope in slopes.items() if slope), key=lambda key: -abs(slopes[key]))
    tried = [*sorted(alone, key=lambda each: _distance(lens, each)), _moved(lens, steepest, slopes, ahead)]
    changed = next((each for each in tried if each and _wins(each, second.path, evidence)), None)
    if changed is None:
        return None
    other = [key for key in QUESTIONS if changed.weights[key] != lens.weights[key]]
    told = [f"{QUESTIONS[key].title} {changed.weights[key]:g} (now {lens.weights[key]:g})" for key in other]
    return Flip(f"Weights would have to be: {', '.join(told)}.", changed, _distance(lens, changed))


def _moved(lens: Lens, keys: Sequence[str], slopes: Mapping[str, float], ahead: float) -> Lens | None:
    """The lens with the weights of these questions moved, in this order, until the difference is turned."""
    weights = dict(lens.weights)
    for key in keys:
        exact = weights[key] - ahead / slopes[key]
        wanted = min(HEAVIEST, max(0.0, round(exact + (_STEP if exact > weights[key] else -_STEP), 2)))
        ahead += (wanted - weights[key]) * slopes[key]
        weights[key] = wanted
        if ahead < 0:
            break
    return replace(lens, weights=weights) if ahead < 0 and any(weights.values()) else None


def _distance(lens: Lens, other: Lens) -> float:
    return sum(abs(other.weights[key] - lens.weights[key]) for key in QUESTIONS)


def _answers(lens: Lens, path: Path, evidence: Evidence | None) -> Flip | None:
    """The fewest other answers with which the path wins; of as many, the nearest. Skills to gain count as one.

    Points of a question depend on no other: what each answer adds is scored once, and every combination is summed.
    """
    missing = [skill for skill in NEEDS[path] if skill not in lens.skills] if lens.skills else []
    choices = [_choices(lens, key, evidence) for key in ASKED]
    choices.append([_choice(lens, "skills", "", 0, evidence)])
    if missing:
        gained = replace(lens, skills=lens.skills | set(missing))
        choices[-1].append(_choice(gained, "skills", "gained", len(missing), evidence))
    fixed = [_choice(lens, "quality", "", 0, evidence)]
    best: tuple[tuple[int, int], tuple[_Choice, ...]] | None = None
    others = [each for each in PATHS if each != path]
    for chosen in product(*choices, fixed):
        rank = (sum(each.steps > 0 for each in chosen), sum(each.steps for each in chosen))
        if best is None or rank < best[0]:
            own = sum(each.adds[path] for each in chosen)
            if all(own > sum(each.adds[other] for each in chosen) + _LEAST for other in others):
                best = rank, chosen
    return _told(lens, best[1], missing) if best and best[0][0] else None


@dataclass(frozen=True, slots=True)
class _Choice:
    """One answer to one question, with what it adds to each path."""

    question: str
    option: str
    steps: int
    """How far it lies from the present one; 0 for that itself."""
    adds: Mapping[Path, float]


def _choices(lens: Lens, key: str, evidence: Evidence | None) -> list[_Choice]:
    """What is answered now, and every other answer; to settle a tie is one too, as far away as a neighbour."""
    options = list(QUESTIONS[key].options)
    now = [options.index(option) for option in lens.options(key)]
    return [_choice(lens, key, lens.answers[key], 0, evidence)] + [
        _choice(
            replace(lens, answers={**lens.answers, key: option}), key, option,
            max(1, min(abs(place - each) for each in now)), evidence,
        )
        for place, option in enumerate(options)
        if option != lens.answers[key]
    ]  # fmt: skip


def _choice(lens: Lens, key: str, option: str, steps: int, evidence: Evidence | None) -> _Choice:
    adds = {
        path: sum(reason.weight * reason.points for reason in held.reasons if reason.question == key)
        for path, held in score(lens, evidence).items()
    }
    return _Choice(key, option, steps, adds)


def _told(lens: Lens, chosen: Sequence[_Choice], missing: Sequence[Skill]) -> Flip:
    moved = [each for each in chosen if each.steps]
    gained = set(missing) if any(each.question == "skills" for each in moved) else set()
    answers = {each.question: each.option for each in moved if each.question != "skills"}
    told = [
        f"{QUESTIONS[key].title.lower()} were “{QUESTIONS[key].options[option].label}”"
        for key, option in answers.items()
    ]
    told += [f"the team had {', '.join(missing)}"] if gained else []
    changed = replace(lens, answers={**lens.answers, **answers}, skills=lens.skills | gained)
    return Flip(f"It would win if {listed(told)}.", changed, sum(each.steps for each in moved))


def _wanting(evidence: Evidence, paths: tuple[Path, Path]) -> list[Figure]:
    """Figures of the two best paths that nobody has measured, or on too few cases, and of the workspace."""
    bare = {("adapter", "receipts")}  # an adapter alone has no receipts to count
    found = []
    for name, held in (
        ("right", evidence.right), ("latency", evidence.latency), ("stale", evidence.stale),
        ("receipts", evidence.receipts),
    ):  # fmt: skip
        found += [held[path] for path in paths if held[path].counted is None and (path, name) not in bare]
    return found + [each for each in (evidence.change, evidence.guarded) if not each.known]


def to_measure(found: Recommendation) -> list[tuple[str, str]]:
    """What is wanting, in words, by the command that measures it."""
    by_command: dict[str, dict[str, list[str]]] = {}
    for each in found.measure_next:
        titles = by_command.setdefault(each.command or each.text, {})
        titles.setdefault(each.title, []).extend([IN_SENTENCES[each.path]] if each.path else [])
    return [(command, "; ".join(map(_of, titles, titles.values()))) for command, titles in by_command.items()]


def _of(title: str, paths: Sequence[str]) -> str:
    return f"{title} ({', '.join(paths)})" if paths else title


def _cost(path: Path, answer: str, evidence: Evidence | None) -> str:
    cost = evidence.cost.at(answer) if evidence and evidence.cost else None
    if cost is None or path not in cost.monthly:
        return "Not known: no cost model stands behind this recommendation."
    told = f"{NAMES[path]}: {cost.monthly[path]:,.0f} {cost.currency} a month"
    told += f" {cost.about}." if cost.about else "."
    return f"{told} {cost.break_even}".rstrip()
