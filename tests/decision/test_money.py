"""Units are converted where they can be, and refused where they cannot."""

import pytest

from core.decision.money import Figure, Source, converted, product_factor, unit
from core.errors import RequestError

HERE = Source("measured here", "2026-11-29", "", ("run",))


@pytest.mark.parametrize(
    ("value", "given", "wanted", "then"),
    [
        (2.0, "Mtoken", "token", 2e6),
        (90.0, "minute", "hour", 1.5),
        (120.0, "request/year", "request/month", 10.0),
        (4_000.0, "$/person-week", "$/person-hour", 100.0),
        (3.0, "$/Mtoken", "$/token", 3e-6),
        (0.1, "$/GB/month", "$/byte/month", 1e-10),
    ],
)
def test_units_convert(value: float, given: str, wanted: str, then: float) -> None:
    assert converted(value, given, wanted) == pytest.approx(then)


def test_what_measures_another_thing_does_not_convert() -> None:
    with pytest.raises(RequestError, match="measure different things"):
        converted(1.0, "second/request", "month/request")  # a machine's time is not the calendar's


def test_an_unknown_part_is_refused_by_name() -> None:
    with pytest.raises(RequestError, match="'€' is unknown"):
        unit("€/Mtoken")


def test_a_product_must_come_out_in_its_unit() -> None:
    seconds_at_a_rate = [("second/request", 1), ("$/hour", 1)]
    assert product_factor(seconds_at_a_rate, "$/request", "a line") == pytest.approx(1 / 3600)
    with pytest.raises(RequestError, match="The line 'x' comes out in"):
        product_factor([("second/request", 1), ("$/Mtoken", 1)], "$/request", "The line 'x'")


def test_a_figure_knows_its_range_and_where_it_comes_from() -> None:
    figure = Figure(2.0, "minute/training", HERE, 1.0, 4.0)
    assert figure.measured
    assert (figure.to("hour/training").low, figure.to("hour/training").high) == pytest.approx((1 / 60, 4 / 60))
    assert (figure.at(3.0).low, figure.at(3.0).high) == (3.0, 3.0)


@pytest.mark.parametrize(("value", "low", "high"), [(1.0, 2.0, 3.0), (-1.0, -2.0, 3.0), (float("inf"), 0.0, 1.0)])
def test_a_figure_outside_its_range_is_refused(value: float, low: float, high: float) -> None:
    with pytest.raises(RequestError):
        Figure(value, "$/month", HERE, low, high)
