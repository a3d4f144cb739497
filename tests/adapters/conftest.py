"""A tiny model with random weights, and rows that it can learn by heart."""

from pathlib import Path

import pytest

from core.adapters.examples import Example
from tests.generation.conftest import save_tiny


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def learned() -> tuple[Example, ...]:
    """Twelve prompts, three to a beginning, with one answer."""
    found = []
    for beginning in range(4):
        common = tuple(1000 + 7 * beginning + i for i in range(60))
        for ending in range(3):
            found.append(Example((*common, 500 + ending, 900 + ending), (700, 2)))
    return tuple(found)
