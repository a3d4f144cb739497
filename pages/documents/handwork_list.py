"""A document's changes by hand: who made which when, what it did, whether it is in force; and the way back."""

from typing import TYPE_CHECKING

import streamlit as st

from core.governance.principals import may_build
from pages.documents.handwork import CHANGE, DID, Work, do, short, tell_failed
from pages.documents.history import difference
from pages.shared.changes import changes
from pages.shared.words import listed, many, moment, plain

if TYPE_CHECKING:
    from core.desks.handwork import Listed


def list_changes(work: Work) -> None:
    """All changes of the document and its versions: who, when, what, and whether it is in force; each can be undone."""
    found = work.bench.handwork.edits(work.who, work.document.name)
    if not found:
        if may_build(work.who):
            st.caption(
                "A passage that is cut badly or out of date can be changed here by hand; each change can be undone."
            )
        return
    in_force = sum(each.state == "in force" for each in found)
    with st.expander(f"{many(len(found), 'change')} by hand, {in_force} in force", icon=":material/history_edu:"):
        for each in found:
            _change(work, each)


def _change(work: Work, each: "Listed") -> None:
    edit = each.edit
    place = f"{CHANGE}{edit.id}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{DID[edit.kind]}** · {_state(each)}  \n:small[{_facts(work, each)}]", width="stretch")
        if may_build(work.who) and each.state != "undone":
            st.button(
                "Undo",
                key=f"undo_{edit.id}",
                type="tertiary",
                icon=":material/undo:",
                on_click=do,
                args=(place, lambda: work.bench.handwork.undo(edit.id, work.who)),
            )
    tell_failed(place)
    if rows := _rows(each):
        changes(rows, key=f"change_rows_{edit.id}")


def _rows(each: "Listed") -> list[tuple[str, str]]:
    """What the change did to the text: lines for `changes`."""
    edit = each.edit
    if not each.before:
        return [("+", edit.text)] if edit.text else []
    if edit.kind == "edit":
        return difference(each.before[0].splitlines(), edit.text.splitlines())
    if edit.kind == "disable":
        return [(" " if edit.undone_at else "-", short(each.before[0]))]
    parts = list(each.before)
    if edit.kind == "split":
        at = edit.at - edit.targets[0].start
        parts = [parts[0][:at], parts[0][at:]]
    rows = [row for part in parts for row in ((" ", short(part)), ("…", ""))]
    return rows[:-1]


def _facts(work: Work, each: "Listed") -> str:
    edit = each.edit
    facts = [f"characters {edit.targets[0].start:,} to {edit.targets[-1].end:,}"]
    facts.append(f"{moment(edit.made_at)} by {plain(edit.made_by)}")
    if each.version != work.document.version:
        facts.append(f"version {each.version}")
    if edit.index_key != work.recipe.index_key:
        facts.append(f"of {plain(listed(each.recipes)) or 'a recipe that is gone'}")
    return " · ".join(facts)


def _state(each: "Listed") -> str:
    edit = each.edit
    if each.state == "undone":
        return f":gray[undone {moment(edit.undone_at or '')} by {plain(edit.undone_by or '')}]"
    if each.state == "in force":
        return ":green[in force]"
    return ":orange[without effect: what it was made on is not there any longer]"
