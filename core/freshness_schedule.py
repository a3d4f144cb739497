"""The clock inside the app of what runs by itself, as checks of facts do; it knows when, and nothing of the work."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from core.evaluation.fact_store import Schedule

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler

_JOB = "freshness"
_SOON = 60
"""Seconds from the start of the app to a check that is overdue."""
_LATE = 3600
"""Seconds that a check may be late, as after a sleep of the machine, and still be made."""


class Clock:
    """Calls `work` as a schedule says, from its start to its stop; one clock a process."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._work = work
        self._scheduler: BackgroundScheduler | None = None

    @property
    def running(self) -> bool:
        """Whether it was started."""
        return self._scheduler is not None

    def start(self, schedule: Schedule, last: datetime | None = None) -> None:
        """Begin to run by a schedule; a second start only takes the schedule over. See `set` for `last`."""
        from apscheduler.schedulers.background import BackgroundScheduler

        if self._scheduler is None:
            logging.getLogger("apscheduler").setLevel(logging.WARNING)
            self._scheduler = BackgroundScheduler(daemon=True)
            self._scheduler.start()
        self.set(schedule, last)

    def set(self, schedule: Schedule, last: datetime | None = None) -> None:
        """Go by another schedule from now on; nothing where the clock does not run.

        `last` is when the last check by the clock began: hours count from there, not from the start of the app, which
        may be started anew more often than a check is due. One that is overdue is made soon after the start.
        """
        from apscheduler.triggers.cron import CronTrigger
        from apscheduler.triggers.interval import IntervalTrigger

        if self._scheduler is None:
            return
        if self._scheduler.get_job(_JOB):
            self._scheduler.remove_job(_JOB)
        if schedule.every == "never":
            return
        hour, minute = schedule.at.split(":")
        trigger = (
            IntervalTrigger(hours=schedule.hours)
            if schedule.every == "hours"
            else CronTrigger(hour=int(hour), minute=int(minute))
        )
        self._scheduler.add_job(self._work, trigger, id=_JOB, coalesce=True, max_instances=1, misfire_grace_time=_LATE)
        if schedule.every == "hours" and last is not None:
            soon = datetime.now().astimezone() + timedelta(seconds=_SOON)
            self._scheduler.modify_job(_JOB, next_run_time=max(soon, last + timedelta(hours=schedule.hours)))

    def start_daily(self, at: str) -> None:
        """Begin to run every day at a time by the machine's clock, "03:30"."""
        self.start(Schedule(every="daily", at=at))

    def next(self) -> datetime | None:
        """When the next check is due; None without one."""
        job = self._scheduler.get_job(_JOB) if self._scheduler else None
        due: datetime | None = job.next_run_time if job else None
        return due

    def stop(self) -> None:
        """End it; the schedule stays in the workspace."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None
