"""What the job runner is doing: a row for each job with its counted progress, its end, and what was refused."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from core.jobs import Job
from core.types import Principal
from core.workbench import Workbench
from pages.shared.bench import warmth
from pages.shared.words import duration, listed, many, plain

if TYPE_CHECKING:
    from core.ingestion import Outcome, Progress

_HIDDEN = "hidden_jobs"
_WERE_RUNNING = "running_jobs"
_VERBS = {"reading": "reading", "embedding": "indexing", "writing": "storing"}
_ICONS = {
    "queued": ":material/schedule:",
    "running": ":material/hourglass_top:",
    "done": ":material/check_circle:",
    "failed": ":material/error:",
    "cancelled": ":material/cancel:",
}


def activity(bench: Workbench, who: Principal) -> None:
    """The jobs that this persona may know of; redraws itself while one runs, and the page when it ends."""
    running = any(not job.over for job in _visible(bench, who))
    st.fragment(_rows, run_every=0.5 if running else None)(bench, who)


def running(bench: Workbench) -> bool:
    """Whether any job is under way."""
    return any(not job.over for job in bench.jobs.all())


def _visible(bench: Workbench, who: Principal) -> list[Job]:
    """A job names files, so only its starter and administrators see it."""
    hidden = st.session_state.setdefault(_HIDDEN, set())
    return [
        job for job in bench.jobs.all() if job.id not in hidden and (job.by == who.name or "administrator" in who.roles)
    ][:6]


def _rows(bench: Workbench, who: Principal) -> None:
    jobs = _visible(bench, who)
    now = {job.id for job in jobs if not job.over}
    ended = st.session_state.get(_WERE_RUNNING, set()) - now
    st.session_state[_WERE_RUNNING] = now
    for job in jobs:
        with st.container(border=True, key=f"job_{job.id}", gap="small"):
            _row(job)
    if ended:
        st.rerun()  # the lists around this fragment have changed


def _row(job: Job) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{_ICONS[job.state]} **{plain(job.title)}** · {_standing(job)}", width="stretch")
        if not job.over:
            stopping = "Stopping…" if job.cancelled else "Cancel"
            st.button(stopping, key=f"cancel_{job.id}", on_click=job.cancel, disabled=job.cancelled, type="tertiary")
        else:
            st.button("Dismiss", key=f"hide_{job.id}", on_click=_hide, args=(job.id,), type="tertiary")
    if not job.over:
        _bar(job.progress)
    elif job.error:
        st.caption(plain(job.error))
    else:
        refusals(job.result or [])


def _hide(job_id: str) -> None:
    st.session_state.setdefault(_HIDDEN, set()).add(job_id)


def _standing(job: Job) -> str:
    if job.state in ("queued", "running", "failed"):
        return {"queued": "waits for the job before it", "running": f"by {job.by}", "failed": "failed"}[job.state]
    took = f" in {duration(job.ended - job.began)}" if job.ended else ""
    return f"{summary(job.result or [])}{took}"


def _bar(progress: "Progress | None") -> None:
    if progress is None:
        st.progress(0.0, text="Starting…")
        return
    if not progress.chunks_done and warmth().state == "warming":
        st.progress(0.0, text=f"Loading the search model, reading {plain(progress.file)}")
        return
    facts = [f"{progress.files_done} of {many(progress.files, 'file')}", many(progress.chunks_done, "passage")]
    if progress.chunks_done:
        facts.append(f"{progress.rate:.0f} a second")
    if progress.seconds_left is not None and progress.files_done < progress.files:
        facts.append(f"about {duration(progress.seconds_left)} left")
    if progress.file:
        facts.append(f"{_VERBS.get(progress.stage, progress.stage)} {plain(progress.file)}")
    st.progress(min(1.0, progress.share), text=" · ".join(facts))


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
