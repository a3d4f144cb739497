"""Training: begin one, watch its curve, go on with what was stopped, and lay curves over each other."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from core.adapters.trainings import Training
from core.desks.training_job import Learning
from core.errors import TouchstoneError
from core.governance.rights import may
from core.jobs import Job
from core.types import Principal
from core.workbench import Workbench
from pages.adapters import curves
from pages.adapters.training_form import form
from pages.shared.notices import trouble
from pages.shared.words import called, duration, listed, many, moment, plain

_FAILED = "training_action_failed"
_STATES = {
    "waiting": ":material/schedule: waits",
    "running": ":material/hourglass_top: running",
    "interrupted": ":material/pause_circle: interrupted",
    "cancelled": ":material/pause_circle: stopped",
    "failed": ":material/error: failed",
    "done": ":material/check_circle: done",
}


def show(bench: Workbench, who: Principal) -> None:
    """The whole part."""
    trainings = bench.adapters.training.all(who)
    held = {row.name: row for row in bench.datasets.all(who) if row.states["accepted"]}
    under_way = [job for job in bench.jobs.all() if not job.over and isinstance(job.progress, Learning)]
    if not may(who, "train"):
        st.caption(f":material/lock: {called(who).capitalize()} may look at trainings, not start them.")
    elif held:
        with st.expander("New training", icon=":material/add:", expanded=not trainings and not under_way):
            form(bench, who, held)
    else:
        st.info(
            "A training needs a dataset with accepted rows: begin one under Datasets, fill it, accept what is right.",
            icon=":material/dataset:",
        )
    mine = {each.id for each in trainings}
    if any(isinstance(job.progress, Learning) and job.progress.training in mine for job in under_way):
        st.fragment(_live, run_every=1.0)(bench, mine)
    if error := st.session_state.pop(_FAILED, None):
        trouble(error)
    if trainings:
        _list(bench, who, trainings)


def _live(bench: Workbench, mine: set[str]) -> None:
    """The curve of the training that runs, as it grows."""
    jobs: list[tuple[Job, Learning]] = [
        (job, job.progress)
        for job in bench.jobs.all()
        if not job.over and isinstance(job.progress, Learning) and job.progress.training in mine
    ]
    if not jobs:
        st.rerun()  # it has ended: the list beneath knows what came of it
    for _, now in jobs:
        with st.container(border=True, key=f"live_{now.training}"):
            if not now.curve.points:
                st.markdown(f"**{plain(now.name)}** · reading the rows")
                continue
            last = now.curve.points[-1]
            held = [point.held_out for point in now.curve.points if point.held_out is not None]
            with st.container(horizontal=True):
                st.metric("Step", f"{last.step} of {now.curve.steps}")
                st.metric("Training loss", f"{last.loss:.3f}")
                st.metric("Held out", f"{held[-1]:.3f}" if held else "–")
                st.metric("Tokens a second", f"{now.curve.per_second:.0f}")
                st.metric("Rate", f"{last.rate:.2g}")
                st.metric("Left", duration(now.seconds_left) if now.seconds_left is not None else "–")
            curves.draw([(now.name, now.curve)], key=f"curve_{now.training}")


def _list(bench: Workbench, who: Principal, trainings: list[Training]) -> None:
    """All trainings; those that are chosen are drawn over each other."""
    table = pd.DataFrame([_row(each) for each in trainings])
    st.subheader("Trainings", anchor=False)
    picked = st.dataframe(
        table,
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        key=f"trainings_{len(trainings)}",
        column_config={
            "held-out loss": st.column_config.NumberColumn(format="%.3f", help="The lowest that was read, in nats."),
            "rate": st.column_config.NumberColumn(format="%.2g"),
            "tokens/s": st.column_config.NumberColumn(format="%.0f"),
        },
    )
    rows = picked["selection"]["rows"]
    chosen = [trainings[row] for row in rows if row < len(trainings)]
    if not chosen:
        st.caption("Select one to see its curve, several to compare them.")
        return
    _actions(bench, who, chosen)
    drawn = [(each.name, each.curve) for each in chosen if each.curve.points]
    if drawn:
        curves.draw(drawn, key="curves_chosen", title="Curves")


def _row(training: Training) -> dict[str, object]:
    hyper, curve = training.hyper, training.curve
    last = curve.points[-1] if curve.points else None
    return {
        "adapter": training.name,
        "state": _STATES[training.state].split(": ")[1],
        "dataset": training.dataset,
        "rank": hyper.rank,
        "rate": hyper.rate,
        "epochs": hyper.epochs,
        "held-out loss": training.best,
        "minutes": round(last.seconds / 60, 1) if last else None,
        "tokens/s": curve.per_second or None,
        "begun": moment(training.began_at),
        "by": training.by,
    }


def _actions(bench: Workbench, who: Principal, chosen: list[Training]) -> None:
    for each in chosen:
        if each.error:
            st.caption(f":material/error: {plain(each.name)}: {plain(each.error)}")
    if not may(who, "train"):
        return
    stopped = [each for each in chosen if each.state in ("interrupted", "cancelled")]
    over = [each for each in chosen if each.state not in ("waiting", "running")]
    with st.container(horizontal=True):
        if stopped and st.button(
            f"Go on with {plain(listed([each.name for each in stopped]))}", icon=":material/play_arrow:",
            key="resume_training",
        ):  # fmt: skip
            _try(bench.adapters.training.resume, stopped, who)
        if over and st.button(
            f"Forget {many(len(over), 'training')}", icon=":material/delete:", type="tertiary", key="forget_training",
            help="The adapters that came of them stay.",
        ):  # fmt: skip
            _try(bench.adapters.training.remove, over, who)


def _try(work: Callable[[str, Principal], object], chosen: list[Training], who: Principal) -> None:
    try:
        for each in chosen:
            work(each.id, who)
    except TouchstoneError as error:
        st.session_state[_FAILED] = error
    st.rerun()
