from hypothesis import given
from hypothesis import strategies as st

from core.retrieval.repeats import cut_repeats, longest_new, uncovered
from core.types import Chunk, Hit, Span, no_scores

SPAN = st.builds(lambda start, size: Span(start, start + size), st.integers(0, 60), st.integers(1, 30))
TEXT = "word " * 40


def hit(start: int, end: int, document: str = "a", rank: int = 1) -> Hit:
    chunk = Chunk(f"{document}{start}-{end}", document, TEXT[start:end], start, end, (1,), (), end - start)
    return Hit(chunk, f"{document}.md", "public", rank, no_scores())


def ranges(hits: list[Hit]) -> list[tuple[str, int, int]]:
    return [(h.chunk.document_id, h.shown.start, h.shown.end) for h in hits]


def test_a_later_hit_shows_only_what_is_new() -> None:
    cut = cut_repeats([hit(20, 59), hit(40, 79)], 5)
    assert ranges(cut) == [("a", 20, 59), ("a", 60, 79)]  # white space at 59 goes
    assert cut[0].passage is None
    assert cut[1].chunk == hit(40, 79).chunk  # what was found is kept
    assert cut[1].shown.text == TEXT[60:79]
    assert cut[1].shown.tokens == 19


def test_the_same_offsets_of_another_document_are_new() -> None:
    assert ranges(cut_repeats([hit(20, 59), hit(20, 59, "b")], 5)) == [("a", 20, 59), ("b", 20, 59)]


def test_a_hit_with_hardly_anything_new_moves_behind_and_ranks_are_counted_anew() -> None:
    cut = cut_repeats([hit(0, 39), hit(3, 42), hit(60, 79)], 2)
    assert ranges(cut) == [("a", 0, 39), ("a", 60, 79), ("a", 3, 42)]
    assert [h.rank for h in cut] == [1, 2, 3]


def test_white_space_alone_is_nothing_new() -> None:
    assert ranges(cut_repeats([hit(0, 4), hit(0, 5), hit(5, 9)], 2)) == [("a", 0, 4), ("a", 5, 9), ("a", 0, 5)]


@given(st.lists(SPAN, min_size=1, max_size=8), st.integers(1, 8))
def test_no_hit_is_lost_and_none_of_the_shown_overlap(spans: list[Span], top_k: int) -> None:
    hits = [hit(s.start, s.end, rank=i + 1) for i, s in enumerate(spans)]
    cut = cut_repeats(hits, top_k)
    assert sorted(h.chunk.id for h in cut) == sorted(h.chunk.id for h in hits)
    taken: list[Span] = []
    places: set[int] = set()
    for h in cut[:top_k]:
        own = set(range(h.shown.start, h.shown.end))
        assert h.shown.text == TEXT[h.shown.start : h.shown.end]
        if own & places:  # it moved behind, and there were too few to fill its place
            left = longest_new(Span(h.chunk.start, h.chunk.end), taken)
            assert left is None or not TEXT[left.start : left.end].strip()
        else:
            places |= own
            taken.append(Span(h.shown.start, h.shown.end))


@given(SPAN, st.lists(SPAN, max_size=5))
def test_uncovered_pieces_are_the_characters_of_no_other_span(span: Span, others: list[Span]) -> None:
    wanted = set(range(span.start, span.end)) - {i for o in others for i in range(o.start, o.end)}
    pieces = uncovered(span, others)
    assert {i for piece in pieces for i in range(piece.start, piece.end)} == wanted
    assert sum(piece.end - piece.start for piece in pieces) == len(wanted)
