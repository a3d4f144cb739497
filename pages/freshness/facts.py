"""The facts by their answerers as a grid, one fact in full, and the ways to bring, write and review facts."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from core.evaluation.facts import Fact
from core.evaluation.staleness import TOLD, Truth
from core.governance.rights import may
from core.types import Principal
from core.workbench import Workbench
from pages.freshness import writing
from pages.freshness.checking import check_now
from pages.freshness.signs import HUES, SIGNS, standing, what_to_do, where
from pages.shared import charts
from pages.shared.words import many, plain

_ALL = "All"


def show(bench: Workbench, who: Principal) -> None:
    """The whole part."""
    facts, truths = bench.freshness.facts.all(who), bench.freshness.facts.truths(who)
    kept = [fact for fact in facts if fact.state == "kept"]
    if kept:
        check_now(bench, who)
        _due(bench, who, kept, truths)
        _grid(bench, who, kept, truths)
    else:
        with st.container(border=True, key="no_facts"):
            st.markdown(":material/fact_check: **No facts yet**")
            st.caption("Load the sample documents on Home, import a file, or write the first one below.")
    if may(who, "evaluate"):
        st.divider()
        writing.show(bench, who, facts)


def _due(bench: Workbench, who: Principal, facts: list[Fact], truths: Mapping[str, Truth]) -> None:
    """Facts whose documents say another value now, with one press for all of them; and those whose place is lost."""
    changed = [fact for fact in facts if truths[fact.id].standing == "changed"]
    if changed:
        with st.container(border=True, key="facts_due"):
            st.markdown(f":material/update: **The documents now say other values for {many(len(changed), 'fact')}**")
            for fact in changed[:10]:
                note = "; it follows its document at the next check" if fact.follow else ""
                st.markdown(f"{plain(fact.id)}: {plain(fact.value)} → **{plain(truths[fact.id].says)}**{note}")
            if len(changed) > 10:
                st.caption(f"And {len(changed) - 10} more.")
            st.button(
                "Update the fact" if len(changed) == 1 else f"Update all {len(changed)}",
                key="take_over", disabled=not may(who, "evaluate"), icon=":material/done_all:",
                on_click=bench.freshness.facts.take_over, args=([fact.id for fact in changed], who),
            )  # fmt: skip
    lost = [fact for fact in facts if truths[fact.id].standing in ("lost", "missing", "not in force")]
    if lost:
        told = "; ".join(f"{plain(f.id)} ({plain(f.owner or 'no owner')}): {truths[f.id].standing}" for f in lost[:8])
        st.warning(f"{many(len(lost), 'fact')} to look at by the owner: {told}", icon=":material/person_alert:")


def _grid(bench: Workbench, who: Principal, facts: list[Fact], truths: Mapping[str, Truth]) -> None:
    latest = {(a.judgement.fact, a.judgement.answerer): a.judgement for a in bench.freshness.latest(who)}
    answerers = sorted({answerer for _, answerer in latest})
    left, right = st.columns([1, 2])
    state = left.selectbox("State", [_ALL, *SIGNS.values()], key="facts_state")
    words = right.text_input("Find", key="facts_find", placeholder="Part of a fact, a document, an owner")
    rows: list[dict[str, Any]] = []
    for fact in facts:
        cells = {a: SIGNS[latest[fact.id, a].state] if (fact.id, a) in latest else "not asked" for a in answerers}
        row = {"Fact": fact.id, "Value": fact.value, "Document": fact.document, "It": standing(truths[fact.id])}
        row |= cells | {"Owner": fact.owner}
        fits = words.casefold() in " ".join([*map(str, row.values()), fact.question]).casefold()
        if fits and (state == _ALL or state in cells.values()):
            rows.append(row)
    st.caption(f"{many(len(rows), 'fact')} shown of {len(facts)}. Choose a row to see what was found.")
    if not rows:
        return
    table = pd.DataFrame(rows)
    styled = table.style.map(_colour, subset=answerers) if answerers else table
    chosen = st.dataframe(
        styled, key="facts_grid", hide_index=True, on_select="rerun", selection_mode="single-row",
        column_config={"It": st.column_config.TextColumn("The document in force")},
    )  # fmt: skip
    charts.download(table, "Facts and answerers", key="facts_csv")
    if picked := chosen["selection"]["rows"]:
        fact = next(each for each in facts if each.id == rows[picked[0]]["Fact"])
        _one(fact, truths[fact.id], [latest[key] for key in sorted(latest) if key[0] == fact.id])


def _colour(cell: str) -> str:
    state = next((name for name, sign in SIGNS.items() if sign == cell), "")
    return f"color: {charts.colour(HUES[state])}; font-weight: 600" if state else ""


def _one(fact: Fact, truth: Truth, verdicts: list[Any]) -> None:
    """A fact in full: what is expected, what was found, where it is stale and what to do."""
    with st.container(border=True, key="fact_detail"):
        st.subheader(plain(fact.id), anchor=False)
        st.text(fact.question)
        source = f" · {plain(fact.document)}, version {fact.confirmed}" if fact.document else ""
        st.markdown(f"Expected: **{plain(truth.value)}** · {fact.tolerance.kind}{source}")
        st.caption(TOLD[truth.standing])
        if fact.quote:
            st.text(f"“{fact.quote}”")
        if fact.former:
            st.caption(f"Before: {plain(', '.join(fact.former))}")
        for each in verdicts:
            found = f"found **{plain(each.found)}**" if each.found else "found nothing comparable"
            at = f" · {where(each)}" if where(each) else ""
            st.markdown(f"**{plain(each.answerer)}** · {SIGNS[each.state]} · {found}{at}")
            st.caption(f"{plain(each.why)} {what_to_do(each)}")
