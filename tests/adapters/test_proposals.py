import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.adapters.paraphrases import paraphrases
from core.adapters.proposals import propose, title_of
from core.adapters.sentence_questions import ask_sentence
from core.adapters.table_questions import ask_row, key_columns, read_row
from core.adapters.wording import asked, base_form, lowered, plural
from core.types import Document, Heading, Span, Table
from core.workbench import Workbench

TEXT = """Leave policy

1 Holidays

Everybody has 29 days of paid holiday. Ask for it in the portal.

How long may I carry over?

Up to six days may be carried over into the next year.

Tier: Copper | Discount: 28 per cent
Tier: Brass | Discount: 33 per cent

Contents

Nothing is said here.
"""


def document(text: str = TEXT, language: str | None = "en", **more: object) -> Document:
    headings = tuple(
        Heading(text.index(title), level, title)
        for title, level in (("Leave policy", 1), ("1 Holidays", 2), ("How long may I carry over?", 2), ("Contents", 2))
        if title in text
    )
    tables: tuple[Table, ...] = ()
    if "Tier: Copper" in text:
        first, second = text.index("Tier: Copper"), text.index("Tier: Brass")
        rows = (Span(first, second - 1), Span(second, text.index("\n", second)))
        tables = (Table(first, rows[1].end, rows),)
    return Document(
        "d", "leave.md", "h", "text/markdown", "internal", (), 1, text, (), headings, tables, language=language
    )


def test_headings_tables_and_sentences_become_questions() -> None:
    found = {proposal.question: (proposal.answer, proposal.kind) for proposal in propose(document())}
    assert found == {
        "What does the leave policy say about holidays?": (
            "Everybody has 29 days of paid holiday. Ask for it in the portal.",
            "heading",
        ),
        "How many days of paid holiday does everybody have?": ("29 days of paid holiday", "sentence"),
        "How long may I carry over?": ("Up to six days may be carried over into the next year.", "heading"),
        "How many days may be carried over into the next year?": ("Up to six days", "sentence"),
        "What is the discount of the tier Copper?": ("28 per cent", "table"),
        "What is the discount of the tier Brass?": ("33 per cent", "table"),
    }


def test_another_language_is_asked_in_a_neutral_form() -> None:
    found = [proposal.question for proposal in propose(document(language="de"), ("table",))]
    assert found == ["Copper: Discount?", "Brass: Discount?"]
    assert not [p for p in propose(document(language="es")) if p.kind == "sentence"]


def test_every_answer_of_the_samples_stands_in_its_evidence(filled: Workbench) -> None:
    found = [(document, proposal) for document in filled.library.ready() for proposal in propose(document)]
    assert len(found) > 600
    for held, proposal in found:
        evidence = " ".join(held.text[proposal.evidence.start : proposal.evidence.end].split())
        number = proposal.answer.rsplit(" ", 1)[0]  # a header's unit, as of "Price (euros)", may stand behind it
        assert proposal.answer in evidence or number in evidence
        assert proposal.passage.start <= proposal.evidence.start
        assert proposal.evidence.end <= proposal.passage.end
        assert proposal.question.endswith("?")


@given(st.text(max_size=400), st.sampled_from(["en", "de", None]))
def test_no_text_is_too_strange_to_be_read(text: str, language: str | None) -> None:
    for proposal in propose(document(text, language)):
        assert proposal.answer
        assert 0 <= proposal.evidence.start < proposal.evidence.end <= len(text)
    for line in text.splitlines():
        row = read_row(line)
        ask_row(row, key_columns([row, row]), "Title", True)


@given(st.text(max_size=200))
def test_a_paraphrase_is_another_question(question: str) -> None:
    plain = " ".join(question.split())
    found = paraphrases(question, 5)
    assert plain not in found
    assert len(set(found)) == len(found) <= 5
    assert found == paraphrases(question, 5)


@pytest.mark.parametrize(
    ("sentence", "question", "answer"),
    [
        ("Standard delivery costs 5.80 euros and is free from 75 euros.", "How much does standard delivery cost?", "5.80 euros"),
        ("Flights must be booked at least 14 days ahead.", "How long ahead must flights be booked?", "at least 14 days ahead"),
        ("An approval lapses after 60 days.", "After how long does an approval lapse?", "after 60 days"),
        ("You may send back any article within 45 days.", "Within what time may I send back any article?", "within 45 days"),
        ("A full charge takes two hours.", "How long does a full charge take?", "two hours"),
        ("The monthly limit is 2,500 euros; buyers have more.", "What is the monthly limit?", "2,500 euros"),
        ("Journeys are approved by the managing director.", "By whom are journeys approved?", "the managing director"),
        ("The copy is deleted at 06:30.", "When is the copy deleted?", "at 06:30"),
        ("A recipe is a list of up to six pours.", "What is a recipe?", "A recipe is a list of up to six pours."),
    ],
)  # fmt: skip
def test_a_sentence_is_asked_for_its_number_or_its_meaning(sentence: str, question: str, answer: str) -> None:
    assert ask_sentence(sentence) == [(question, answer)]


