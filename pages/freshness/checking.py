"""Choose who is asked, and check now; what is under way is shown above by the page's activity."""

import streamlit as st

from core.errors import TouchstoneError
from core.freshness import TITLE
from core.governance.rights import may
from core.types import Principal
from core.workbench import Workbench
from pages.shared.notices import trouble
from pages.shared.words import called

_FAILED = "freshness_failed"


def choose(
    bench: Workbench, who: Principal, key: str, usual: tuple[list[str], list[str]]
) -> tuple[list[str], list[str]]:
    """Recipes and adapters, as two fields side by side."""
    recipes = [saved.name for saved in bench.recipes.all()]
    adapters = [held.name for held in bench.adapters.released(who)]
    left, right = st.columns(2)
    asked = left.multiselect("Recipes", recipes, [each for each in usual[0] if each in recipes], key=f"{key}_recipes")
    worn = right.multiselect(
        "Adapters, without documents",
        adapters,
        [each for each in usual[1] if each in adapters],
        key=f"{key}_adapters",
        help="Asked closed book: what an adapter says from memory cannot be replaced by a new document.",
    )
    return list(asked), list(worn)


def check_now(bench: Workbench, who: Principal) -> None:
    """The form with its button."""
    if error := st.session_state.pop(_FAILED, None):
        trouble(error)
    if not may(who, "evaluate"):
        st.caption(f":material/lock: {called(who).capitalize()} may look at facts, not check them.")
        return
    busy = any(not job.over and job.title == TITLE for job in bench.jobs.all())
    with st.container(border=True, key="check_now"):
        recipes, adapters = choose(bench, who, "check", (["extractive"], []))
        if st.button(
            "Check now", type="primary", icon=":material/play_arrow:", key="check_start",
            disabled=busy or not (recipes or adapters),
        ):  # fmt: skip
            try:
                bench.freshness.start(recipes, adapters, who)
            except TouchstoneError as error:
                st.session_state[_FAILED] = error
            st.rerun()
