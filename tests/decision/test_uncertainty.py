"""A break-even solves its equality; its band and its tornado follow the ranges of the inputs."""

from dataclasses import replace

import numpy as np
import pytest

from core.decision.cost import Scenario, total
from core.decision.money import Figure
from core.decision.prices import PATHS
from core.decision.scenario import scenario as assumed
from core.decision.uncertainty import FURTHEST, GRID, PAIRS, break_evens, curves, draws, spread, tornado, volumes
from tests.decision.scenarios import ASSUMED, bare, usual


def test_break_even_by_hand() -> None:
    # $1,200 up front against $0.01 more a request: over 12 months equal at 10,000 a month
    scenario = bare(weeks_tuning=1, engineer_week=1_200, read_retrieval=10_000, price_in=1.0, releases=0)
    found = break_evens(scenario, draws(scenario, 5))[0]
    assert found.pair == ("retrieval", "tuning")
    assert [(c.requests, c.cheaper_above) for c in found.crossings] == [(pytest.approx(10_000, rel=1e-9), "tuning")]
    assert found.cheaper == "retrieval"
    assert found.low == pytest.approx(found.high) and found.share == 1.0


@pytest.mark.parametrize("seed", range(12))
def test_break_even_solves_the_equality(seed: int) -> None:
    generator = np.random.default_rng(seed)
    scenario = usual(
        price_in=generator.uniform(2, 5), weeks_tuning=generator.uniform(0, 9), changes=generator.uniform(0, 20),
        growth=generator.uniform(0, 1), read_both=generator.uniform(300, 900), care_both=0.2, tuned_rate=generator.uniform(1, 1.3),
    )  # fmt: skip
    values, crossed = scenario.values(), 0
    for found in break_evens(scenario, draws(scenario, 20)):
        one, other = found.pair
        for crossing in found.crossings:
            costs = [float(total(scenario, path, values, crossing.requests)) for path in (one, other)]
            assert costs[0] == pytest.approx(costs[1], rel=1e-6)
            above = {path: float(total(scenario, path, values, crossing.requests * 1.01)) for path in (one, other)}
            assert min(above, key=lambda path: above[path]) == crossing.cheaper_above
            crossed += 1
    assert crossed


def test_a_path_that_always_costs_less_has_no_break_even() -> None:
    scenario = bare(search_month=100)
    found = break_evens(scenario, draws(scenario, 5))[0]
    assert (found.crossings, found.cheaper, found.low, found.share) == ((), "tuning", None, 0.0)


def test_draws_are_shared_out_between_those_that_turn_and_those_in_which_one_path_always_costs_less() -> None:
    for scenario in (usual(), usual(weeks_tuning=0.5), usual(price_in=0.01)):
        drawn = draws(scenario, 200)
        for found in break_evens(scenario, drawn):
            one, other = found.pair
            costs = {path: np.stack([total(scenario, path, drawn, at) for at in GRID]) for path in found.pair}
            ahead = costs[one] <= costs[other]
            if found.cheaper == other:
                ahead = costs[other] <= costs[one]
            assert found.never == pytest.approx(ahead.all(axis=0).mean())
            assert found.other_way == pytest.approx((~ahead).all(axis=0).mean())
            assert found.never + found.other_way + found.share <= 1 + 1e-9
            assert not found.crossings or found.turns_to == found.crossings[0].cheaper_above


def test_without_a_crossing_the_band_is_of_the_direction_that_most_draws_turn_in() -> None:
    held = assumed({})
    found = next(each for each in break_evens(held, draws(held)) if each.pair == ("tuning", "both"))
    assert (found.crossings, found.cheaper, found.turns_to) == ((), "tuning", "tuning")
    turned = 1 - found.never - found.other_way
    assert found.share > turned / 2


def test_a_chart_reaches_as_far_as_a_crossing_is_looked_for() -> None:
    assert volumes(usual())[-1] == pytest.approx(FURTHEST)


