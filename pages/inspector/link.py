"""The comparison in the address bar: `trace=<id>,<id>` opens answers, `q=…&recipes=a,b` asks a question."""

import streamlit as st

from core.errors import RequestError, TouchstoneError
from core.types import Principal
from core.workbench import Workbench
from pages.inspector.acting import ask
from pages.inspector.columns import (
    MOST,
    Column,
    by_names,
    columns,
    from_trace,
    opened,
    running,
    set_columns,
    set_question,
)

_SEEN, _WRONG = "inspector_seen", "inspector_wrong_link"
"""What of the address was carried out, or written by the page itself; and what is wrong with it."""


def arrive(bench: Workbench, who: Principal) -> None:
    """Carry out what a link says, once; raises TouchstoneError."""
    traces = [each for each in st.query_params.get("trace", "").split(",") if each]
    question, names = st.query_params.get("q", "").strip(), st.query_params.get("recipes", "")
    told = (",".join(traces), question, names)
    if not any(told):
        return
    if st.session_state.get(_SEEN) != told:
        st.session_state[_SEEN] = told
        st.session_state[_WRONG] = _carried_out(bench, who, traces, question, names)
    if wrong := st.session_state.get(_WRONG):  # said for as long as the address says so
        raise wrong


def _carried_out(
    bench: Workbench, who: Principal, traces: list[str], question: str, names: str
) -> TouchstoneError | None:
    """Do what the address asks for; returns what keeps it from being done."""
    try:
        if len(traces) > MOST:
            raise RequestError(f"A comparison has at most {MOST} columns; the link names {len(traces)} traces.")
        if traces:
            _open(bench, who, traces)
        elif question:
            set_columns(by_names(bench, [each for each in names.split(",") if each] or ["default", "extractive"]))
            set_question(question)
            for column in columns():
                ask(bench, column, who)
    except TouchstoneError as error:
        return error
    return None


def leave() -> None:
    """Write the traces that are shown into the address."""
    traces = ",".join(column.trace for column in columns() if column.trace)
    if running() or not traces:
        return
    for name in ("q", "recipes", "compare"):
        st.query_params.pop(name, None)
    st.session_state[_SEEN], st.session_state[_WRONG] = (traces, "", ""), None
    if st.query_params.get("trace") != traces:
        st.query_params["trace"] = traces


def _open(bench: Workbench, who: Principal, traces: list[str]) -> None:
    made = [from_trace(bench, trace, who) for trace in traces]
    if st.query_params.get("compare") == "1":
        made = [*made, Column(base="default" if made[0].base == "extractive" else "extractive")]
    set_columns(made)
    for column in made:
        try:
            answer = opened(bench, column, who)
        except TouchstoneError:  # the column says so itself
            continue
        if answer is not None:
            set_question(answer.trace.question)
            return
    set_question("")
