"""Whom to look for, and what was found, as a session holds it; it forgets nobody."""

import re

import streamlit as st

from core.errors import RequestError, TouchstoneError
from core.forgetting.person import Person
from core.types import Principal
from core.workbench import Workbench
from pages.shared.notices import trouble

FOUND = "erasure_found"
WHOM = "erasure_person"
WAYS = "erasure_ways"
TURN = "erasure_turn"
"""Counts the forms: fields with new keys are empty in the browser too."""


def form(bench: Workbench, who: Principal) -> None:
    """Whom to look for; a press looks."""
    turn = st.session_state.setdefault(TURN, 0)
    with st.form("erasure_whom", border=True):
        left, right = st.columns(2, gap="medium")
        name = left.text_input("Full name", key=f"erasure_name_{turn}", placeholder="Given name and surname")
        aliases = right.text_input(
            "Other names", key=f"erasure_aliases_{turn}", help="With a semicolon between several."
        )
        mails = left.text_input(
            "E-mail addresses", key=f"erasure_mails_{turn}", help="With a semicolon between several."
        )
        phones = right.text_input(
            "Telephone numbers", key=f"erasure_phones_{turn}", help="With a semicolon between several."
        )
        others = st.text_input(
            "Other details",
            key=f"erasure_others_{turn}",
            placeholder="Such as an account number or an address, as it is written",
            help="With a semicolon between several. They go wherever they stand, also where the name does not.",
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(
                "Found in any case, over line breaks and hyphens, the surname first, with initials or a title; the "
                "last name alone only where the full name stands too. Looking changes nothing.",
                width="stretch",
            )
            pressed = st.form_submit_button("Find mentions", icon=":material/person_search:", type="primary")
    if not pressed:
        return
    drop()
    try:
        known = map(_several, (aliases, mails, phones, others))
        look(bench, who, Person(name.strip(), *known))
    except TouchstoneError as error:
        trouble(error)


def look(bench: Workbench, who: Principal, person: Person) -> None:
    """Keep the preview for this session; raises TouchstoneError."""
    with st.spinner("Looking through every text and file…"):
        found = bench.forgetting.preview(person, who)
    st.session_state.update({FOUND: found, WHOM: person})


def drop() -> None:
    """Drop what the preview shows of other people's documents."""
    for key in (FOUND, WHOM):
        st.session_state.pop(key, None)
    st.session_state[WAYS] = {}


def _several(typed: str) -> tuple[str, ...]:
    found = tuple(part.strip() for part in re.split(r"[;\n]", typed) if part.strip())
    if len(found) > 20:
        raise RequestError("More than 20 names or addresses at once; look for them in two steps.")
    return found
