import numpy as np
import pytest

from benchmarks.retrieval.peers import joined, locate
from core.types import Span


def test_a_piece_is_found_where_it_stands_first_without_its_full_stop() -> None:
    assert locate("One. Two. One.", "One.") == Span(0, 3)


def test_a_piece_with_other_spacing_and_case_is_found() -> None:
    assert locate("One line\nand  another", "one line and another") == Span(0, 21)


def test_a_piece_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ValueError, match="not in its corpus"):
        locate("One.", "Three")


def test_like_pieces_are_joined_up_to_the_longest() -> None:
    a, b = [1.0, 0.0], [0.0, 1.0]
    pieces = ["a1", "a2", "b1", "b2", "b3"]
    vectors = np.array([a, a, b, b, b])
    assert joined(pieces, vectors, 8) == ["a1 a2", "b1 b2 b3"]
    assert joined(pieces, vectors, 2) == ["a1 a2", "b1 b2", "b3"]
