"""Evaluations: start one, see how far each came, go on with it, run it again or forget it; it measures nothing."""

from typing import TYPE_CHECKING

import streamlit as st

from core.errors import TouchstoneError
from core.governance.rights import may
from core.types import Principal
from core.workbench import Workbench
from pages.shared.notices import trouble
from pages.shared.words import called, listed, many, moment, plain

if TYPE_CHECKING:
    from core.evaluation.trials import Trial
    from core.lab.ran import Ran

_FAILED, _FORM, _MOVED = "evaluate_failed", "evaluate_form", "evaluate_moved"
_TICK = 2.0
"""Seconds between two looks at runs that grow."""
_SHOWN = 12


def show(bench: Workbench, who: Principal) -> None:
    """The whole view."""
    st.session_state.pop(_MOVED, None)
    if error := st.session_state.pop(_FAILED, None):
        trouble(error)
    if may(who, "evaluate"):
        _form(bench, who)
    else:
        st.caption(f":material/lock: {called(who).capitalize()} may look at evaluations, not start them.")
    running = any(not job.over for job in bench.jobs.all())
    st.fragment(_list, run_every=_TICK if running else None)(bench, who)


def _form(bench: Workbench, who: Principal) -> None:
    sets = {each.name: each.questions for each in bench.lab.sets.all(who)}
    if not sets:
        st.info("Bring a question set first: its answers say who is right. See Sets.", icon=":material/quiz:")
        return
    recipes = [saved.name for saved in bench.recipes.all()]
    with st.container(border=True, key=_FORM, gap="small"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = str(
                st.selectbox(
                    "Question set",
                    list(sets),
                    key="eval_set",
                    format_func=lambda one: f"{one} ({sets[one]})",
                    width=230,
                )
            )
            chosen = st.multiselect("Recipes", recipes, default=["extractive"], key="eval_recipes", width="stretch")
            limit = int(
                st.number_input(
                    "Questions", 1, sets[name], sets[name], key=f"eval_limit_{name}", width=130,
                    help="Fewer are evenly spread over the set.",
                )
            )  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="center"):
            pressed = st.button(
                "Start", type="primary", icon=":material/play_arrow:", key="start_eval", disabled=not chosen,
                help="Runs behind the page, can be cancelled, and goes on where it was interrupted.",
            )  # fmt: skip
            with st.popover("LLM judge", icon=":material/gavel:"):
                judge = st.text_input(
                    "A model on a server that grades too", key="eval_judge", placeholder="openai:<model>@<url>"
                )
                st.caption("An option: the other measures need no model. Its failures are counted apart.")
            st.caption(f"{many(limit * len(chosen), 'answer')} to give.")
    if pressed:
        try:
            bench.lab.answers.start(name, chosen, who, limit if limit < sets[name] else None, judge.strip())
        except TouchstoneError as error:
            st.session_state[_FAILED] = error
        st.rerun()


def _list(bench: Workbench, who: Principal) -> None:
    if st.session_state.pop(_MOVED, False):
        st.rerun()  # a press in here runs this part alone, and what it changed is drawn outside
    trials = bench.lab.answers.all(who)
    if not trials:
        st.caption("No evaluation yet.")
        return
    by_trial: dict[str, list[Ran]] = {}
    for ran in bench.lab.answers.ran(who):
        by_trial.setdefault(ran.trial.id, []).append(ran)
    for trial in trials[:_SHOWN]:
        with st.container(border=True, key=f"trial_{trial.id}", gap="xsmall"):
            _one(bench, who, trial, by_trial[trial.id])
    if len(trials) > _SHOWN:
        st.caption(f"{many(len(trials) - _SHOWN, 'earlier evaluation')} not listed here; Compare offers their runs.")


def _one(bench: Workbench, who: Principal, trial: "Trial", runs: "list[Ran]") -> None:
    done, of = sum(ran.run.asked for ran in runs), sum(ran.run.planned for ran in runs)
    complete = all(ran.run.complete for ran in runs)
    busy = not complete and any(not job.over and job.title == trial.title for job in bench.jobs.all())
    icon = ":material/check_circle:" if complete else ":material/hourglass_top:" if busy else ":material/pause_circle:"
    with st.container(horizontal=True, vertical_alignment="center"):
        names = plain(listed(trial.axes["names"]))
        st.markdown(f"{icon} **{names}** on {plain(trial.set_name)}", width="stretch")
        if complete:
            st.button(
                "Leaderboard", icon=":material/leaderboard:", key=f"board_{trial.id}", type="tertiary",
                on_click=_open, args=("leaderboard", trial.set_name, runs[0].run.id),
            )  # fmt: skip
            st.button(
                "Questions", icon=":material/format_list_numbered:", key=f"single_{trial.id}", type="tertiary",
                on_click=_open, args=("questions", trial.set_name, runs[0].run.id),
            )  # fmt: skip
        if may(who, "evaluate") and not busy:
            _actions(bench, who, trial, complete)
    if not complete:
        st.progress(done / max(1, of), text=f"{done} of {many(of, 'answer')}{'' if busy else ', interrupted'}")
    run = runs[0].run
    facts = [
        many(run.planned, "question"),
        moment(trial.began_at),
        f"by {trial.by}",
        f"code {run.revision or run.code}",
    ]
    facts += [f"{count} left out: {why}" for why, count in run.left_out.items()]
    if complete and done < of:
        facts.append(f"{many(of - done, 'result')} went with erased documents")
    st.caption(plain(" · ".join(facts)))


def _actions(bench: Workbench, who: Principal, trial: "Trial", complete: bool) -> None:
    if not complete:
        st.button(
            "Go on", icon=":material/play_arrow:", key=f"resume_{trial.id}", type="tertiary",
            on_click=_try, args=(bench.lab.answers.resume, trial.id, who),
        )  # fmt: skip
    st.button(
        "Run again", icon=":material/replay:", key=f"again_{trial.id}", type="tertiary",
        help="The same recipes as they were, on the set and the documents as they are now.",
        on_click=_try, args=(bench.lab.answers.again, trial.id, who),
    )  # fmt: skip
    st.button(
        "Forget", icon=":material/delete:", key=f"forget_{trial.id}", type="tertiary",
        on_click=_try, args=(bench.lab.answers.remove, trial.id, who),
    )  # fmt: skip


def _try(act: "object", *args: object) -> None:
    """A callback whose error is shown by the page that follows."""
    st.session_state[_MOVED] = True
    try:
        act(*args)  # type: ignore[operator]
    except TouchstoneError as error:
        st.session_state[_FAILED] = error


def _open(view: str, set_name: str, run_id: str) -> None:
    st.session_state[_MOVED] = True
    st.session_state["evaluate_view"] = view
    st.session_state["evaluate_set"] = set_name
    st.session_state["evaluate_like"] = st.session_state["evaluate_run"] = run_id
