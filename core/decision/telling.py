"""Costs and break-evens in words and numbers as people read them; it computes none."""

from core.decision.prices import IN_SENTENCES, Path
from core.decision.uncertainty import FURTHEST, BreakEven

_WORTH_TELLING = 0.1
"""Share of the draws from which on a path that costs less throughout, though it does not at first, is told."""


def money(amount: float) -> str:
    """Dollars: whole from a hundred on, cents below, and two digits that count below ten cents."""
    sign = "−" if amount < 0 else ""
    size = abs(amount)
    if size >= 100:
        return f"{sign}${size:,.0f}"
    if size >= 0.1 or not size:
        return f"{sign}${size:,.2f}"
    return f"{sign}${size:.2g}" if size >= 1e-4 else f"{sign}${size:.1e}"


def count(number: float) -> str:
    """Requests: three digits that count, as in 2.02 million."""
    for size, word in ((1e9, " billion"), (1e6, " million")):
        if number >= size:
            return f"{number / size:.3g}{word}"
    return f"{float(f'{number:.3g}'):,.0f}"


def told(each: BreakEven) -> str:
    """Where two paths cost the same, and how sure that is, in sentences.

    A volume comes first only where most draws have one; else what most draws say does.
    """
    if not each.crossings or each.share < 0.5:
        return _mostly_none(each)
    found = [f"From {count(c.requests)} requests a month on, {_costs(c.cheaper_above, each)}." for c in each.crossings]
    found.append(f"In {each.share:.0%} of the draws there is such a volume; {_band(each)}.")
    if why := _outside(each):
        found.append(f"The first figure, with every input as stated, lies {why}.")
    return " ".join(found)


def _mostly_none(each: BreakEven) -> str:
    """What the draws do, those first in which nothing turns where they are most; then the inputs as they are stated."""
    second = _other(each.cheaper, each)
    none = [(each.never, each.cheaper, "")]
    if each.other_way >= _WORTH_TELLING:
        none = sorted([*none, (each.other_way, second, "")], reverse=True)
    turns = [(each.share, each.turns_to, f" from some volume on; {_band(each)}")] if each.share else []
    told = none + turns if each.never + each.other_way >= 0.5 else sorted(none + turns, reverse=True)
    found, dearer, far = [], True, f" looked at, up to {count(FURTHEST)} requests a month"
    for share, path, when in [part for part in told if part[0]]:
        found.append(f"In {_of_draws(share)} {_costs(path, each, dearer)}{when or f' at every volume{far}'}.")
        dearer, far = False, far if when else ""
    rest = 100 - sum(round(100 * share) for share, _, _ in told)
    if rest > 0:
        where = "large" if each.turns_to == each.cheaper else "small"
        found.append(f"In the other {rest}% {_costs(second, each, False)} at {where} volumes.")
    if each.crossings:
        at = " and ".join(count(crossing.requests) for crossing in each.crossings)
        why = f", {_outside(each)}" if _outside(each) else ""
        found.append(f"With every input as stated they cost the same at {at}{why}.")
    elif told[0] != (each.never, each.cheaper, ""):
        found.append(f"With every input as stated {_costs(each.cheaper, each, False)} at every volume.")
    return " ".join(found)


def _of_draws(share: float) -> str:
    if share == 1:
        return "every draw"
    told = "under 1%" if share < 0.005 else "over 99%" if share > 0.995 else f"{share:.0%}"
    return f"{told} of the draws"


def _band(each: BreakEven) -> str:
    assert each.low is not None and each.high is not None
    return f"in 8 of 10 of these it lies between {count(each.low)} and {count(each.high)}"


def _outside(each: BreakEven) -> str:
    """Why the first crossing lies outside of the band of the draws; empty where it does not."""
    first = each.crossings[0].requests
    if each.high is not None and first > each.high:
        return "above this band: most draws that turn, turn earlier"
    if each.low is not None and first < each.low:
        return "below this band: most draws that turn, turn later"
    return ""


def _costs(cheaper: Path, each: BreakEven, dearer: bool = True) -> str:
    """Which path costs less, and than which, unless that was told."""
    verb = "cost" if cheaper == "both" else "costs"
    than = f" than {IN_SENTENCES[_other(cheaper, each)]}" if dearer else ""
    return f"{IN_SENTENCES[cheaper]} {verb} less{than}"


def _other(path: Path, each: BreakEven) -> Path:
    return each.pair[1] if path == each.pair[0] else each.pair[0]
