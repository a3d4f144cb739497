"""Question sets: choose one, bring and take files, read its questions, what is wrong with it; see also the editor."""

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core.errors import TouchstoneError
from core.governance.rights import may
from core.tabular import format_of
from core.types import Principal
from core.workbench import Workbench
from pages.evaluate import editor, proposing
from pages.shared import address, charts
from pages.shared.notices import guarded, trouble
from pages.shared.words import language, many, plain

if TYPE_CHECKING:
    from core.evaluation.question_sets import Listed
    from core.evaluation.questions import QuestionSet
    from core.lab.growth import Contamination

PAGE = "evaluate"
_FAILED, _NEAR = "sets_failed", "sets_contamination"
_LINES = 40


def show(bench: Workbench, who: Principal) -> None:
    """The whole view."""
    if error := st.session_state.pop(_FAILED, None):
        trouble(error)
    sets = {each.name: each for each in bench.lab.sets.all(who)}
    name = _choose(bench, who, sets)
    if not name:
        return
    held = bench.lab.sets.get(name, who) if name in sets else None
    if held:
        _facts(bench, who, sets[name])
    writes = may(who, "evaluate")
    if writes and (waiting := proposing.count(bench, who, name)):
        st.info(
            f"{many(waiting, 'proposed question')} wait for a review; none counts before.",
            icon=":material/rate_review:",
        )
    parts = ["Questions", "Write", "Proposed", "Check"] if writes else ["Questions", "Check"]
    part = st.segmented_control("Part", parts, default="Questions", key="sets_part", label_visibility="collapsed")
    with guarded():
        if part == "Write" and writes:
            editor.show(bench, who, name, held)
        elif part == "Proposed" and writes:
            proposing.show(bench, who, name)
        elif part == "Check" and held:
            _check(bench, who, name)
        elif held:
            _questions(held, writes)
        else:
            st.caption("This set has no question yet: write one, or have some proposed.")


def _choose(bench: Workbench, who: Principal, sets: "dict[str, Listed]") -> str:
    """The set's name, which may be a new one; "" where there is none to look at."""
    address.take(PAGE, {"questions_of": next(iter(sets), "")})
    fresh = st.session_state.get("sets_new", "").strip()
    names = [*sets, *([fresh] if fresh and fresh not in sets else [])]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if names:
            if st.session_state[f"{PAGE}_questions_of"] not in names:
                st.session_state[f"{PAGE}_questions_of"] = names[0]
            st.selectbox("Question set", names, key=f"{PAGE}_questions_of", width=260)
        if may(who, "evaluate"):
            with st.popover("New or from a file", icon=":material/add:"):
                st.text_input("Name of a new set", key="sets_new", max_chars=60, on_change=_take_new)
                file = st.file_uploader("A JSONL or CSV file of questions", type=["jsonl", "csv"], key="sets_file")
                if file is not None and st.button("Bring it in", type="primary", key="bring_set"):
                    _bring(bench, who, file.name, file.getvalue())
    chosen = str(st.session_state.get(f"{PAGE}_questions_of", "")) if names else ""
    if not names:
        st.info(
            "No question set yet. Bring a file, or name a new set and write its first question.", icon=":material/quiz:"
        )
    address.put(PAGE, {"questions_of": chosen})
    return chosen


def _take_new() -> None:
    if fresh := st.session_state.get("sets_new", "").strip():
        st.session_state[f"{PAGE}_questions_of"] = fresh


def _bring(bench: Workbench, who: Principal, name: str, content: bytes) -> None:
    try:
        kept = bench.lab.sets.bring(name.rsplit(".", 1)[0], content, format_of(name), who)
        st.session_state.pop(f"{PAGE}_questions_of", None)
        address.put(PAGE, {"questions_of": kept.name})
    except TouchstoneError as error:
        st.session_state[_FAILED] = error
    st.rerun()


def _facts(bench: Workbench, who: Principal, listed: "Listed") -> None:
    told = [many(listed.questions, "question"), f"{listed.questions - listed.answerable} unanswerable"]
    told += [f"version {listed.version}", listed.hash, f"by {listed.saved_by}"]
    told += ["may be learned" if listed.role == "training" else "measures only"]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(plain(" · ".join(told)), width="stretch")
        for form, kind in (("jsonl", "application/jsonl"), ("csv", "text/csv")):
            st.download_button(
                form.upper(),
                lambda form=form: bench.lab.sets.export(listed.name, form, who),  # read, and audited, when pressed
                f"{listed.name}.{form}",
                kind,
                key=f"export_{form}",
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
            )


def _questions(held: "QuestionSet", writes: bool) -> None:
    frame = pd.DataFrame(
        [
            {
                "Id": question.id,
                "Question": question.text,
                "Accepted": " · ".join(question.answers) if question.answerable else "nothing answers it",
                "Evidence": ", ".join(dict.fromkeys(item.document or "erased" for item in question.evidence)) or "–",
                "Language": language(question.language).capitalize() if question.language else "–",
                "Zone": question.zone,
                "Asked as": question.persona or "whoever runs it",
                "Tags": ", ".join(question.tags),
            }
            for question in held.questions
        ]
    )
    picked = st.dataframe(
        frame, hide_index=True, on_select="rerun", selection_mode="single-row", key=f"set_{held.name}_{held.version}",
        height=min(560, 38 + 35 * len(frame)),
        column_config={"Question": st.column_config.TextColumn(width="large")},
    )  # fmt: skip
    rows = picked.selection.rows if picked else []
    if rows and writes:
        chosen = held.questions[rows[0]]
        st.button(
            "Edit this question", icon=":material/edit:", key="edit_question", on_click=editor.open_on,
            args=(held.name, chosen),
        )  # fmt: skip
    elif writes:
        st.caption("Press a row to edit it.")


def _check(bench: Workbench, who: Principal, name: str) -> None:
    """Quotes that prove nothing any longer, and questions that adapters learn."""
    found = bench.lab.sets.findings(name, who)
    st.subheader("Evidence", anchor=False)
    if not found:
        st.markdown(":green[:material/check_circle:] Every quote stands in a document in force.")
    for finding in found[:_LINES]:
        st.markdown(f":orange[:material/warning:] **{plain(finding.question)}** {plain(finding.why)}")
        st.caption(plain(f"{finding.document or 'an erased document'}: {finding.quote or 'its words went with it'}"))
    if len(found) > _LINES:
        st.caption(f"{len(found) - _LINES} more are not listed.")
    st.subheader("Contamination", anchor=False)
    st.caption("A question that a dataset teaches too measures memory. Equal ones and near ones are looked for.")
    if st.button("Look for training rows that ask the same", icon=":material/search:", key="check_near"):
        with st.spinner("Comparing questions…"):
            st.session_state[_NEAR] = (name, bench.lab.growth.contamination(name, who))
    of, near = st.session_state.get(_NEAR, ("", []))
    if of == name:
        _near(near)


def _near(found: "list[Contamination]") -> None:
    if not found:
        st.markdown(":green[:material/check_circle:] No row of a dataset asks what this set asks.")
        return
    frame = pd.DataFrame(
        [
            {
                "Question": each.question,
                "Dataset": each.dataset,
                "Row": each.row,
                "How near": "the same" if each.same else "nearly the same",
            }
            for each in found
        ]
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":orange[:material/warning:] {many(len(frame), 'row')} ask what this set asks.")
        charts.download(frame, "contamination", key="near_csv")
    st.dataframe(frame, hide_index=True)
