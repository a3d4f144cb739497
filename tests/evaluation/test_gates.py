"""Thresholds from a file, and what keeps them."""

import math
from pathlib import Path

import pytest

from core.errors import RequestError
from core.evaluation.gates import Judged, Threshold, judge, read_gates


def written(folder: Path, text: str) -> Path:
    path = folder / "gates.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_tables_are_read_by_their_dotted_names(tmp_path: Path) -> None:
    gates = read_gates(written(tmp_path, "[eval]\nmin_right = 0.6\n[eval.default]\nmax_p95_ms = 900\n"))
    assert gates == {
        "eval": (Threshold("right", "min", 0.6),),
        "eval.default": (Threshold("p95_ms", "max", 900.0),),
    }


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[eval]\nright = 1", "neither min_ nor max_"),
        ("[eval]\nmin_ = 1", "neither min_ nor max_"),
        ("[eval]\nmin_right = true", "must be a number"),
        ("[eval]\nmin_right = nan", "must be a number"),
        ("[eval]\nmin_right = 'x'", "must be a number"),
        ("[eval", "is no TOML"),
    ],
)
def test_a_bad_file_is_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(RequestError, match=says):
        read_gates(written(tmp_path, text))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="cannot be read"):
        read_gates(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("bound", "measured", "passed"),
    [("min", 0.6, True), ("min", 0.59, False), ("max", 0.6, True), ("max", 0.61, False)],
)
def test_bounds_hold_what_they_say(bound: str, measured: float, passed: bool) -> None:
    assert Judged(Threshold("right", bound, 0.6), measured).passed is passed  # type: ignore[arg-type]


@pytest.mark.parametrize("measured", [None, math.nan])
def test_what_was_not_measured_does_not_pass(measured: float | None) -> None:
    assert not Judged(Threshold("right", "max", 1.0), measured).passed


def test_an_unknown_measure_names_those_that_there_are() -> None:
    with pytest.raises(RequestError, match="right, cited"):
        judge((Threshold("rigth", "min", 0.5),), {"right": 1.0, "cited": 1.0})
