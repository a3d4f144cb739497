import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chunking.sentences import sentence_spans


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Dr. Ada Quill came at 5 p.m. yesterday. She left.", ["Dr. Ada Quill came at 5 p.m. yesterday.", "She left."]),
        ("It costs 3.50 euros. Pay now.", ["It costs 3.50 euros.", "Pay now."]),
        ("Am 15. März gilt z.B. die Frist. Danach nicht.", ["Am 15. März gilt z.B. die Frist.", "Danach nicht."]),
        ("¿Cuándo? El Sr. Ruiz lo sabe.", ["¿Cuándo?", "El Sr. Ruiz lo sabe."]),
        ("第一句。第二句！", ["第一句。", "第二句！"]),
        ("A line\nthat wraps goes on. Next.", ["A line\nthat wraps goes on.", "Next."]),
        ("Title\n\nBody text", ["Title", "Body text"]),
        ("Items:\n- first\n- second", ["Items:", "- first", "- second"]),
        ('He said "Stop." Then he left.', ['He said "Stop."', "Then he left."]),
        ("   ", []),
        ("", []),
    ],
)
def test_sentences_of_a_text(text: str, expected: list[str]) -> None:
    assert [text[s.start : s.end] for s in sentence_spans(text)] == expected


@given(st.text(max_size=400))
def test_spans_ascend_and_lose_nothing_but_white_space(text: str) -> None:
    spans = sentence_spans(text)
    assert all(a.end <= b.start for a, b in zip(spans, spans[1:], strict=False))
    assert "".join("".join(text[s.start : s.end].split()) for s in spans) == "".join(text.split())


def test_dots_that_lead_to_a_page_number_are_no_sentences() -> None:
    text = "Contents\n\nSafety . . . . . . 3\n\nCare ....... 4\n\nIt works. … It stops."
    found = [text[span.start : span.end] for span in sentence_spans(text)]
    assert found == ["Contents", "Safety . . . . . . 3", "Care ....... 4", "It works.", "… It stops."]
