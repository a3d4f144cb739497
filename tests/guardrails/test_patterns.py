import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.guardrails.patterns import is_iban, luhn, personal


def kinds(text: str) -> list[tuple[str, str]]:
    return [(found.kind, text[found.start : found.end]) for found in personal(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Write to ada.quill+x@example.co.uk.", [("e-mail", "ada.quill+x@example.co.uk")]),
        ("Account GB82WEST12345698765432 OK", [("IBAN", "GB82WEST12345698765432")]),
        ("IBAN: DE89 3704 0044 0532 0130 00, thanks", [("IBAN", "DE89 3704 0044 0532 0130 00")]),
        ("Card 4111 1111 1111 1111 until 12/29", [("card", "4111 1111 1111 1111")]),
        ("Card 378282246310005", [("card", "378282246310005")]),
        ("Call +44 1632 960 301 now", [("telephone", "+44 1632 960 301")]),
        ("Call 0049 (30) 123456-78", [("telephone", "0049 (30) 123456-78")]),
        ("Tel. 030/1234567", [("telephone", "030/1234567")]),
        ("a@b.de or +41 44 668 18 00", [("e-mail", "a@b.de"), ("telephone", "+41 44 668 18 00")]),
    ],
)
def test_personal_data_is_found_where_it_stands(text: str, found: list[tuple[str, str]]) -> None:
    assert kinds(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "GB82WEST12345698765433",  # check digits
        "DE8937040044053201300",  # a character short
        "XX82WEST12345698765432",  # no country
        "4111 1111 1111 1112",  # check digit
        "9111111111111119",  # no issuer begins so
        "0000 0000 0000 0000",
        "The price is 0.38 euros, or 1,234,567 in 2026-11-23.",
        "C2-110, QW-P-07, board week 2418, 61,000 customers",
        "14:30 to 16:00, section 1.2.3.4.5.6.7",
        "someone@nowhere, @handle, a@b",
        "",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert kinds(text) == []


@given(st.text(st.characters(codec="utf-8"), max_size=120))
def test_nothing_found_overlaps_and_all_of_it_is_in_the_text(text: str) -> None:
    found = personal(text)
    assert all(0 <= each.start < each.end <= len(text) for each in found)
    assert all(a.end <= b.start for a, b in zip(found, found[1:], strict=False))


@given(st.text("0123456789", min_size=11, max_size=18), st.integers(0, 17))
def test_one_wrong_digit_breaks_the_check(digits: str, place: int) -> None:
    check = next(str(d) for d in range(10) if luhn(digits + str(d)))
    whole = digits + check
    place %= len(whole)
    other = whole[:place] + str((int(whole[place]) + 1) % 10) + whole[place + 1 :]
    assert luhn(whole)
    assert not luhn(other)


def test_an_iban_needs_country_length_and_check_digits() -> None:
    assert is_iban("BE68539007547034")
    assert not is_iban("BE68539007547035")
    assert not is_iban("be68539007547034")
    assert not is_iban("")
