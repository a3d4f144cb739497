from pathlib import Path

import numpy as np
import pytest

from benchmarks.retrieval.embedded import Vectors
from benchmarks.retrieval.late import Late

pytestmark = pytest.mark.weights
TEXTS = ["The ship sails at noon.", "", "An anchor holds the ship in a storm that nobody foresaw."]


def test_token_states_are_unit_rows(tmp_path: Path) -> None:
    states = Vectors(tmp_path).states("minilm", TEXTS)
    assert [len(rows) for rows in states] == [6, 0, 14]
    assert np.linalg.norm(states[0].astype(np.float32), axis=1) == pytest.approx(1, abs=2e-3)


def test_a_second_reading_comes_from_the_file(tmp_path: Path) -> None:
    first = Vectors(tmp_path).passages("minilm", TEXTS)
    (file,) = tmp_path.iterdir()
    stamp = file.stat().st_mtime_ns
    assert np.array_equal(Vectors(tmp_path).passages("minilm", TEXTS), first)
    assert file.stat().st_mtime_ns == stamp
    Vectors(tmp_path).passages("minilm", TEXTS[:2])
    assert len(list(tmp_path.iterdir())) == 2


def test_maxsim_is_1_for_the_same_text_and_prefers_the_text_with_the_words(tmp_path: Path) -> None:
    late = Late(Vectors(tmp_path), ["The ship sails at noon.", "anchor in a storm"], TEXTS, {0, 2})
    assert late.scores(0, [0], rare=False)[0] == pytest.approx(1, abs=2e-3)
    assert late.scores(0, [0], rare=True)[0] == pytest.approx(1, abs=2e-3)
    assert late.rank(1, [0, 2]) == late.rank(1, [0, 2], rare=True) == [2, 0]
