"""Exact match, F1 and "stands in it" on literal values; what may never differ on any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.evaluation.answers import exact, f1, holds, normal


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("The 45 days.", "45 days"),
        ("45 days [1]", "45 days"),
        ("An   apple, a pear!", "apple pear"),
        ("1,200", "1200"),
        ("the theme", "theme"),
        ("", ""),
    ],
)
def test_normal_form(text: str, same: str) -> None:
    assert normal(text) == same


def test_exact_match_is_with_any_accepted_answer() -> None:
    assert exact("Forty-five days. [2]", ["45 days", "forty-five days"])
    assert not exact("within 45 days", ["45 days"])
    assert not exact("45 days", [])


def test_f1_is_of_the_best_accepted_answer() -> None:
    assert f1("within 45 days", ["45 days"]) == pytest.approx(0.8)
    assert f1("within 45 days", ["a month", "within 45 days of delivery"]) == pytest.approx(0.75)
    assert f1("nothing alike", ["45 days"]) == 0.0
    assert f1("the", ["a"]) == 1.0  # SQuAD: two empty answers agree
    assert f1("days", ["a"]) == 0.0
    assert f1("days", []) == 0.0
    assert f1("no no no", ["no"]) == pytest.approx(0.5)


def test_an_accepted_answer_stands_in_it_as_whole_words() -> None:
    assert holds("You have 45\n Days.", ["45 days"])
    assert holds("It’s Ada’s", ["ada's"])
    assert not holds("You have 145 days.", ["45 days"])
    assert not holds("anything", ["", "  "])
    assert holds("It costs €12, once", ["€12"])
    assert holds("1200", ["1,200"])


@given(st.text(), st.lists(st.text(), max_size=4))
def test_measures_agree_with_each_other(text: str, accepted: list[str]) -> None:
    assert 0.0 <= f1(text, accepted) <= 1.0
    assert normal(normal(text)) == normal(text) or "[" in text  # a mark may come together once others are gone
    if exact(text, accepted):
        assert f1(text, accepted) == 1.0
        assert holds(text, accepted)
    assert exact(text, [text])
    assert f1(text, [*accepted, text]) == 1.0
