"""Costs and break-evens in words and numbers as people read them; it computes none."""

from core.decision.prices import CALLED
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
    """Where two paths cost the same, and how sure that is, in a sentence."""
    one, other = (CALLED[path] for path in each.pair)
    between = f"{one} against {other[0].lower()}{other[1:]}: "
    if each.crossings:
        found = "; ".join(
            f"from {count(crossing.requests)} requests a month on {CALLED[crossing.cheaper_above].lower()} costs less"
            for crossing in each.crossings
        )
    else:
        found = f"{CALLED[each.cheaper].lower()} costs less at every volume"
    if each.low is None or each.high is None:
        return f"{between}{found}; so it is in every draw."
    band = f"{count(each.low)} to {count(each.high)}"
    return f"{between}{found}; {each.share:.0%} of draws cross, 8 of 10 of these at {band}."
