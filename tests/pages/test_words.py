"""Numbers and names as people read them, and text that must not become markup."""

import pytest

from core.types import Span
from pages.shared.reader import split
from pages.shared.words import duration, kind, listed, many, milliseconds, plain, size


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("report_v2.pdf", "report\\_v2\\.pdf"),
        ("![x](http://evil.example/p.png)", "\\!\\[x\\]\\(http\\://evil\\.example/p\\.png\\)"),
        (":red[no] <b>", "\\:red\\[no\\] \\<b\\>"),
        ("two\nlines", "two lines"),
    ],
)
def test_plain_leaves_no_markdown(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_numbers() -> None:
    assert [size(n) for n in (12, 5_800, 41_000, 2_300_000)] == ["12 bytes", "5.8 kB", "41 kB", "2.3 MB"]
    assert [many(n, "page") for n in (1, 1204)] == ["1 page", "1,204 pages"]
    assert [duration(s) for s in (0.2, 42, 75, 4000)] == ["1 s", "42 s", "1 min 15 s", "66 min"]
    assert [milliseconds(ms) for ms in (12.4, 1530)] == ["12 ms", "1.5 s"]
    assert [listed(words) for words in ([], ["a"], ["a", "b", "c"])] == ["", "a", "a, b and c"]
    assert kind("application/pdf", "x") == "PDF"
    assert kind("", "x.odt") == "ODT"


def test_split_marks_ranges_by_characters_and_loses_none() -> None:
    text = "🔑 one two three"
    pieces = split(text, [Span(6, 9), Span(2, 5)])
    assert pieces == [("🔑 ", False), ("one", True), (" ", False), ("two", True), (" three", False)]
    assert "".join(piece for piece, _ in split(text, [Span(3, 7), Span(5, 99), Span(8, 8)])) == text
