"""The receipt: the page that a sentence came from with the passage boxed, or the text with it marked."""

import streamlit as st

from core.governance.principals import sees_as_much
from core.types import Chunk, Citation, Document, Hit, Principal, Recipe, Source, Span
from core.workbench import Workbench
from pages.chat.answer import place_of, sentence
from pages.chat.conversation import Pointer, Turn, close_receipt, receipt
from pages.chat.scores import KINDS, present, rank, says, value, widened
from pages.shared.notices import guarded
from pages.shared.reader import reader
from pages.shared.sheet import sheet
from pages.shared.words import kind, many, plain

_AROUND = 900
"""Characters of text shown before and after the passage."""


def open_drawer(bench: Workbench, who: Principal) -> None:
    """Show the receipt that the reader asked for, if any, and if `who` may see what its asker saw."""
    held = receipt()
    if held and sees_as_much(who, held[0].principal):
        _drawer(bench, *held)
    elif held:
        close_receipt()


@st.dialog("Receipt", position="right", width=760, icon=":material/receipt_long:", on_dismiss=close_receipt)  # type: ignore[untyped-decorator]
def _drawer(bench: Workbench, turn: Turn, pointer: Pointer) -> None:
    with guarded():
        citation, source = _find(turn, pointer)
        document_id = citation.document_id if citation else source.hit.chunk.document_id if source else ""
        document = bench.visible(document_id, turn.principal)
        chunk = source.hit.shown if source else None
        span = Span(citation.start, citation.end) if citation else Span(chunk.start, chunk.end) if chunk else Span(0, 0)
        page = citation.page if citation else chunk.pages[0] if chunk and chunk.pages else 1
        _heading(document, page)
        if citation and turn.asking.answer:
            st.markdown(f"> {plain(sentence(turn.asking.answer, citation.sentence))}")
        if chunk and chunk.edited:
            st.caption(
                ":material/edit: This passage was written by hand. It stands in the place of what is marked below:"
            )
            reader(chunk.text, key="receipt_by_hand", height=180)
        _evidence(bench, document, page, span, turn)
        if source:
            _scores(source.hit, citation, turn.recipe)


def _find(turn: Turn, pointer: Pointer) -> tuple[Citation | None, Source | None]:
    answer = turn.asking.answer
    sources = answer.sources if answer else turn.asking.sources or ()
    number, citation = pointer.index, None
    if pointer.kind == "citation" and answer and 0 <= pointer.index < len(answer.citations):
        citation = answer.citations[pointer.index]
        number = citation.source
    return citation, next((source for source in sources if source.number == number), None)


def _heading(document: Document, page: int) -> None:
    facts = [kind(document.media_type, document.name), document.zone, f"version {document.version}"]
    if len(document.pages) > 1:
        facts.insert(1, f"page {page} of {len(document.pages)}")
    st.markdown(f"**{plain(document.name)}** :gray[·] :small[{' · '.join(facts)}]")


def _evidence(bench: Workbench, document: Document, page: int, span: Span, turn: Turn) -> None:
    if document.media_type != "application/pdf" or document.redacted:
        _text(bench, document, span, turn)
        return
    if not bench.pictured(document.id, page, turn.principal):
        st.caption(":material/visibility_off: The policy covers something on this page, so its picture is not shown.")
        _text(bench, document, span, turn)
        return
    view = st.segmented_control(
        "View", ["Page", "Text"], default="Page", required=True, label_visibility="collapsed", key="receipt_view"
    )
    if view == "Text":
        _text(bench, document, span, turn)
        return
    with st.spinner("Drawing the page…"):
        image = bench.page_image(document.id, page, span.start, span.end, turn.principal)
    sheet(image, f"Page {page} of {document.name} with the passage boxed", key="receipt_page")


def _text(bench: Workbench, document: Document, span: Span, turn: Turn) -> None:
    start, end = max(0, span.start - _AROUND), min(len(document.text), span.end + _AROUND)
    marked = Span(span.start - start, span.end - start)
    cut = (start > 0, end < len(document.text))
    text = bench.excerpt(document.id, start, end, turn.principal)
    reader(text, [marked], key="receipt_text", height=560, cut=cut)


def _scores(hit: Hit, citation: Citation | None, recipe: Recipe) -> None:
    st.caption(" · ".join(filter(None, ["How the search ranked it", plain(place_of(hit.chunk))])))
    st.table(
        [
            {"Score": KINDS[kind], "Value": value(kind, hit), "Rank": rank(kind, hit), "What it is": says(kind, recipe)}
            for kind in present([hit])
        ],
        hide_index=True,
    )
    if citation:
        st.caption(f"Support of the sentence by this passage: {citation.support:.2f} (0 to 1).")
    st.caption(f"{many(hit.chunk.tokens, 'token')}, characters {_range(hit.chunk)} of the document.")
    if how := widened(hit, recipe):
        st.caption(f"Found as this passage, {how}: characters {_range(hit.shown)}, {many(hit.shown.tokens, 'token')}.")


def _range(chunk: Chunk) -> str:
    return f"{chunk.start:,} to {chunk.end:,}"
