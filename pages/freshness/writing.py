"""Bring facts from a file, write one, review what documents suggest, correct and remove; it checks nothing."""

from typing import Any

import streamlit as st

from core.errors import RequestError, TouchstoneError
from core.evaluation.fact_files import fact_of
from core.evaluation.facts import Fact
from core.evaluation.readings import KINDS
from core.tabular import FORMATS, format_of
from core.types import Principal
from core.workbench import Workbench
from pages.shared.notices import trouble
from pages.shared.words import many, plain

_FAILED, _WAYS = "facts_failed", ("Write one", "Import or export", "Suggestions", "Change or remove")


def show(bench: Workbench, who: Principal, facts: list[Fact]) -> None:
    """The chosen way."""
    way = st.segmented_control("Facts", _WAYS, key="facts_way", default=_WAYS[0], required=True)
    if error := st.session_state.pop(_FAILED, None):
        trouble(error)
    {_WAYS[0]: _write, _WAYS[1]: _files, _WAYS[2]: _propose, _WAYS[3]: _change}[str(way)](bench, who, facts)


def _tried(work: Any, *args: Any) -> None:
    """Do it, and draw the page anew; a known error is shown there."""
    try:
        work(*args)
    except TouchstoneError as error:
        st.session_state[_FAILED] = error
    st.rerun()


def _write(bench: Workbench, who: Principal, _: list[Fact]) -> None:
    names = [summary.name for summary in bench.documents(who)]
    with st.form("fact_form", border=True):
        left, middle, right = st.columns(3)
        row: dict[str, Any] = {
            "id": left.text_input("Name", max_chars=60, placeholder="returns-unused"),
            "value": middle.text_input("Value", max_chars=200, placeholder="45 days"),
            "tolerance": right.selectbox("Compared as", KINDS, index=1),
            "question": st.text_input("Question", max_chars=400),
            "document": st.selectbox("Document", ["", *names], format_func=lambda each: each or "none"),
            "quote": st.text_area("The words of the document with the value in them", height=80),
            "owner": left.text_input("Owner", max_chars=60),
            "absolute": middle.number_input("May differ by", 0.0, value=0.0, help="For numbers."),
            "zone": right.selectbox("Zone", who.zones, index=len(who.zones) - 1),
        }
        row["follow"] = st.checkbox("Follow the document: take over what a new version says at this place")
        if st.form_submit_button("Keep the fact", icon=":material/add:"):
            _tried(lambda: bench.freshness.facts.save([fact_of(row)], who))


def _files(bench: Workbench, who: Principal, _: list[Fact]) -> None:
    file = st.file_uploader("A .jsonl or .csv file of facts", type=["jsonl", "csv"], key="facts_file")
    if file is not None and st.button("Import", key="facts_import", icon=":material/upload:"):
        _tried(lambda: bench.freshness.facts.bring(file.getvalue(), format_of(file.name), who))
    with st.container(horizontal=True):
        for form in FORMATS:
            st.download_button(
                f"Export {form.upper()}",
                lambda form=form: bench.freshness.facts.export(form, who),
                f"facts.{form}",
                key=f"facts_{form}",
                on_click="ignore",
            )


def _propose(bench: Workbench, who: Principal, facts: list[Fact]) -> None:
    names = [summary.name for summary in bench.documents(who)]
    if not names:
        st.caption("Add a document first.")
        return
    sets = [listed.name for listed in bench.lab.sets.all(who)]
    if sets:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            source = st.selectbox("Question set", sets, key="facts_from_set", width=360)
            if st.button("Suggest facts of its answers", key="facts_propose_set", icon=":material/quiz:"):
                _tried(bench.freshness.facts.propose_from_set, str(source), who)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("Document", names, key="facts_from", width=360)
        if st.button("Suggest facts of its text", key="facts_propose", icon=":material/lightbulb:"):
            _tried(bench.freshness.facts.propose, str(name), who)
    proposed = [fact for fact in facts if fact.state == "proposed"]
    if not proposed:
        st.caption(
            "Short answers of a question set, or numbers and dates of a document, become suggestions; each counts only "
            "once you accept it."
        )
        return
    st.markdown(f"**{many(len(proposed), 'suggestion')} to review**")
    table = [{"Question": fact.question, "Value": fact.value, "Document": fact.document} for fact in proposed]
    chosen = st.dataframe(table, key="facts_proposed", on_select="rerun", selection_mode="multi-row", hide_index=True)
    ids = [proposed[at].id for at in chosen["selection"]["rows"]]
    with st.container(horizontal=True):
        if st.button(f"Accept {len(ids)}", key="facts_accept", disabled=not ids, icon=":material/check:"):
            _tried(bench.freshness.facts.accept, ids, who)
        rest = [fact.id for fact in proposed if fact.id not in ids]
        if st.button("Drop the others", key="facts_drop", disabled=not rest, icon=":material/close:"):
            _tried(bench.freshness.facts.remove, rest, who)


def _change(bench: Workbench, who: Principal, facts: list[Fact]) -> None:
    kept = {fact.id: fact for fact in facts if fact.state == "kept"}
    if not kept:
        st.caption("There is no fact yet.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = str(st.selectbox("Fact", list(kept), key="fact_chosen", width=300))
        value = st.text_input("New value", kept[chosen].value, key=f"fact_value_{chosen}", width=240)
        if st.button("Correct", key="fact_correct", icon=":material/edit:", disabled=value == kept[chosen].value):
            _tried(_correct, bench, chosen, value, who)
        if st.button("Remove", key="fact_remove", icon=":material/delete:", type="tertiary"):
            _tried(bench.freshness.facts.remove, [chosen], who)
    st.caption(f"{plain(chosen)}: a corrected value counts at once; until its document says it, the source is stale.")


def _correct(bench: Workbench, fact_id: str, value: str, who: Principal) -> None:
    if not value.strip():
        raise RequestError("A fact needs a value.")
    bench.freshness.facts.correct(fact_id, value, who)
