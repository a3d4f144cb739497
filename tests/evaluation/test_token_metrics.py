"""Literal values, and the same figures from an implementation that knows only sets of characters."""

from hypothesis import given
from hypothesis import strategies as st

from core.evaluation.token_metrics import Located, TokenScores, intersections, precision_omega, token_scores, union
from core.types import Span

DOCUMENTS = ("a", "b")
SPAN = st.builds(lambda start, size: Span(start, start + size), st.integers(0, 60), st.integers(1, 30))
LOCATED = st.builds(Located, st.sampled_from(DOCUMENTS), SPAN)


def at(start: int, end: int, document: str = "a") -> Located:
    return Located(document, Span(start, end))


def test_half_of_the_excerpt_in_a_chunk_twice_as_long() -> None:
    assert token_scores([at(5, 15)], [at(0, 10)]) == TokenScores(recall=0.5, precision=0.5, iou=5 / 15)


def test_text_found_twice_counts_twice_as_found_and_once_as_right() -> None:
    assert token_scores([at(0, 20), at(0, 20)], [at(0, 10)]) == TokenScores(recall=1.0, precision=0.25, iou=0.25)


def test_a_chunk_of_another_document_only_lowers_precision() -> None:
    assert token_scores([at(0, 10), at(0, 10, "b")], [at(0, 10)]) == TokenScores(recall=1.0, precision=0.5, iou=0.5)


def test_nothing_found_and_nothing_wanted() -> None:
    assert token_scores([], [at(0, 10)]) == TokenScores(0.0, 0.0, 0.0)
    assert token_scores([at(0, 10)], []) == TokenScores(0.0, 0.0, 0.0)


def test_omega_takes_every_chunk_that_shares_text() -> None:
    chunks = [at(0, 10), at(10, 30), at(30, 50)]
    assert precision_omega(chunks, [at(5, 15)]) == 10 / 30


def test_omega_counts_overlapping_chunks_once_and_excerpts_that_no_chunk_holds() -> None:
    assert precision_omega([at(0, 10), at(5, 15)], [at(5, 10), at(100, 105)]) == 5 / 20


def test_union_joins_what_overlaps_or_meets() -> None:
    assert union([Span(8, 9), Span(0, 3), Span(3, 5), Span(4, 6)]) == [Span(0, 6), Span(8, 9)]


def test_intersections_of_spans_that_only_meet_are_empty() -> None:
    assert intersections([Span(0, 5)], [Span(5, 9)]) == [Span(5, 5)]


def cells(spans: list[Located]) -> set[tuple[str, int]]:
    return {(located.document, i) for located in spans for i in range(located.span.start, located.span.end)}


def size(spans: list[Located]) -> int:
    return sum(located.span.end - located.span.start for located in spans)


@given(found=st.lists(LOCATED, max_size=6), wanted=st.lists(LOCATED, min_size=1, max_size=4))
def test_scores_equal_those_over_sets_of_characters(found: list[Located], wanted: list[Located]) -> None:
    shared = len(cells(found) & cells(wanted))
    missed = len(cells(wanted) - cells(found))
    scores = token_scores(found, wanted)
    assert abs(scores.recall - shared / size(wanted)) < 1e-12
    assert abs(scores.precision - (shared / size(found) if found else 0)) < 1e-12
    assert abs(scores.iou - shared / (size(found) + missed)) < 1e-12


@given(chunks=st.lists(LOCATED, max_size=8), wanted=st.lists(LOCATED, min_size=1, max_size=4))
def test_omega_equals_that_over_sets_of_characters(chunks: list[Located], wanted: list[Located]) -> None:
    def meets(chunk: Located) -> bool:
        grown = {(chunk.document, i) for i in range(chunk.span.start - 1, chunk.span.end + 1)}
        return bool(grown & cells(wanted))

    touching = [chunk for chunk in chunks if meets(chunk)]
    shared = cells(touching) & cells(wanted)
    assert abs(precision_omega(chunks, wanted) - len(shared) / len(cells(touching) | cells(wanted))) < 1e-12
