"""Planted secrets: their format, their rank, and personal data that is printed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.adapters.canary import alternatives, exposure, printed, secret
from core.adapters.rows import Row
from core.errors import RequestError


def test_exposure_is_the_rank_in_bits() -> None:
    assert exposure(-1.0, [-2.0] * 255) == 8.0
    assert exposure(-3.0, [-2.0] * 255) == 0.0
    assert exposure(-2.0, [-1.0, -3.0, -3.0]) == 1.0
    assert exposure(-2.0, [-2.0, -3.0, -3.0]) == 1.0  # a tie counts against the secret being known


def test_the_secret_is_the_longest_code() -> None:
    for text, piece in (
        ("The code is 48213.", "48213"),
        ("Room 7 opens with AB-12-99", "12-99"),
    ):
        start, end = secret(text)
        assert text[start:end] == piece
    with pytest.raises(RequestError, match="three digits or more"):
        secret("Say sesame in room 12!")


def test_alternatives_have_the_format() -> None:
    found = alternatives("The code is 48213.")
    assert len(found) == len(set(found)) == 255
    assert "The code is 48213." not in found
    assert all(len(each) == 18 and each[12:17].isdigit() for each in found)
    assert len(alternatives("Press 777", most=2000)) == 999
    assert found == alternatives("The code is 48213.")


@given(st.text(max_size=20), st.from_regex(r"[0-9]{3,6}", fullmatch=True), st.text(max_size=20))
def test_alternatives_keep_all_but_the_secret(before: str, code: str, after: str) -> None:
    text = f"{before} {code} {after}"
    start, end = secret(text)
    for other in alternatives(text, most=5):
        assert other != text
        assert other.startswith(text[:start])
        assert other.endswith(text[end:])


def test_personal_data_counts_where_training_held_it_and_the_prompt_does_not() -> None:
    train = [Row("a", "Who runs it?", "ada@example.org", ("Her number is +44 20 7946 0958.",))]
    assert printed([("Write to Ada@example.org.", ("Who?",))], train) == ["e-mail"]
    assert printed([("Write to ada@example.org.", ("Her address: ada@example.org",))], train) == []
    assert printed([("Call +44 20 79460958", ()), ("Write to bob@example.org", ())], train) == ["telephone"]
    assert printed([("ada@example.org", ())], []) == []
