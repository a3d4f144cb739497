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

_SEEN, _ASKED, _WRITTEN, _WRONG = (f"inspector_{name}" for name in ("seen", "asked_links", "written", "wrong_link"))
"""The address as it was last; questions that a link asked; the traces that the page wrote; what is wrong with a link.

Writing an address adds to the browser's history. What stands there already, or was asked before, is left alone, so that
its Back leads away.
"""


def arrive(bench: Workbench, who: Principal) -> None:
    """Carry out what a link says, once; raises TouchstoneError."""
    traces = [each for each in st.query_params.get("trace", "").split(",") if each]
    question, names = st.query_params.get("q", "").strip(), st.query_params.get("recipes", "")
    told = (",".join(traces), question, names, st.query_params.get("compare", ""))
    if not any(told):
        return
    asked: set[tuple[str, str]] = st.session_state.setdefault(_ASKED, set())
    fresh = st.session_state.get(_SEEN) != told and (bool(traces) or (question, names) not in asked)
    st.session_state[_SEEN] = told
    if fresh:
        asked.add((question, names))
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
    bare = not any(st.query_params.get(name) for name in ("trace", "q"))
    if running() or not traces or (st.session_state.get(_WRITTEN) == traces and not bare):
        return
    st.session_state[_WRITTEN] = traces
    if st.query_params.get("trace") == traces:
        return
    for name in ("q", "recipes", "compare"):
        st.query_params.pop(name, None)
    st.session_state[_SEEN], st.session_state[_WRONG] = (traces, "", "", ""), None
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
