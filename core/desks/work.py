"""What a person may see of the work that runs behind the pages, and end; it starts none.

A job names files, recipes and question sets, and its result tells of them: it is for who started it, and for who may
see all jobs.
"""

from collections.abc import Sequence

from core.errors import NotFound
from core.governance.rights import may
from core.jobs import Job, JobRunner
from core.types import Principal


class WorkDesk:
    """What the workbench hands out as `bench.work`."""

    def __init__(self, jobs: JobRunner) -> None:
        self._jobs = jobs

    def all(self, principal: Principal) -> Sequence[Job]:
        """The jobs that the principal may know of, newest first."""
        return [job for job in self._jobs.all() if job.by == principal.name or may(principal, "see all jobs")]

    def get(self, job_id: str, principal: Principal) -> Job:
        """A job; raises NotFound, also where the principal may not know of it."""
        found = next((job for job in self.all(principal) if job.id == job_id), None)
        if found is None:
            raise NotFound(f"There is no job '{job_id}'.")
        return found

    def cancel(self, job_id: str, principal: Principal) -> None:
        """Ask a job to end at its next safe point; raises NotFound."""
        self.get(job_id, principal).cancel()
