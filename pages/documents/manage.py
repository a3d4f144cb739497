"""Changing what is in: zone, labels, validity, withdrawal and erasure of one document, or of several at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import streamlit as st

from core.types import Principal, Zone
from core.workbench import Workbench
from pages.documents.erasing import erase_all
from pages.shared.notices import guarded
from pages.shared.words import listed, many, plain


@dataclass(frozen=True, slots=True)
class Chosen:
    """A document that is about to change."""

    id: str
    name: str
    zone: Zone
    labels: tuple[str, ...]
    valid_from: str | None
    valid_until: str | None
    versions: int


def manage(bench: Workbench, who: Principal, chosen: Sequence[Chosen], key: str) -> None:
    """The form of changes and the two ways out; every change names its effect before it is made."""
    with guarded():
        _tags(bench, who, chosen, key)
        _out(bench, who, chosen, key)


def _tags(bench: Workbench, who: Principal, chosen: Sequence[Chosen], key: str) -> None:
    one = chosen[0] if len(chosen) == 1 else None
    with st.form(f"tags_{key}", border=False):
        left, right = st.columns(2)
        zones = [None, *who.zones] if one is None else list(who.zones)
        zone = left.selectbox(
            "Who may find it",
            zones,
            index=list(who.zones).index(one.zone) if one else 0,
            format_func=lambda z: str(z).capitalize() if z else "As it is",
            help="Moves the passages to the index of that zone; nothing is computed anew.",
            key=f"zone_{key}",
        )
        held = sorted({label for document in chosen for label in document.labels})
        labels = right.multiselect("Labels", held, held if one else [], accept_new_options=True, key=f"labels_{key}")
        first = left.date_input("In force from", _day(one.valid_from if one else None), key=f"from_{key}")
        last = right.date_input("In force until", _day(one.valid_until if one else None), key=f"until_{key}")
        if one is None:
            st.caption("Labels are added to those that each document has; empty dates stay as they are.")
        if st.form_submit_button("Save changes", icon=":material/save:"):
            for document in chosen:
                _save(bench, who, document, zone, tuple(labels), (first, last), one is not None)
            st.rerun()


def _save(
    bench: Workbench,
    who: Principal,
    document: Chosen,
    zone: Zone | None,
    labels: tuple[str, ...],
    days: tuple[date | None, date | None],
    exactly: bool,
) -> None:
    first, last = (day.isoformat() if day else None for day in days)
    if not exactly:
        labels = (*document.labels, *labels)
        first, last = first or document.valid_from, last or document.valid_until
    bench.retag(document.id, who, labels, first, last)
    if zone:
        bench.rezone(document.id, who, zone)


def _out(bench: Workbench, who: Principal, chosen: Sequence[Chosen], key: str) -> None:
    names = listed([f"“{document.name}”" for document in chosen[:3]])
    if len(chosen) > 3:
        names += f" and {len(chosen) - 3} more"
    versions = sum(document.versions for document in chosen)
    with st.container(horizontal=True):
        with st.popover("Withdraw…", icon=":material/unpublished:"):
            st.markdown(
                f"{plain(names)} will answer no more from the next question on. The text stays readable here as an old "
                "version, for audit."
            )
            if st.button("Withdraw now", key=f"withdraw_{key}"):
                for document in chosen:
                    bench.withdraw(document.id, who)
                _leave()
        with st.popover("Erase…", icon=":material/delete_forever:"):
            st.markdown(
                f"{plain(names)}: {many(versions, 'version')} will be erased from the originals, the text, the "
                "indexes, the caches and the records of answers that drew on it. This cannot be undone. A receipt "
                "without content is kept."
            )
            sure = st.checkbox("I understand that it cannot be brought back", key=f"sure_{key}")
            if st.button("Erase for good", type="primary", disabled=not sure, key=f"erase_{key}"):
                with st.spinner("Erasing, and reading every byte of the workspace to prove it…"):
                    erase_all(bench, who, [document.name for document in chosen])
                _leave()


def _leave() -> None:
    from pages.documents.detail import close

    close()
    st.rerun()


def _day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None
