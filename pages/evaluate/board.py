"""The leaderboard of a set: recipes by a chosen measure, quality against latency, all measures; it measures nothing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core.evaluation.measures import MEASURES
from core.evaluation.report import number, page_of
from core.lab.ran import beside
from core.types import Principal
from core.workbench import Workbench
from pages.evaluate.choosing import PAGE, nothing, row_of
from pages.evaluate.pictures import against_latency, ranked
from pages.shared import address, charts
from pages.shared.words import many, moment, plain

if TYPE_CHECKING:
    from core.evaluation.answer_scores import Prices
    from core.lab.ran import Row


def show(bench: Workbench, who: Principal) -> None:
    """The whole view."""
    runs = bench.lab.answers.ran(who)
    names = list(dict.fromkeys(ran.run.set_name for ran in runs if ran.run.complete))
    if not names:
        nothing(bench, who)
        return
    address.take(PAGE, {"set": names[0], "by": "overall", "like": ""})
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if st.session_state[f"{PAGE}_set"] not in names:
            st.session_state[f"{PAGE}_set"] = names[0]
        set_name = str(st.selectbox("Question set", names, key=f"{PAGE}_set", width=230))
        rows = [row_of(bench, ran, _priced()) for ran in beside(runs, set_name, st.session_state[f"{PAGE}_like"])]
        there = [name for name in MEASURES if any(name in row.values for row in rows)]
        if st.session_state[f"{PAGE}_by"] not in there:
            st.session_state[f"{PAGE}_by"] = there[0]
        by = str(st.selectbox("Sorted by", there, key=f"{PAGE}_by", format_func=lambda n: MEASURES[n].title, width=260))
        _prices()
        page = page_of(f"Answers on {set_name}", rows)
        st.download_button(
            "HTML", page, f"evaluation-{set_name}.html", "text/html", key="board_html", icon=":material/download:",
            on_click="ignore", help="One file that stands alone, to send or to keep.",
        )  # fmt: skip
    address.put(PAGE, {"set": set_name, "by": by, "like": st.session_state[f"{PAGE}_like"]})
    rows = _sorted(rows, by)
    _facts(rows)
    newest = beside(runs, set_name)
    if newest and newest[0].run.id not in {row.ran.run.id for row in rows}:
        told = f"There is a newer run on this set ({newest[0].name}, {many(newest[0].run.planned, 'question')})"
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(
                f":material/update: {plain(told)}; it asked other questions, or other documents.", width="content"
            )
            st.button("Show it", key="board_newest", type="tertiary", on_click=_newest)
    left, right = st.columns(2, gap="large")
    with left:
        ranked(rows, by)
    with right:
        against_latency(rows)
    _table(rows, there)
    if _priced():
        st.caption(
            ":material/info: The cost is an assumption: tokens times the prices under “Prices”. Nothing was billed or "
            "measured."
        )


def _newest() -> None:
    st.session_state[f"{PAGE}_like"] = ""


def _prices() -> None:
    """What tokens are assumed to cost; nothing until somebody says so."""
    with st.popover("Prices", icon=":material/payments:", width="content"):
        st.caption("Of a million tokens, in your currency. An assumption for the row of costs; local models cost none.")
        st.number_input("Read", 0.0, None, 0.0, step=0.05, format="%.2f", key="price_read")
        st.number_input("Written", 0.0, None, 0.0, step=0.05, format="%.2f", key="price_written")


def _priced() -> "Prices | None":
    """The prices that were set."""
    from core.evaluation.answer_scores import Prices

    read, wrote = (float(st.session_state.get(f"price_{kind}", 0.0)) for kind in ("read", "written"))
    return Prices(read, wrote) if read or wrote else None


def _sorted(rows: "Sequence[Row]", by: str) -> "list[Row]":
    """The best first; a run that lacks the measure comes last."""
    sign = -1 if MEASURES[by].better >= 0 else 1
    return sorted(rows, key=lambda row: (by not in row.values, sign * row.values[by].mean if by in row.values else 0.0))


def _facts(rows: "Sequence[Row]") -> None:
    run = rows[0].ran.run
    left_out = [f"{count} left out: {why}" for why, count in run.left_out.items()]
    latest = max(row.ran.run.began_at for row in rows)
    told = [many(run.planned, "question"), f"newest {moment(latest)}", f"set {run.set_hash}", f"documents {run.corpus}"]
    st.caption(
        plain(" · ".join([*told, *left_out]))
        + "  \nOf each recipe its newest complete run on these questions and documents; others have their own board."
    )


def _table(rows: "Sequence[Row]", names: Sequence[str]) -> None:
    frame = pd.DataFrame(
        {_head(row, rows): [number(row.values[n], n) if n in row.values else "–" for n in names] for row in rows},
        index=pd.Index([MEASURES[name].title for name in names], name="Mean [95% interval]"),
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        told = "  \n".join(f"**{MEASURES[name].title}**: {MEASURES[name].told}" for name in names)
        st.subheader("All measures", anchor=False, help=told)
        charts.download(frame, "leaderboard", key="board_csv")
    st.table(frame)


def _head(row: "Row", rows: "Sequence[Row]") -> str:
    """The recipe's name, with its hash where two of the runs were of the same name."""
    twice = sum(other.ran.name == row.ran.name for other in rows) > 1
    return f"{row.ran.name} ({row.ran.run.recipe.hash})" if twice else row.ran.name