def test_a_discount_by_volume_may_turn_a_crossing_back() -> None:
    # cheap at first, dear in the middle, and cheap again where half is taken off
    scenario = bare(
        horizon=1, tiers=((0.0, 0.0), (1_000.0, 0.9)), requests=10, read_retrieval=1e6, price_in=1.0, weeks_tuning=1,
        engineer_week=500, seconds_tuning=0, read_tuning=3e5, releases=0,
    )  # fmt: skip
    found = break_evens(scenario, draws(scenario, 5))[0]
    assert [crossing.cheaper_above for crossing in found.crossings] == ["tuning", "retrieval", "tuning"]
    by_hand = [500 / 0.7, 400 / 0.2, 500 / 0.07]  # v = 500 + .3v; 900 + .1v = 500 + .3v; 900 + .1v = 1400 + .03v
    assert [crossing.requests for crossing in found.crossings] == pytest.approx(by_hand)


def test_draws_lie_where_their_ranges_say_and_are_the_same_again() -> None:
    scenario = usual()
    first, again = draws(scenario, 4_000), draws(scenario, 4_000)
    assert all((first[name] == again[name]).all() for name in first)
    narrow, wide = scenario.figures["engineer_week"], scenario.figures["changes"]
    assert first["engineer_week"].min() >= narrow.low and first["engineer_week"].max() <= narrow.high
    assert np.median(first["changes"]) == pytest.approx(wide.value, rel=0.05)
    assert np.percentile(first["changes"], (5, 95)) == pytest.approx((wide.low, wide.high), rel=0.12)
    assert set(first["requests"]) == {scenario.figures["requests"].value}


def test_one_changed_input_leaves_the_draws_of_the_others() -> None:
    before, after = draws(usual(), 50), draws(usual(price_in=9.0), 50)
    assert [name for name in before if (before[name] != after[name]).any()] == ["price_in"]


def test_without_ranges_there_is_no_band() -> None:
    scenario = usual()
    certain = replace(scenario, figures={name: figure.at(figure.value) for name, figure in scenario.figures.items()})
    drawn = draws(certain, 30)
    for found in break_evens(certain, drawn):
        if found.crossings:
            assert found.low == pytest.approx(found.crossings[0].requests, rel=1e-6)
            assert found.high == pytest.approx(found.crossings[0].requests, rel=1e-6)
    for path in PATHS:
        band = spread(certain, path, drawn)
        assert band.low == pytest.approx(band.high)


def test_a_wider_range_makes_a_wider_band() -> None:
    held = usual()
    wider = Scenario({**held.figures, "weeks_tuning": Figure(4.0, "person-week", ASSUMED, 0.0, 30.0)})
    bands = [spread(each, "tuning", draws(each)) for each in (held, wider)]
    assert bands[1].high - bands[1].low > bands[0].high - bands[0].low


def test_curves_hold_their_bands_and_rise() -> None:
    scenario = usual()
    at = volumes(scenario, 9)
    for curve in curves(scenario, draws(scenario, 200), at):
        assert list(curve.requests) == pytest.approx(list(at))
        assert all(np.diff(curve.cost) > 0)
        assert all(low < high for low, high in zip(curve.low, curve.high, strict=True))


def test_a_tornado_by_hand() -> None:
    held = bare(weeks_tuning=2, weeks_retrieval=1, engineer_week=1_000, releases=0)
    figures = {
        **held.figures,
        "weeks_tuning": Figure(2.0, "person-week", ASSUMED, 1.0, 5.0),
        "weeks_retrieval": Figure(1.0, "person-week", ASSUMED, 0.5, 2.0),
        "weeks_both": Figure(1.0, "person-week", ASSUMED, 0.0, 99.0),
    }
    found = tornado(Scenario(figures, tiers=held.tiers), PAIRS[0])
    assert [(s.name, s.at_low, s.at_high) for s in found] == [
        ("weeks_tuning", pytest.approx(0.0), pytest.approx(-4_000.0)),
        ("weeks_retrieval", pytest.approx(-1_500.0), pytest.approx(0.0)),
    ]
