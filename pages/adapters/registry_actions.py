"""What may be done with an adapter: release, retire, export, remove, and bring one in; it checks nothing itself."""

from collections.abc import Callable
from typing import cast

import streamlit as st

from core.adapters.registry import Adapter
from core.errors import TouchstoneError
from core.generation.prompt import templates
from core.types import Principal, Zone
from core.workbench import Workbench
from pages.shared.words import plain

OPEN, FAILED, DONE = "adapters_adapter", "adapter_failed", "adapter_done"
"""Keys of the session: the adapter that is open, and what came of the last press."""
ZONES = {"public": "anyone", "internal": "who sees internal documents", "restricted": "who sees all documents"}


def actions(bench: Workbench, who: Principal, adapter: Adapter) -> None:
    """The buttons beneath an open adapter."""
    name, desk = adapter.name, bench.adapters
    with st.container(horizontal=True, vertical_alignment="center"):
        if adapter.state == "candidate":
            st.button(
                "Release",
                type="primary",
                icon=":material/verified:",
                key=f"release_{name}",
                disabled=not adapter.manifest.releasable,
                help="Let it answer. Every gate must be passed.",
                on_click=_do,
                args=(lambda: desk.release(name, who), f"“{plain(name)}” may answer now."),
            )
        if adapter.state != "retired":
            with st.popover("Retire…", icon=":material/block:", key=f"retirement_{name}"):
                st.markdown("It stops answering, for good. What it answered keeps its records.")
                reason = st.text_input("Why", key=f"reason_{name}", max_chars=200)
                st.button(
                    "Retire for good",
                    type="primary",
                    key=f"retire_{name}",
                    disabled=not reason.strip(),
                    on_click=_do,
                    args=(lambda: desk.retire(name, reason, who), f"“{plain(name)}” is retired."),
                )
        st.download_button(
            "Export",
            lambda: desk.parcel(name, who),
            file_name=f"{name}.zip",
            mime="application/zip",
            icon=":material/download:",
            key=f"export_{name}",
            on_click="ignore",
            help="As PEFT and vLLM read it, with its manifest.",
        )
        if adapter.state != "released" and not adapter.shipped:
            with st.popover("Remove…", type="tertiary", key=f"removal_{name}"):
                st.markdown(f"The files of “{plain(name)}” and all that was measured of it will be gone.")
                st.button(
                    "Remove for good",
                    type="primary",
                    key=f"remove_{name}",
                    on_click=_do,
                    args=(lambda: desk.remove(name, who), f"“{plain(name)}” is gone."),
                )


def bringing(bench: Workbench, who: Principal) -> None:
    """The form that takes in a zip file."""
    with st.popover("Import", icon=":material/upload:", key="import_adapter"):
        st.markdown("A folder that PEFT wrote for the model here, as a zip file.")
        file = st.file_uploader("Adapter", type=["zip"], key="adapter_file")  # a form would not tell of it in time
        with st.form("bring_adapter", border=False):
            name = st.text_input("Name", max_chars=60, placeholder="handbook", key="adapter_name")
            zone = st.selectbox(
                "Who may be answered by it",
                who.zones,
                format_func=ZONES.__getitem__,
                index=len(who.zones) - 1,
                key="adapter_zone",
                help="What it learned from is not known here: an adapter can tell what its documents say.",
            )
            template = st.selectbox(
                "Instructions",
                ["", *templates()],
                format_func=lambda each: each or "as its manifest says",
                key="adapter_template",
                help="The prompt that it was trained with.",
            )
            pressed = st.form_submit_button(
                "Bring it in",
                type="primary",
                icon=":material/upload:",
                disabled=file is None,
                help="Choose a zip file first." if file is None else None,
            )
        if pressed and file is not None:
            _bring(bench, who, name.strip(), file.getvalue(), cast("Zone", zone), template)
            st.rerun()


def _bring(bench: Workbench, who: Principal, name: str, content: bytes, zone: Zone, template: str) -> None:
    with st.spinner("Checking its weights…"):
        work = lambda: bench.adapters.bring_parcel(name, content, who, zone, template)  # noqa: E731
        if _do(work, f"“{plain(name)}” is a candidate."):
            st.session_state[OPEN] = name


def _do(work: Callable[[], object], told: str) -> bool:
    """Carry something out; what came of it is told on the next run."""
    try:
        work()
    except TouchstoneError as error:
        st.session_state[FAILED] = error
        return False
    st.session_state[DONE] = told
    return True
