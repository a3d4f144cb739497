"""Settings of the environment that cannot be meant: one sentence each."""

import pytest

from core.errors import RequestError
from core.settings import Settings
from tests.cli.running import run

WRONG = {
    ("RETENTION_TRACES", "-4"): "a whole number from 0 to 36,500",
    ("RETENTION_JOBS", "1e9"): "a whole number from 0 to 36,500",
    ("RETENTION_TRACES", "99999999999"): "a whole number from 0 to 36,500",
    ("LIMIT_QUESTIONS", "abc"): "a whole number from 0 to 1,000,000,000",
    ("QUEUE", "0"): "a whole number from 1 to 100,000",
    ("OTEL_TEXTS", "maybe"): "true or false",
    ("QDRANT_PREFIX", "a_b"): "of letters, digits and hyphens",
}


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_told_with_what_it_may_be(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"TOUCHSTONE_{name}", value)
    with pytest.raises(RequestError) as told:
        Settings()
    assert str(told.value) == f"TOUCHSTONE_{name} is '{value}'; it must be {WRONG[name, value]}."


def test_every_number_has_a_least_and_a_most() -> None:
    for name, field in Settings.model_fields.items():
        if "int" in str(field.annotation):
            bounds = {kind for each in field.metadata for kind in ("ge", "le") if hasattr(each, kind)}
            assert bounds == {"ge", "le"}, name


def test_the_command_line_prints_the_sentence_and_exits_with_2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOUCHSTONE_RETENTION_TRACES", "99999999999")
    done = run("retention")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("touchstone: TOUCHSTONE_RETENTION_TRACES is '99999999999'; it must be")
    assert len(done.stderr.splitlines()) == 1
