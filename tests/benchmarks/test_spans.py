from benchmarks.retrieval.spans import without_repeats
from core.evaluation.token_metrics import Located
from core.types import Span

TEXTS = {"a": "x" * 49 + " " + "x" * 50, "b": "y" * 100}


def at(start: int, end: int, document: str = "a") -> Located:
    return Located(document, Span(start, end))


def test_a_later_hit_shows_only_what_is_new() -> None:
    assert without_repeats([at(20, 60), at(40, 80)], TEXTS, 5) == [at(20, 60), at(60, 80)]


def test_the_same_offsets_of_another_document_are_new() -> None:
    assert without_repeats([at(20, 60), at(20, 60, "b")], TEXTS, 5) == [at(20, 60), at(20, 60, "b")]


def test_a_hit_with_hardly_anything_new_gives_its_place_away() -> None:
    assert without_repeats([at(0, 40), at(3, 43), at(60, 80)], TEXTS, 2) == [at(0, 40), at(60, 80)]


def test_the_longer_of_two_pieces_stays_and_white_space_goes() -> None:
    assert without_repeats([at(20, 49), at(10, 90)], TEXTS, 5) == [at(20, 49), at(50, 90)]
