"""Forgetting a person: who, every place that names them, what to do with each, and the work as a job."""

import re
from collections import Counter
from dataclasses import asdict

import streamlit as st

from core.errors import NotFound, RequestError, TouchstoneError
from core.forgetting.beside import with_details
from core.forgetting.carrying import Forgotten
from core.forgetting.person import Person
from core.forgetting.places import Place, Way
from core.forgetting.preview import Preview
from core.forgetting.telling import looked_for, sought, stayed
from core.types import Principal
from core.workbench import Workbench
from pages.erasure import mentions
from pages.shared.notices import guarded, trouble
from pages.shared.words import listed, many, plain, size

_FOUND = "erasure_found"
_WHOM = "erasure_person"
_WAYS = "erasure_ways"
_KEY = "erasure_mentions"
_TURN = "erasure_turn"
_JOB = "erasure_job"
_NAMED = 5
"""Places that are named in a sentence."""
_MOST = 300
"""Places that are drawn; all are handled."""


def show(bench: Workbench, who: Principal) -> None:
    """The whole part."""
    _ended(bench)
    _form(bench, who)
    found: Preview | None = st.session_state.get(_FOUND)
    if found is None:
        return
    person: Person = st.session_state[_WHOM]
    if not found.places:
        st.success(f"Nothing here names “{plain(person.name)}”.", icon=":material/check_circle:")
        _stays(found)
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


def _form(bench: Workbench, who: Principal) -> None:
    turn = st.session_state.setdefault(_TURN, 0)  # fields with new keys are empty in the browser too
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
    _forget_preview()
    try:
        known = map(_several, (aliases, mails, phones, others))
        _look(bench, who, Person(name.strip(), *known))
    except TouchstoneError as error:
        trouble(error)


def _look(bench: Workbench, who: Principal, person: Person) -> None:
    """Keep the preview for this session; raises TouchstoneError."""
    with st.spinner("Looking through every text and file…"):
        found = bench.forgetting.preview(person, who)
    st.session_state.update({_FOUND: found, _WHOM: person})


def _preview(bench: Workbench, who: Principal, person: Person, found: Preview) -> None:
    kinds = Counter(place.kind for place in found.places)
    st.markdown(
        f"**{many(found.mentions, 'mention')} in {many(len(found.places), 'place')}**: "
        + plain(listed([f"{number} × {kind}" for kind, number in kinds.most_common()]))
        + f" :small[· looked for: {plain(sought(looked_for(person)))}]"
    )
    _beside(bench, who, person, found)
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
    ways = {place.id: st.session_state[_WAYS].get(place.id, place.way(asked)) for place in found.places}
    st.caption(
        "A place may be treated otherwise than the rest. **Keep** leaves the name there, readable: where somebody must "
        "go on knowing it, or where another person of that name is meant. The receipt says how many places stayed."
    )
    mentions.draw(mentions.view(found.places[:_MOST], ways), _KEY, _chosen)
    if len(found.places) > _MOST:
        st.caption(f"The first {_MOST} are drawn; the others are handled as is said above.")
    _notes(found)
    _confirm(bench, who, person, asked, ways, found.places)


def _beside(bench: Workbench, who: Principal, person: Person, found: Preview) -> None:
    """What a search for the name leaves, and the way to have it looked for too."""
    details = found.beside
    if not details:
        return
    kinds = Counter(each.kind for each in details)
    titles = listed(list(dict.fromkeys(title for where in details.values() for title in where))[:_NAMED])
    with st.container(border=True, key="erasure_beside", gap="small"):
        st.markdown(
            f":material/visibility: **Beside the mentions stays what is not looked for:** "
            f"{plain(listed([f'{number} × {kind}' for kind, number in kinds.most_common()]))} in {plain(titles)}."
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            picked = st.multiselect(
                "Look for these too",
                list(details),
                format_func=lambda each: f"{each.kind}: {each.text}",
                key=f"erasure_details_{hash(person)}",
                placeholder="Choose what belongs to the person",
                width="stretch",
            )
            if st.button("Look again", icon=":material/person_search:", disabled=not picked, key="erasure_again"):
                with guarded():
                    _look(bench, who, with_details(person, picked))
                    st.rerun()
        st.caption(
            "It may be another person's: choose only what is theirs. What is told in other words, such as a salary or "
            "a post, no search finds: look at each place, or erase it whole."
        )


def _notes(found: Preview) -> None:
    if found.learned:
        st.warning(
            f"Weights learned what is to be forgotten, and no scan can read that out of them: unless kept, "
            f"{plain(listed([each.adapter for each in found.learned]))} will be retired, and the weights deleted that "
            "were not installed with Touchstone.",
            icon=":material/model_training:",
        )
        if commands := [each.command for each in found.learned if each.command]:
            st.caption("Training anew from what is left clears it:")
            st.code("\n".join(commands), language="bash")
        for each in found.learned:
            if each.untrainable:
                st.caption(plain(each.untrainable))
    if found.waiting:
        st.warning(
            f"{many(len(found.waiting), 'file')} being taken in, and not looked at yet. Wait until they are in.",
            icon=":material/hourglass_top:",
        )
    _stays(found)


def _stays(found: Preview) -> None:
    if found.acted:
        st.caption(
            f":material/policy: {many(found.acted, 'entry', 'entries')} of the audit trail and of receipts name this "
            "person as one who acted here. They stay: the trail is append-only, and holds no text."
        )


def _confirm(
    bench: Workbench, who: Principal, person: Person, asked: Way, ways: dict[str, Way], places: tuple[Place, ...]
) -> None:
    counts = Counter(ways[place.id] for place in places)
    told = listed([f"{many(counts[way], 'place')} will {word}" for way, word in _WILL.items() if counts[way]])
    label, turn = f"{told[:1].upper()}{told[1:]}. This cannot be undone.", st.session_state[_TURN]
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="erasure_confirm"):
        sure = st.checkbox(label, key=f"erasure_sure_{turn}", width="stretch")
        if st.button("Forget", icon=":material/ink_eraser:", type="primary", disabled=not sure, key="erasure_forget"):
            st.session_state[_JOB] = bench.forgetting.start_forget(person, asked, who, ways).id
            st.session_state[_TURN] += 1
            _forget_preview()
            st.rerun()


_WILL: dict[Way, str] = {"redact": "be redacted", "erase": "be erased", "keep": "stay unchanged"}


def _chosen() -> None:
    picked = (st.session_state.get(_KEY) or {}).get("chosen")
    if picked:
        st.session_state[_WAYS] = {**st.session_state.get(_WAYS, {}), str(picked["id"]): picked["way"]}


def _forget_preview() -> None:
    """Drop what the preview shows of other people's documents."""
    for key in (_FOUND, _WHOM):
        st.session_state.pop(key, None)
    st.session_state[_WAYS] = {}


def _several(typed: str) -> tuple[str, ...]:
    found = tuple(part.strip() for part in re.split(r"[;\n]", typed) if part.strip())
    if len(found) > 20:
        raise RequestError("More than 20 names or addresses at once; look for them in two steps.")
    return found
