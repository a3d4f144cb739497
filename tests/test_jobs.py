import threading
import time

import pytest

from core.errors import NotFound, RequestError
from core.jobs import Job, JobRunner


def wait(job: Job) -> None:
    assert JobRunner().wait(job, 10)


def test_a_job_reports_and_ends() -> None:
    runner = JobRunner()

    def work(job: Job) -> int:
        job.progress = "half"
        return 42

    job = runner.start("count", "tester", work)
    wait(job)
    assert (job.state, job.result, job.progress, job.title, job.by) == ("done", 42, "half", "count", "tester")
    assert runner.get(job.id) is job
    runner.close()


def test_a_known_error_is_shown_as_its_sentence_and_the_next_job_runs() -> None:
    runner = JobRunner()

    def fails(_: Job) -> None:
        raise RequestError("No such thing.")

    def surprises(_: Job) -> None:
        raise ValueError("odd")

    first, second, third = runner.start("a", "t", fails), runner.start("b", "t", surprises), runner.start("c", "t", str)
    for job in (first, second, third):
        wait(job)
    assert (first.state, first.error) == ("failed", "No such thing.")
    assert second.error == "The job ended with an unexpected error: ValueError: odd."
    assert third.state == "done"
    runner.close()


def test_a_waiting_and_a_running_job_can_be_cancelled() -> None:
    runner, started = JobRunner(), threading.Event()

    def long(job: Job) -> None:
        started.set()
        while not job.cancelled:
            time.sleep(0.01)

    running, waiting = runner.start("a", "t", long), runner.start("b", "t", long)
    started.wait(5)
    waiting.cancel()
    running.cancel()
    wait(running)
    wait(waiting)
    assert (running.state, waiting.state) == ("cancelled", "cancelled")
    runner.close()


def test_an_unknown_job() -> None:
    with pytest.raises(NotFound):
        JobRunner().get("none")
