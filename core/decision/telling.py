"""Costs and break-evens in words and numbers as people read them; it computes none."""

from core.decision.prices import IN_SENTENCES, Path
from core.decision.uncertainty import BreakEven


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
    """Where two paths cost the same, and how sure that is, in sentences."""
    one, other = each.pair
    if each.crossings:
        found = " ".join(
            f"From {count(crossing.requests)} requests a month on, {_costs(crossing.cheaper_above, one, other)}."
            for crossing in each.crossings
        )
    else:
        said = _costs(each.cheaper, one, other)
        found = f"{said[:1].upper()}{said[1:]} at every volume."
    if each.low is None or each.high is None:
        return f"{found} So it is in every draw."
    turns = "there is such a volume" if each.crossings else "it turns at some volume"
    band = f"in 8 of 10 of these it lies between {count(each.low)} and {count(each.high)}"
    return f"{found} In {each.share:.0%} of the draws {turns}; {band}."


def _costs(cheaper: Path, one: Path, other: Path) -> str:
    dearer = other if cheaper == one else one
    verb = "cost" if cheaper == "both" else "costs"
    return f"{IN_SENTENCES[cheaper]} {verb} less than {IN_SENTENCES[dearer]}"
