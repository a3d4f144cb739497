"""Two lanes on the same questions: what one finds that the other misses, and whether that is more than chance."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core.evaluation.comparison import FOUND_AT, Comparison
from core.types import Principal
from core.workbench import Workbench
from pages.chunking.choosing import look_at
from pages.shared import charts
from pages.shared.words import many, plain

if TYPE_CHECKING:
    from core.evaluation.questions import Question
    from core.evaluation.run_store import Run

_CHANCE = 0.05


def compare(
    bench: Workbench,
    who: Principal,
    titles: Mapping[str, str],
    done: "Mapping[str, Run]",
    questions: "Mapping[str, Question]",
) -> None:
    """Two lanes against each other: the difference with its interval, and each question whose rank moved."""
    st.subheader("What changed between two lanes", anchor=False)
    letters = list(done)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        one = st.selectbox("Lane", letters, index=1, format_func=titles.__getitem__, key="compare_one", width=280)
        rest = [letter for letter in letters if letter != one]
        base = st.selectbox("against", rest, format_func=titles.__getitem__, key="compare_base", width=280)
    told = bench.lab.runs.compare(done[one].id, done[base].id, who)
    st.markdown(_verdict(told, one, base))
    frame = pd.DataFrame(
        [
            {
                "Question": questions[change.question].text if change.question in questions else change.question,
                f"Rank in {one}": change.rank or 0,
                f"Rank in {base}": change.base or 0,
                "Better": _better(change.rank, change.base, one, base),
                "Document": _document(questions.get(change.question)),
            }
            for change in told.changed
        ],
        columns=["Question", f"Rank in {one}", f"Rank in {base}", "Better", "Document"],
    )
    if frame.empty:
        st.caption("Every question has its first right chunk at the same rank in both.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{many(len(frame), 'question')} of {told.questions} changed. A rank of 0: not found. Press a row.")
        charts.download(frame, f"questions {one} against {base}", key="changed_csv")
    picked = st.dataframe(
        frame, hide_index=True, on_select="rerun", selection_mode="single-row", key="changed_questions"
    )
    rows = picked.selection.rows if picked else []
    if rows and (question := questions.get(told.changed[rows[0]].question)):
        _evidence(bench, who, question)


def _verdict(told: Comparison, one: str, base: str) -> str:
    chance = "more than chance would do" if told.flips.p < _CHANCE else "which chance alone could do"
    iou, recall = told.differences["token iou"], told.differences[f"recall@{FOUND_AT}"]
    return (
        f"Among the first {FOUND_AT} chunks, **{one}** finds {many(told.flips.gained, 'question')} that {base} "
        f"misses, and misses {told.flips.lost} that {base} finds: {chance} (McNemar p = {told.flips.p:.2g}).  \n"
        f"Recall@{FOUND_AT} {recall.text(3, sign=True)}, token IoU {iou.text(3, sign=True)}, {one} less {base}, "
        "with 95% intervals."
    ).replace("[", "\\[")


def _better(rank: int | None, base: int | None, one: str, other: str) -> str:
    return one if (rank or 1e9) < (base or 1e9) else other


def _document(question: "Question | None") -> str:
    return ", ".join(dict.fromkeys(item.document for item in question.evidence)) if question else ""


def _evidence(bench: Workbench, who: Principal, question: "Question") -> None:
    """What the question needs, and the way to the text."""
    ids = {document.name: document.id for document in bench.documents(who)}
    with st.container(border=True, key="evidence"):
        st.markdown(f"**{plain(question.text)}**")
        for number, item in enumerate(question.evidence):
            st.markdown(f"> {plain(item.quote)}")
            with st.container(horizontal=True, vertical_alignment="center"):
                st.caption(plain(item.document))
                if item.document in ids:
                    st.button(
                        "See it in the lanes",
                        key=f"evidence_{number}",
                        type="tertiary",
                        icon=":material/view_column:",
                        on_click=look_at,
                        args=(ids[item.document],),
                    )
