"""Many ways of cutting at once, as a job: a heat map, what is bought with what, and the winner as a recipe."""

import streamlit as st

from core.chunking import STRATEGIES
from core.errors import RequestError
from core.evaluation.sweep import MOST, grid
from core.governance.rights import may
from core.types import Principal, Recipe
from core.workbench import Workbench
from pages.chunking import winners
from pages.chunking.choosing import PAGE, Subject
from pages.shared import address
from pages.shared.cutting import named
from pages.shared.recipes import EMBEDDERS
from pages.shared.trials import choose_trial, state
from pages.shared.words import called, many, plain

_SIZES = (48, 64, 96, 128, 160, 200, 256, 320, 400, 512)
_OVERLAPS = (0, 16, 32, 64, 96, 128)


def show(bench: Workbench, who: Principal, subject: Subject, base: Recipe) -> None:
    """The form and the sweeps so far; raises what the core raises."""
    if subject.set_name is None:
        st.info("Choose a question set: a sweep needs questions to tell ways of cutting apart.", icon=":material/quiz:")
        return
    trials = bench.lab.trials.all("sweep", who)
    if may(who, "evaluate"):
        with st.expander("New sweep", icon=":material/add:", expanded=not trials):
            _form(bench, who, subject.set_name, base)
    elif not trials:
        st.caption(f":material/lock: No sweep was made yet; {called(who)} may look at sweeps, not start them.")
    if trials:
        trial = choose_trial(trials, "Sweep", PAGE)
        address.put(PAGE, {"trial": trial.id})
        state(bench, who, trial, len(bench.lab.trials.sweep_rows(trial.id, who)))
        winners.show(bench, who, trial)


def _form(bench: Workbench, who: Principal, set_name: str, base: Recipe) -> None:
    axes = _axes(base)
    if not all(axes.values()):
        st.caption("Choose at least one value of each.")
        return
    try:
        recipes, skipped = grid(base, axes)
    except RequestError as error:
        st.caption(f":material/info: {plain(str(error))}")
        return
    indexes = len({recipe.index_key for recipe in recipes})
    told = f"{many(len(recipes), 'recipe')} with {many(indexes, 'index', 'indexes')}"
    told += f"; {many(len(skipped), 'combination')} left out, which no recipe can have" if skipped else ""
    busy = any(not job.over and job.title.startswith("Sweep ") for job in bench.jobs.all())
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            "Start the sweep",
            type="primary",
            icon=":material/play_arrow:",
            key="start_sweep",
            disabled=busy,
            help="Runs behind the page, can be cancelled, and goes on where it was interrupted.",
        ):
            bench.lab.trials.sweep(set_name, base, axes, who)
            st.rerun()
        st.caption(f"{told}, each asked all of “{plain(set_name)}”.")


def _axes(base: Recipe) -> dict[str, list[str]]:
    """The values of each field that is varied."""
    one, two = st.columns(2)
    with one:
        strategies = st.multiselect(
            "Strategies", list(STRATEGIES), ["sentences", "tokens", "sections"], format_func=named, key="sweep_strategy"
        )
        models = st.multiselect(
            "Search models",
            list(EMBEDDERS),
            [base.embedding.model] if base.embedding.model in EMBEDDERS else [],
            format_func=EMBEDDERS.__getitem__,
            key="sweep_model",
        )
    with two:
        sizes = st.multiselect("Chunk sizes", _SIZES, [96, 160, 256], key="sweep_size", help="Tokens, at most.")
        overlaps = st.multiselect("Overlaps", _OVERLAPS, [0, 32], key="sweep_overlap", help="Tokens.")
    st.caption(f"Everything else is as in the recipe of the sidebar. At most {MOST} recipes a sweep.")
    return {
        "chunking.strategy": list(strategies),
        "chunking.size": [str(each) for each in sizes],
        "chunking.overlap": [str(each) for each in overlaps],
        "embedding.model": list(models),
    }
