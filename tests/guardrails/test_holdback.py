"""The filter of a stream: at every moment what it has shown is the beginning of the masked whole."""

from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import RequestError
from core.guardrails.findings import Finding
from core.guardrails.holdback import MASK, Finder, Growing, HoldBack, masked
from core.guardrails.patterns import personal
from core.guardrails.terms import Terms

TERMS = Terms(["heron", "herring gull", "ass", "assassin", "schwül", "übel", "orkü", "C++"], "house")
PERSONAL = Growing(personal, "personal")


def whole(text: str, finders: Sequence[Finder]) -> str:
    """The masked text by the findings in the whole, without the filter."""
    shown = list(text)
    for finder in finders:
        for each in finder.scan(text, 0, True).findings:
            shown[each.start : each.end] = MASK * (each.end - each.start)
    return "".join(shown)


def streamed(text: str, cuts: Sequence[int], finders: Sequence[Finder], wanted: str) -> HoldBack:
    """Feed a text cut at these places; no moment may show what the masked whole does not."""
    filter_, shown = HoldBack(finders), ""
    for start, end in zip((0, *cuts), (*cuts, len(text)), strict=True):
        shown += filter_.feed(text[start:end])
        assert wanted.startswith(shown)
    assert shown + filter_.end() == wanted
    return filter_


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("A heron and h3r0n.", "A █████ and █████."),
        ("h e r o n! herons", "█████████! herons"),
        ("c l a s s, a s s, ass", "c l a s s, █████, ███"),
        ("an assas, an assassin", "an assas, an ████████"),
        ("herring\n gull herring", "█████████████ herring"),
        ("schwu\u0308l schwul u\u0308bel", "███████ schwul █████"),
        ("he\u200br\u200bon hеrоn", "███████ █████"),
        ("xa$$ a$$ heeeeron C++", "xa$$ ███ ████████ ███"),
        ("herrin", "herrin"),
        ("h e r o n s, h e r o n so", "h e r o n s, █████████ so"),
        ("orku, orku, orku\u0308.", "orku, orku, █████."),
    ],
)
def test_no_cut_of_the_stream_shows_a_part_of_a_term(text: str, shown: str) -> None:
    assert whole(text, [TERMS]) == shown
    for many in (0, 1, 2):
        for cuts in combinations(range(1, len(text)), many):
            streamed(text, cuts, [TERMS], shown)
    streamed(text, range(1, len(text)), [TERMS], shown)


def test_no_way_at_all_to_cut_a_short_text_shows_a_part() -> None:
    text = "o h\u200be.r0n u\u0308"
    places = range(1, len(text))
    for many in range(len(text)):
        for cuts in combinations(places, many):
            streamed(text, cuts, [TERMS], "o ███████ u\u0308")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Write to ada.quill@example.com, now", "Write to █████████████████████, now"),
        ("DE89 3704 0044 0532 0130 00 AND MORE", "███████████████████████████ AND MORE"),
        ("4111 1111 1111 1111 or 4111 1111", "███████████████████ or 4111 1111"),
        ("Call 0049 (30) 123456-78 or 112", "Call ███████████████████ or 112"),
    ],
)
def test_no_cut_shows_a_part_of_what_a_pattern_finds(text: str, shown: str) -> None:
    assert whole(text, [PERSONAL, TERMS]) == shown
    for many in (1, 2):
        for cuts in combinations(range(1, len(text)), many):
            streamed(text, cuts, [PERSONAL, TERMS], shown)
    streamed(text, range(1, len(text)), [PERSONAL, TERMS], shown)


PIECES = st.lists(
    st.sampled_from(
        [
            *"abehnorsxC+$.- 1\n",
            "\u0308",
            "\u0336",
            "\u200b",
            "hero",
            "her",
            "a s s",
            "u\u0308be",
            "schwu",
            "c l ",
            "herring ",
            "gull",
            "@x.de",
            "+49 30 ",
            "1234",
        ]
    ),
    max_size=14,
)


@settings(max_examples=400, deadline=None)
@given(PIECES)
def test_any_stream_is_masked_as_its_whole(pieces: list[str]) -> None:
    text = "".join(pieces)
    wanted = whole(text, [TERMS, PERSONAL])
    for cut in (range(1, len(text)), range(3, len(text), 3)):
        streamed(text, cut, [TERMS, PERSONAL], wanted)
    filter_ = HoldBack([TERMS, PERSONAL])
    shown = ""
    for piece in pieces:
        shown += filter_.feed(piece)
        assert wanted.startswith(shown)
    assert shown + filter_.end() == wanted


@settings(deadline=None)
@given(st.text(max_size=40), st.sampled_from(["heron", "h.e.r.o.n", "h e r o n"]), st.integers(1, 7))
def test_a_planted_term_never_shows(surroundings: str, planted: str, size: int) -> None:
    text = f"{surroundings} it, {planted}, {surroundings}"
    filter_ = HoldBack([TERMS])
    shown = "".join(filter_.feed(text[at : at + size]) for at in range(0, len(text), size)) + filter_.end()
    at = len(surroundings) + 5
    assert len(shown) == len(text)
    assert shown[at : at + len(planted)] == MASK * len(planted)
    assert all(letter in (MASK, text[place]) for place, letter in enumerate(shown))


def test_innocent_text_passes_at_once_and_a_term_is_held_only_while_it_may_be_one() -> None:
    filter_ = HoldBack([TERMS])
    assert filter_.feed("Quite ") == "Quite "
    assert filter_.feed("h") == ""
    assert filter_.feed("er") == ""
    assert filter_.held == 3
    assert filter_.feed("b") == "herb"
    assert filter_.feed("s and a heron") == "s and a "
    assert filter_.feed("s") == "herons"
    assert filter_.held == 0


def test_it_tells_what_it_masked_and_where() -> None:
    text = "Mail a@b.de about the heron. And the assassin, a s s."
    filter_ = streamed(text, range(1, len(text)), [TERMS, PERSONAL], whole(text, [TERMS, PERSONAL]))
    assert filter_.findings == (
        Finding("personal", "e-mail", 5, 11),
        Finding("term", "house", 22, 27),
        Finding("term", "house", 37, 45),
        Finding("term", "house", 47, 52),
    )


def test_long_streams_keep_little() -> None:
    filter_ = HoldBack([TERMS, PERSONAL])
    for _ in range(2000):
        filter_.feed("word and heron ")
    assert len(filter_._text) < 300
    assert len(filter_.findings) == 2000


def test_of_a_word_beyond_the_bound_only_so_much_is_held() -> None:
    filter_ = HoldBack([Growing(personal, "personal", bound=10)])
    assert filter_.feed("x" * 25) == "x" * 15
    assert filter_.end() == "x" * 10


def test_a_filter_of_lines_holds_the_unfinished_line() -> None:
    filter_ = HoldBack([Growing(personal, "personal", tail=Growing.LINE)])
    assert filter_.feed("one\ntwo a@b") == "one\n"
    assert filter_.feed(".de\n") == "two ██████\n"


def test_without_finders_everything_passes() -> None:
    assert masked("a heron", []) == "a heron"


def test_the_mask_is_one_character_and_an_ended_stream_takes_no_more() -> None:
    with pytest.raises(RequestError, match="one character"):
        HoldBack([TERMS], "[masked]")
    filter_ = HoldBack([TERMS])
    filter_.end()
    with pytest.raises(RequestError, match="has ended"):
        filter_.feed("more")
