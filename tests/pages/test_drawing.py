"""The time at which the data of a component changed."""

from typing import Any

import pytest

from pages.shared import drawing


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(drawing.st, "session_state", {})
    monkeypatch.setattr(drawing.time, "time", lambda: now[0])
    return now


def since(key: str, **data: Any) -> float:
    return drawing._since(key, data)


def test_the_same_data_keep_their_time(clock: list[float]) -> None:
    assert since("answer", text="a") == 100.0
    clock[0] = 105.0
    assert since("answer", text="a") == 100.0
    assert since("answer", text="b") == 105.0
    assert since("another", text="b") == 105.0


def test_time_goes_forward_where_the_clock_goes_back(clock: list[float]) -> None:
    first = since("answer", text="a")
    clock[0] = 40.0
    second = since("answer", text="b")
    assert first < second < first + 0.01
    assert second < since("answer", text="c")
