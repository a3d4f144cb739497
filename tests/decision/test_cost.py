"""The cost model against sums done by hand, and properties that no value of an input may break."""

from dataclasses import replace

import numpy as np
import pytest

from core.decision.cost import Line, Scenario, bill, product, tiered, total
from core.decision.money import Figure
from core.decision.prices import INPUTS, PATHS, Path
from core.decision.terms import PARTS, SERVINGS, Serving, terms
from core.errors import RequestError
from tests.decision.scenarios import ASSUMED, bare, usual


def test_tokens_by_hand() -> None:
    # 1,000 requests a month, 2,000 tokens read at $0.50 and 100 written at $2 a million: $0.0012 each, for 12 months
    costs = bare(requests=1_000, read_retrieval=2_000, written_retrieval=100, price_in=0.5, price_out=2.0)
    found = bill(costs, "retrieval")
    assert found.total == pytest.approx(1_000 * 12 * 0.0012)
    assert found.per_answer == pytest.approx(0.0012)


def test_people_and_data_by_hand() -> None:
    # 3 weeks at $4,000, 600 rows of 5 minutes at $30 an hour, in 2 locales; 2 hours of proof at $100 in each
    costs = bare(
        weeks_tuning=3, engineer_week=4_000, rows=600, minutes_row=5, curator_hour=30, locales=2, prove_release=2
    )
    assert bill(costs, "tuning").total == pytest.approx(3 * 4_000 + 600 * 5 / 60 * 30 * 2 + 2 * 100 * 2)


def test_retraining_follows_changes_by_hand() -> None:
    # 6 changes a month, a release for every 3, 2 trainings of 90 minutes each at $4 an hour, in 2 locales and 3 variants
    costs = bare(
        changes=6, changes_release=3, attempts=2, train_minutes=90, machine_hour=4, locales=2, variants=3, releases=0
    )
    monthly = 6 / 3 * 2 * 1.5 * 4 * 2 * 3
    assert bill(costs, "tuning").total == pytest.approx(12 * monthly)
    assert bill(costs, "retrieval").total == 0
    assert bill(costs.given(taught_both=0.25), "both").total == pytest.approx(12 * monthly / 4)


def test_storage_by_hand() -> None:
    # 10 GB of index and 50 of originals at $0.2; a log of 1 MB for each of 1,000 requests, kept for 6 months
    costs = bare(index_size=10, originals_size=50, disk=0.2, log_size=1e6, log_months=6, requests=1_000)
    log = 1_000 * 0.001 * 6 * 0.2
    assert bill(costs, "retrieval").total == pytest.approx(12 * (60 * 0.2 + log))
    assert bill(costs, "tuning").total == pytest.approx(12 * (50 * 0.2 + log))


def test_own_machines_by_hand() -> None:
    # 9 seconds at $2 an hour, three hours paid for each that works
    costs = bare(
        serving="own", requests=100, seconds_both=9, machine_hour=2, idle=3, price_in=99, read_both=99, releases=0
    )
    assert bill(costs, "both").total == pytest.approx(100 * 12 * 9 / 3600 * 2 * 3)


def test_growth_and_discount_by_hand() -> None:
    # two months: 100 requests, then 100 × 1.44^(1/12); paid at the end of each month, at 21% a year
    costs = bare(horizon=2, requests=100, growth=0.44, discount=0.21, read_tuning=1e6, price_in=1.0)
    by_hand = 100 / 1.21 ** (1 / 12) + 100 * 1.44 ** (1 / 12) / 1.21 ** (2 / 12)
    assert bill(costs, "tuning").total == pytest.approx(by_hand)


def test_discount_tiers_take_off_only_what_lies_above_each_step() -> None:
    tiers = ((0.0, 0.0), (100.0, 0.1), (300.0, 0.5))
    spends = np.array([0.0, 100.0, 200.0, 300.0, 500.0])
    assert tiered(spends, tiers) == pytest.approx([0, 0, 10, 20, 20 + 100])
    costs = bare(horizon=1, tiers=tiers, requests=500, read_tuning=1e6, price_in=1.0)
    found = bill(costs, "tuning")
    assert found.total == pytest.approx(500 - 120)
    line = next(each for part in found.line.lines for each in part.lines if each.title == "Discount by volume")
    assert line.amount == pytest.approx(-120)


def test_opportunity_by_hand() -> None:
    costs = bare(
        wait_both=2, worth=5_000, wrong_cost=0.5, requests=100, right_retrieval=1, right_tuning=1, right_both=0.9
    )
    assert bill(costs, "both").total == pytest.approx(2 * 5_000 + 12 * 100 * 0.1 * 0.5)


