from dataclasses import replace
from pathlib import Path

import pytest

from core.forgetting.beside import Detail, beside, with_details
from core.forgetting.person import BLOCK, Person, redacted
from core.forgetting.remains import Search
from core.forgetting.telling import sought, stayed

WHO = Person("Maria Keller")
PERSON = Person("Maria Keller", others=("6 Tanner’s Steps, Nether Quillow", "27 January 1984"))


def test_only_the_lines_of_a_mention_are_looked_at_and_no_other_name_is_a_detail() -> None:
    text = (
        "Name: Maria Keller | Born: 27 January 1984 | Head: Mr Jory Pennyquick\n"
        "Name: Edda Lorne | E-mail: edda@example.com\n"
        "Ask Keller (maria@example.com, +44 1632 960 304) or call +44 1632 960 304."
    )
    found = beside(text, WHO.find(text, surname=True))
    assert found == (
        Detail("date of birth", "27 January 1984"),
        Detail("e-mail", "maria@example.com"),
        Detail("telephone", "+44 1632 960 304"),
    )
    more = with_details(WHO, found)
    assert (more.emails, more.phones, more.others) == (
        ("maria@example.com",),
        ("+44 1632 960 304",),
        ("27 January 1984",),
    )
    assert beside(text, more.find(text, surname=True)) == ()
    assert with_details(more, found) == more


def test_of_a_long_line_what_is_near_counts() -> None:
    text = "Maria Keller " + "went on and on " * 40 + "to edda@example.com"
    assert beside(text, WHO.find(text)) == ()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("At 6 tanner's steps,\nNether  Quillow.", "At █."),
        ("Born 27 Janu-\nary 1984, in Hove.", "Born █, in Hove."),
        ("| 27 | January | 1984 |", "| █ |"),
        ("In 127 January 19845 and 27 January 1985.", "In 127 January 19845 and 27 January 1985."),
        ("Ms Quillow met N. Quillow in 1984.", "Ms Quillow met N. Quillow in 1984."),
    ],
)
def test_a_detail_is_found_as_it_is_written_over_breaks_and_cells(text: str, left: str) -> None:
    found = PERSON.find(text, surname=True)
    whole = redacted(text, found)
    assert len(whole) == len(text)
    for each in reversed(found):
        assert each.form == "other"
        text = text[: each.start] + BLOCK + text[each.end :]
    assert text == left


def test_a_detail_is_found_in_bytes(tmp_path: Path) -> None:
    search, file = Search(PERSON), tmp_path / "rows.bin"
    for held, there in (("x6 Tanner's Steps,\\nNether QuillowSeen", True), ("7 Tanner's Steps, Nether Quillow", False)):
        file.write_bytes(b"\x00\x07" + held.encode())
        assert search.holds(file) is there


def test_a_curved_apostrophe_is_found_in_bytes_as_a_straight_one(tmp_path: Path) -> None:
    file = tmp_path / "rows.bin"
    file.write_bytes(b"Asked by Aoife O'Brien.")
    assert Search(Person("Aoife O’Brien")).holds(file)


def test_the_same_details_make_the_same_terms_however_they_were_typed() -> None:
    again = replace(PERSON, others=("6 TANNER'S  Steps, Nether Quillow", "27 january 1984"))
    assert again.terms == PERSON.terms


def test_receipts_tell_in_words_what_was_looked_for() -> None:
    assert sought({"looked_for": {"name": 2, "telephone": 1, "other": 3}}) == (
        "2 names in their forms, 1 telephone number and 3 other details"
    )
    assert sought({"terms": ["a", "b"]}) == "2 names and addresses"
    assert (stayed({}), stayed({"beside": {"IBAN": 2}})[-9:]) == ("", "2 × IBAN.")
