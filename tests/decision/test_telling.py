"""Money, counts and break-evens as people read them."""

import pytest

from core.decision.telling import count, money, told
from core.decision.uncertainty import BreakEven, Crossing


@pytest.mark.parametrize(
    ("amount", "then"),
    [
        (35_654.4, "$35,654"),
        (-1_250.0, "−$1,250"),
        (3.456, "$3.46"),
        (0.3, "$0.30"),
        (0.0123, "$0.012"),
        (0.00002, "$2.0e-05"),
        (0.0, "$0.00"),
    ],
)
def test_money(amount: float, then: str) -> None:
    assert money(amount) == then


@pytest.mark.parametrize(
    ("number", "then"), [(2_015_334, "2.02 million"), (41_943, "41,900"), (7, "7"), (3.2e9, "3.2 billion")]
)
def test_count(number: float, then: str) -> None:
    assert count(number) == then


def test_a_break_even_is_told_with_its_band() -> None:
    found = BreakEven(("retrieval", "tuning"), (Crossing(2.0e6, "tuning"),), "retrieval", 6e5, 5e6, 2.2e7, 0.75)
    assert told(found) == (
        "From 2 million requests a month on, an adapter costs less than retrieval. In 75% of the draws there is such a "
        "volume; in 8 of 10 of these it lies between 600,000 and 22 million."
    )
    never = BreakEven(("retrieval", "both"), (), "retrieval", None, None, None, 0.0)
    assert told(never) == "Retrieval costs less than both together at every volume. So it is in every draw."
    seldom = BreakEven(("retrieval", "both"), (), "both", 6e5, 5e6, 2.2e7, 0.02)
    assert told(seldom) == (
        "Both together cost less than retrieval at every volume. In 2% of the draws it turns at some volume; in 8 of 10 "
        "of these it lies between 600,000 and 22 million."
    )
