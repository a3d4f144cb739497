"""Where answers, weights, leaning and measurements do not go together, a rule for each; it mends nothing."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from core.decision.evidence import Evidence
from core.decision.lens import Lens, Score
from core.decision.questions import BUDGETS, IN_SENTENCES, NAMES, NEEDS, QUESTIONS, Path

_HEAVY = 3.0
"""The weight from which on a question matters to somebody."""
_GOOD = 0.5
"""The share of right answers below which nothing is recommended without a caution."""
_OFTEN = 1.0
"""New versions a month from which on facts do not change "rarely"."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two things that do not go together."""

    rule: str
    """Its name in the table."""
    says: str
    refs: tuple[str, ...] = ()
    """The measurements that it rests on."""


Rule = Callable[[Lens, Evidence | None], Contradiction | None]


def contradictions(lens: Lens, evidence: Evidence | None = None) -> list[Contradiction]:
    """What the rules find, in the order of the table; what hangs on how a tie is settled says so."""
    ways = lens.settled()
    found: list[Contradiction] = []
    for rule in RULES:
        told = Counter(each for way in ways if (each := rule(way, evidence)) is not None)
        for each, count in sorted(told.items(), key=lambda pair: pair[0].says):
            some = "" if count == len(ways) else " So it is with some of the answers that are tied."
            found.append(replace(each, says=each.says + some))
    return found


def _adapted(lens: Lens) -> Path | None:
    return lens.leaning if lens.leaning in ("adapter", "blend") else None


def _searched(lens: Lens) -> Path | None:
    return lens.leaning if lens.leaning in ("retrieval", "blend") else None


def fresh_adapter(lens: Lens, evidence: Evidence | None) -> Contradiction | None:
    """Freshness matters, and the choice is what cannot follow."""
    if lens.leaning != "adapter" or lens.answers["change"] == "rarely" or lens.weights["change"] < _HEAVY:
        return None
    highest = lens.weights["change"] > max(weight for key, weight in lens.weights.items() if key != "change")
    says = f"You weigh freshness {'highest' if highest else 'high'} and chose an adapter"
    figure = evidence.stale["adapter"] if evidence else None
    if figure is None or not figure.known:
        return Contradiction("fresh adapter", f"{says}, which says what was true when it was trained.")
    return Contradiction("fresh adapter", f"{says}: {figure.text}.", figure.refs)


def sourceless(lens: Lens, _: Evidence | None) -> Contradiction | None:
    """Answers must show where they come from, and the choice has no sources."""
    if lens.leaning != "adapter" or lens.answers["governance"] == "light" or lens.weights["governance"] < _HEAVY:
        return None
    more = " and what it learned of an erased document goes only with all of it" if _proof(lens) else ""
    return Contradiction(
        "sourceless", f"Answers must show where they come from, and you chose an adapter: it shows no source{more}."
    )


def too_slow(lens: Lens, evidence: Evidence | None) -> Contradiction | None:
    """The choice was measured to be slower than the answer allows."""
    path, budget = lens.leaning, BUDGETS[lens.answers["latency"]]
    if path is None or lens.weights["latency"] < _HEAVY:
        return None
    figure = evidence.latency[path] if evidence else None
    if figure is not None and figure.value is not None:
        if figure.value <= budget:
            return None
        says = f"You allow {budget:.0f} s and chose {IN_SENTENCES[path]}, which took {figure.text} here."
        return Contradiction("too slow", says, figure.refs)
    if path == "adapter" or lens.answers["latency"] != "voice":
        return None
    return Contradiction(
        "too slow", f"A voice answers within a second, and {IN_SENTENCES[path]} reads passages first; measure it here."
    )


def one_ear(lens: Lens, evidence: Evidence | None) -> Contradiction | None:
    """Readers differ in what they may see, and an adapter does not know its readers."""
    if _adapted(lens) is None or lens.answers["sensitivity"] != "mixed" or lens.weights["sensitivity"] < _HEAVY:
        return None
    held = evidence.zones.get("restricted", 0) if evidence else 0
    told = f" {held} documents here are restricted." if held else ""
    return Contradiction(
        "one ear",
        f"Different people may see different documents, and an adapter tells all that it learned to all.{told}",
    )


