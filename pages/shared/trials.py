"""Sweeps and comparisons that were begun: choose one, see how far it came, go on with it or forget it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from core.governance.rights import may
from core.types import Principal
from core.workbench import Workbench
from pages.shared.words import many, moment, plain

if TYPE_CHECKING:
    from core.evaluation.trials import Trial


def choose_trial(trials: "Sequence[Trial]", label: str, page: str) -> "Trial":
    """One of the trials, the newest at first or the one that the address names."""
    held = {trial.id: trial for trial in trials}
    key = f"{page}_trial"
    if st.session_state.get(key) not in held:
        asked = st.query_params.get("trial", "")
        st.session_state[key] = asked if asked in held else trials[0].id
    chosen = st.selectbox(
        label,
        list(held),
        format_func=lambda each: f"{held[each].title}, {moment(held[each].began_at)}",
        key=key,
        width=520,
    )
    return held[str(chosen)]


def state(bench: Workbench, who: Principal, trial: "Trial", done: int) -> None:
    """How far it came, what failed, and the ways to go on or to forget it."""
    running = any(not job.over and job.title == trial.title for job in bench.jobs.all())
    with st.container(horizontal=True, vertical_alignment="center"):
        told = f"{done} of {many(len(trial.recipes), 'recipe')} done, by {plain(trial.by)}"
        if trial.failed:
            told += f"; {len(trial.failed)} failed: {plain(next(iter(trial.failed.values())))}"
        st.caption(told)
        if may(who, "evaluate") and not running:
            if done < len(trial.recipes) and st.button("Go on", icon=":material/play_arrow:", key="resume_trial"):
                bench.lab.trials.resume(trial.id, who)
                st.rerun()
            st.button(
                "Forget it",
                icon=":material/delete:",
                type="tertiary",
                key="forget_trial",
                on_click=bench.lab.trials.remove,
                args=(trial.id, who),
            )
