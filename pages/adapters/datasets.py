"""The datasets: choose or begin one, fill it, review it, freeze it, carry it away."""

from collections.abc import Callable

import streamlit as st

from core.desks.datasets import Listed
from core.errors import TouchstoneError
from core.governance.rights import may
from core.types import Principal
from core.workbench import Workbench
from pages.adapters import adding, review
from pages.shared import address
from pages.shared.notices import trouble
from pages.shared.words import called, listed, many, moment, plain

PAGE = "adapters"
_CHOSEN, _FAILED, _DONE = f"{PAGE}_dataset", "dataset_failed", "dataset_done"
_FREEZE, _COPY = ":material/lock: Freeze", ":material/content_copy: Copy as a new draft"
_DELETE = ":material/delete: Delete"


def show(bench: Workbench, who: Principal) -> None:
    """The whole part."""
    held = {row.name: row for row in bench.datasets.all(who)}
    if not held:
        _empty(bench, who)
        _tell()
        return
    chosen = _choose(bench, who, held)
    _tell()
    _facts(chosen)
    if may(who, "train") and not chosen.frozen_at:
        adding.panel(bench, who, chosen)
    if chosen.rows:
        review.show(bench, who, chosen)


def _empty(bench: Workbench, who: Principal) -> None:
    with st.container(border=True, key="empty_datasets", gap="small"):
        st.markdown(":material/dataset: **No dataset yet**")
        st.caption(
            "A dataset collects rows: a question, the passages to read, and the answer that an adapter shall give. "
            "Rows come out of documents, question sets, feedback in Chat, or a file. Nothing is learned before "
            "somebody has accepted it."
        )
        if may(who, "train"):
            _begin(bench, who)
        else:
            st.caption(f":material/lock: {called(who).capitalize()} may look at datasets, not make them.")


def _choose(bench: Workbench, who: Principal, held: dict[str, Listed]) -> Listed:
    """The dataset that is looked at, and what can be done with it as a whole."""
    address.take(PAGE, {"dataset": next(iter(held))})
    if st.session_state[_CHOSEN] not in held:
        st.session_state[_CHOSEN] = next(iter(held))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("Dataset", list(held), key=_CHOSEN, width=320)
        address.put(PAGE, {"dataset": name})
        chosen = held[name]
        if may(who, "train"):
            with st.popover("New", icon=":material/add:", key="new_dataset"):
                _begin(bench, who)
            _menu(bench, who, chosen)
        _carry(bench, who, chosen)
    return chosen


def _begin(bench: Workbench, who: Principal) -> None:
    with st.form("begin_dataset", border=False, clear_on_submit=False):
        name = st.text_input("Name", placeholder="support-answers", max_chars=60, key="dataset_name")
        note = st.text_input("What it is for", placeholder="Short answers with their source", key="dataset_note")
        if st.form_submit_button("Begin a draft", type="primary", icon=":material/add:"):
            _do(lambda: bench.datasets.create(name.strip(), who, note.strip()), name.strip())
            st.rerun()


def _menu(bench: Workbench, who: Principal, chosen: Listed) -> None:
    choices = [_COPY] if chosen.frozen_at else [_FREEZE, _COPY]
    choices += [] if chosen.uses else [_DELETE]
    st.menu_button("More", choices, key="dataset_menu", on_click=_chosen, args=(bench, who, chosen))


def _chosen(bench: Workbench, who: Principal, chosen: Listed) -> None:
    name, desk = chosen.name, bench.datasets
    match st.session_state["dataset_menu"]:
        case choice if choice == _FREEZE:
            _do(lambda: desk.freeze(name, who), name, f"“{plain(name)}” is frozen: nothing changes it any more.")
        case choice if choice == _COPY:
            taken = {row.name for row in desk.all(who)}
            to = next(each for n in range(2, 1000) if (each := f"{name[:54]} {n}") not in taken)
            _do(lambda: desk.copy(name, to, who), to, f"“{plain(to)}” is a new draft of it.")
        case choice if choice == _DELETE:
            _do(lambda: desk.remove(name, who), "", f"“{plain(name)}” is gone.")


def _carry(bench: Workbench, who: Principal, chosen: Listed) -> None:
    if not chosen.rows:
        return
    for form in ("jsonl", "csv"):
        st.download_button(
            form.upper(),
            lambda form=form: bench.datasets.export(chosen.name, form, who).encode(),  # type: ignore[misc]
            file_name=f"{chosen.name}.{form}",
            icon=":material/download:",
            type="tertiary",
            key=f"carry_{form}",
            on_click="ignore",
            help="All rows that you may see, with their state and evidence.",
        )


def _facts(chosen: Listed) -> None:
    """What one should know of the dataset before its rows, in one line."""
    head = ":blue-badge[:material/lock: Frozen]" if chosen.frozen_at else ":gray-badge[:material/edit: Draft]"
    facts = [many(chosen.rows, "row"), f"begun by {plain(chosen.made_by)}, {moment(chosen.made_at)}"]
    if chosen.frozen_at:
        facts.append(f"frozen {moment(chosen.frozen_at)}")
    if chosen.states["accepted"]:
        facts.append(f"hash {chosen.hash}")
    if chosen.zone:
        facts.append(f"accepted rows up to the zone {chosen.zone}")
    if chosen.uses:
        facts.append(f"used by {plain(listed(chosen.uses))}")
    if chosen.lost:
        facts.append(f"{many(chosen.lost, 'row')} erased with their documents")
    note = f"{plain(chosen.note)}  \n" if chosen.note else ""
    st.markdown(f"{note}{head} :small[{' · '.join(facts)}]")


def _do(work: Callable[[], object], then: str, told: str = "") -> None:
    """Carry something out and look at the dataset `then`; where it cannot be done, say why on the next run."""
    try:
        work()
    except TouchstoneError as error:
        st.session_state[_FAILED] = error
        return
    st.session_state[_DONE] = told
    if then:
        st.session_state[_CHOSEN] = then
    else:
        st.session_state.pop(_CHOSEN, None)


def _tell() -> None:
    if error := st.session_state.pop(_FAILED, None):
        trouble(error)
    if told := st.session_state.pop(_DONE, ""):
        st.toast(told, icon=":material/check:")
