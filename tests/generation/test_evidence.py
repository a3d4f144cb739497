import numpy as np
import pytest

from core.generation.evidence import Passage, coverage, rarity, support, words
from core.types import Span


def passage(text: str) -> Passage:
    return Passage(0, Span(0, len(text)), text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How many days of leave?", ["day", "leave"]),
        ("Die Rückgabefrist für Geräte", ["ruckgabefrist", "gerate"]),
        ("The policies' limits", ["policy", "limit"]),
        ("Model K2-B costs 12.50", ["model", "k2-b", "cost", "12.50"]),
    ],
)
def test_content_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_coverage_is_the_share_of_rare_words() -> None:
    passages = [passage("apples cost three"), passage("pears cost four")]
    weights = rarity(passages)
    assert coverage("apples cost", passages[0], weights) == 1
    assert 0 < coverage("apples cost", passages[1], weights) < 0.5
    assert coverage("of the", passages[0], weights) == 0


def test_support_is_the_mean_of_cosine_and_coverage() -> None:
    passages = [passage("apples cost three")]
    vectors = np.array([[0.6, 0.8]])
    assert support("apples cost three", np.array([0.6, 0.8]), passages, vectors) == pytest.approx([1.0])
    assert support("apples", np.array([0.0, 1.0]), passages, vectors) == pytest.approx([0.9])
    assert support("x", np.array([1.0, 0.0]), [], np.zeros((0, 2))).shape == (0,)
