"""What the job runner is doing: a row with its progress for each job under way, one line for those that ended."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from core.jobs import Job
from core.types import Principal
from core.workbench import Workbench
from pages.shared.progress import bar
from pages.shared.words import duration, listed, many, plain

if TYPE_CHECKING:
    from core.incoming import Outcome

_HIDDEN, _TOLD = "hidden_jobs", "told_jobs"
_READ_AT = "page_read_at"
_MOVED = "jobs_moved"
_SHOWN = "finished_jobs_shown"
_MOST = 8
"""Finished jobs that are listed."""
_NEWS = 30.0
"""Seconds for which a job that ended well is news; what went wrong is told until it is dismissed."""
_ICONS = {
    "queued": ":material/schedule:",
    "running": ":material/hourglass_top:",
    "done": ":material/check_circle:",
    "failed": ":material/error:",
    "cancelled": ":material/cancel:",
}


def begin_reading() -> None:
    """Remember that what the page shows is read from now on; what a job that ends later changed, it does not know."""
    st.session_state[_READ_AT] = time.time()


def activity(bench: Workbench, who: Principal, files: bool = False) -> str:
    """The jobs that this persona may know of; redraws itself while one runs, and the page when it ends.

    `files` says that the page is about files that are taken in: what was refused opens there, elsewhere it is one line.
    Returns what changes whenever the rows take more or less room, which a table below must know; see `shelf`.
    """
    jobs = _visible(bench, who)
    running = sum(not job.over for job in jobs)
    st.fragment(_rows, run_every=0.5 if running else None)(bench, who, files)
    return f"{running}_{len(jobs) - running}_{st.session_state.get(_SHOWN, '')}"


def running(bench: Workbench) -> bool:
    """Whether any job is under way."""
    return any(not job.over for job in bench.jobs.all())


def _visible(bench: Workbench, who: Principal) -> list[Job]:
    hidden = st.session_state.setdefault(_HIDDEN, set())
    return [job for job in bench.work.all(who) if job.id not in hidden and not _old(job)]


def _old(job: Job) -> bool:
    """Whether the job ended well, this session was told of it some time ago, and nobody opened the list to read it."""
    if not job.over or _went_wrong(job) or st.session_state.get(_SHOWN):
        return False
    told: dict[str, float] = st.session_state.setdefault(_TOLD, {})
    return time.time() - told.setdefault(job.id, time.time()) > _NEWS


def _rows(bench: Workbench, who: Principal, files: bool) -> None:
    jobs = _visible(bench, who)
    for job in jobs:
        if not job.over:
            with st.container(border=True, key=f"job_{job.id}", gap="small"):
                _under_way(bench, who, job)
    if over := [job for job in jobs if job.over]:
        _finished(over, files)
    moved = st.session_state.pop(_MOVED, False)
    if moved or any(job.over and (job.ended or 0) >= st.session_state[_READ_AT] for job in jobs):
        st.rerun()  # the lists around this fragment have changed, or their place


def _under_way(bench: Workbench, who: Principal, job: Job) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        standing = "waits for the job before it" if job.state == "queued" else f"by {job.by}"
        st.markdown(f"{_ICONS[job.state]} **{plain(job.title)}** · {standing}", width="stretch")
        stopping = "Stopping…" if job.cancelled else "Cancel"
        if job.cancellable:
            st.button(
                stopping, key=f"cancel_{job.id}", type="tertiary", disabled=job.cancelled,
                on_click=bench.work.cancel, args=(job.id, who),
            )  # fmt: skip
    bar(job.progress)


def _finished(jobs: Sequence[Job], files: bool) -> None:
    """One quiet line for all that is over; it opens by itself while something went wrong that belongs to the page."""
    wrong = sum(_went_wrong(job) for job in jobs)
    opens = any(_went_wrong(job) and (files or not _outcomes(job)) for job in jobs)
    shown = st.session_state.get(_SHOWN, opens)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="finished_jobs"):
        icon = ":material/error:" if wrong else ":material/check_circle:"
        told = f"{many(len(jobs), 'job')} done" + (f", {wrong} with trouble" if wrong else "")
        if len(jobs) == 1:
            told = f"{plain(jobs[0].title)}: {_end(jobs[0])}"
        st.caption(f"{icon} {told}", width="content")
        if len(jobs) > 1 or wrong:
            st.button("Hide" if shown else "Show", key="show_jobs", type="tertiary", on_click=_show, args=(not shown,))
        st.button("Dismiss", key="hide_jobs", type="tertiary", on_click=_hide, args=([job.id for job in jobs],))
    if shown and (len(jobs) > 1 or wrong):
        with st.container(border=True, key="finished_rows", gap="xsmall"):
            for job in jobs[:_MOST]:
                _row(job)
            if len(jobs) > _MOST:
                st.caption(f"{len(jobs) - _MOST} earlier ones are not listed.")


def _row(job: Job) -> None:
    icon = ":material/warning:" if job.state == "done" and _went_wrong(job) else _ICONS[job.state]
    st.markdown(f"{icon} **{plain(job.title)}** · {_end(job)}")
    if job.error:
        st.caption(plain(job.error))
    else:
        refusals(_outcomes(job))


def _went_wrong(job: Job) -> bool:
    return job.state == "failed" or any(outcome.state == "refused" for outcome in _outcomes(job))


def _outcomes(job: Job) -> "Sequence[Outcome]":
    """What became of each file, where the job took in files; none where it did something else."""
    if not isinstance(job.result, list):
        return []
    from core.incoming import Outcome  # loaded with the first file that is taken in, not with the first page

    return [each for each in job.result if isinstance(each, Outcome)]


def _show(shown: bool) -> None:
    st.session_state[_SHOWN] = shown
    st.session_state[_MOVED] = True


def _hide(ids: Sequence[str]) -> None:
    st.session_state.setdefault(_HIDDEN, set()).update(ids)
    st.session_state.pop(_SHOWN, None)
    st.session_state[_MOVED] = True


def _end(job: Job) -> str:
    if job.state == "failed":
        return "failed"
    if isinstance(job.result, str) and job.result:  # the job says itself what came of it
        return plain(job.result)
    outcomes = _outcomes(job)
    if job.state == "cancelled" and not outcomes:
        return "cancelled"
    took = f" in {duration(job.ended - job.began)}" if job.ended else ""
    if outcomes or job.result == []:
        return f"{summary(outcomes)}{took}"
    return f"done{took}"  # a measurement, a proof: its page shows what came of it


def summary(outcomes: "Sequence[Outcome]") -> str:
    """How many files met each end: "17 added, 1 refused"."""
    states = ("added", "replaced", "unchanged", "refused", "cancelled")
    counts = {state: sum(outcome.state == state for outcome in outcomes) for state in states}
    return listed([f"{count} {state}" for state, count in counts.items() if count]) or "nothing to do"


def refusals(outcomes: "Sequence[Outcome]") -> None:
    """Each refused file with the sentence why."""
    for outcome in outcomes:
        if outcome.state == "refused":
            st.markdown(f":material/block: {plain(outcome.error or outcome.name)}")
