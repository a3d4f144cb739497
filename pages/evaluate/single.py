"""The questions of one run, worst or best first, with their measures and the way inside; it measures nothing."""

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core.evaluation.answer_scores import worst_first
from core.evaluation.measures import MEASURES
from core.types import Principal
from core.workbench import Workbench
from pages.evaluate.choosing import asked, choose_run, inspector, nothing
from pages.shared import charts
from pages.shared.words import language, many, plain

if TYPE_CHECKING:
    from core.evaluation.questions import Question
    from core.evaluation.retrieval_runs import Result

_SHARES = {"f1": "F1", "citation_precision": "Cited", "grounded": "Grounded", "recall_at_5": "Found"}
"""The measures of the table, with headings that are short enough for it; the others are told of an open row."""
_VERDICTS = {None: "–", 1.0: "✓", 0.0: "✗"}
_WIDTHS = {
    "Verdict": 88,
    "Question": 272,
    **dict.fromkeys(_SHARES.values(), 62),
    "Grounded": 78,
    "Rank": 54,
    "ms": 58,
    "Inside": 70,
}
"""Pixels, of which 1280 have room for all beside the menu; a wider page stretches them."""


def show(bench: Workbench, who: Principal) -> None:
    """The whole view."""
    runs = [ran for ran in bench.lab.answers.ran(who) if ran.run.asked]
    if not runs:
        nothing(bench, who)
        return
    ran = choose_run(runs, "Run", "run")
    results = bench.lab.answers.results(ran.run.id, who)
    questions = bench.lab.answers.questions(ran.run.set_name, who)
    shown = _filtered(worst_first(results), questions)
    frame = pd.DataFrame([_row(result, questions) for result in shown])
    heads = {name: st.column_config.TextColumn(width=width) for name, width in _WIDTHS.items()}
    heads |= {
        short: st.column_config.TextColumn(width=_WIDTHS[short], help=f"{MEASURES[name].title}: {MEASURES[name].told}")
        for name, short in _SHARES.items()
    }
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{many(len(shown), 'question')} of {len(results)}. Press a row to read the question.")
        if shown:
            charts.download(frame, f"questions {ran.name} {ran.run.set_name}", key="questions_csv")
    if not shown:
        st.info("No question fits these choices.", icon=":material/filter_alt_off:")
        return
    picked = st.dataframe(
        frame,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key=f"questions_{ran.run.id}",
        height=min(560, 38 + 35 * len(shown)),
        column_config={**heads, "Inside": st.column_config.LinkColumn(display_text="Inspect", width=_WIDTHS["Inside"])},
    )
    rows = picked.selection.rows if picked else []
    if rows and rows[0] < len(shown):
        _detail(shown[rows[0]], questions.get(shown[rows[0]].question))


def _filtered(results: "list[Result]", questions: "dict[str, Question]") -> "list[Result]":
    """What the controls leave, in the order that they ask for."""
    tags = sorted({tag for question in questions.values() for tag in question.tags})
    tongues = sorted({question.language for question in questions.values() if question.language})
    with st.container(horizontal=True, vertical_alignment="top"):
        order = st.segmented_control("Order", ["Worst first", "Best first"], default="Worst first", key="q_order")
        verdict = st.segmented_control("Verdict", ["Wrong", "Right"], key="q_verdict")
        kind = st.segmented_control("Kind", ["Answerable", "Unanswerable"], key="q_kind")
        tag = st.selectbox("Tag", tags, index=None, placeholder="Any", key="q_tag", width=118)
        tongue = st.selectbox(
            "Language", tongues, index=None, placeholder="Any", key="q_language", width=118, format_func=language
        )

    def fits(result: "Result") -> bool:
        question = questions.get(result.question)
        return (
            (verdict is None or result.values.get("overall") == float(verdict == "Right"))
            and (kind is None or bool(result.values["answerable"]) == (kind == "Answerable"))
            and (tag is None or (question is not None and tag in question.tags))
            and (tongue is None or (question is not None and question.language == tongue))
        )

    found = [result for result in results if fits(result)]
    return found[::-1] if order == "Best first" else found


def _row(result: "Result", questions: "dict[str, Question]") -> dict[str, object]:
    values = result.values
    told: dict[str, object] = {
        "Verdict": f"{_VERDICTS[values.get('overall')]} {'declined' if values['declined'] else 'answered'}",
        "Question": asked(result, questions),
    }
    told |= {short: f"{values[name]:.2f}" if name in values else "–" for name, short in _SHARES.items()}
    return told | {"Rank": str(result.rank or "–"), "ms": f"{values['ms']:.0f}", "Inside": inspector(result.trace)}


def _detail(result: "Result", question: "Question | None") -> None:
    with st.container(border=True, key="question_detail", gap="small"):
        if question is None:
            st.caption("This question is no longer in the set, or you may not see it.")
        else:
            st.markdown(f"**{plain(asked(result, {question.id: question}))}**")
            accepted = " · ".join(question.answers) if question.answerable else "nothing answers it"
            st.caption(plain(f"Accepted: {accepted or 'not given'}"))
            for item in question.evidence:
                st.markdown(f"> {plain(item.quote or 'erased')}")
                st.caption(plain(item.document))
        told = [f"{each.title} {result.values[name]:.2f}" for name, each in MEASURES.items() if name in result.values]
        st.caption(plain(" · ".join(told)))
        st.link_button("Open this answer", inspector(result.trace), icon=":material/troubleshoot:")
