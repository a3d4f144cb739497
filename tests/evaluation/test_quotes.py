import unicodedata
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from core.evaluation.question_files import read_questions
from core.evaluation.questions import Evidence, Question
from core.evaluation.quotes import Folded, Quotes, findings, fold
from core.types import Document, Span
from core.workbench import Workbench
from tests.conftest import SAMPLE_FILES

DOCUMENT = Document(
    "d1", "policy.pdf", "", "text/plain", "public", (), 1, "You may\n send it back\nwithin 45 days.", ()
)


def asked(quote: str, document: str = "policy.pdf") -> Question:
    return Question("q", "How long?", evidence=(Evidence(document, quote),))


def test_every_quote_of_the_samples_is_found_to_the_character(filled: Workbench) -> None:
    questions = read_questions((SAMPLE_FILES.parent / "questions.jsonl").read_bytes(), "jsonl")
    documents = filled.library.ready()
    assert findings(questions, documents) == []
    texts = {document.id: document.text for document in documents}
    quotes = Quotes(documents)
    for question in questions:
        for found in quotes.resolve(question):
            for span in found.spans:
                assert fold(texts[found.document_id][span.start : span.end]) == fold(found.evidence.quote)


@given(st.text(max_size=60), st.data())
def test_any_piece_of_a_text_is_found_where_it_is(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    spans = Folded(text).find(text[start:end])
    for span in spans:
        assert fold(text[start:end]).strip() in fold(text[span.start : span.end])
    begins_whole = start == len(text) or not unicodedata.combining(text[start])
    ends_whole = end == len(text) or not unicodedata.combining(text[end])
    if fold(text[start:end]).strip() and begins_whole and ends_whole:
        assert spans


def test_what_people_write_differently_is_the_same() -> None:
    text = "The\u00a0customer’s  STRASSE – a ﬁne cafe\u0301"
    assert Folded(text).find("customer's Straße - a fine café") == (Span(4, len(text)),)
    assert Folded(text).find("fine") == (Span(28, 31),)
    assert Folded("aaaa").find("aa") == (Span(0, 2), Span(2, 4))
    assert Folded("text").find("  ") == ()


def test_each_way_of_not_being_there_has_its_name() -> None:
    later = replace(DOCUMENT, valid_from="2030-01-01")
    day = date(2026, 1, 1)
    states = [
        Quotes([DOCUMENT], day).resolve(asked("send IT back within"))[0].state,
        Quotes([DOCUMENT], day).resolve(asked("within 30 days"))[0].state,
        Quotes([later], day).resolve(asked("within 45 days"))[0].state,
        Quotes([], day).resolve(asked("within 45 days"))[0].state,
        Quotes([DOCUMENT], day).resolve(asked("", ""))[0].state,
    ]
    assert states == ["found", "gone", "not in force", "missing", "erased"]


def test_a_quote_that_is_gone_is_a_finding() -> None:
    found = findings([asked("within 45 days"), replace(asked("within 30 days"), id="p")], [DOCUMENT])
    assert [(f.question, f.state, f.why) for f in found] == [
        ("p", "gone", "These words do not stand in the version in force.")
    ]


def test_a_document_with_the_same_text_proves_as_much() -> None:
    same = replace(DOCUMENT, id="d2", name="copy.pdf", text="You may send it back   within 45 days.")
    longer = replace(DOCUMENT, id="d3", name="other.pdf", text=f"{DOCUMENT.text} Or not.")
    expired = replace(DOCUMENT, id="d4", name="old.pdf", valid_until="2020-01-01")
    (found,) = Quotes([DOCUMENT, same, longer, expired]).resolve(asked("within 45 days"))
    assert found.places == {"d1": (Span(22, 36),), "d2": (Span(23, 37),)}
    assert [copy.name for copy in found.copies] == ["copy.pdf"]
    (gone,) = Quotes([DOCUMENT, same]).resolve(asked("within 46 days"))
    assert (gone.state, gone.copies) == ("gone", ())
