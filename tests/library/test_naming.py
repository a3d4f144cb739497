import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.library.naming import document_name


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("report.pdf", "report.pdf"),
        ("policies/travel.md", "policies/travel.md"),
        ("two\nlines.txt", "two lines.txt"),
        ("../../etc/passwd", "etc/passwd"),
        ("C:\\papers\\a.txt", "C:/papers/a.txt"),
        ("evil\u202efdp.exe", "evilfdp.exe"),
        ("🫖 kettle 👩‍🔧.md", "🫖 kettle 👩‍🔧.md"),
        ("..", "unnamed"),
        ("\x00\x07", "unnamed"),
        ("e\u0301.txt", "é.txt"),
    ],
)
def test_names(given_name: str, kept: str) -> None:
    assert document_name(given_name) == kept


def test_long_names_stay_distinct_and_keep_their_extension() -> None:
    one, two = document_name("a" * 150 + "x" + "b" * 149 + ".pdf"), document_name("a" * 150 + "y" + "b" * 149 + ".pdf")
    assert one != two
    assert one.endswith(".pdf")
    assert len(one) <= 200


@given(st.text(max_size=400))
def test_any_name_becomes_one_safe_line_once_and_for_all(name: str) -> None:
    kept = document_name(name)
    assert kept
    assert len(kept) <= 200
    assert not {"\n", "\r", "\x00"} & set(kept)
    assert ".." not in kept.split("/")
    assert document_name(kept) == kept
