"""Keeping the shelf in order: follow a folder, find documents that say the same, compare library and index."""

from pathlib import Path

import streamlit as st

from core.errors import TouchstoneError
from core.governance.principals import may_build, may_follow, sees_all
from core.types import Principal
from core.workbench import Workbench
from pages.shared.notices import guarded
from pages.shared.words import many, plain


def upkeep(bench: Workbench, who: Principal) -> None:
    """Up to three tools behind one switch, those that the persona may use; none runs before it is asked for."""
    tool = st.segmented_control(
        "Upkeep",
        _tools(who),
        label_visibility="collapsed",
        key="upkeep_tool",
    )
    with guarded():
        if tool == "Follow a folder":
            _follow(bench, who)
        elif tool == "Find duplicates":
            _duplicates(bench, who)
        elif tool == "Check the index":
            _check(bench, who)


def _tools(who: Principal) -> list[str]:
    may = {
        "Follow a folder": may_follow(who),
        "Find duplicates": may_build(who),
        "Check the index": may_build(who) and sees_all(who),
    }
    return [tool for tool, allowed in may.items() if allowed]


def _follow(bench: Workbench, who: Principal) -> None:
    st.caption(
        "New and changed files of the folder are taken in within seconds; a file that is deleted there answers no "
        "more. The folder lies on the computer that runs Touchstone."
    )
    for watch in bench.watches(who):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            state = plain(watch.error) if watch.error else f"{many(len(watch.outcomes), 'change')} so far"
            st.markdown(f":material/sync: {plain(str(watch.folder))} · {watch.zone} · {state}", width="stretch")
            st.button("Stop", key=f"stop_{watch.folder}", on_click=bench.unwatch, args=(watch, who), type="tertiary")
    with st.form("follow", border=False):
        left, middle, right = st.columns([6, 3, 2], vertical_alignment="bottom")
        folder = left.text_input("Folder", placeholder="/home/me/policies")
        zone = middle.selectbox("Who may find it", who.zones, format_func=str.capitalize)
        if right.form_submit_button("Follow", icon=":material/sync:", width="stretch"):
            if not folder.strip():
                raise TouchstoneError("Name the folder that is to be followed.")
            bench.start_watch(Path(folder.strip()).expanduser(), zone, who)
            st.rerun()


def _duplicates(bench: Workbench, who: Principal) -> None:
    names = {document.id: document.name for document in bench.documents(who)}
    pairs = bench.duplicates(who)
    if not pairs:
        st.caption("No two documents say the same. Pairs are shown from 70% of shared wording on.")
        return
    st.caption("What to do with them is your choice: open one in the list below to withdraw or erase it.")
    for pair in pairs:
        alike = "the same file" if pair.same_bytes else f"{pair.similarity:.0%} of the wording shared"
        st.markdown(f"- {plain(names[pair.first])} and {plain(names[pair.second])}: {alike}")


def _check(bench: Workbench, who: Principal) -> None:
    findings = bench.check(who, repair=False)
    if not findings:
        st.markdown(":material/check_circle: Library, index and originals agree.")
        return
    for finding in findings:
        st.markdown(f"- {plain(finding)}")
    if st.button("Put it right", icon=":material/build:"):
        with st.spinner("Indexing what is missing…"):
            bench.check(who, repair=True)
        st.rerun()