def test_wrong_answers_count_only_where_the_share_of_every_path_is_known() -> None:
    costs = bare(wrong_cost=100, requests=100, right_retrieval=0.5)
    assert bill(costs, "retrieval").total == 0


def test_cost_per_right_answer() -> None:
    costs = bare(requests=10, read_retrieval=1e6, price_in=3.0, right_retrieval=0.6)
    assert bill(costs, "retrieval").per_right_answer == pytest.approx(5.0)
    assert bill(costs, "tuning").per_right_answer is None
    assert bill(costs.given(right_retrieval=0.0), "retrieval").per_right_answer is None


@pytest.mark.parametrize("serving", SERVINGS)
@pytest.mark.parametrize("path", PATHS)
def test_every_line_comes_out_as_money_and_the_tree_adds_up(path: Path, serving: Serving) -> None:
    scenario = usual(serving, right_retrieval=0.7, right_tuning=0.4, right_both=0.8, wrong_cost=0.2, worth=900)
    values = scenario.values()
    for term in terms(path, serving):
        assert float(product(term, values)) >= 0
    found = bill(scenario, path)
    assert [part.title for part in found.line.lines] == list(PARTS)
    assert _added(found.line) == pytest.approx(found.total)
    assert float(total(scenario, path, values)) == pytest.approx(found.total)
    assert all(each.inputs for part in found.line.lines for each in part.lines)


def _added(line: Line) -> float:
    return sum(map(_added, line.lines)) if line.lines else line.amount


@pytest.mark.parametrize("seed", range(20))
def test_cost_never_falls_with_a_price_or_with_volume(seed: int) -> None:
    generator = np.random.default_rng(seed)
    drawn = {name: float(held.default or 0) * generator.uniform(0.2, 5) for name, held in INPUTS.items()}
    drawn |= {name: min(1.0, value) for name, value in drawn.items() if INPUTS[name].unit == "share"}
    serving = SERVINGS[seed % 2]
    scenario = usual(serving, **{n: v for n, v in drawn.items() if not n.startswith("right_")})
    steps: list[str] = [name for name, held in INPUTS.items() if "$" in held.unit] + ["requests", "growth", "changes"]
    for path in PATHS:
        before = bill(scenario, path).total
        for name in steps:
            value = scenario.figures[name].value
            more = scenario.given(**{name: value * 1.5 if INPUTS[name].unit != "share/year" else value + 0.1})
            assert bill(more, path).total >= before - 1e-9 * before, name
        volumes = np.logspace(0, 9, 40)
        costs = [float(total(scenario, path, scenario.values(), volume)) for volume in volumes]
        assert all(np.diff(costs) > 0)


def test_many_draws_at_once_are_each_what_one_is() -> None:
    scenario, generator = usual(), np.random.default_rng(1)
    values = {name: value * generator.uniform(0.5, 2, 7) for name, value in scenario.values().items()}
    for path in PATHS:
        many = total(scenario, path, values, 3e6)
        single = [float(total(scenario, path, {n: np.asarray(v[i]) for n, v in values.items()}, 3e6)) for i in range(7)]
        assert many == pytest.approx(single)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"horizon": 0}, "horizon of 0 months"),
        ({"serving": "cloud"}, "not 'cloud'"),
        ({"tiers": ((0.0, 0.0), (0.0, 0.1))}, "must ascend"),
        ({"tiers": ((0.0, 1.0),)}, "below 1"),
        ({"figures": {}}, "needs requests"),
    ],
)
def test_a_scenario_that_contradicts_itself_is_refused(change: dict[str, object], told: str) -> None:
    with pytest.raises(RequestError, match=told):
        replace(usual(), **change)


def test_a_wrong_unit_a_wrong_name_and_a_wrong_share_are_refused() -> None:
    held = usual()
    with pytest.raises(RequestError, match=r"price_in.*told in \$/Mtoken"):
        Scenario({**held.figures, "price_in": Figure(1.0, "$/hour", ASSUMED)})
    with pytest.raises(RequestError, match="no input 'price'"):
        held.given(price=1.0)
    with pytest.raises(RequestError, match="between 0 and 1"):
        held.given(right_both=1.2)
    with pytest.raises(RequestError, match="must be above 0"):
        held.given(changes_release=0.0)


def test_another_unit_of_the_same_kind_is_the_same_figure() -> None:
    held = usual()
    other = Scenario({**held.figures, "train_minutes": held.figures["train_minutes"].to("hour/training")})
    assert bill(other, "tuning").total == pytest.approx(bill(held, "tuning").total)
