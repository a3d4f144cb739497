"""Gates for all recipes and for one, regressions by question, and cases that fail exactly when the status is 1."""

import pytest

from core.errors import RequestError
from core.evaluation.gates import Threshold
from core.evaluation.retrieval_runs import Result
from core.evaluation.statistics import Estimate
from core.evaluation.verdicts import cases, check_tables, rights, tell

VALUES = {"right": Estimate(0.5, 0.4, 0.6)}


def result(name: str, overall: float | None, hashed: str = "h") -> Result:
    values = {"ms": 1500.0} | ({} if overall is None else {"overall": overall})
    return Result(name, hashed, None, values, (), f"t{name}")


RESULTS = [result("a", 1), result("b", 0), result("c", 0), result("d", None)]
BEFORE = {"a": ("h", False), "b": ("h", True), "c": ("other", True)}


def test_a_recipes_own_gate_overrides_the_one_for_all() -> None:
    gates = {
        "eval": (Threshold("right", "min", 0.9), Threshold("wrong", "max", 5)),
        "eval.mine": (Threshold("right", "min", 0.4),),
    }
    mine, other = (tell(name, RESULTS, VALUES, None, gates) for name in ("mine", "other"))
    assert (mine.passed, other.passed) == (True, False)
    assert [gate.threshold.value for gate in mine.gates] == [0.4, 5]


def test_a_regression_needs_the_same_question_to_have_been_right() -> None:
    told = tell("r", RESULTS, VALUES, BEFORE, {})
    assert (told.wrong, told.regressed) == (("b", "c"), ("b",))
    for none in (None, {}, {"a": ("other", True)}):
        assert tell("r", RESULTS, VALUES, none, {}).regressed is None
    assert rights(RESULTS) == {"a": ("h", True), "b": ("h", False), "c": ("h", False)}


def test_what_was_not_measured_does_not_pass() -> None:
    for measure in ("regressed", "judge"):
        assert not tell("r", RESULTS, VALUES, None, {"eval": (Threshold(measure, "max", 9),)}).passed
    with pytest.raises(RequestError, match="There is no measure 'rihgt'"):
        tell("r", RESULTS, VALUES, None, {"eval": (Threshold("rihgt", "min", 0),)})


@pytest.mark.parametrize(
    ("gates", "states"),
    [
        ((), ["passed", "skipped", "skipped", "passed"]),
        ((Threshold("right", "min", 0.9),), ["failed", "passed", "skipped", "skipped", "passed"]),
        ((Threshold("regressed", "max", 0),), ["failed", "passed", "failed", "skipped", "passed"]),
        ((Threshold("wrong", "max", 0),), ["failed", "passed", "failed", "failed", "passed"]),
        ((Threshold("wrong", "max", 2),), ["passed", "passed", "skipped", "skipped", "passed"]),
    ],
)
def test_a_question_fails_only_where_a_broken_gate_counts_it(gates: tuple[Threshold, ...], states: list[str]) -> None:
    told = tell("r", RESULTS, VALUES, BEFORE, {"eval": gates})
    found = cases(told, RESULTS, {"a": "How long?"})
    assert [case.state for case in found] == states
    assert told.passed == ("failed" not in states)
    assert [case.name for case in found][-4:] == ["a: How long?", "b", "c", "d"]
    assert (found[-1].seconds, found[-1].detail) == (1.5, "trace td")


def test_gates_that_nobody_would_look_at_are_refused() -> None:
    gate = (Threshold("right", "min", 0.5),)
    check_tables({"eval": gate, "freshness": gate}, ["extractive"])
    with pytest.raises(RequestError, match="recipe 'default', which is not evaluated"):
        check_tables({"eval.default": gate}, ["extractive"])
    with pytest.raises(RequestError, match=r"no table \[eval\]"):
        check_tables({"freshness": gate}, ["extractive"])
