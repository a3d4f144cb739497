import pytest

from benchmarks.statistics import Estimate, estimate, paired


def test_equal_values_have_no_spread() -> None:
    assert estimate([0.5] * 20) == Estimate(0.5, 0.5, 0.5)


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
