from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chunking.numbers import cut_spans, index_bytes, numbers
from core.types import Chunk, Span, Table

TEXT = "One is here. Two is here. Three is here. Four is here."


def chunk(start: int, end: int, tokens: int = 4) -> Chunk:
    return Chunk(f"{start}", "d", TEXT[start:end], start, end, (1,), (), tokens)


def test_a_span_is_cut_where_no_chunk_holds_all_of_it() -> None:
    chunks = [chunk(0, 20), chunk(14, 40), chunk(41, 54)]
    [cut] = cut_spans([Span(0, 12), Span(13, 25), Span(26, 40), Span(26, 54)], chunks)[:1]
    assert cut.span == Span(13, 25)
    assert cut.at == (14, 20)
    assert [c.span for c in cut_spans([Span(0, 12), Span(13, 25), Span(26, 40), Span(26, 54)], chunks)] == [
        Span(13, 25),
        Span(26, 54),
    ]
    assert cut_spans([Span(0, 4)], []) == cut_spans([Span(0, 4)], [chunk(5, 9)]) != []


def test_what_is_read_around_a_chunk_is_not_cut() -> None:
    chunks = [replace(chunk(0, 12), around=Span(0, 25)), replace(chunk(13, 25), around=Span(0, 40))]
    assert [cut.span for cut in cut_spans([Span(0, 25), Span(13, 40), Span(13, 41)], chunks)] == [Span(13, 41)]


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20)), max_size=6),
    st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20)), max_size=8),
)
def test_cut_is_the_same_as_looking_at_every_chunk(spans: list[tuple[int, int]], pieces: list[tuple[int, int]]) -> None:
    starts = sorted({start for start, _ in pieces})
    chunks, reached = [], 0
    for start, size in sorted(pieces):
        if start in starts and start + size > reached:
            starts.remove(start)
            reached = start + size
            chunks.append(Chunk("c", "d", "x", start, reached, (), (), 1))
    wanted = [Span(start, start + size) for start, size in spans]
    held = [s for s in wanted if any(c.start <= s.start and s.end <= c.end for c in chunks)]
    assert [cut.span for cut in cut_spans(wanted, chunks)] == [s for s in wanted if s not in held]


def test_the_numbers_of_a_cut_text() -> None:
    table = Table(26, 54, (Span(26, 40), Span(41, 54)))
    told = numbers(TEXT, [chunk(0, 20, 5), chunk(13, 40, 7), chunk(41, 54, 300)], (table,), 256)
    assert (told.chunks, told.tokens, told.smallest, told.median, told.largest) == (3, 312, 5, 7, 300)
    assert (told.over, told.over_share) == (1, pytest.approx(1 / 3))
    assert (told.sentences, told.sentences_cut) == (4, 0)
    assert (told.tables, told.tables_split, told.rows, told.rows_cut) == (1, 1, 2, 0)
    assert told.repeated == pytest.approx(7 / 60)
    assert sum(count for _, count in told.histogram) == 3


def test_of_nothing_every_number_is_zero() -> None:
    told = numbers("", [], (), 256)
    assert (told.chunks, told.tokens, told.over_share, told.repeated) == (0, 0, 0.0, 0.0)


def test_the_size_of_an_index_grows_with_vectors_and_text() -> None:
    chunks = [chunk(0, 20)] * 10
    plain = index_bytes(chunks, 384, "none")
    assert plain == 10 * (384 * 4 + 600 + 20) + round(10 * 8 * 0.7 * 4)
    assert index_bytes(chunks, 384, "int8") - plain == 10 * 384
    assert index_bytes(chunks, 384, "binary") - plain == 10 * 48
