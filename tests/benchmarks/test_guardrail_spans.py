import pytest

from benchmarks.guardrails.spans import ANY, Counts, Span, Token, counted, iou, labels, runs

TEXT = "Ada Quill lives at 12 Fen Road, Marrow and Ash"
TOKENS: list[Token] = []
for word in TEXT.replace(",", " ,").split():
    start = TEXT.index(word, TOKENS[-1][1] if TOKENS else 0)
    TOKENS.append((start, start + len(word), word))


def empty(word: str) -> bool:
    return word in (",", "and", "at", "Road")


def span(words: str, kind: str) -> Span:
    return TEXT.index(words), TEXT.index(words) + len(words), kind


def compare(annotated: list[Span], told: list[Span]) -> Counts:
    return counted([(TOKENS, annotated, told)], empty)


def test_a_token_has_the_kind_of_the_first_span_that_touches_it() -> None:
    kinds = labels(TOKENS, [span("da Quill", "person"), span("Quill lives", "place")])
    assert kinds[:4] == ["person", "person", "place", None]


def test_tokens_without_meaning_neither_begin_nor_part_a_span() -> None:
    kinds = labels(TOKENS, [span("12 Fen Road, Marrow and Ash", "address")])
    assert runs(TOKENS, kinds, empty) == [span("12 Fen Road, Marrow and Ash", "address")]
    assert runs(TOKENS, labels(TOKENS, [span("at 12 Fen", "address")]), empty) == [span("12 Fen", "address")]
    two = labels(TOKENS, [span("Marrow", "place"), span("Ash", "place")])
    assert runs(TOKENS, two, empty) == [span("Marrow and Ash", "place")]


def test_intersection_over_union_counts_signs() -> None:
    assert iou((0, 10, "x"), [(0, 5, "x")]) == 0.5
    assert iou((0, 10, "x"), [(0, 5, "x"), (5, 10, "x")]) == 1
    assert iou((0, 10, "x"), [(5, 20, "x")]) == 0.25


def test_another_kind_counts_as_found_only_where_all_kinds_are_one() -> None:
    counts = compare([span("Ada Quill", "person")], [span("Ada Quill", "organisation")])
    assert (counts.precision(), counts.recall()) == (1, 1)
    assert (counts.precision("organisation"), counts.recall("person")) == (0, 0)


def test_too_little_of_a_span_is_neither_found_nor_right() -> None:
    counts = compare(
        [span("Ada Quill", "person"), span("12 Fen", "address")], [span("Ada", "person"), span("12 Fen", "address")]
    )
    assert (counts.precision(), counts.recall(), counts.f()) == (0.5, 0.5, 0.5)
    assert counts.recall("address") == 1
    assert (counts.token_precision(), counts.token_recall()) == (1, 0.75)


def test_nothing_told_and_nothing_annotated_is_no_error() -> None:
    counts = compare([], [])
    assert (counts.precision(), counts.recall(), counts.f(2), counts.annotated[ANY]) == (0, 0, 0, 0)


def test_f2_weighs_recall() -> None:
    counts = compare([span("Ada", "person")], [span("Ada", "person"), span("Ash", "person")])
    assert counts.f(2) == pytest.approx(5 * 0.5 / (4 * 0.5 + 1))
