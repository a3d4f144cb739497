"""Erasure: forget a document, a person, or what a user asked; the proof of it; and what expires by itself."""

import streamlit as st

from core.governance.principals import sees_all
from core.governance.rights import may, who_may
from core.types import Principal
from core.workbench import Workbench
from pages.erasure import document, person, receipts, retention, user
from pages.shared.room import part, room
from pages.shared.words import called

PAGE = "erasure"
VIEWS = {
    "person": ":material/person_off: A person",
    "user": ":material/forum: A user's questions",
    "document": ":material/description: A document",
    "receipts": ":material/receipt_long: Receipts",
    "retention": ":material/auto_delete: Retention",
}
SHOW = {
    "person": person.show,
    "user": user.show,
    "document": document.show,
    "receipts": receipts.show,
    "retention": retention.show,
}


def _open_to(who: Principal) -> dict[str, bool]:
    """Which parts somebody may use. Whoever looks for a person sees words of every document."""
    erases, audits = may(who, "erase"), may(who, "audit")
    return {
        "person": erases and sees_all(who),
        "user": erases and sees_all(who),
        "document": erases,
        "receipts": audits,
        "retention": audits and sees_all(who),
    }


def _draw(bench: Workbench, who: Principal) -> None:
    open_to = _open_to(who)
    views = {name: label for name, label in VIEWS.items() if open_to[name]}
    if not views:
        st.info(
            f"{called(who).capitalize()} may erase nothing; {who_may('erase')} may. "
            f"{who_may('audit').capitalize()} may read the receipts.",
            icon=":material/lock:",
        )
        return
    if may(who, "erase") and not open_to["person"]:
        st.caption(
            f"To have a person or a user forgotten is for {who_may('erase')} who see every document: looking "
            "shows words of all."
        )
    part(bench, who, PAGE, views, SHOW)


room(
    "Erasure",
    "Forget a person, a user's questions or a document: in every text, file and index, with a proof that can be "
    "checked later.",
    _draw,
)
