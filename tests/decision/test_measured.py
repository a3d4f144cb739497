"""What a workspace measured becomes figures; what it did not stays away."""

import pytest

from core.decision.measured import Arrival, Asked, Stored, Trained, figures

NOTHING = Stored(None, None, {}, (), (), 0)
TODAY = "2026-11-29"


def test_nothing_measured_is_nothing_told() -> None:
    assert figures([], [], [], NOTHING, TODAY) == {}


def test_the_newest_evaluation_goes_before_older_ones_and_before_traces() -> None:
    asked = [
        Asked("retrieval", "2026-11-01", "old", ("a",), {"read": [100.0] * 10, "right": [1.0, 0.0] * 5}),
        Asked("retrieval", "2026-11-20", "new", ("b",), {"read": [300.0] * 10, "written": [5.0] * 9}),
        Asked(
            "retrieval",
            "2026-11-28",
            "traces kept here",
            ("t",),
            {"read": [9.0] * 99, "search_seconds": [0.2] * 12},
            traces=True,
        ),
    ]
    found = figures(asked, [], [], NOTHING, TODAY)
    assert (found["read_retrieval"].value, found["read_retrieval"].source.runs) == (300.0, ("b",))
    assert found["right_retrieval"].source.runs == ("a",)
    assert found["search_seconds"].source.told == "Mean over 12 answers: traces kept here"
    assert "read_tuning" not in found and "written_retrieval" not in found
    assert all(figure.measured for figure in found.values())


def test_a_share_has_its_interval() -> None:
    asked = [Asked("both", "2026-11-01", "x", ("a",), {"right": [1.0] * 30 + [0.0] * 10})]
    right = figures(asked, [], [], NOTHING, TODAY)["right_both"]
    assert right.value == 0.75
    assert 0.55 < right.low < 0.75 < right.high < 0.92


def test_none_right_of_a_few_is_not_certainly_none() -> None:
    none = figures([Asked("tuning", "2026-11-01", "x", ("a",), {"right": [0.0] * 17})], [], [], NOTHING, TODAY)
    assert none["right_tuning"].high == pytest.approx(0.184, abs=1e-3)


def test_trainings() -> None:
    trained = [Trained("t1", "2026-11-01", 500, 600.0), Trained("t2", "2026-11-09", 800, 1_200.0)]
    found = figures([], trained, [], NOTHING, TODAY)
    assert (found["train_minutes"].value, found["train_minutes"].low, found["train_minutes"].high) == (15.0, 10.0, 20.0)
    assert (found["rows"].value, found["rows"].source.runs) == (800.0, ("t2",))


def test_changes_a_month_are_told_once_a_library_was_watched() -> None:
    young = [Arrival("a.txt", 1, "2026-11-20T08:00:00"), Arrival("a.txt", 2, "2026-11-21T08:00:00")]
    assert figures([], [], young, NOTHING, TODAY) == {}
    held = [
        Arrival("a.txt", 1, "2026-09-29T08:00:00"),
        *(Arrival("a.txt", n, "2026-10-01T08:00:00") for n in (2, 3, 4, 5)),
    ]
    changes = figures([], [], held, NOTHING, TODAY)["changes"]
    assert changes.value == pytest.approx(4 / (61 / 30.4375))
    assert changes.low == pytest.approx(0.08 / (61 / 30.4375), abs=0.01)
    still = figures([], [], held[:1], NOTHING, TODAY)["changes"]
    assert (still.value, still.high) == (0.0, pytest.approx(3 / (61 / 30.4375)))


LOGS = {f"t{n}": 1_000 if n % 2 else 3_000 for n in range(10)}
"""Bytes of ten traces."""


def test_sizes() -> None:
    stored = Stored(2_000_000, 5_000_000, LOGS, (10_000_000, 20_000_000), (1_000, 3_000), 10)
    found = figures([], [], [], stored, TODAY)
    told = {name: figure.value for name, figure in found.items()}
    assert told == {
        "index_size": 0.002, "originals_size": 0.005, "log_size": 2_000.0, "checkpoint_size": 0.02,
        "change_tokens": 2_000.0, "corpus": pytest.approx(0.02),
    }  # fmt: skip
    assert found["log_size"].source.runs == ("t0", "t1", "t2", "t3", "t4")
    few = Stored(None, None, dict(list(LOGS.items())[:9]), (), (), 10)
    assert "log_size" not in figures([], [], [], few, TODAY)
    assert found["corpus"].source.told == "Mean over 2 of 10 documents, as the embedder counts"
