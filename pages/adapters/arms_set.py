"""Four arms over a question set: a table with intervals, and quality against latency; it measures nothing."""

from typing import TYPE_CHECKING

import streamlit as st

from core.errors import TouchstoneError
from core.governance.rights import may
from core.types import Principal, Recipe
from core.workbench import Workbench
from pages.adapters.arms_figures import added, charted, questioned, tabled
from pages.shared import address
from pages.shared.notices import trouble
from pages.shared.trials import choose_trial
from pages.shared.words import called, many, moment, plain

if TYPE_CHECKING:
    from core.evaluation.trials import Trial
    from core.lab.arms import Table

PAGE = "adapters"
_FAILED = "arms_set_failed"
_TICK = 3.0
"""Seconds between two looks at a table that grows."""


def show(bench: Workbench, who: Principal, recipe: Recipe, adapter: str) -> None:
    """The form and the trials so far."""
    st.subheader("Over a question set", anchor=False)
    if error := st.session_state.pop(_FAILED, None):
        trouble(error)
    trials = bench.lab.arms.all(who)
    if may(who, "evaluate"):
        _form(bench, who, recipe, adapter)
    elif not trials:
        st.caption(f":material/lock: Nothing was compared yet; {called(who)} may look at comparisons, not start them.")
    if trials:
        trial = choose_trial(trials, "Comparison", PAGE)
        address.put(PAGE, {"trial": trial.id})
        running = any(not job.over and job.title == trial.title for job in bench.jobs.all())
        st.fragment(_results, run_every=_TICK if running else None)(bench, who, trial)
    _routes(bench, who)


def _routes(bench: Workbench, who: Principal) -> None:
    """What the router's training and proofs measured, to be forgotten where it is no longer wanted."""
    trials = bench.lab.routes.all(who)
    if not trials:
        return
    with st.expander(f"Measured for the router: {many(len(trials), 'trial')}", key="routes_kept"):
        for trial in trials:
            answered, planned = bench.lab.routes.standing(trial)
            with st.container(horizontal=True, vertical_alignment="center"):
                told = f"{plain(trial.title)}, {moment(trial.began_at)}, by {plain(trial.by)}"
                st.caption(f"{told}: {answered} of {many(planned, 'answer')}", width="stretch")
                if may(who, "evaluate"):
                    st.button(
                        "Forget it",
                        icon=":material/delete:",
                        type="tertiary",
                        key=f"forget_routes_{trial.id}",
                        help="What the router has learned stays; its next training measures anew.",
                        on_click=bench.lab.routes.remove,
                        args=(trial.id, who),
                    )


def _results(bench: Workbench, who: Principal, trial: "Trial") -> None:
    """What came of it so far; redraws itself while it runs."""
    table = bench.lab.arms.table(trial.id, who)
    _state(bench, who, trial, table)
    if not any(row.questions for row in table.rows):
        st.caption("Results appear here as soon as the first question is answered.")
        return
    tabled(table)
    added(table)
    charted(table)
    questioned(bench, who, trial)


def _form(bench: Workbench, who: Principal, recipe: Recipe, adapter: str) -> None:
    sets = {each.name: each.questions for each in bench.lab.sets.all(who)}
    if not sets:
        st.info("Bring a question set first: its answers say who is right.", icon=":material/quiz:")
        return
    busy = any(not job.over and job.title.startswith("Four arms ") for job in bench.jobs.all())
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = str(
            st.selectbox(
                "Question set", list(sets), key="arms_set", format_func=lambda each: f"{each} ({sets[each]})", width=240
            )
        )
        limit = int(
            st.number_input(
                "Questions", 1, sets[name], min(40, sets[name]), key=f"arms_limit_{name}", width=130,
                help="Evenly spread over the set; each is answered four times.",
            )
        )  # fmt: skip
        if st.button(
            "Compare",
            type="primary",
            icon=":material/play_arrow:",
            key="start_arms",
            disabled=busy,
            help="Runs behind the page, can be cancelled, and goes on where it was interrupted.",
        ):
            try:
                bench.lab.arms.start(name, recipe, adapter, who, limit)
            except TouchstoneError as error:
                st.session_state[_FAILED] = error
            st.rerun()
    st.caption(f"{many(4 * limit, 'answer')}: {plain(adapter)} on and off, the documents on and off.")


def _state(bench: Workbench, who: Principal, trial: "Trial", table: "Table") -> None:
    """How far it came, what was left out, and the ways to go on or to forget it."""
    running = any(not job.over and job.title == trial.title for job in bench.jobs.all())
    least = min(row.questions for row in table.rows)
    facts = [f"{least} of {many(table.planned, 'question')} answered four times, by {plain(trial.by)}"]
    facts += [f"{count} left out: {plain(why)}" for why, count in table.left_out.items()]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("; ".join(facts))
        if may(who, "evaluate") and not running:
            if not table.complete and st.button("Go on", icon=":material/play_arrow:", key="resume_arms"):
                bench.lab.arms.resume(trial.id, who)
                st.rerun()
            st.button(
                "Forget it",
                icon=":material/delete:",
                type="tertiary",
                key="forget_arms",
                on_click=bench.lab.arms.remove,
                args=(trial.id, who),
            )