@pytest.mark.parametrize(
    "sentence",
    [
        "It costs 12 euros.",
        "When it rains, the walk takes two hours.",
        "The number begins with RT and is valid for 20 days.",
        "The course takes place in April and costs 120 euros.",
        "A card is blocked when three receipts are missing for more than 20 days.",
        "Journeys that cost more than 1,200 euros need an approval.",
        "Coffee is free",
        "1 Before you begin . . . . . . 3.",
    ],
)
def test_what_no_rule_fits_is_not_asked(sentence: str) -> None:
    assert ask_sentence(sentence) == []


def questions(*lines: str, english: bool = True) -> list[str]:
    rows = [read_row(line) for line in lines]
    return [q for row in rows for q, _ in ask_row(row, key_columns(rows), "Wren C2", english)]


def test_a_row_is_named_by_the_columns_that_tell_it_apart() -> None:
    assert key_columns([read_row("A: 1 | B: x | C: p"), read_row("A: 1 | B: y | C: p")]) == ("A", "B")
    assert key_columns(
        [read_row("No.: 1 | Part: Foot | Use: stands"), read_row("No.: 2 | Part: Lid | Use: shuts")]
    ) == ("Part",)
    assert key_columns([read_row("A: 1 | B: x"), read_row("A: 1 | B: x")]) == ()
    assert key_columns([]) == ()


def test_headers_decide_the_form_of_the_question() -> None:
    assert questions("Article: C2-110 | Name: Battery | Price (euros): 9.06 | Fits: Wren C2") == [
        "What is the price of Battery (C2-110)?",
        "What does Battery (C2-110) fit?",
    ]
    assert questions("Date: 4 March | Event: Fire drill") == ["What happened on 4 March?"]
    assert questions("Property: Range | Value: 2 kg") == ["What is the range of the Wren C2?"]
    assert questions("Sum: Above 80 euros | Who decides: Manager") == ["Who decides (sum: above 80 euros)?"]
    assert questions("Code: E07 | Remedy: Wait") == ["What is the remedy of code E07?"]
    assert questions("Garantiezeit für: Waagen | Dauer: fünf Jahre", english=False) == ["Waagen: Dauer?"]


def test_the_unit_of_a_header_stands_with_its_number() -> None:
    row = read_row("Name: Battery | Price (euros): 9.06 | Note: -")
    assert ask_row(row, ("Name",), "", True) == [("What is the price of Battery?", "9.06 euros")]


def test_english_is_asked_in_other_words() -> None:
    assert paraphrases("What is the price of the Tarn S3?", 5) == (
        "Could you tell me the price of the Tarn S3?",
        "Tarn S3: what is the price?",
        "what is the price of the tarn s3",
        "What's the price of the Tarn S3?",
        "Please tell me the price of the Tarn S3.",
    )
    assert paraphrases("How long does a full charge take?") == (
        "Could you tell me how long a full charge takes?",
        "how long does a full charge take",
    )
    assert paraphrases("Wägezelle: Garantiezeit?") == ("wägezelle: garantiezeit",)
    assert paraphrases("What is the price?", 0) == ()


def test_small_changes_of_wording() -> None:
    assert (lowered("The Tarn S3"), lowered("Tarn S3"), lowered("IBAN of it")) == (
        "the Tarn S3",
        "Tarn S3",
        "IBAN of it",
    )
    assert asked("You may use your card") == "I may use my card"
    assert asked("it reaches you") == "it reaches me"
    assert [plural(noun) for noun in ("days of holiday", "the price", "every guests", "people", "a bus")] == [
        True,
        False,
        False,
        True,
        False,
    ]
    assert [base_form(verb) for verb in ("lapses", "carries", "reaches", "goes", "passes")] == [
        "lapse",
        "carry",
        "reach",
        "go",
        "pass",
    ]


def test_a_document_without_a_heading_is_called_by_its_file() -> None:
    assert title_of(document("no heading here")) == "leave"
