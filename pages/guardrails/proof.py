"""The proof on the operator's own rules: every strategy's boundaries slid over everything that is covered."""

import pandas as pd
import streamlit as st

from core.desks.guarding import TRIES, may_try
from core.governance.rights import who_may
from core.guardrails.fuzzing import Tried
from core.types import Principal
from core.workbench import Workbench
from pages.shared.words import many

TITLE = "Proving the policy"


def show(bench: Workbench, who: Principal) -> None:
    """The button, and what the last proof found."""
    with st.container(border=True, key="guardrails_prove", gap="small"):
        says, button = st.columns([5, 1], vertical_alignment="center", gap="medium")
        says.markdown(
            "A text is cut again and again by every strategy, one character further each time, until each boundary has "
            "passed over every covered finding. Every passage is then read as a prompt would get it."
        )
        jobs = [job for job in bench.work.all(who) if job.title == TITLE and job.by == who.name]
        busy = any(not job.over for job in jobs)
        why = "" if may_try(who) else f"{who_may(*TRIES).capitalize()} may have the policy proven."
        pressed = button.button(
            "Prove", icon=":material/science:", type="primary", disabled=bool(busy or why), help=why or None,
            key="guardrails_start_proof",
        )  # fmt: skip
        if why:
            st.caption(why)
    if pressed:
        bench.guarding.start_proof(who)
        st.rerun()
    done = next((job.result for job in jobs if job.state == "done" and job.result), None)  # the newest comes first
    if done:
        _result(done)
    elif not busy:
        st.caption("Nothing was proven since the app started. The same by `python -m core guardrails prove`.")


def _result(tried: list[Tried]) -> None:
    leaks = sum(len(each.leaks) for each in tried)
    inside = sum(each.inside for each in tried)
    if leaks:
        st.error(f"{many(leaks, 'character')} could be read.", icon=":material/error:")
    elif inside:
        st.success(
            f"Nothing leaks: {inside:,} boundaries fell within a finding, and nothing covered could be read.",
            icon=":material/check_circle:",
        )
    else:
        st.info("The policy covers nothing in the documents that you may see, so there is nothing to prove.")
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Strategy": each.strategy,
                    "Ways of cutting": each.cuts,
                    "Passages read": each.chunks,
                    "Boundaries within a finding": each.inside,
                    "Characters that could be read": len(each.leaks),
                }
                for each in tried
            ]
        ),
        hide_index=True,
        height="content",
        key="guardrails_proof",
    )
