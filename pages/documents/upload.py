"""Bring files: drop them, say who may see them, and hand them to a job."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.governance.principals import may_build
from core.types import Principal, Zone
from core.workbench import Workbench
from pages.shared.words import called, demo, many

_ROUND = "upload_round"
_USUAL = "internal"
_ZONES = {
    "public": "Public: anyone may find it",
    "internal": "Internal: analysts and above",
    "restricted": "Restricted: officers and administrators",
}


def upload(bench: Workbench, who: Principal, expanded: bool) -> None:
    """The drop zone, for those who may add documents; a kind word for the others."""
    if not may_build(who):
        st.caption(
            f":material/lock: {called(who).capitalize()} may read and ask, not add documents."
            + demo(who, "Choose the engineer or the administrator in the sidebar.")
        )
        return
    attempt = st.session_state.setdefault(_ROUND, 0)
    panel = st.expander("Add documents", icon=":material/upload_file:", expanded=expanded, key=f"add_{expanded}")
    with panel:
        files = st.file_uploader(
            "Drop files here: PDF, Word, PowerPoint, Excel, HTML, Markdown, CSV, e-mail or plain text",
            accept_multiple_files=True,
            key=f"files_{attempt}",
        )
        zone_column, label_column, button_column = st.columns([5, 5, 2], vertical_alignment="bottom")
        zone = zone_column.selectbox(
            "Who may find it",
            (None, *who.zones),
            format_func=lambda zone: _ZONES[zone] if zone else f"As before; new ones: {_USUAL}",
            help="A new version of a document stays where it is, unless a zone is chosen here.",
        )
        labels = label_column.multiselect(
            "Labels", [], accept_new_options=True, placeholder="Optional, such as finance", key=f"labels_{attempt}"
        )
        sent = button_column.button(
            "Add", type="primary", icon=":material/add:", key=f"add_files_{attempt}", width="stretch",
            disabled=not files, help=None if files else "Choose or drop at least one file first.",
        )  # fmt: skip
    if sent:
        _start(bench, who, files, zone, tuple(labels))
        st.session_state[_ROUND] = attempt + 1  # an empty drop zone for the next files
        st.rerun()


def _start(bench: Workbench, who: Principal, files: Sequence[Any], zone: Zone | None, labels: tuple[str, ...]) -> None:
    from core.incoming import Incoming

    paths = bench.receive([file.getvalue() for file in files], who)
    incoming = [Incoming(path, file.name, zone, labels or None) for path, file in zip(paths, files, strict=True)]
    bench.start_ingest(incoming, who, incoming[0].name if len(incoming) == 1 else many(len(incoming), "file"))
