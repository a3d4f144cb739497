"""A job followed from the terminal, its progress as lines and how it ended as the last one; it knows no command."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from core.cli.output import note
from core.errors import TouchstoneError

if TYPE_CHECKING:
    from core.jobs import Job
    from core.workbench import Workbench


def follow(bench: "Workbench", job: "Job", line: Callable[[Any], str], every: float = 1.0) -> None:
    """Note what `line` makes of a job's progress whenever that changes, and at the end how the job ended.

    `line` is looked at `every` so many seconds, and once more when the job is over; an empty line is not noted. Raises
    TouchstoneError with what made the job fail.
    """
    told = ""
    over = False
    while not over:
        over = bench.jobs.wait(job, every)
        if job.progress is not None and (now := line(job.progress)) and now != told:
            told = now
            note(now)
    if job.error:
        raise TouchstoneError(job.error)
    note(f"{job.title}: {job.state} after {(job.ended or job.began) - job.began:.1f} s")


def answers(progress: Any) -> str:
    """How many answers of a set are there, and how long the others take; an Answering."""
    left = f", about {progress.seconds_left:.0f} s left" if progress.seconds_left else ""
    return f"{progress.done} of {progress.of} answers{left}"
