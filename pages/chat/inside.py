"""What happened inside: every candidate with its scores and its fate, and the time of each step. For engineers."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.types import Answer, Hit, Recipe
from pages.chat.answer import place_of
from pages.chat.scores import KINDS, present, rank, says, value, widened
from pages.shared.words import plain

_SHOWN = 20
_FATES = {
    "cited": "cited",
    "packed": "given to the answerer",
    "truncated": "given in part",
    "dropped": "did not fit",
    "withheld": "withheld",
    "retrieved": "found, not used",
}


def inside(turn_id: str, answer: Answer, recipe: Recipe) -> None:
    """A closed panel; its tables are made only when it is opened."""
    panel = st.expander("How this answer was found", type="compact", key=f"inside_{turn_id}", on_change="rerun")
    if not panel.open:
        return
    with panel:
        _candidates(answer.trace.candidates, recipe)
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


def _candidates(candidates: Sequence[Hit], recipe: Recipe) -> None:
    hits = candidates[:_SHOWN]
    kinds = present(candidates)
    st.dataframe(
        pd.DataFrame([_candidate(hit, kinds, recipe) for hit in hits]),
        hide_index=True,
        height="content" if len(hits) < 6 else 320,
        row_height=62,  # two lines, for a place is long; Streamlit wraps in rows of more than 4 rem only
        column_config={
            "#": st.column_config.NumberColumn(width=28),
            "Passage": st.column_config.TextColumn(width=300),
            "Fate": st.column_config.TextColumn(width=104),
            **{KINDS[kind]: st.column_config.TextColumn(width=88, help=says(kind, recipe)) for kind in kinds},
        },
        alt="The candidates of the search with their scores, ranks and fates",
    )
    if len(candidates) > _SHOWN:
        st.caption(f"The first {_SHOWN} of {len(candidates)} candidates.")
    st.caption("  \n".join(f"**{KINDS[kind]}** · {plain(says(kind, recipe))}" for kind in kinds))


def _candidate(hit: Hit, kinds: Sequence[str], recipe: Recipe) -> dict[str, object]:
    place = " · ".join(filter(None, [hit.document, place_of(hit.chunk), widened(hit, recipe)]))
    scores = {KINDS[kind]: f"{value(kind, hit)}  {rank(kind, hit)}" if kind in hit.scores else "–" for kind in kinds}
    return {"#": hit.rank, "Passage": place, **scores, "Fate": _FATES.get(hit.fate.value, hit.fate.value)}
