"""Means of four arms on literal values, and which questions are asked as whom."""

from datetime import date

import pytest

from core.evaluation.arm_scores import Row, differences, row
from core.evaluation.asking import plan
from core.evaluation.questions import Evidence, Question
from core.evaluation.retrieval_runs import Result
from core.governance.principals import persona
from core.workbench import Workbench
from tests.test_ingestion import note

ADMIN = persona("administrator")


def result(name: str, **values: float) -> Result:
    usual = {
        "answerable": 1.0,
        "declined": 0.0,
        "quoted": 0.0,
        "seconds": 1.0,
        "first": 0.5,
        "prompt": 40.0,
        "answer": 4.0,
    }
    return Result(name, name, None, usual | values, ())


def test_each_mean_is_over_its_own_questions() -> None:
    results = [
        result("a", right=1, exact=1, f1=1, cited=1, grounded=1, seconds=3),
        result("b", right=0, exact=0, f1=0.5, cited=0, grounded=0, quoted=1),
        result("c", right=0, exact=0, f1=0, cited=0, declined=1),
        result("d", answerable=0, right=1, declined=1),
        result("e", answerable=0, right=0, grounded=1, seconds=2),
    ]
    made = row("adapter + retrieval", results)
    means = {name: estimate.mean for name, estimate in made.values.items()}
    assert (made.questions, made.answerable) == (5, 3)
    assert means == {
        "right": pytest.approx(1 / 3), "exact": pytest.approx(1 / 3), "f1": pytest.approx(0.5), "cited": pytest.approx(1 / 3),
        "declined": 0.5, "wrongly declined": pytest.approx(1 / 3), "grounded": pytest.approx(2 / 3),
        "quoted": pytest.approx(0.2), "seconds": 1.0, "first": 0.5, "prompt": 40.0, "answer": 4.0,
    }  # fmt: skip
    assert all(each.low <= each.mean <= each.high for each in made.values.values())


def test_what_was_not_asked_has_no_mean() -> None:
    assert row("base", []) == Row("base", 0, 0, {})
    assert set(row("base", [result("d", answerable=0, right=1, declined=1)]).values) == {
        "declined", "seconds", "first", "prompt", "answer",
    }  # fmt: skip


def test_differences_are_paired_by_question() -> None:
    base = [result("a", right=0, f1=0), result("b", right=1, f1=0.5), result("c", right=0, f1=0)]
    better = [result("b", right=1, f1=1), result("a", right=1, f1=1), result("x", right=0, f1=0)]
    (found,) = differences({"base": base, "adapter": better, "base + retrieval": [], "adapter + retrieval": []})
    assert (found.arm, found.base, found.questions) == ("adapter", "base", 2)
    assert (found.right.mean, found.f1.mean) == (0.5, 0.75)
    assert (found.flips.gained, found.flips.lost, found.flips.p) == (1, 0, 1.0)


def test_a_plan_asks_what_can_be_judged(bench: Workbench, tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    bench.ingest([note(folder, "fees.txt", "The fee is twelve euros a day.")], ADMIN)
    here, gone = (Evidence("fees.txt", "twelve euros"),), (Evidence("fees.txt", "thirteen euros"),)
    questions = [
        Question("good", "What is the fee?", ("twelve euros",), evidence=here, zone="public"),
        Question("bare", "What is the fee?", ("twelve euros",), zone="public"),
        Question("mute", "What is the fee?", evidence=here, zone="public"),
        Question("old", "What is the fee?", ("thirteen",), evidence=gone, zone="public"),
        Question("none", "Who won?", answerable=False, persona="viewer", zone="public"),
    ]
    documents = bench.library.ready()
    asked, left_out = plan(questions, documents, ADMIN, date.today())
    assert [(each.question.id, each.asker.name) for each in asked] == [
        ("good", "administrator"), ("bare", "administrator"), ("none", "viewer"),
    ]  # fmt: skip
    assert left_out == {"without an accepted answer": 1, "quote not found": 1}
