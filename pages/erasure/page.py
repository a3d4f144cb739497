"""Erasure: forget a document, a person, or what a user asked; the proof of it; and what expires by itself."""

import streamlit as st

from core.errors import TouchstoneError
from core.governance.principals import may_audit, sees_all
from core.governance.rights import may
from core.types import Principal
from core.workbench import Workbench
from pages.erasure import document, person, receipts, retention, user
from pages.shared import frame
from pages.shared.activity import activity
from pages.shared.bench import workbench
from pages.shared.notices import guarded, trouble
from pages.shared.views import switch
from pages.shared.words import plain

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
_ACTS = ("person", "user", "document")


def _draw(bench: Workbench, who: Principal) -> None:
    acts = may(who, "erase") and sees_all(who)
    views = {name: label for name, label in VIEWS.items() if acts or (name not in _ACTS and may_audit(who))}
    if not views:
        st.info(
            f"The {plain(who.name)} may not have anybody forgotten, for it shows words of every document. "
            "Administrators may; auditors may read the receipts.",
            icon=":material/lock:",
        )
        return
    show = SHOW[switch(PAGE, views)]
    with guarded():
        show(bench, who)


bench, who = workbench(), frame.principal()
st.title("Erasure", anchor=False)
st.markdown(
    "Forget a person, a user's questions or a document: in every text, file and index, with a proof that can be "
    "checked later."
)
activity(bench, who)
try:
    _draw(bench, who)
except TouchstoneError as error:
    trouble(error)