def lying_about(lens: Lens, evidence: Evidence | None) -> Contradiction | None:
    """Text must not lie in an index, and the choice keeps it in one."""
    if _searched(lens) is None or lens.answers["sensitivity"] != "closed" or lens.weights["sensitivity"] < _HEAVY:
        return None
    held = sum(evidence.zones.values()) if evidence else 0
    told = f"; {held} documents lie in one here" if held else ""
    return Contradiction(
        "lying about", f"Text must not lie in an index or a log, and retrieval keeps passages in both{told}.",
        ("library",) if held else (),
    )  # fmt: skip


def unskilled(lens: Lens, _: Evidence | None) -> Contradiction | None:
    """The choice needs what is not on the team."""
    missing = [skill for skill in NEEDS[lens.leaning] if skill not in lens.skills] if lens.leaning else []
    if not missing or lens.leaning is None or not lens.skills:
        return None
    says = f"You chose {IN_SENTENCES[lens.leaning]}, and the team has nobody for {' or '.join(missing)}."
    return Contradiction("unskilled", says)


def idle_training(lens: Lens, _: Evidence | None) -> Contradiction | None:
    """Little traffic, and the choice is paid in advance."""
    if _adapted(lens) is None or lens.answers["cost"] != "weekend" or lens.weights["cost"] < _HEAVY:
        return None
    return Contradiction(
        "idle training", "Traffic comes on weekends, and you chose what is paid for before the first question."
    )


def changes_after_all(lens: Lens, evidence: Evidence | None) -> Contradiction | None:
    """Facts are said to stay, and documents changed."""
    rate = evidence.change.value if evidence else None
    if evidence is None or rate is None or lens.answers["change"] != "rarely" or rate < _OFTEN:
        return None
    label = QUESTIONS["change"].options["rarely"].label.lower()
    says = f"The lens has it that facts change {label}; documents here had {evidence.change.text}."
    return Contradiction("changes after all", says, evidence.change.refs)


def not_so_open(lens: Lens, evidence: Evidence | None) -> Contradiction | None:
    """Everybody may read everything, and some documents are restricted."""
    held = evidence.zones.get("restricted", 0) if evidence else 0
    if not held or lens.answers["sensitivity"] != "open":
        return None
    are = "document is" if held == 1 else "documents are"
    says = f"The lens has it that everybody may read everything; {held} {are} restricted here."
    return Contradiction("not so open", says, ("library",))


CAUTIONS = ("left out", "not good enough", "over budget")
"""Rules about the recommendation itself, not about the lens."""


def cautions(lens: Lens, order: Sequence[Score], evidence: Evidence | None) -> list[Contradiction]:
    """What speaks against the recommendation itself, or left a path out of it; `order` is the best first."""
    if evidence is None:
        return []
    found = [
        Contradiction("left out", f"{NAMES[each.path]} is left out: {each.barred}.", evidence.right[each.path].refs)
        for each in order if each.barred
    ]  # fmt: skip
    best = order[0].path
    right, slow = evidence.right[best], evidence.latency[best]
    budget = max(BUDGETS[option] for option in lens.options("latency"))
    if right.counted is not None and right.counted < _GOOD:
        says = f"{NAMES[best]} was right in {right.text} here: no path is good enough yet to answer by itself."
        found.append(Contradiction("not good enough", says, right.refs))
    if slow.counted is not None and slow.counted > budget and lens.weights["latency"]:
        says = f"{NAMES[best]} took {slow.text} here, and an answer may take {budget:.0f} s."
        found.append(Contradiction("over budget", says, slow.refs))
    return found


RULES: Sequence[Rule] = (
    fresh_adapter, sourceless, too_slow, one_ear, lying_about, unskilled, idle_training, changes_after_all, not_so_open,
)  # fmt: skip


def _proof(lens: Lens) -> bool:
    return lens.answers["governance"] == "proof"
