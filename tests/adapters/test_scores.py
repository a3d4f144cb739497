"""Scores of short answers: literal values after SQuAD's normalisation, and what holds for any text."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.adapters.scores import cited_right, exact, f1, normal, unmarked


def test_words_are_compared_as_squad_does() -> None:
    assert normal("The  Quick, brown fox! [2]") == "quick brown fox"
    assert unmarked("14 euros [1] a day [12].") == "14 euros a day."
    assert exact("The 28 per cent [1]", ["28 per cent"]) == 1.0
    assert exact("28 percent", ["28 per cent"]) == 0.0
    assert exact("b", ["a c", "B."]) == 1.0


def test_overlap_is_the_best_over_the_accepted() -> None:
    assert f1("two hours by boat", ["two hours", "a day"]) == pytest.approx(2 * 2 / (4 + 2))
    assert f1("nothing", ["two hours"]) == 0.0
    assert f1("the", ["a"]) == 1.0
    assert f1("two two", ["two"]) == pytest.approx(2 / 3)
    assert f1("two", []) == 0.0


def test_a_mark_must_name_a_source_that_holds_the_answer() -> None:
    sources = ("The fee is 14 euros.", "The tour takes two hours.")
    assert cited_right("two hours [2]", ["two hours"], "two hours [2]", sources) == 1.0
    assert cited_right("two hours [1]", ["two hours"], "two hours", sources) == 0.0
    assert cited_right("two hours [1] [2]", ["two hours"], "two hours", sources) == 0.0
    assert cited_right("two hours", ["two hours"], "two hours", sources) == 0.0
    assert cited_right("two hours [7]", ["two hours"], "two hours", sources) == 0.0
    assert cited_right("4", ["4"], "4", sources) is None  # in 14 it is no word
    assert cited_right("briefly [2]", ["briefly"], "briefly [2]", sources) == 1.0


@example("C:\u0327", "")
@given(st.text(), st.text())
def test_scores_are_bounded_and_symmetric(one: str, other: str) -> None:
    assert normal(normal(one)) == normal(one)
    assert 0.0 <= f1(one, [other]) <= 1.0
    assert f1(one, [other]) == f1(other, [one])
    assert exact(one, [other]) <= f1(one, [other])
    assert exact(one, [one]) == f1(one, [one]) == 1.0
