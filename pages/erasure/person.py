"""Forgetting a person: who, every place that names them, what to do with each, and the work as a job."""

from collections import Counter
from dataclasses import asdict

import streamlit as st

from core.errors import NotFound
from core.forgetting.carrying import Forgotten
from core.forgetting.person import Person
from core.forgetting.places import Place, Way
from core.forgetting.preview import Preview
from core.forgetting.telling import looked_for, sought, stayed
from core.types import Principal
from core.workbench import Workbench
from pages.erasure import beside, mentions
from pages.erasure.asked import FOUND, TURN, WAYS, WHOM, drop, form
from pages.shared.words import listed, many, plain, size

_KEY = "erasure_mentions"
_JOB = "erasure_job"
_MOST = 300
"""Places that are drawn; all are handled."""


def show(bench: Workbench, who: Principal) -> None:
    """The whole part."""
    _ended(bench)
    form(bench, who)
    found: Preview | None = st.session_state.get(FOUND)
    if found is None:
        return
    person: Person = st.session_state[WHOM]
    if not found.places:
        st.success(f"Nothing here names “{plain(person.name)}”.", icon=":material/check_circle:")
        beside.stays(found)
        return
    _preview(bench, who, person, found)


def _ended(bench: Workbench) -> None:
    """What came of the last one that this session asked for."""
    try:
        job = bench.jobs.get(st.session_state.get(_JOB, ""))
    except NotFound:
        return
    if not job.over:
        return
    if job.state == "failed":
        st.error(f"{plain(job.error)} Ask for it again: what was begun is completed.", icon=":material/error:")
        return
    if job.result is None:
        st.info("It was cancelled before it began; nothing was changed.", icon=":material/info:")
        return
    done: Forgotten = job.result
    body = asdict(done)
    looked = f"Looked for {sought(body)} in {size(done.bytes_scanned)} of {many(done.files_scanned, 'file')}"
    if done.remains:
        told = f"{looked}: still found in {plain(listed(done.remains))}"
        chosen = f", since {many(done.kept, 'place')} stayed as chosen" if done.kept else ""
        st.warning(f"{told}{chosen}. Receipt {done.id[:12]}.", icon=":material/error:")
    else:
        told = f"Forgotten. {looked}: none of it is left. Nothing else was looked for."
        st.success(f"{told} Receipt {done.id[:12]}.", icon=":material/check_circle:")
    if done.beside:
        st.warning(plain(stayed(body)), icon=":material/visibility:")


def _preview(bench: Workbench, who: Principal, person: Person, found: Preview) -> None:
    kinds = Counter(place.kind for place in found.places)
    st.markdown(
        f"**{many(found.mentions, 'mention')} in {many(len(found.places), 'place')}**: "
        + plain(listed([f"{number} × {kind}" for kind, number in kinds.most_common()]))
        + f" :small[· looked for: {plain(sought(looked_for(person)))}]"
    )
    beside.beside(bench, who, person, found)
    asked: Way = st.radio(
        "What to do",
        ["redact", "erase"],
        format_func={"redact": "Redact the mentions", "erase": "Erase whole places"}.__getitem__,
        captions=[
            "Each becomes █ of the same length: citations and passages stay true. The original file is removed.",
            "Whole documents with all versions, questions, rows. What only can be redacted is redacted.",
        ],
        key="erasure_asked",
        horizontal=True,
    )
    ways = {place.id: st.session_state[WAYS].get(place.id, place.way(asked)) for place in found.places}
    st.caption(
        "A place may be treated otherwise than the rest. **Keep** leaves the name there, readable: where somebody must "
        "go on knowing it, or where another person of that name is meant. The receipt says how many places stayed."
    )
    mentions.draw(mentions.view(found.places[:_MOST], ways), _KEY, _chosen)
    if len(found.places) > _MOST:
        st.caption(f"The first {_MOST} are drawn; the others are handled as is said above.")
    beside.notes(found)
    _confirm(bench, who, person, asked, ways, found.places)


def _confirm(
    bench: Workbench, who: Principal, person: Person, asked: Way, ways: dict[str, Way], places: tuple[Place, ...]
) -> None:
    counts = Counter(ways[place.id] for place in places)
    told = listed([f"{many(counts[way], 'place')} will {word}" for way, word in _WILL.items() if counts[way]])
    label, turn = f"{told[:1].upper()}{told[1:]}. This cannot be undone.", st.session_state[TURN]
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="erasure_confirm"):
        sure = st.checkbox(label, key=f"erasure_sure_{turn}", width="stretch")
        if st.button("Forget", icon=":material/ink_eraser:", type="primary", disabled=not sure, key="erasure_forget"):
            st.session_state[_JOB] = bench.forgetting.start_forget(person, asked, who, ways).id
            st.session_state[TURN] += 1
            drop()
            st.rerun()


_WILL: dict[Way, str] = {"redact": "be redacted", "erase": "be erased", "keep": "stay unchanged"}


def _chosen() -> None:
    picked = (st.session_state.get(_KEY) or {}).get("chosen")
    if picked:
        st.session_state[WAYS] = {**st.session_state.get(WAYS, {}), str(picked["id"]): picked["way"]}
