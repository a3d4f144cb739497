"""A recipe that is worth keeping: save it by a job that builds its index, then ask with it."""

from typing import Any

import streamlit as st

from core.errors import RequestError
from core.jobs import Job
from core.recipes import check_name
from core.types import Principal, Recipe
from core.workbench import Workbench
from pages.shared import frame
from pages.shared.notices import guarded
from pages.shared.words import plain


def start(bench: Workbench, who: Principal, name: str, recipe: Recipe, note: str) -> Job:
    """Save a recipe in a job, which builds its index first; raises RequestError for a name that cannot be."""
    check_name(name)
    if any(not job.over and job.title == _title(name) for job in bench.jobs.all()):
        raise RequestError(f"The recipe '{name}' is being saved already; wait for that job or cancel it.")

    def work(job: Job) -> str:
        def report(news: Any) -> None:
            job.progress = news

        if bench.save_recipe(name, recipe, who, note, report, lambda: job.cancelled):
            return "saved; choose it in the sidebar"
        return "cancelled; the recipes are as they were"

    return bench.jobs.start(_title(name), who.name, work)


def offer(bench: Workbench, who: Principal, recipe: Recipe, suggested: str, note: str, key: str) -> None:
    """Save a recipe under a name; once it has one, ask with it in Chat."""
    held = next((saved.name for saved in bench.recipes.all() if saved.recipe == recipe), None)
    if held:
        st.button(
            "Ask with it in Chat",
            icon=":material/forum:",
            key=f"ask_{key}",
            type="primary",
            help=f"Makes “{held}” the recipe of your next question.",
            on_click=frame.ask_with,
            args=(held,),
        )
        st.caption(f":material/check_circle: This is the recipe {plain(held)}.")
        return
    with guarded():
        name = st.text_input("Name", suggested, max_chars=60, key=f"save_name_{key}").strip()
        if st.button("Save as recipe", icon=":material/save:", key=f"save_{key}", disabled=not name):
            start(bench, who, name, recipe, note)
            st.rerun()


def _title(name: str) -> str:
    return f"Recipe {name}"
