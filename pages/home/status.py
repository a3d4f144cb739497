"""What the workspace holds and whether its models are there."""

from collections.abc import Sequence

import streamlit as st

from core.library.store import Summary
from core.models.catalogue import Weights
from core.types import Principal
from core.workbench import State, Workbench
from pages.shared.bench import Warmth
from pages.shared.notices import PULL
from pages.shared.words import called, many, plain

_USES = {
    "minilm": "search, and the extractive answers",
    "smollm2": "answers in the default recipe",
    "e5": "search across languages, in the multilingual recipe",
    "names": "finding names of persons in documents",
}
_MODELS = len(_USES)


def status(state: State, documents: Sequence[Summary], who: Principal, warmth: Warmth) -> None:
    """Four numbers, then whatever needs attention."""
    st.subheader("This workspace", anchor=False)
    held, passages, answers, models = st.columns(4)
    held.metric("Documents", f"{len(documents):,}", border=True, help=f"Those that {called(who)} may see.")
    passages.metric(
        "Passages", f"{sum(d.chunks for d in documents):,}", border=True, help="Pieces that a search can find."
    )
    answers.metric(
        "Answers in this workspace",
        f"{state.answers:,}",
        border=True,
        help="Those of everyone; each is on record with its trace.",
    )
    present = max(0, _MODELS - len(state.missing))
    models.metric(
        "Models here", f"{present} of {_MODELS}", border=True, help=f"Workspace: {plain(str(state.workspace))}"
    )
    if state.missing:
        _missing(state.missing)
    _warming(warmth, {weights.key for weights in state.missing})
    if state.mended:
        with st.expander(
            f"Put right after the last stop: {many(len(state.mended), 'thing')}", icon=":material/healing:"
        ):
            for sentence in state.mended:
                st.markdown(f"- {plain(sentence)}")


def alarmed(bench: Workbench, who: Principal) -> None:
    """One line where facts have drifted that nobody has acknowledged."""
    raised = {each.judgement.fact for each in bench.freshness.alarms(who) if not each.acknowledged_at}
    if raised:
        with st.container(border=True, horizontal=True, vertical_alignment="center", key="home_alarms"):
            st.markdown(f":material/notifications_active: **{many(len(raised), 'fact')} drifted**", width="stretch")
            st.page_link("pages/freshness/page.py", label="Freshness", icon=":material/update:")


def _missing(missing: Sequence[Weights]) -> None:
    with st.container(border=True, key="missing_models"):
        st.markdown(f":material/download: **{many(len(missing), 'model')} not on this computer yet**")
        for weights in missing:
            st.markdown(f"- {plain(weights.title)}: needed for {_USES.get(weights.key, 'some recipes')}")
        st.markdown("Fetch and verify them once with a network, then reload this page:")
        st.code(PULL, language="bash")
        absent = {weights.key for weights in missing}
        if "smollm2" in absent and "minilm" not in absent:
            st.caption("The extractive recipe works already: it quotes your documents and needs only the search model.")


def _warming(warmth: Warmth, absent: set[str]) -> None:
    if warmth.state == "failed":
        st.warning(plain(warmth.error), icon=":material/info:")
    elif warmth.state == "warming" and not {"minilm", "smollm2"} <= absent:
        st.caption(
            ":material/hourglass_top: The models are being loaded; a first question may take a few seconds longer."
        )
