"""Worked examples that others published, computed by this model; docs/costs.md tells where and why they differ."""

import pytest

from core.decision.cost import bill
from core.decision.uncertainty import break_evens, draws
from tests.decision.scenarios import bare


def test_three_months_of_a_tuned_model_against_retrieval() -> None:
    """wpnews.pro: $2,200 once, $1,800 a month, $1,200 for one refresh, against $480 + $60 a month and $30."""
    costs = bare(
        horizon=3, requests=10_000, price_in=1.0, read_tuning=180_000, read_retrieval=48_000, search_month=60,
        rows=2_200, minutes_row=1, curator_hour=60, releases=0,  # $2,200 of training as rows
        changes=1 / 3, train_minutes=60, machine_hour=1_200, change_tokens=1e6, embed_price=30,  # one refresh a quarter
    )  # fmt: skip
    tuning, retrieval = bill(costs, "tuning"), bill(costs, "retrieval")
    assert tuning.total == pytest.approx(2_200 + 3 * 1_800 + 1_200)  # published: 5,200, with one month of requests
    assert tuning.total - 2 * 1_800 == pytest.approx(5_200)
    assert retrieval.total == pytest.approx(3 * 540 + 30)  # published: 1,620, without the refresh
    assert tuning.total / retrieval.total == pytest.approx(5.33, abs=0.01)  # published: 3.2


@pytest.mark.parametrize(("a_request", "then"), [(0.0, 33_333), (0.005, 40_000), (0.0075, 44_444), (0.01, 50_000)])
def test_a_thousand_dollars_against_three_cents(a_request: float, then: float) -> None:
    """tokenburner.dev: $1,000 once against $0.03 a request breaks even at 33,000; that leaves the tuned request out."""
    costs = bare(
        horizon=1, price_in=1.0, read_retrieval=30_000, read_tuning=a_request * 1e6,
        rows=1_000, minutes_row=1, curator_hour=60, releases=0,
    )  # fmt: skip
    crossing = break_evens(costs, draws(costs, 2))[0].crossings[0]
    assert crossing.requests == pytest.approx(then, rel=1e-4)
    assert crossing.cheaper_above == "tuning"


def test_a_corpus_of_five_million_tokens() -> None:
    """calcbold.com: 5,000 requests a day, 3,000 retrieved tokens, a tuned model at twice the price, a store at $70."""
    given = {
        "requests": 5_000 * 365 / 12, "price_in": 0.15, "price_out": 0.60, "tuned_rate": 2.0, "search_month": 70.0,
        "read_retrieval": 3_500.0, "read_tuning": 500.0, "written_retrieval": 400.0, "written_tuning": 400.0,
        "corpus": 5.0, "embed_price": 0.02, "train_minutes": 60.0, "machine_hour": 5 * 3 * 3.0,  # $3 a Mtoken, 3 epochs
    }  # fmt: skip
    costs = bare(horizon=12, **given)
    year = 5_000 * 365
    assert bill(costs, "retrieval").total == pytest.approx(year * (3_500 * 0.15 + 400 * 0.6) / 1e6 + 12 * 70 + 0.1)
    assert bill(costs, "tuning").total == pytest.approx(year * (500 * 0.3 + 400 * 1.2) / 1e6 + 45)
    # without the store's rent a tuned request costs less from 2,100 retrieved tokens on
    level = bare(
        horizon=12, **given | {"read_retrieval": 500 + 2_100.0, "search_month": 0.0, "corpus": 0.0, "machine_hour": 0.0}
    )
    assert bill(level, "retrieval").total == pytest.approx(bill(level, "tuning").total)
