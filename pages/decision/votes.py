"""What the votes of a workshop say, live: the spread of each question, agreement, dissent, the path; and snapshots."""

import html

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.decision.evidence import Evidence
from core.decision.lens import HEAVIEST
from core.decision.questions import ASKED, NAMES, PATHS, QUESTIONS, SHORT
from core.decision.votes import Spread, Tally
from core.decision.workshops import Workshop
from core.errors import TouchstoneError
from core.governance.rights import may
from core.types import Principal
from core.workbench import Workbench
from pages.decision import scores
from pages.shared import charts
from pages.shared.notices import guarded, trouble
from pages.shared.words import many, moment, plain

_STEP = 0.09
"""How far votes of the same weight stand apart, of the height of a row."""


def live(bench: Workbench, who: Principal, workshop_id: str, evidence: Evidence) -> None:
    """Everything that the votes say now; a fragment runs it again and again."""
    try:
        standing = bench.decision.standing(workshop_id, who)
    except TouchstoneError as error:
        trouble(error)
        return
    st.subheader(many(len(standing.votes), "vote"), anchor=False)
    if standing.tally is None:
        st.caption("Nobody has voted yet. The spread of the votes will stand here, as they come.")
        return
    names = [plain(vote.name) for vote in standing.votes if vote.name]
    without = len(standing.votes) - len(names)
    told = [*names, *([f"{without} without a name"] if without else [])]
    st.caption(", ".join(told))
    with guarded():
        found = bench.decision.recommend(standing.tally.group, who, evidence)
        scores.headline(found)
        st.caption("By the votes, and by the evidence that you may see.")
    _leanings(standing.tally)
    _spread(standing.tally)
    _minds(standing.tally)
    _answers(standing.tally)


def snapshots(bench: Workbench, who: Principal, workshop: Workshop, evidence: Evidence) -> None:
    """The snapshots that were taken, and a form for another."""
    kept = bench.decision.snapshots(workshop.id, who)
    if not kept and not may(who, "evaluate"):
        return
    st.subheader("Snapshots", anchor=False)
    if kept:
        rows = [
            {
                "When": moment(each.made_at),
                "Note": plain(each.note) or "–",
                "Votes": str(each.tally.count),
                "Path": NAMES[path] if (path := next((p for p in PATHS if p == each.winner), None)) else "–",
                **{NAMES[p]: f"{each.totals[p]:.2f}" for p in PATHS},
                "Split on": ", ".join(QUESTIONS[s.question].title for s in each.tally.dissent) or "nothing",
            }
            for each in kept
        ]
        st.table(pd.DataFrame(rows).set_index("When"))
    if may(who, "evaluate"):
        with st.form("snapshot", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
            note = st.text_input("Note", placeholder="Before the break", max_chars=300, width=360)
            if st.form_submit_button("Take a snapshot", icon=":material/photo_camera:"):
                with guarded():
                    bench.decision.snapshot(workshop.id, who, note, evidence)
                    st.rerun()


def _leanings(tally: Tally) -> None:
    st.caption("Votes that lean to")
    titles: dict[str, str] = {**dict(SHORT.items()), "undecided": "Undecided"}
    for column, (name, title) in zip(st.columns(len(titles)), titles.items(), strict=True):
        column.metric(title, tally.leanings.get(name, 0))


def _spread(tally: Tally) -> None:
    """Each weight as a dot, the range as a line and the mean as a diamond, question by question."""
    figure = go.Figure()
    titles = [QUESTIONS[each.question].title for each in tally.spreads]
    for place, each in enumerate(tally.spreads):
        figure.add_scatter(
            x=[each.low, each.high], y=[place, place], mode="lines", hoverinfo="skip", showlegend=False,
            line={"color": charts.veil(5, 0.55), "width": 6},
        )  # fmt: skip
    dots = [
        (w, place + _apart(each, at)) for place, each in enumerate(tally.spreads) for at, w in enumerate(each.weights)
    ]
    figure.add_scatter(
        x=[x for x, _ in dots], y=[y for _, y in dots], mode="markers", name="A vote",
        marker={"color": charts.hue(0), "size": 9, "opacity": 0.8}, hovertemplate="Weight %{x}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=[each.mean for each in tally.spreads], y=list(range(len(titles))), mode="markers", name="Mean",
        marker={"color": charts.hue(1), "size": 13, "symbol": "diamond"},
        text=[html.escape(title) for title in titles], hovertemplate="%{text}<br>Mean %{x:.2f}<extra></extra>",
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=list(range(len(titles))),
        ticktext=titles,
        range=[len(titles) - 0.5, -0.5],
        showgrid=False,
        ticksuffix=" ",
    )
    figure.update_xaxes(range=[-0.2, HEAVIEST + 0.2], dtick=1)
    told = "; ".join(f"{QUESTIONS[s.question].title} mean {s.mean:.2f}, {s.low:g} to {s.high:g}" for s in tally.spreads)
    rows = [{"question": QUESTIONS[s.question].title, "weight": weight} for s in tally.spreads for weight in s.weights]
    charts.show(
        figure, "Weights", "Weight", "", alt=f"Weights of all votes. {told}.", data=pd.DataFrame(rows),
        key="decision_spread", height=400,
    )  # fmt: skip


def _apart(each: Spread, at: int) -> float:
    """Votes of one weight beside each other."""
    same = [place for place, weight in enumerate(each.weights) if weight == each.weights[at]]
    return max(-0.4, min(0.4, _STEP * (same.index(at) - (len(same) - 1) / 2)))


def _minds(tally: Tally) -> None:
    if tally.count < 2:
        st.caption("Agreement and dissent are told from two votes on.")
        return
    agreed = ", ".join(f"{QUESTIONS[s.question].title} {s.agreement:.0%}" for s in tally.agreed) or "nothing yet"
    apart = [f"{QUESTIONS[s.question].title} {s.agreement:.0%}" for s in tally.dissent]
    path = [f"the path itself ({', '.join(SHORT[each] for each in tally.divided)})"] if tally.divided else []
    split = ", ".join([*path, *apart]) or "nothing"
    st.markdown(f":material/handshake: **Of one mind on** {agreed}  \n:material/forum: **Split on** {split}")


def _answers(tally: Tally) -> None:
    rows = []
    for each in tally.spreads:
        if each.question in ASKED:
            options = QUESTIONS[each.question].options
            given = sorted(each.answers.items(), key=lambda pair: -pair[1])
            told = "  \n".join(f"{count} × {options[option].label}" for option, count in given)
            rows.append({"Question": QUESTIONS[each.question].title, "Answers": told})
    st.table(pd.DataFrame(rows).set_index("Question"))
    if tally.group.tied:
        st.caption(
            f"Tied: {', '.join(QUESTIONS[key].title for key in tally.group.tied)}. Each counts with the mean points of "
            "its tied answers until a vote decides."
        )
