"""The place of a value found again: by the very words, by most of them, and not at all where it cannot be told."""

from core.evaluation.anchors import anchored, located
from core.evaluation.values import Tolerance

NUMBER, DATE, EXACT = Tolerance("number"), Tolerance("date"), Tolerance("exact")
OLD = (
    "The desk opens at ten. A scale may be returned within 45 days of delivery. A kettle within 45 days of purchase.\n"
)


def test_the_value_is_found_again_where_it_changed() -> None:
    anchor = anchored(OLD, "A scale may be returned within 45 days of delivery.", "45 days", NUMBER)
    assert anchor
    place = located(OLD.replace("45 days of delivery", "30 days of delivery"), anchor, "45 days", NUMBER)
    assert place and place.value == "30 days"


def test_words_around_it_may_change_a_little() -> None:
    anchor = anchored(OLD, "A scale may be returned within 45 days of delivery.", "45 days", NUMBER)
    assert anchor
    new = "New order of things. A scale may be sent and returned within 21 days of delivery. A kettle never.\n"
    place = located(new, anchor, "45 days", NUMBER)
    assert place and place.value == "21 days"


def test_a_row_of_a_table_is_found_by_its_other_cells() -> None:
    table = "| October 1, 2024 | Self-assessment begins |\n| October 18, 2024 | Self-assessment is due |\n"
    anchor = anchored(table, "| October 18, 2024 | Self-assessment is due |", "October 18, 2024", DATE)
    assert anchor
    place = located(table.replace("18, 2024", "17, 2025"), anchor, "October 18, 2024", DATE)
    assert place and place.value == "October 17, 2025"


def test_words_change_as_numbers_do() -> None:
    anchor = anchored("The meeting point is the oak. Go there.", "The meeting point is the oak.", "the oak", EXACT)
    assert anchor
    place = located("The meeting point is the pond. Go there.", anchor, "the oak", EXACT)
    assert place and place.value == "the pond"


def test_a_place_that_is_gone_is_not_guessed() -> None:
    anchor = anchored(OLD, "A scale may be returned within 45 days of delivery.", "45 days", NUMBER)
    assert anchor
    assert (
        located("Nothing is taken back. The counter closes after 45 days of snow.", anchor, "45 days", NUMBER) is None
    )
    assert anchored(OLD, "A scale may be returned within 45 days of delivery.", "46 days", NUMBER) is None
