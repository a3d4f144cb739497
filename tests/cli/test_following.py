"""What a terminal is told of a job: every step that was seen, and how it ended."""

import sys
import threading

import pytest

from core.cli.following import answers, follow
from core.cli.library import _progress_line
from core.cli.output import limit_of
from core.errors import RequestError, TouchstoneError
from core.ingestion import Progress
from core.jobs import Job
from core.lab.asking import Answering
from core.workbench import Workbench


def test_the_last_step_and_the_end_are_told(bench: Workbench, capsys: pytest.CaptureFixture[str]) -> None:
    seen = threading.Event()

    def work(job: Job) -> None:
        job.progress = Answering(1, 2, 3.0)
        seen.wait(10)
        job.progress = Answering(2, 2, 0.0)

    def line(now: Answering) -> str:
        seen.set()
        return answers(now)

    follow(bench, bench.jobs.start("Answers on exam", "ada", work), line, 0.01)
    told = capsys.readouterr().err.splitlines()
    assert told[:2] == ["1 of 2 answers, about 3 s left", "2 of 2 answers"]
    assert told[2].startswith("Answers on exam: done after ")


def test_a_job_that_is_over_at_once_tells_its_last_step(bench: Workbench, capsys: pytest.CaptureFixture[str]) -> None:
    def work(job: Job) -> None:
        job.progress = Answering(4, 4, 0.0)

    job = bench.jobs.start("Quick", "ada", work)
    assert bench.jobs.wait(job)
    follow(bench, job, answers)
    assert capsys.readouterr().err.splitlines()[0] == "4 of 4 answers"


def test_a_job_that_failed_raises_its_sentence(bench: Workbench) -> None:
    def work(_: Job) -> None:
        raise RequestError("The documents have changed.")

    with pytest.raises(TouchstoneError, match=r"^The documents have changed\.$"):
        follow(bench, bench.jobs.start("Doomed", "ada", work), answers)


def test_the_line_of_an_upload_is_ended_when_it_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with pytest.raises(TouchstoneError), _progress_line() as report:
        report(Progress("reading", "a.txt", 0, 2, 0, 0.0))
        raise TouchstoneError("The disk is full.")
    assert capsys.readouterr().err == "\r\033[K0/2 files, 0 chunks  a.txt\n"


@pytest.mark.parametrize(("limit", "former", "chosen"), [(None, None, 20), (3, None, 3), (None, 4, 4)])
def test_a_limit_goes_by_both_its_names(limit: int | None, former: int | None, chosen: int) -> None:
    assert limit_of(limit, former, 20) == chosen


@pytest.mark.parametrize(
    ("limit", "former", "told"), [(0, None, "--limit is 0"), (None, -1, "is -1"), (1, 2, "one of")]
)
def test_a_limit_that_is_none(limit: int | None, former: int | None, told: str) -> None:
    with pytest.raises(RequestError, match=told):
        limit_of(limit, former, 20)
