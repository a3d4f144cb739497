"""Values in the forms that people write them in: the same, an old one, another one, or nothing that compares."""

import pytest

from core.errors import RequestError
from core.evaluation.values import Tolerance, check_value, equal, said

NUMBER, DATE, EXACT = Tolerance("number"), Tolerance("date"), Tolerance("exact")


@pytest.mark.parametrize(
    ("text", "value", "tolerance"),
    [
        ("You may return it within forty-five days.", "45 days", NUMBER),
        ("It costs €1,800 in all.", "1800 euros", NUMBER),
        ("Das kostet 1.800,00 Euro.", "1,800 euros", NUMBER),
        ("Pauschal 17,50 Euro.", "17.50 euros", NUMBER),
        ("The share is 6 per cent.", "6%", NUMBER),
        ("eight working days after it came", "8 days", NUMBER),
        ("It opens at 09:15 sharp.", "9:15", NUMBER),
        ("45", "45 days", NUMBER),
        ("45 [1]", "45 days", NUMBER),
        ("Das kostet 1.800 Euro.", "1,800 euros", NUMBER),
        ("The limit for a night in any city is EUR 142.", "142 euros", NUMBER),
        ("The limit for a night in any city is 142 USD.", "$142", NUMBER),
        ("The budget of the year is 1.2 million euros.", "1,200,000 euros", NUMBER),
        ("Turnover was 4.62 million euros, 7.4 per cent more than in 2025.", "4.62 million", NUMBER),
        ("Im Jahr sind es 1,2 Mio. Euro.", "1.2 million euros", NUMBER),
        ("Sie haben einundzwanzig Tage Zeit.", "21 days", NUMBER),
        ("It is kept at −5 °C.", "-5 °C", NUMBER),
        ("Es öffnet um 9.15 Uhr, mittags nicht.", "9:15", NUMBER),
        ("It closes at 5 pm on Fridays.", "17:00", NUMBER),
        ("from 10-12 days", "10 to 12 days", NUMBER),
        ("Closed from 3.10.26 on.", "3 October 2026", DATE),
        ("Closed from 10/31/2026 on.", "31 October 2026", DATE),
        ("Closed from 3. Oktober 2026 on.", "3 October 2026", DATE),
        ("Closed from 2026-10-03 on.", "October 3, 2026", DATE),
        ("Until 03.10.2026.", "3rd of October", DATE),
        ("The works day is tuesday.", "Tuesday", EXACT),
        ("It takes eight weeks.", "8 weeks", EXACT),
        ("about 46.4 ohms", "46 ohms", Tolerance("number", relative=0.01)),
    ],
)
def test_the_same_value_in_another_form(text: str, value: str, tolerance: Tolerance) -> None:
    assert said(text, value, tolerance).state == "same"


def test_an_old_value_another_one_and_none() -> None:
    assert said("Within 45 days.", "30 days", NUMBER, ["45 days"]).state == "former"
    assert said("Within 30 days, 45 before.", "30 days", NUMBER, ["45 days"]).state == "same"
    other = said("Within 12 days, for 4 euros.", "30 days", NUMBER, ["45 days"])
    assert (other.state, other.found) == ("other", "12 days")
    assert said("It costs 30 euros.", "30 days", NUMBER).state == "nothing"
    assert said("On 4 May 2025.", "4 May 2026", DATE).state == "other"
    assert said("Model G58 has two burrs.", "58 mm", NUMBER).state == "nothing"
    assert said("Only once.", "11 times", NUMBER).state == "nothing"


def test_a_sentence_that_means_the_value_says_it() -> None:
    near = lambda one, other: 0.8 if "closed" in one and other == "not open" else 0.1  # noqa: E731
    tolerance = Tolerance("semantic", cosine=0.7)
    assert said("We are closed. Come back.", "not open", tolerance, near=near).state == "same"
    assert said("Come in.", "not open", tolerance, near=near).state == "nothing"


def test_values_that_cannot_be_compared_are_refused() -> None:
    with pytest.raises(RequestError, match="holds no number"):
        check_value("Tuesday", NUMBER)
    with pytest.raises(RequestError, match="no tolerance 'roughly'; choose exact, number, date, semantic"):
        Tolerance("roughly")  # type: ignore[arg-type]
    assert equal("8 weeks", "eight weeks", NUMBER) and not equal("8 weeks", "8 days", NUMBER)


def test_what_a_text_denies_it_does_not_say() -> None:
    assert said("You have 45 days, no longer 30 days.", "30 days", NUMBER, ["45 days"]).state == "former"
    assert said("It is not Tuesday but Wednesday.", "Tuesday", EXACT, ["Wednesday"]).state == "former"
    assert said("Sie haben 45 statt 30 Tage.", "30 days", NUMBER).state == "nothing"
    assert said("A stay is no longer than 30 days.", "30 days", NUMBER).state == "same"
    assert said("It takes not more than 30 days.", "30 days", NUMBER).state == "same"


def test_marks_of_sources_references_and_other_signs_are_not_the_value() -> None:
    assert said("I cannot say. [1]", "1 day", NUMBER).state == "nothing"
    assert said("See section 30.", "30 days", NUMBER).state == "nothing"
    assert said("It is kept at -5 °C.", "5 °C", NUMBER).state == "other"
    assert said("Closed from 10/03/2026 on.", "3 October 2026", DATE).state == "nothing"
