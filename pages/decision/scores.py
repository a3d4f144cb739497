"""The scores of the three paths as a picture: what each question adds to each; it scores nothing."""

import html
import re
from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.decision.lens import Score
from core.decision.questions import IN_SENTENCES, NAMES, PATHS, QUESTIONS, SHORT, Path
from core.decision.recommend import Recommendation, ties
from pages.shared import charts
from pages.shared.words import plain

ICONS: Mapping[Path, str] = {
    "retrieval": ":material/manage_search:",
    "adapter": ":material/school:",
    "blend": ":material/join_inner:",
}
_LESS = re.compile(", | and | of the data")


def headline(found: Recommendation) -> None:
    """Which path follows, how clearly, and what the ties of a group have to do with it."""
    winner = found.winner
    with st.container(border=True, key="decision_headline", gap="small"):
        st.markdown(f"### {ICONS[winner.path]} {NAMES[winner.path]}")
        st.caption(f"Scores {winner.total:.2f} of 5, {_before(found)}.")
        if tied := ties(found):
            st.markdown(f":material/balance: :small[{plain(tied)}]")


def _before(found: Recommendation) -> str:
    second = f"{IN_SENTENCES[found.runner_up.path]} with {found.runner_up.total:.2f}"
    if found.level:
        return f"as much as {second}; of equals the one that is easier to undo is named"
    if found.margin < 0:
        return f"fewer than {second}, which is left out"
    if found.hangs:
        return f"before {second}, as long as the ties stand"
    clearly = "clearly" if found.margin >= 0.75 else "by a little" if found.margin < 0.25 else "visibly"
    return f"{clearly} before {second}"


def picture(found: Recommendation, key: str = "decision_scores") -> None:
    """A bar for each path, made of what each question adds."""
    scores = {each.path: each for each in (found.winner, found.runner_up, found.third)}
    figure = go.Figure()
    names = [SHORT[path] for path in PATHS]
    rows = []
    for place, reason in enumerate(found.winner.reasons):
        title = QUESTIONS[reason.question].title
        added = [_added(scores[path], reason.question) for path in PATHS]
        rows += [{"path": NAMES[p], "question": title, "adds": a} for p, a in zip(PATHS, added, strict=True)]
        figure.add_bar(
            y=names,
            x=added,
            orientation="h",
            name=_LESS.split(title)[0],  # the legend has little room
            marker={"color": charts.spread(place), "line": {"width": 0}},
            hovertemplate=f"{html.escape(title)}<br>%{{y}}: adds %{{x:.2f}}<extra></extra>",
        )
    for path in PATHS:
        bold = path == found.winner.path
        told = f"{scores[path].total:.2f}"
        figure.add_annotation(
            x=scores[path].total, y=SHORT[path], text=f"<b>{told}</b>" if bold else told, showarrow=False,
            xanchor="left", xshift=6, font={"size": 15},
        )  # fmt: skip
    figure.update_layout(
        barmode="stack",
        bargap=0.42,
        legend={"traceorder": "normal", "entrywidth": 0.46, "entrywidthmode": "fraction", "font": {"size": 11}},
    )
    figure.update_xaxes(range=[0, 5.4], tickvals=[0, 1, 2, 3, 4, 5])
    figure.update_yaxes(categoryorder="array", categoryarray=names[::-1], ticksuffix=" ")
    told = "; ".join(f"{NAMES[path]} {scores[path].total:.2f}" for path in PATHS)
    charts.show(
        figure, "Scores", "Mean of the points by their weights, 0 to 5", "", alt=f"Scores of 5. {told}.",
        data=pd.DataFrame(rows), key=key, height=360,
    )  # fmt: skip


def _added(score: Score, question: str) -> float:
    whole = sum(each.weight for each in score.reasons)
    reason = next(each for each in score.reasons if each.question == question)
    return reason.weight * reason.points / whole if whole else 0.0
