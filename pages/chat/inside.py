"""What happened inside: every candidate with its scores and its fate, and the time of each step. For engineers."""

import pandas as pd
import streamlit as st

from core.types import Answer, Hit
from pages.chat.answer import place_of

_SHOWN = 20
_FATES = {
    "cited": "cited",
    "packed": "given to the answerer",
    "truncated": "given in part",
    "dropped": "did not fit",
    "withheld": "withheld",
    "retrieved": "found, not used",
}


def inside(turn_id: str, answer: Answer) -> None:
    """A closed panel; its tables are made only when it is opened."""
    panel = st.expander("How this answer was found", type="compact", key=f"inside_{turn_id}", on_change="rerun")
    if not panel.open:
        return
    with panel:
        hits = answer.trace.candidates[:_SHOWN]
        st.dataframe(
            pd.DataFrame([_candidate(hit) for hit in hits]),
            hide_index=True,
            height="content" if len(hits) < 8 else 280,
            alt="The candidates of the search with their scores, ranks and fates",
        )
        if len(answer.trace.candidates) > _SHOWN:
            st.caption(f"The first {_SHOWN} of {len(answer.trace.candidates)} candidates.")
        longest = max((stage.ms for stage in answer.trace.stages), default=0.0)
        st.dataframe(
            pd.DataFrame(
                [(s.name, s.ms, s.went_in, s.came_out, s.detail) for s in answer.trace.stages],
                columns=["Step", "Time", "In", "Out", "Detail"],
            ),
            hide_index=True,
            height="content",
            column_config={
                "Time": st.column_config.ProgressColumn(format="%.0f ms", min_value=0.0, max_value=max(longest, 1.0))
            },
            alt="The steps of the answer with their times",
        )
        if answer.confidence is not None:
            st.caption(f"Estimated probability that the sources hold the answer: {answer.confidence:.2f}")
        st.caption(f"Trace {answer.trace.id}")


def _candidate(hit: Hit) -> dict[str, object]:
    row: dict[str, object] = {"#": hit.rank, "Document": hit.document, "Place": place_of(hit)}
    for name, title in (("dense", "Meaning (dense)"), ("sparse", "Words (BM25)"), ("fused", "Combined (RRF)")):
        score = hit.scores.get(name)
        row[title] = f"{score.value:.3g}  #{score.rank}" if score else "–"
    return row | {"Fate": _FATES.get(hit.fate.value, hit.fate.value)}
