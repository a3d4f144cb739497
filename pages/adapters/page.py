"""Adapters: what they learn from, which there are, and what each adds. Every part has its own file."""

import streamlit as st

from core.errors import TouchstoneError
from core.types import Principal
from core.workbench import Workbench
from pages.adapters import arms, datasets, proof, registry, training
from pages.shared import address, frame
from pages.shared.activity import activity
from pages.shared.bench import workbench
from pages.shared.notices import guarded, trouble

PAGE = "adapters"
VIEWS = {
    "datasets": ":material/dataset: Datasets",
    "training": ":material/model_training: Training",
    "proof": ":material/verified: Proof",
    "adapters": ":material/extension: Adapters",
    "arms": ":material/grid_view: Four arms",
}
SHOW = {
    "datasets": datasets.show,
    "training": training.show,
    "proof": proof.show,
    "adapters": registry.show,
    "arms": arms.show,
}


def _view() -> str:
    """The part of the page that the address names; a control for it once there are several."""
    address.take(PAGE, {"view": "datasets"})
    if st.session_state[f"{PAGE}_view"] not in VIEWS:
        st.session_state[f"{PAGE}_view"] = "datasets"
    if len(VIEWS) > 1:
        st.segmented_control(
            "View",
            VIEWS,
            key=f"{PAGE}_view",
            required=True,
            format_func=VIEWS.__getitem__,
            label_visibility="collapsed",
            width="content",
        )
    chosen = str(st.session_state[f"{PAGE}_view"])
    address.put(PAGE, {"view": "" if chosen == "datasets" else chosen})
    return chosen


def _draw(bench: Workbench, who: Principal) -> None:
    show = SHOW[_view()]
    with guarded():
        show(bench, who)


bench, who = workbench(), frame.principal()
st.title("Adapters", anchor=False)
st.markdown(
    "An adapter learns facts by heart, or a way to answer. Collect rows, train, measure before and after, release it, "
    "and see beside retrieval what it adds."
)
activity(bench, who)
try:
    _draw(bench, who)
except TouchstoneError as error:
    trouble(error)
