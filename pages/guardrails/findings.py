"""The documents with what was found in each, and one of them opened: every finding with the words around it."""

from collections import Counter

import pandas as pd
import streamlit as st

from core.desks.guarding import CLEARS, Guarded, Shown, may_clear
from core.governance.principals import sees_all
from core.governance.rights import may, who_may
from core.guardrails.wording import ACTION_WORDS
from core.types import Principal
from core.workbench import Workbench
from pages.guardrails.wording import badge, field
from pages.shared.words import called, many, moment, plain

_OPEN = "guardrails_open"
_LINE, _WIDE_LINE = 38, 58
"""Characters of what was found that fit on one line of the table at 1,280 px, with and without a column more."""
_KINDS = 5
"""Kinds of findings that are named in a row of it."""
_MOST = 60
"""Findings of one document that are drawn at a time."""


def show(bench: Workbench, who: Principal) -> None:
    """Figures, the table, and the document whose row was pressed."""
    documents = bench.guarding.documents(who)
    if not documents:
        with st.container(border=True, key="empty_guardrails", gap="small"):
            st.markdown(":material/shield: **No documents to look through**")
            none = "There is no document yet" if sees_all(who) else f"Nothing is visible to {plain(called(who))}"
            st.caption(f"{none}. What is added on Documents is looked through at once.")
        return
    _figures(documents)
    only = st.pills(
        "Show",
        ["With findings", "Low trust", "Kept out"],
        default="With findings" if any(each.counts for each in documents) else None,
        label_visibility="collapsed",
        key="guardrails_only",
    )
    shown = [each for each in documents if _fits(each, only)]
    if not shown:
        st.info("No document fits this filter.", icon=":material/filter_alt_off:")
        return
    st.caption(f"{many(len(shown), 'document')}. Press a row to see each finding in its place.")
    rows = [_row(each) for each in shown]
    cleared = any(each.clearance for each in shown)
    if not cleared:  # its room is for what was found
        rows = [{name: value for name, value in row.items() if name != "Cleared"} for row in rows]
    wraps = any(len(str(row["Found"])) > (_LINE if cleared else _WIDE_LINE) for row in rows)
    picked = st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        height="content" if len(shown) <= (6 if wraps else 12) else 460,
        row_height=62 if wraps else None,  # two lines: Streamlit wraps in rows that are high enough only
        on_select="rerun",
        selection_mode=["single-row", "single-cell"],
        key="guardrails_documents",
        column_config={
            "Document": st.column_config.TextColumn(width=180),
            "Zone": st.column_config.TextColumn(width=80),
            "What is done": st.column_config.TextColumn(width=110, help="The gravest of all that is done in it"),
            "Covered": st.column_config.NumberColumn(width=70, help="Findings that prompts and answers do not show"),
            "Found": st.column_config.TextColumn(width="large"),
            "Cleared": st.column_config.TextColumn(width=120, help="Whose word makes it trusted"),
        },
        alt="Documents with what was found in them",
    ).selection
    pressed = [*picked.rows, *(row for row, _ in picked.cells)]
    if pressed and pressed[0] < len(shown):
        _document(bench, who, shown[pressed[0]])


def _fits(each: Guarded, only: str | None) -> bool:
    if only == "With findings":
        return bool(each.counts)
    if only == "Low trust":
        return each.verdict == "downgrade"
    return each.verdict in ("veto", "quarantine") if only == "Kept out" else True


def _figures(documents: list[Guarded]) -> None:
    held = Counter(each.verdict for each in documents)
    cells = (
        ("Documents", len(documents), "That you may see"),
        (
            "With something covered",
            sum(bool(each.covered) for each in documents),
            "Masked, redacted or kept out in part",
        ),
        ("Low trust", held["downgrade"], "Cited only beside a document that is trusted"),
        ("In quarantine", held["quarantine"], "Kept out of prompts until a person clears them"),
    )
    for column, (name, value, told) in zip(st.columns(4), cells, strict=True):
        column.metric(name, value, help=told, border=True)


def _row(each: Guarded) -> dict[str, object]:
    counted: Counter[str] = Counter()
    for (detector, kind, _), count in each.counts.items():
        counted[kind or field(detector)] += count
    kinds = [f"{count} × {kind}" if count > 1 else kind for kind, count in counted.most_common()]
    more = [f"{len(kinds) - _KINDS} kinds more"] if len(kinds) > _KINDS + 1 else []
    found = ", ".join([*kinds[:_KINDS], *more] if more else kinds)
    return {
        "Document": each.name,
        "Zone": each.zone,
        "What is done": ACTION_WORDS[each.verdict] if each.counts else "–",
        "Covered": each.covered,
        "Found": found or "nothing",
        "Cleared": each.clearance.by if each.clearance else "",
    }


def _document(bench: Workbench, who: Principal, each: Guarded) -> None:
    with st.container(border=True, key="guardrails_document"):
        st.markdown(
            f"**{plain(each.name)}** :gray[·] :small[{each.zone} · version {each.version}] {badge(each.verdict)}"
        )
        _clearance(bench, who, each)
        bare = (
            bool(each.covered)
            and may(who, "see unmasked")
            and st.toggle(
                "Show what is covered",
                key=f"bare_{each.id}",
                help="To judge a finding. It is noted in the audit trail.",
            )
        )
        found = bench.guarding.unmasked(each.id, who) if bare else bench.guarding.findings(each.id, who)
        if not found:
            st.caption("Nothing was found in it.")
        for shown in found[:_MOST]:
            _finding(shown)
        if len(found) > _MOST:
            st.caption(f"{len(found) - _MOST} more; `python -m core guardrails findings` lists all of them.")


def _finding(shown: Shown) -> None:
    sure = f" · score {shown.finding.score:.2f}" if shown.finding.score < 1 else ""
    head, words = st.columns([2, 5], gap="medium")
    head.markdown(f"{badge(shown.action)} {plain(shown.finding.kind or field(shown.finding.detector))}")
    head.caption(f"{field(shown.finding.detector)} · page {shown.page}{sure}")
    words.markdown(
        f"…{plain(shown.before)}:primary-background[{plain(shown.text) or '(nothing to see)'}]{plain(shown.after)}…"
    )


def _clearance(bench: Workbench, who: Principal, each: Guarded) -> None:
    may = may_clear(who)
    if each.clearance:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(
                f":material/verified_user: Cleared by {plain(each.clearance.by)}, {moment(each.clearance.at)}: "
                f"“{plain(each.clearance.reason)}”",
                width="stretch",
            )
            st.button(
                "Take back", key=f"revoke_{each.id}", type="tertiary", disabled=not may,
                on_click=bench.guarding.revoke, args=(each.id, who),
            )  # fmt: skip
    elif each.verdict in ("downgrade", "quarantine"):
        with st.form(f"clear_{each.id}", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
            reason = st.text_input(
                "Why it may be trusted all the same", placeholder="Kept with your name", disabled=not may, width=420
            )
            if st.form_submit_button("Clear it", icon=":material/verified_user:", disabled=not may):
                bench.guarding.clear(each.id, who, reason)
                st.rerun()
        if not may:
            st.caption(f"{who_may(*CLEARS).capitalize()} may clear a document.")
