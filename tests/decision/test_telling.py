"""Money, counts and break-evens as people read them."""

from dataclasses import replace

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


TURNS = BreakEven(
    ("retrieval", "tuning"), (Crossing(2.0e6, "tuning"),), "retrieval", "tuning", 6e5, 5e6, 2.2e7, 0.75, 0.2, 0.05
)
BAND = "in 8 of 10 of these it lies between 600,000 and 22 million."


def test_a_break_even_that_most_draws_have_is_told_with_its_band() -> None:
    assert told(TURNS) == (
        "From 2 million requests a month on, an adapter costs less than retrieval. In 75% of the draws there is such a "
        f"volume; {BAND}"
    )


@pytest.mark.parametrize(
    ("at", "why"),
    [
        (3e7, "above this band: most draws that turn, turn earlier."),
        (5e5, "below this band: most draws that turn, turn later."),
    ],
)
def test_a_point_outside_of_its_own_band_says_why(at: float, why: str) -> None:
    outside = replace(TURNS, crossings=(Crossing(at, "tuning"),))
    assert told(outside).endswith(f"{BAND} The first figure, with every input as stated, lies {why}")
    seldom = replace(outside, share=0.3, never=0.7, other_way=0.0)
    assert told(seldom).endswith(f"With every input as stated they cost the same at {count(at)}, {why}")


def test_where_few_draws_have_a_break_even_the_first_sentence_says_that_most_have_none() -> None:
    seldom = replace(TURNS, pair=("retrieval", "both"), turns_to="both", share=0.3, never=0.6, other_way=0.04)
    seldom = replace(seldom, crossings=(Crossing(2.0e6, "both"),))
    assert told(seldom) == (
        "In 60% of the draws retrieval costs less than both together at every volume looked at, up to 1 billion "
        f"requests a month. In 30% of the draws both together cost less from some volume on; {BAND} In the other 10% "
        "both together cost less at small volumes. With every input as stated they cost the same at 2 million."
    )


def test_a_path_that_costs_less_throughout_is_told_so_for_the_draws_in_which_it_does() -> None:
    never = BreakEven(("retrieval", "both"), (), "retrieval", "both", None, None, None, 0.0, 1.0, 0.0)
    assert told(never) == (
        "In every draw retrieval costs less than both together at every volume looked at, up to 1 billion requests a "
        "month."
    )
    rare = replace(never, low=6e5, median=5e6, high=2.2e7, share=0.002, never=0.998)
    assert told(rare).startswith("In over 99% of the draws retrieval costs less than both together at every volume")
    assert told(rare).endswith(f"In under 1% of the draws both together cost less from some volume on; {BAND}")


def test_draws_that_say_otherwise_than_the_inputs_as_stated_come_first() -> None:
    found = BreakEven(("retrieval", "both"), (), "retrieval", "both", 6e5, 5e6, 2.2e7, 0.7, 0.25, 0.05)
    assert told(found).startswith("In 70% of the draws both together cost less than retrieval from some volume on;")
    assert told(found).endswith("With every input as stated retrieval costs less at every volume.")
    back = replace(found, turns_to="retrieval", share=0.37, never=0.59, other_way=0.0)
    assert told(back).endswith(f"from some volume on; {BAND} In the other 4% both together cost less at large volumes.")
    most = replace(found, share=0.2, never=0.1, other_way=0.7)
    assert told(most).startswith("In 70% of the draws both together cost less than retrieval at every volume looked at")
