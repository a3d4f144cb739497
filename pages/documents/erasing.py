"""Erasing documents one after another, and the receipts of this session; a failure half-way hides nothing."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from core.errors import TouchstoneError
from core.types import Principal
from core.workbench import Workbench
from pages.shared.words import listed, many, plain, size

if TYPE_CHECKING:
    from core.erasure import Receipt

_RECEIPTS = "erasure_receipts"
_BROKEN = "erasure_broken"
_KEPT = 5
"""Earlier receipts that stay on the page; all are kept in the workspace."""


@dataclass(frozen=True, slots=True)
class Broken:
    """An erasure that failed."""

    name: str
    why: str
    """One sentence."""
    untried: tuple[str, ...]
    """Names that came after it."""


def erase_all(bench: Workbench, who: Principal, names: Sequence[str]) -> None:
    """Erase these documents in turn and stop at the first failure; what was done is on the page either way."""
    done: list[Receipt] = []
    earlier = st.session_state.get(_RECEIPTS, [])
    st.session_state.pop(_BROKEN, None)
    for number, name in enumerate(names):
        why = ""
        try:
            done.append(bench.erase(name, who))
        except TouchstoneError as error:
            why = str(error)
        except Exception as error:  # told on the page with the names that were not tried
            logging.getLogger(__name__).exception("An erasure failed")
            why = f"It ended with an unexpected error: {type(error).__name__}: {error}."
        st.session_state[_RECEIPTS] = [*done, *earlier][: max(_KEPT, len(done))]
        if why:
            st.session_state[_BROKEN] = Broken(name, why, tuple(names[number + 1 :]))
            return


def receipts_shown() -> None:
    """The receipts of erasures in this session, with what the scan of all bytes found, and the one that failed."""
    broken: Broken | None = st.session_state.get(_BROKEN)
    receipts: list[Receipt] = st.session_state.get(_RECEIPTS, [])
    if broken:
        untried = f" Not tried after it: {listed(broken.untried)}." if broken.untried else ""
        st.error(plain(f"{broken.why}{untried}"), title=f"“{plain(broken.name)}” could not be erased")
    for receipt in receipts:
        _receipt(receipt)
    if broken or receipts:
        st.button("Dismiss receipts", icon=":material/close:", type="tertiary", on_click=_dismiss)


def _dismiss() -> None:
    for key in (_BROKEN, _RECEIPTS):
        st.session_state.pop(key, None)


def _receipt(receipt: "Receipt") -> None:
    facts = (
        f"{many(receipt.versions, 'version')}, {many(receipt.chunks, 'passage')}, "
        f"{many(receipt.vectors_forgotten, 'cached vector')} and "
        f"{many(len(receipt.traces), 'answer record')} erased. "
        f"{many(receipt.probes, 'piece')} of the text looked for in {size(receipt.bytes_scanned)} of "
        f"{many(receipt.files_scanned, 'file')}: "
    )
    if receipt.rows or receipt.feedback:
        learned = [many(receipt.rows, "row") + " of datasets", many(receipt.feedback, "word") + " on answers"]
        facts = f"With it went {' and '.join(learned)}. {facts}"
    if receipt.adapters:
        facts = f"Retired, since they had learned from it: {plain(listed(receipt.adapters))}. {facts}"
    if receipt.shared:
        facts = f"Passages of it also stand in {many(len(receipt.shared), 'other document')}, which stay. {facts}"
    if receipt.remains:
        st.error(facts + f"still found in {plain(listed(receipt.remains))}.", title="Erasure is not complete")
    elif not receipt.proven:
        st.warning(facts + "none found. " + receipt.UNPROVEN, title="Erased, but not provable")
    else:
        st.success(facts + "none found.", title=f"Erased, receipt {receipt.id[:12]}")
