"""What is measured goes before what is assumed, and what somebody sets before both."""

import pytest

from core.decision.money import Figure, Source
from core.decision.prices import AS_OF, INPUTS, PATHS
from core.decision.scenario import Setting, parsed, read_back, scenario, unmeasured, written
from core.decision.terms import SERVINGS, names
from core.errors import RequestError

HERE = Source("measured here", "2026-11-29", "a run", ("r1",))


def test_precedence() -> None:
    measured = {"train_minutes": Figure(12.0, "minute/training", HERE, 10.0, 14.0)}
    assert scenario({}).figures["train_minutes"].source.at == AS_OF
    assert scenario(measured).figures["train_minutes"].measured
    held = scenario(measured, {"train_minutes": Setting("train_minutes", 24.0)}).figures["train_minutes"]
    assert (held.value, held.low, held.high, held.measured) == (24.0, 20.0, 28.0, False)


def test_what_nobody_measured_or_said_is_absent() -> None:
    held = scenario({})
    assert not [name for name in held.figures if name.startswith("right_")]
    assert {each.held.name for each in unmeasured(held.figures) if each.figure is None} == {f"right_{p}" for p in PATHS}
    named = {each.held.name for each in unmeasured({**held.figures, "rows": Figure(9.0, "row", HERE)})}
    assert "train_minutes" in named and "rows" not in named and "price_in" not in named


@pytest.mark.parametrize("serving", SERVINGS)
def test_every_input_of_a_line_is_in_the_catalogue(serving: str) -> None:
    assert set(names(serving)) <= set(INPUTS)  # type: ignore[arg-type]


def test_every_input_is_used() -> None:
    assert set(INPUTS) == set(names("hosted")) | set(names("own"))


def test_every_assumption_is_dated_and_explained() -> None:
    for held in INPUTS.values():
        figure = held.assumed()
        assert figure is None or (figure.source.at == AS_OF and figure.source.told and not figure.measured), held.name


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("price_in=0.3", Setting("price_in", 0.3)),
        ("requests = 12,000", Setting("requests", 12_000.0)),
        ("train_minutes=1.5 hour/training", Setting("train_minutes", 1.5, "hour/training")),
        ("requests=2e6", Setting("requests", 2e6)),
    ],
)
def test_a_setting_is_read(text: str, then: Setting) -> None:
    assert parsed(text) == then


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("price=3", "no input 'price'"),
        ("price_in", "no setting"),
        ("price_in=much", "no setting"),
        ("price_in=1.2.3", "no number"),
    ],
)
def test_what_is_no_setting_is_refused(text: str, told: str) -> None:
    with pytest.raises(RequestError, match=told):
        parsed(text)


def test_settings_go_into_an_address_and_back() -> None:
    held = {"price_in": Setting("price_in", 0.4), "rows": Setting("rows", 900.0, low=300.0, high=5_000.0)}
    assert written(held.values()) == "price_in=0.4;rows=900:300:5000"
    assert read_back(written(held.values())) == held
    assert read_back("") == {}
    for text in ("price_in=0.4:1", "price_in=0.4:a:b", "nothing"):
        with pytest.raises(RequestError, match="no setting"):
            read_back(text)


def test_a_unit_is_converted_or_refused() -> None:
    set_to = {"train_minutes": parsed("train_minutes=1.5 hour/training")}
    assert scenario({}, set_to).figures["train_minutes"].value == pytest.approx(90.0)
    with pytest.raises(RequestError, match="does not convert"):
        scenario({}, {"train_minutes": parsed("train_minutes=1.5 $/hour")})
