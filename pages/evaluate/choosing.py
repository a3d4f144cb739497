"""Which run, which set, and where an answer's inside is shown: what several views choose; it measures nothing."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import streamlit as st

from core.types import Principal
from core.workbench import Workbench
from pages.shared import address
from pages.shared.frame import PERSONA
from pages.shared.words import many, moment

if TYPE_CHECKING:
    from core.evaluation.answer_scores import Prices
    from core.evaluation.questions import Question
    from core.evaluation.retrieval_runs import Result
    from core.evaluation.statistics import Estimate
    from core.lab.ran import Ran, Row

PAGE = "evaluate"


def run_title(ran: "Ran") -> str:
    """A run as a choice: "extractive on samples, 29 Nov 2026, 13:37 (173 questions)"."""
    run = ran.run
    return f"{ran.name} on {run.set_name}, {moment(run.began_at)} ({many(run.asked, 'question')})"


def choose_run(runs: "Sequence[Ran]", label: str, name: str, usual: int = 0) -> "Ran":
    """One of the runs: the one that the address names, or the one at this place."""
    held = {ran.run.id: ran for ran in runs}
    key = f"{PAGE}_{name}"
    address.take(PAGE, {name: ""})
    if st.session_state.get(key) not in held:
        st.session_state[key] = runs[min(usual, len(runs) - 1)].run.id
    st.selectbox(label, list(held), format_func=lambda each: run_title(held[each]), key=key)
    chosen = str(st.session_state[key])
    address.put(PAGE, {name: chosen})
    return held[chosen]


def inspector(trace: str) -> str:
    """The address at which the inside of an answer is shown to the same persona."""
    who = st.session_state.get(PERSONA, "")
    return f"/inspector?{urlencode({'trace': trace} | ({PERSONA: who} if who else {}))}"


def asked(result: "Result", questions: "Mapping[str, Question]") -> str:
    """The question as text: its own words, with what became of it since the run."""
    question = questions.get(result.question)
    if question is None:
        return f"{result.question} (no longer in the set)"
    return question.text if question.hash == result.hash else f"{question.text} (changed since)"


def row_of(bench: Workbench, ran: "Ran", prices: "Prices | None" = None) -> "Row":
    """What a run amounts to; figures are kept by the server until another answer comes or is erased."""
    from core.lab.ran import Row

    told = (prices.read, prices.written) if prices else None
    values: dict[str, Estimate] = _values(ran.run.id, ran.run.asked, told, _bench=bench, _ran=ran, _prices=prices)
    return Row(ran, values)


@st.cache_data(max_entries=300, show_spinner=False)  # type: ignore[untyped-decorator]
def _values(
    run_id: str,
    asked: int,
    prices: tuple[float, float] | None,
    _bench: Workbench,
    _ran: "Ran",
    _prices: "Prices | None",
) -> "dict[str, Estimate]":
    return dict(_bench.lab.answers.row(_ran, _prices).values)


def nothing(bench: Workbench, who: Principal) -> None:
    """What to do where nothing was run yet."""
    with st.container(border=True, key="no_runs", gap="small"):
        st.markdown(":material/leaderboard: **Nothing was evaluated yet**")
        if bench.lab.sets.all(who):
            st.caption("Start a run: choose a question set and the recipes that shall answer it.")
            st.button("To the runs", icon=":material/play_circle:", on_click=_to_runs)
        else:
            st.caption("Bring a question set first, or take the sample documents on Home, which come with one.")
            st.page_link("pages/home/page.py", label="Home", icon=":material/home:")


def _to_runs() -> None:
    st.session_state[f"{PAGE}_view"] = "runs"
