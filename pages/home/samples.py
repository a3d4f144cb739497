"""The one click that loads the sample documents."""

import streamlit as st

from core.types import Principal
from core.workbench import Workbench


def load_samples(bench: Workbench, who: Principal) -> None:
    """Start the job with those of the samples that the persona may see; a callback of a button."""
    files = [file for file in bench.samples() if file.zone in who.zones]
    bench.start_ingest(files, who, "Sample documents")


def samples_button(bench: Workbench, who: Principal, label: str, *, key: str, primary: bool, busy: bool) -> None:
    """A button that loads them, at rest while a job runs."""
    st.button(
        label,
        key=key,
        type="primary" if primary else "secondary",
        icon=":material/library_add:",
        disabled=busy,
        on_click=load_samples,
        args=(bench, who),
        width="content" if primary else "stretch",
    )
