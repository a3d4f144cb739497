"""Inside one document: what is known of it, its pages as pictures, its text as text."""

import streamlit as st

from core.governance.principals import may_build
from core.library.store import Summary
from core.types import Document, Page, Principal
from core.workbench import Workbench
from pages.documents.handwork import forget_work
from pages.documents.history import history
from pages.documents.manage import Chosen, manage
from pages.documents.passages import passages
from pages.shared.frame import recipe
from pages.shared.notices import guarded
from pages.shared.reader import reader
from pages.shared.sheet import sheet
from pages.shared.words import kind, listed, many, moment, plain, size

_OPEN = "open_document"
_PART = 12_000
"""Characters of a page that are shown at once."""


def open_document(document_id: str) -> None:
    """Show this document on the next run."""
    st.session_state[_OPEN] = document_id
    forget_work()
    for left in ("page_number", "document_part"):
        st.session_state.pop(left, None)


def open_drawer(bench: Workbench, who: Principal) -> None:
    """Show the document that was pressed, if any."""
    if document_id := st.session_state.get(_OPEN):
        _drawer(bench, who, document_id)


def close() -> None:
    """Show the list again."""
    from pages.documents.shelf import clear_selection

    st.session_state.pop(_OPEN, None)
    clear_selection()


@st.dialog("Document", position="right", width=760, icon=":material/description:", on_dismiss=close)  # type: ignore[untyped-decorator]
def _drawer(bench: Workbench, who: Principal, document_id: str) -> None:
    with guarded():
        document = bench.visible(document_id, who)
        _facts(document)
        view = st.segmented_control(
            "Part", _parts(who), default="Pages", required=True, label_visibility="collapsed", key="document_part"
        )
        if view == "Versions":
            history(bench, who, document)
        elif view == "Passages":
            passages(bench, who, document, *recipe(bench))
        elif view == "Change":
            manage(bench, who, [chosen(document, len(bench.versions(document.name, who)))], document.id)
        elif page := _choose_page(document):
            _show(bench, who, document, page)


def chosen(document: Document | Summary, versions: int) -> Chosen:
    """What the forms of change need to know of a document."""
    return Chosen(
        document.id,
        document.name,
        document.zone,
        document.labels,
        document.valid_from,
        document.valid_until,
        versions,
    )


def _parts(who: Principal) -> list[str]:
    return ["Pages", "Passages", "Versions", *(["Change"] if may_build(who) else [])]


def _facts(document: Document) -> None:
    st.markdown(f"**{plain(document.name)}**")
    first = [kind(document.media_type, document.name), many(len(document.pages), "page"), size(document.size)]
    second = [f"{document.zone} zone", f"version {document.version}"]
    if document.labels:
        second.append("labels " + plain(listed(document.labels)))
    if document.valid_from or document.valid_until:
        second.append(f"in force {document.valid_from or '…'} to {document.valid_until or '…'}")
    added = f"Added {moment(document.added_at)} by {plain(document.added_by)}"
    st.caption("  \n".join([" · ".join(first + second), f"{added} · id {document.id}"]))
    for note in document.notes:
        st.markdown(f":material/info: {plain(note)}")


def _choose_page(document: Document) -> Page | None:
    if not document.pages:
        return None
    if len(document.pages) == 1:
        return document.pages[0]
    number: int = st.pagination(len(document.pages), key="page_number")
    return document.pages[number - 1]


def _show(bench: Workbench, who: Principal, document: Document, page: Page) -> None:
    if page.label:
        st.markdown(f"**{plain(page.label)}**")
    if document.media_type == "application/pdf" and not document.redacted:
        view = st.segmented_control(
            "View", ["Page", "Text"], default="Page", required=True, label_visibility="collapsed", key="document_view"
        )
        if view == "Page":
            with st.spinner("Drawing the page…"):
                image = bench.page_image(document.id, page.number, page.start, page.start, who)
            sheet(image, f"Page {page.number} of {document.name}", key="document_page")
            return
    text = document.text[page.start : page.end]
    parts = max(1, -(-len(text) // _PART))
    part = st.pagination(parts, key=f"part_{page.number}") if parts > 1 else 1
    start = (part - 1) * _PART
    if not text.strip():
        st.caption("This page holds no text.")
    else:
        cut = (start > 0, start + _PART < len(text))
        reader(text[start : start + _PART], key="document_text", height=640, cut=cut)
