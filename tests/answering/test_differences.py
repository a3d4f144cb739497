"""Where two answers differ, word by word."""

from core.answering.differences import alike, differences


def test_what_was_added_and_what_is_missing_stand_where_they_belong() -> None:
    other = "You may send it back within 45 days, unused."
    pieces = differences("You may send it back within 30 days.", other)
    assert [(piece.kind, piece.text) for piece in pieces] == [
        ("same", "You may send it back within"),
        ("missing", "30"),
        ("added", "45"),
        ("same", "days,"),
        ("added", "unused."),
    ]
    assert all(other[piece.start : piece.end] == piece.text for piece in pieces if piece.kind != "missing")
    assert [(p.start, p.end) for p in pieces if p.kind == "missing"] == [(28, 28)]


def test_case_and_signs_make_no_difference() -> None:
    assert alike("Forty-five days.", "“forty-five” DAYS!")
    assert not alike("45 days", "45 weeks")


def test_an_empty_answer_lacks_everything_and_gains_nothing() -> None:
    assert [(p.kind, p.text) for p in differences("two words", "")] == [("missing", "two words")]
    assert [(p.kind, p.text) for p in differences("", "two words")] == [("added", "two words")]
    assert differences("", "") == ()


def test_a_missing_end_stands_at_the_end() -> None:
    last = differences("one two", "one")[-1]
    assert (last.kind, last.start, last.end) == ("missing", 3, 3)


def test_right_to_left_text_keeps_its_words() -> None:
    pieces = differences("החזרה תוך 30 יום", "החזרה תוך 45 יום")
    assert [(p.kind, p.text) for p in pieces][1:3] == [("missing", "30"), ("added", "45")]
