"""The versions of one document, and what changed between two of them, as text."""

import difflib
from collections.abc import Sequence

import streamlit as st

from core.library.store import Summary
from core.types import Document, Principal
from core.workbench import Workbench
from pages.shared.changes import changes
from pages.shared.words import many, moment, plain

_AROUND = 2
"""Unchanged lines shown before and after a change."""
_LONGEST = 1_500
"""Lines of a difference that are drawn."""


def history(bench: Workbench, who: Principal, document: Document) -> None:
    """List the versions and compare two; one version says so."""
    versions = bench.versions(document.name, who)
    for version in versions:
        state = "answers now" if version.state == "ready" else "kept for audit, does not answer"
        st.caption(
            f"**Version {version.version}** · {state} · {moment(version.added_at)} by {plain(version.added_by)} · "
            f"{version.characters:,} characters"
        )
    if len(versions) < 2:
        st.caption("There is one version. Add a file of the same name to see here what changed.")
        return
    numbers = {version.version: version for version in versions}
    left, right = st.columns(2)
    older = left.selectbox("From version", sorted(numbers)[:-1], index=len(numbers) - 2, key="older_version")
    newer = right.selectbox("To version", [n for n in sorted(numbers) if n > older], index=0, key="newer_version")
    _compare(bench, who, numbers[older], numbers[newer])


def _compare(bench: Workbench, who: Principal, older: Summary, newer: Summary) -> None:
    before, after = (bench.visible(version.id, who).text for version in (older, newer))
    rows = difference(before.splitlines(), after.splitlines())
    added, removed = (sum(kind == sign for kind, _ in rows) for sign in ("+", "-"))
    if not added and not removed:
        st.caption("The two texts are the same.")
        return
    st.caption(f"{many(added, 'line')} added, {many(removed, 'line')} removed.")
    changes(rows[:_LONGEST], key="difference")
    if len(rows) > _LONGEST:
        st.caption(f"{len(rows) - _LONGEST:,} further lines are not drawn.")


def difference(before: Sequence[str], after: Sequence[str]) -> list[tuple[str, str]]:
    """Lines as (sign, text): "+" added, "-" removed, " " around them, "…" where unchanged lines are left out."""
    rows: list[tuple[str, str]] = []
    for group in difflib.SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(_AROUND):
        if rows:
            rows.append(("…", ""))
        for tag, a, b, c, d in group:
            if tag == "equal":
                rows += [(" ", line) for line in before[a:b]]
            else:
                rows += [("-", line) for line in before[a:b]] + [("+", line) for line in after[c:d]]
    return rows
