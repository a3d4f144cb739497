import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.guardrails.normal import Normal, normal

HARD = st.text(
    st.one_of(st.characters(), st.sampled_from("aÄé\u0308\u0301\u200b\u00ad\u202eАбВⅣﬁ½İ㎏ａ1$-. \n")), max_size=60
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ｂａｄ ｗօｒｄ", "bad word"),  # full-width letters, and an Armenian o
        ("ѕсаm", "scam"),  # Cyrillic but for the m
        ("𝒮𝒸𝒶𝓂", "scam"),
        ("b\u200ba\u00add\u2060", "bad"),
        ("s\u0336c\u0336a\u0336m\u0336", "scam"),  # struck through
        ("schwu\u0308l", "schwül"),
        ("Straße", "strasse"),
        ("o\ufb03ce", "office"),
        ("हिन्दी", "हिन्दी"),
    ],
)
def test_a_text_is_folded_to_what_a_reader_sees(text: str, folded: str) -> None:
    assert normal(text).folded == folded


@given(HARD)
def test_every_letter_maps_into_the_text_and_in_order(text: str) -> None:
    seen = normal(text)
    for reading in (seen, seen.leet(), seen.joined()):
        assert len(reading.folded) == len(reading.starts) == len(reading.ends)
        assert all(0 <= start < end <= len(text) for start, end in zip(reading.starts, reading.ends, strict=True))
        assert list(reading.starts) == sorted(reading.starts)
        assert list(reading.ends) == sorted(reading.ends)


@given(HARD)
def test_folding_twice_changes_nothing(text: str) -> None:
    once = normal(text).folded
    assert normal(once).folded == once


@given(HARD, HARD)
def test_the_fold_of_a_text_does_not_depend_on_what_stands_before_it(before: str, text: str) -> None:
    if not text or not unicodedata.category(text[0]).startswith(("M", "C")):
        assert normal(before + text).folded == normal(before).folded + normal(text).folded


@pytest.mark.parametrize(
    ("text", "joined", "spans"),
    [
        ("so b a d it is", "so bad it is", "b a d"),
        ("so b.a.d.", "so bad.", "b.a.d"),
        ("plan a b test", "plan a b test", None),
    ],
)
def test_letters_spaced_out_are_joined(text: str, joined: str, spans: str | None) -> None:
    reading = normal(text).joined()
    assert reading.folded == joined
    if spans:
        start, end = reading.span(joined.index("bad"), joined.index("bad") + 3)
        assert text[start:end] == spans


def test_signs_among_letters_are_read_as_letters_and_numbers_stay() -> None:
    text = "H4ck th3 $ystem! in 2026"
    reading: Normal = normal(text).leet()
    assert reading.folded == "hack the system! in 2026"
    assert text[slice(*reading.span(9, 15))] == "$ystem"
