"""Long work with a plain record of its progress; it does not know what the work is."""

import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from core.errors import NotFound, TouchstoneError


@dataclass(slots=True)
class Job:
    """One piece of work; pages read these fields, only the worker writes them."""

    id: str
    title: str
    by: str
    state: str = "queued"
    """queued, running, done, failed or cancelled."""
    progress: Any = None
    """The latest record that the work reported."""
    result: Any = None
    error: str = ""
    cancellable: bool = True
    """False once the work must be carried to its end; only the worker says so."""
    began: float = field(default_factory=time.time)
    ended: float | None = None
    _cancel: threading.Event = field(default_factory=threading.Event)
    _over: threading.Event = field(default_factory=threading.Event)

    def cancel(self) -> None:
        """Ask the work to end at its next safe point; nothing where it must be carried to its end."""
        if self.cancellable:
            self._cancel.set()

    @property
    def cancelled(self) -> bool:
        """Whether someone asked it to end."""
        return self._cancel.is_set()

    @property
    def over(self) -> bool:
        """Whether nothing more will happen; its state and the time of its end are then set."""
        return self.ended is not None


Work = Callable[[Job], Any]


class JobRunner:
    """Runs the jobs of each lane one after another in a thread of its own and remembers the latest hundred."""

    _KEPT = 100

    def __init__(self, may_start: Callable[[str, int], None] = lambda _by, _under_way: None) -> None:
        """`may_start` gets who starts a job and how many of his are not over, and raises where that is enough."""
        self._may_start = may_start
        self._lanes: dict[str, ThreadPoolExecutor] = {}
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def start(self, title: str, by: str, work: Work, lane: str = "", progress: Any = None, counted: bool = True) -> Job:
        """Queue `work`; it is called with its job, reports through `job.progress` and heeds `job.cancelled`.

        `progress` is what stands there until it begins, so that a page knows from the first moment what it waits for.

        Jobs of one lane wait for each other; what may take an hour has its own, so that uploads need not wait.
        `counted` is False for what nobody starts: work that a restart takes up again. Raises what `may_start` raises.
        """
        if counted:
            self._may_start(by, sum(not job.over for job in self.all() if job.by == by))
        job = Job(uuid.uuid4().hex[:12], title, by, progress=progress)
        with self._lock:
            for old in [key for key, held in self._jobs.items() if held.over][: -self._KEPT]:
                del self._jobs[old]
            self._jobs[job.id] = job
            if lane not in self._lanes:
                self._lanes[lane] = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"job {lane}".strip())
            self._lanes[lane].submit(self._run, job, work)
        return job

    def get(self, job_id: str) -> Job:
        """The job of this id; raises NotFound."""
        with self._lock:
            if job_id not in self._jobs:
                raise NotFound(f"There is no job '{job_id}'.")
            return self._jobs[job_id]

    def wait(self, job: Job, seconds: float = 60) -> bool:
        """Block until the job is over, or the time is up; returns whether it is over."""
        return job._over.wait(seconds)

    def all(self) -> list[Job]:
        """All remembered jobs, newest first."""
        with self._lock:
            return sorted(self._jobs.values(), key=lambda job: -job.began)

    def close(self) -> None:
        """Cancel everything and wait until the running job has reached a safe point."""
        for job in self.all():
            job.cancel()
        for pool in self._lanes.values():
            pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, job: Job, work: Work) -> None:
        try:
            self._work(job, work)
        finally:
            job.ended = time.time()
            job._over.set()

    @staticmethod
    def _work(job: Job, work: Work) -> None:
        if job.cancelled:
            job.state = "cancelled"
            return
        job.state = "running"
        try:
            job.result = work(job)
            job.state = "cancelled" if job.cancelled else "done"
        except TouchstoneError as error:
            job.state, job.error = "failed", str(error)
        except Exception as error:  # shown on the job's row; the runner must serve the next job
            job.state, job.error = "failed", f"The job ended with an unexpected error: {type(error).__name__}: {error}."
