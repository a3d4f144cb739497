"""Whether passages hold a quote: alone, together, cut short, or written by hand."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from core.evaluation.held import Place, holds, shown, touches
from core.types import Chunk, Hit, Source, Span
from tests.fakes import source

TEXT = "The red kettle costs 30 euros. It comes with a lid of steel."
QUOTE = "costs 30 euros"
AT = TEXT.index(QUOTE)
PLACES = (Place("d-paper.txt", Span(AT, AT + len(QUOTE)), QUOTE),)


def part(number: int, start: int, end: int) -> Source:
    return source(number, TEXT[start:end], start=start)


def test_a_chunk_holds_what_lies_in_it_or_in_what_is_read_around_it() -> None:
    whole, half = part(1, 0, 31).hit.chunk, part(2, 0, AT + 5).hit.chunk
    assert holds(whole, QUOTE, PLACES) and touches(whole, PLACES)
    assert not holds(half, QUOTE, PLACES) and touches(half, PLACES)
    assert holds(replace(half, around=Span(0, 40)), QUOTE, PLACES)
    assert holds(half, QUOTE, PLACES, Span(0, 40))
    assert not holds(replace(whole, document_id="another"), QUOTE, PLACES)


def test_a_passage_written_by_hand_holds_what_it_says() -> None:
    written = replace(part(1, 0, 31).hit.chunk, text="It is free.", edited=True)
    assert not holds(written, QUOTE, PLACES)
    assert holds(replace(written, text="It COSTS 30\neuros now."), QUOTE, PLACES)


@given(st.integers(1, len(TEXT) - 1))
def test_two_passages_that_meet_show_what_neither_holds(cut: int) -> None:
    both = [part(1, 0, cut), part(2, cut, len(TEXT))]
    assert shown(both, QUOTE, PLACES)
    assert shown(both[:1], QUOTE, PLACES) == (cut >= AT + len(QUOTE))
    assert shown(both[1:], QUOTE, PLACES) == (cut <= AT)


def test_a_passage_that_was_cut_shows_only_what_is_left_of_it() -> None:
    whole = part(1, 0, 31)
    assert shown([whole], QUOTE, PLACES)
    assert not shown([replace(whole, text=TEXT[: AT + 5])], QUOTE, PLACES)
    assert shown([source(1, "Elsewhere: it costs 30  EUROS, too.", "other.txt")], QUOTE, PLACES)
    assert not shown([], QUOTE, PLACES)
    wide = Chunk("c2", "d-paper.txt", TEXT, 0, len(TEXT), (1,), (), 12)
    hit = Hit(part(2, 0, 10).hit.chunk, "paper.txt", "public", 2, {}, passage=wide)
    assert shown([Source(1, hit, TEXT)], QUOTE, PLACES)
