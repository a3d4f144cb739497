"""Workshops: made and listed; one of them opened by its link, to vote in and to see what the others say."""

import uuid
from urllib.parse import urlsplit

import streamlit as st

from core.decision.workshops import Workshop
from core.desks.decisions import voter
from core.errors import NotFound
from core.governance.rights import may
from core.types import Principal
from core.workbench import Workbench
from pages.decision import controls, held, votes
from pages.shared import address
from pages.shared.notices import guarded
from pages.shared.sign_in import configured
from pages.shared.words import many, moment, plain

_PAGE = "decision"
_TOLD = "decision_voted"
_LOCAL = ("localhost", "127.0.0.1", "::1")


def show(bench: Workbench, who: Principal) -> None:
    """The workshop of the address, else the list."""
    chosen = address.held(_PAGE, "workshop")
    if not chosen:
        _list(bench, who)
        return
    address.put(_PAGE, {"workshop": chosen})
    try:
        workshop = bench.decision.standing(chosen, who).workshop
    except NotFound:
        st.info("This workshop is gone, or the link is cut short.", icon=":material/link_off:")
        st.button("All workshops", icon=":material/arrow_back:", on_click=_open, args=("",))
        return
    _one(bench, who, workshop)


def _list(bench: Workbench, who: Principal) -> None:
    workshops = bench.decision.workshops(who)
    if not workshops:
        with st.container(border=True, key="empty_workshops", gap="small"):
            st.markdown(":material/how_to_vote: **No workshop yet**")
            st.caption(
                "A workshop has a link. Whoever opens it answers and weighs in their own browser, and all see where "
                "they agree and where they do not."
            )
    for each in workshops:
        count = len(bench.decision.standing(each.id, who).votes)
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"workshop_{each.id}"):
            state = ":green-badge[open]" if each.open else ":gray-badge[closed]"
            st.markdown(
                f"**{plain(each.title)}** {state}  \n:small[{many(count, 'vote')} · {plain(each.made_by)}, "
                f"{moment(each.made_at)}]",
                width="stretch",
            )
            st.button("Open", key=f"open_{each.id}", on_click=_open, args=(each.id,))
    if not may(who, "evaluate"):
        st.caption("Whoever may evaluate makes a workshop; you can vote in it by its link.")
        return
    with st.form("make_workshop", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        title = st.text_input("What is to be decided", placeholder="How shall the support desk answer?", max_chars=120)
        if st.form_submit_button("Make a workshop", icon=":material/add:", type="primary"):
            with guarded():
                _open(bench.decision.make(title, who).id)
                st.rerun()


def _one(bench: Workbench, who: Principal, workshop: Workshop) -> None:
    ballot = _ballot()
    _head(bench, who, workshop)
    own, all_ = st.columns([1, 1], gap="large")
    with own:
        st.subheader("Your vote", anchor=False)
        _begin_with_own(bench, who, workshop, ballot)
        if workshop.open:
            _vote(bench, who, workshop, ballot)
        else:
            st.info(f"Closed {moment(workshop.closed_at)}; it takes no more votes.", icon=":material/lock:")
    with all_:
        evidence = held.evidence(bench, who)
        live = st.fragment(votes.live, run_every=2.0 if workshop.open else None)
        live(bench, who, workshop.id, evidence)
    votes.snapshots(bench, who, workshop, evidence)


def _head(bench: Workbench, who: Principal, workshop: Workshop) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("All workshops", icon=":material/arrow_back:", type="tertiary", on_click=_open, args=("",))
        st.markdown(f"### {plain(workshop.title)}", width="stretch")
        if may(who, "evaluate"):
            with st.popover("Manage", icon=":material/settings:", type="tertiary"):
                st.button(
                    "Take no more votes", icon=":material/lock:", disabled=not workshop.open,
                    on_click=bench.decision.close, args=(workshop.id, who),
                )  # fmt: skip
                sure = st.checkbox("Votes and snapshots go too; this cannot be undone", key="sure_to_remove")
                st.button(
                    "Remove", icon=":material/delete:", on_click=_remove, args=(bench, workshop.id, who),
                    disabled=not sure, key="remove_workshop",
                )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("The link for everybody:", width="content")
        link = _link(workshop.id)
        st.code(link, language=None)
    if not configured():
        st.caption(":material/how_to_vote: Nobody signs in here, so each tab of a browser has a vote of its own.")
    if urlsplit(link).hostname in _LOCAL:
        st.caption(
            ":material/info: This link works on this computer alone. For others serve Touchstone to your network with "
            "`make run ADDRESS=0.0.0.0`, with sign-on as docs/access.md says, and open it by this computer's name."
        )


def _vote(bench: Workbench, who: Principal, workshop: Workshop, ballot: str) -> None:
    lens = controls.questions()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("Your name, if you like", max_chars=60, key="vote_name", width=260)
        cast = st.button("Cast my vote", icon=":material/how_to_vote:", type="primary", key="cast_vote")
    if cast:
        if ballot:
            address.put(_PAGE, {"ballot": ballot})
        with guarded():
            bench.decision.vote(workshop.id, lens, who, ballot, name)
            st.session_state[_TOLD] = workshop.id
            st.rerun()
    if st.session_state.get(_TOLD) == workshop.id:
        st.success("Your vote counts. Cast it again to change it.", icon=":material/check_circle:")


def _begin_with_own(bench: Workbench, who: Principal, workshop: Workshop, ballot: str) -> None:
    """After a reload the controls show what was voted, not the middle."""
    key = f"vote_taken_up_{workshop.id}"
    if key in st.session_state:
        return
    st.session_state[key] = True
    mine = voter(who, ballot)
    for vote in bench.decision.standing(workshop.id, who).votes:
        if vote.voter == mine:
            controls.take(vote.lens)
            st.session_state["vote_name"] = vote.name
            st.session_state[_TOLD] = workshop.id


def _ballot() -> str:
    """What tells this browser from another under the same demo persona; empty for who signed in, who has one vote.

    It stands in the address once a vote is cast, so that a reload changes that vote instead of casting a second; the
    link for everybody leaves it out.
    """
    if configured():
        return ""
    kept = address.held(_PAGE, "ballot") or st.session_state.get("decision_ballot") or uuid.uuid4().hex[:12]
    st.session_state["decision_ballot"] = kept
    return str(kept)


def _open(workshop_id: str) -> None:
    address.put(_PAGE, {"workshop": workshop_id})


def _remove(bench: Workbench, workshop_id: str, who: Principal) -> None:
    with guarded():
        bench.decision.remove(workshop_id, who)
        _open("")


def _link(workshop_id: str) -> str:
    here = (st.context.url or "").split("?")[0].rstrip("/")
    base = here if here.endswith("/decision") else f"{here}/decision"
    return f"{base}?view=workshop&workshop={workshop_id}"
