import pytest

from benchmarks.retrieval.tables import Row, table

ROWS = [Row("base", {"recall@1": [0.0, 1.0]}), Row("other", {"recall@1": [1.0, 1.0]})]


def test_each_row_has_its_mean_and_its_difference_to_the_base() -> None:
    lines = table("A title", ROWS, base="base", digits=1, scale=100)
    assert "2 questions; 95% bootstrap intervals; Δ is the paired difference to **base**.\n" in lines
    assert lines[-2] == "| base | 50.0 [0.0, 100.0] |  |"
    assert lines[-1] == "| other | 100.0 [100.0, 100.0] | +50.0 [+0.0, +100.0] |"


def test_a_base_that_is_no_row_is_an_error() -> None:
    with pytest.raises(ValueError, match="No row is called 'x'"):
        table("A title", ROWS, base="x")
