"""Numbers in one spelling, names by theirs, and what of a claim its source does not have."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.generation.particulars import missing, names, numbers


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1,000 and 1.000 and 1000", {"1000"}),
        ("2.50, 2,50 and 2.5", {"2.5"}),
        ("2.50 is not 250", {"2.5", "250"}),
        ("0.125 of it", {"0.125"}),
        ("1.234.567,80", {"1234567.8"}),
        ("at 09:05 or 9:05", {"9:5"}),
        ("on 03.04.2026", {"3.4.2026"}),
        ("twelve, twenty-one, Zwölf, doce", {"12", "21"}),
        ("one of them", set()),
        ("version 3.1.2", {"3.1.2"}),
        ("", set()),
    ],
)
def test_numbers_are_compared_in_one_spelling(text: str, found: set[str]) -> None:
    assert numbers(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hotel nights in Berlin are paid.", ("Berlin",)),
        ("The manager, Ana Pérez, signs Form B2.", ("Ana", "Pérez", "Form", "B2")),
        ("VAT is added. Returns are free.", ("VAT",)),
        ("It says: “Returns are free.” Then nothing.", ()),
        ("Die Rücksendung ist von der Abteilung mit dem Formular und der Rechnung zu belegen.", ()),
        ("Die Rechnung der VAT ist mit dem Formular zu belegen.", ("VAT",)),
        ("I think so.", ()),
        ("", ()),
    ],
)
def test_names_are_words_with_a_capital_for_no_other_reason(text: str, found: tuple[str, ...]) -> None:
    assert names(text) == found


@pytest.mark.parametrize(
    ("claim", "source", "lacking"),
    [
        ("The limit is 21 days.", "You have twenty-one days.", ()),
        ("The limit is 21 days.", "You have 12 days.", ("21",)),
        ("They met Ana's team in Madrid.", "The team of ana met in Porto.", ("Madrid",)),
        ("It costs 2.50 in the UK.", "In the U.K. it costs 250.", ("2.50",)),
        ("Nothing special.", "Anything.", ()),
    ],
)
def test_what_a_claim_says_and_its_source_does_not(claim: str, source: str, lacking: tuple[str, ...]) -> None:
    assert missing(claim, source) == lacking


@given(st.text(max_size=200))
@example("0A\u2f00")  # a sign that becomes a letter when it is folded
def test_a_text_lacks_nothing_of_itself(text: str) -> None:
    assert missing(text, text) == ()


@given(st.integers(0, 10**9))
def test_thousands_may_be_separated(number: int) -> None:
    assert numbers(f"{number:,}") == numbers(str(number)) == {str(number)}
