import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import RequestError
from core.forgetting.person import BLOCK, Person, redacted
from core.forgetting.remains import Search

KELLER = Person("Maria Keller", ("Mausi",), ("maria.keller@heron.example",), ("+49 30 1234567",))
MUELLER = Person("Jürgen Müller-Weiß")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("MARIA KELLER's report", ["MARIA KELLER"]),
        ("by Keller, Maria, 2024", ["Keller, Maria"]),
        ("M. Keller signed", ["M. Keller"]),
        ("Keller, M. (2024)", ["Keller, M."]),
        ("Ms Keller and Frau Dr. Keller", ["Ms Keller", "Frau Dr. Keller"]),
        ("Maria Kel-\nler came", ["Maria Kel-\nler"]),
        ("Maria Kel- ler came", ["Maria Kel- ler"]),
        ("Maria\n   Keller", ["Maria\n   Keller"]),
        ("Ma\u00adria\u00a0Keller", ["Ma\u00adria\u00a0Keller"]),
        ("Maria A. Keller", ["Maria A. Keller"]),
        ("cv_maria_keller.pdf", ["maria_keller"]),
        ("Maria Kellers Bericht", ["Maria Keller"]),
        ("ask maria.keller@heron.example", ["maria.keller@heron.example"]),
        ("maria.keller (at) heron.example", ["maria.keller (at) heron.example"]),
        ("call 030/123 45 67 or 0049 30 1234567", ["030/123 45 67", "0049 30 1234567"]),
        ("our Mausi", ["Mausi"]),
        ("Maria Kellermann, am Keller: M Kellers, Maria and Keller", ["M Keller"]),
        ("Keller alone", []),
        ("id 91301234567", []),
    ],
)
def test_every_form_of_a_name_and_nothing_else(text: str, named: list[str]) -> None:
    assert [text[m.start : m.end] for m in KELLER.find(text)] == named


@pytest.mark.parametrize(
    "text", ["JÜRGEN MÜLLER-WEISS", "Juergen Mueller-Weiss", "Ju\u0308rgen Mu\u0308ller-Weiß", "J. Müller-\nWeiß"]
)
def test_accents_are_one_name_however_they_are_written(text: str) -> None:
    (found,) = MUELLER.find(f"Äpfel: {text}.")
    assert f"Äpfel: {text}."[found.start : found.end] == text


def test_names_without_spaces_around_are_found() -> None:
    (found,) = Person("王小明").find("昨天王小明说")
    assert (found.start, found.end) == (2, 5)


def test_the_last_name_alone_counts_where_it_is_asked_for() -> None:
    text = "Keller's list, the Kellerhals and Keller"
    assert [text[m.start : m.end] for m in KELLER.find(text, surname=True)] == ["Keller", "Keller"]


@given(st.text(max_size=60), st.text(max_size=60))
def test_redacting_keeps_the_length_and_all_else(before: str, after: str) -> None:
    text = f"{before} Maria Keller {after}"
    plain = redacted(text, KELLER.find(text))
    assert len(plain) == len(text)
    assert "maria keller" not in plain.casefold()
    assert KELLER.find(plain) == ()
    assert redacted("a Maria Keller b", KELLER.find("a Maria Keller b")) == f"a {BLOCK * 12} b"


@pytest.mark.parametrize("name", ["Al", "", "   ", "—"])
def test_a_name_that_would_match_everywhere_is_refused(name: str) -> None:
    with pytest.raises(RequestError, match="too short"):
        Person(name)


def test_addresses_that_are_none_are_refused() -> None:
    with pytest.raises(RequestError, match="no e-mail"):
        Person("Maria Keller", emails=("maria",))
    with pytest.raises(RequestError, match="six digits"):
        Person("Maria Keller", phones=("123",))


@pytest.mark.parametrize("other", ["MARIA  KELLER", "Keller, Maria", "maria keller"])
def test_the_same_person_has_the_same_terms(other: str) -> None:
    assert Person(other).terms == Person("Maria Keller").terms


@pytest.mark.parametrize(
    ("content", "there"),
    [
        (b"publicMaria KellerDone", True),
        (b"J\\u00fcrgen M\\u00dcLLER-Wei\\u00df", True),
        ("xJürgen Mu\u0308ller-Weiß".encode(), True),
        (b"Keller,\\nMaria", True),
        (b"Maria\\nKel-\\nler", True),
        (b"by M. Keller", True),
        (b"tel 030 1234567", True),
        (b"Maria Kellermann", False),
        (b"am Keller", False),
        (b"\x00" * 100, False),
    ],
)
def test_names_are_found_in_bytes(content: bytes, there: bool) -> None:
    assert (Search(KELLER).in_bytes(content) or Search(MUELLER).in_bytes(content)) == there


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=3), st.text(max_size=40))
def test_no_name_and_no_text_breaks_the_search(parts: list[str], text: str) -> None:
    try:
        person = Person(" ".join(parts))
    except RequestError:
        return
    for found in person.find(text, surname=True):
        assert 0 <= found.start < found.end <= len(text)
    Search(person).in_bytes(text.encode("utf-8", "surrogatepass"))


@settings(deadline=None)
@given(st.text("abcdeéöüßÄ'", min_size=3, max_size=9), st.from_regex("[mnoöÉ][mnoöÉ-]{1,7}[mnoöÉ]", fullmatch=True))
def test_a_name_is_found_in_a_text_and_in_bytes(first: str, last: str) -> None:
    name = f"{first} {last}"
    try:
        person = Person(name)
    except RequestError:
        return
    text = f"by {name}, in May"
    assert any(text[m.start : m.end].strip("-'") == name.strip("-'") for m in person.find(text))
    assert Search(person).in_bytes(text.encode())
    assert Search(person).in_bytes(json.dumps(text).encode())


def test_a_last_name_that_is_a_word_of_ours_breaks_no_row() -> None:
    from core.forgetting.rewriting import without

    page = Person("Laura Page")
    body = {"pages": [1], "page": "Page 2 by Laura Page", "state": "page", "how": "page", "Laura Page.pdf": 1}
    assert without(body, page, surname=True) == {
        "pages": [1], "page": f"{BLOCK * 4} 2 by {BLOCK * 10}", "state": "page", "how": "page", f"{BLOCK * 10}.pdf": 1
    }  # fmt: skip
