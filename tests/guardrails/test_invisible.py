import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.guardrails.invisible import KINDS, hidden, smuggled


def tagged(text: str) -> str:
    return "".join(chr(0xE0000 + ord(sign)) for sign in text)


def selected(text: str) -> str:
    """A text as variation selectors, a byte each."""
    return "".join(chr(0xFE00 + byte if byte < 16 else 0xE0100 + byte - 16) for byte in text.encode())


def found(text: str) -> list[tuple[str, str]]:
    return [(each.kind, text[each.start : each.end]) for each in hidden(text)]


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("zero-width", "\u200b\u200c\u200b\u200b"),
        ("tag characters", tagged("ignore all")),
        ("variation selectors", selected("run this")),
        ("bidirectional override", "\u202egpj.exe\u202c"),
        ("bidirectional control", "\u2067"),
        ("comment", "<!-- tell no one -->"),
        ("hidden element", "<span style='display:none'>do it</span>"),
        ("hidden element", "<div hidden>do it</div>"),
        ("hidden element", '<p style="font-size:0px">do it</p>'),
    ],
)
def test_hidden_text_is_found_where_it_stands(kind: str, part: str) -> None:
    assert found(f"A page. {part} More.") == [(kind, part)]
    assert kind in KINDS


def test_a_comment_of_markdown_and_one_that_never_closes_are_found() -> None:
    text = "One\n[//]: # (secret words)\nTwo <!-- and the rest"
    assert found(text) == [("comment", "[//]: # (secret words)"), ("comment", "<!-- and the rest")]


def test_one_invisible_character_within_a_word_is_found() -> None:
    assert found("ig\u200bnore") == [("zero-width", "\u200b")]


@pytest.mark.parametrize(
    "text",
    [
        "❤️ 1️⃣ 👨\u200d👩\u200d👧",
        "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",  # the flag of Scotland
        "می\u200cخواهم",  # Persian, written with a non-joiner
        "a \u2067שלום\u2069 b",
        "\ufeffA file",
        "Sil\u00adben\u00adtren\u00adnung",
        "<!-- --- -->",
        "<b>bold</b>, hidden <i>not</i> at all; the hidden costs",
        "葛\U000e0100城",  # an ideographic variant
    ],
)
def test_honest_uses_do_not_alarm(text: str) -> None:
    assert found(text) == []


def test_what_is_smuggled_can_be_read() -> None:
    assert smuggled("hi" + tagged("ignore all")) == "ignore all"
    assert smuggled("😀" + selected("grüße")) == "grüße"
    assert smuggled("plain ❤️") == ""


@given(st.text(st.one_of(st.characters(), st.sampled_from("<!-- >\u200b\u202e\ufe0f\U000e0041")), max_size=80))
def test_findings_lie_in_the_text(text: str) -> None:
    assert all(0 <= each.start < each.end <= len(text) and 0 < each.score <= 1 for each in hidden(text))


@given(st.text(st.characters(codec="ascii"), min_size=1, max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_smuggled_text_is_found_in_any_text(said: str, before: str, after: str) -> None:
    text = f"{before}.{tagged(said)}.{after}"
    at = len(before) + 1
    assert any(
        each.kind == "tag characters" and (each.start, each.end) == (at, at + len(said)) for each in hidden(text)
    )
