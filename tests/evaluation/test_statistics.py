import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from core.evaluation.statistics import Estimate, Flips, coin, estimate, mcnemar, median, paired, share, signs, wilson


def test_equal_values_have_no_spread() -> None:
    assert estimate([0.5] * 20) == Estimate(0.5, 0.5, 0.5)


def test_none_right_of_a_few_is_not_certainly_none() -> None:
    """0 of 17 and 17 of 17 by Wilson's interval: 0 to 0.184, and its mirror."""
    assert wilson(0, 17) == (0.0, pytest.approx(0.184, abs=1e-3))
    assert wilson(17, 17) == (pytest.approx(0.816, abs=1e-3), 1.0)
    assert share([0.0] * 17) == Estimate(0.0, *wilson(0, 17))


def test_a_share_of_what_is_right_in_part_is_bootstrapped() -> None:
    assert share([0.0, 0.5, 1.0]) == estimate([0.0, 0.5, 1.0])


@given(st.lists(st.sampled_from([0.0, 1.0]), min_size=1, max_size=60))
def test_the_interval_of_a_share_is_scipys(values: list[float]) -> None:
    wanted = binomtest(int(sum(values)), len(values)).proportion_ci(method="wilson")
    found = share(values)
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high), abs=1e-4)
    assert found.low <= found.mean <= found.high


def test_the_interval_of_a_fair_coin_is_that_of_the_normal_law() -> None:
    found = estimate([0.0, 1.0] * 200)
    assert found.mean == 0.5
    assert found.low == pytest.approx(0.5 - 1.96 * 0.025, abs=0.006)
    assert found.high == pytest.approx(0.5 + 1.96 * 0.025, abs=0.006)


def test_the_same_values_give_the_same_interval() -> None:
    assert estimate([0.1, 0.9, 0.4]) == estimate([0.1, 0.9, 0.4])


def test_a_paired_difference_cancels_what_questions_share() -> None:
    hard_and_easy = [0.0, 0.2, 0.9, 1.0]
    found = paired([value + 0.25 for value in hard_and_easy], hard_and_easy)
    assert (found.mean, found.low, found.high) == pytest.approx((0.25, 0.25, 0.25))


def test_text_has_signs_where_they_are_asked_for() -> None:
    assert Estimate(0.123, -0.1, 0.2).text(1, 100, sign=True) == "+12.3 [-10.0, +20.0]"


def test_no_values_are_no_estimate() -> None:
    with pytest.raises(ValueError, match="no values"):
        estimate([])


def test_pairs_must_be_as_many() -> None:
    with pytest.raises(ValueError):
        paired([1.0], [1.0, 2.0])


def test_a_value_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="not a finite number"):
        estimate([0.5, math.nan])


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40))
def test_an_interval_holds_numbers_in_order(values: list[float]) -> None:
    found = estimate(values)
    assert min(values) - 1e-6 <= found.low <= found.high <= max(values) + 1e-6
    assert math.isfinite(found.mean)


@given(st.integers(0, 400), st.integers(0, 400))
def test_the_coin_is_scipys(heads: int, tails: int) -> None:
    wanted = binomtest(heads, heads + tails).pvalue if heads + tails else 1.0
    assert coin(heads, tails) == pytest.approx(wanted, rel=1e-9)


def test_flips_are_counted_by_side() -> None:
    right, base = [True] * 9 + [False, True], [False] * 8 + [True, True, True]
    assert mcnemar(right, base) == Flips(8, 1, pytest.approx(20 / 512))
    assert mcnemar(base, right).p == mcnemar(right, base).p
    assert mcnemar([True, False], [True, False]) == Flips(0, 0, 1.0)
    assert signs([1, 0.5, 0.2, 0], [0.5, 0.5, 0.1, 1]) == Flips(2, 1, 1.0)


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    import numpy as np

    generator = np.random.default_rng(1)
    samples = generator.random((400, 80)) < 0.7
    held = [e.low <= 0.7 <= e.high for e in (estimate(sample.astype(float)) for sample in samples)]
    assert 0.92 <= sum(held) / len(held) <= 0.98


def test_a_median_has_its_interval() -> None:
    assert median([3.0, 1.0, 2.0]).mean == 2.0
    found = median([1.0] * 9 + [100.0])
    assert (found.mean, found.low) == (1.0, 1.0)
    assert median([4.0]).text(1) == "4.0 [4.0, 4.0]"
    for wrong in ([], [1.0, float("nan")]):
        with pytest.raises(ValueError, match="median"):
            median(wrong)
