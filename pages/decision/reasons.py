"""Why: contradictions, the points of each question with what they rest on, the evidence, what would flip it."""

import re
from collections.abc import Mapping

import pandas as pd
import streamlit as st

from core.decision.contradictions import CAUTIONS
from core.decision.evidence import Evidence, Figure
from core.decision.lens import Reason, Score
from core.decision.paper import answered, basis
from core.decision.plan import ROUTES, Step
from core.decision.questions import IN_SENTENCES, NAMES, PATHS, QUESTIONS, Path
from core.decision.recommend import Recommendation, to_measure
from pages.shared.words import many, plain

_LONG = re.compile(r"\b([0-9a-f]{8})[0-9a-f]{24}\b")
_BADGE = {
    "judged": ":gray-badge[assumption]",
    "modelled": ":gray-badge[assumption]",
    "measured": ":green-badge[measured]",
    "counted": ":blue-badge[counted]",
}


def contradictions(found: Recommendation) -> None:
    """What does not go together, as warnings."""
    for each in found.contradictions:
        icon = ":material/warning:" if each.rule in CAUTIONS else ":material/call_split:"
        st.warning(plain(each.says) + _from(each.refs), icon=icon)


def because(found: Recommendation) -> None:
    """The heaviest reasons for the winner, and those against it."""
    second = IN_SENTENCES[found.runner_up.path]
    with st.container(border=True, key="decision_because", gap="small"):
        st.markdown(f"**Why rather than {second}**")
        for reason, gain in found.why:
            _line(reason, f"+{gain:.2f}")
        for reason, gain in found.against:
            _line(reason, f"−{gain:.2f}")


def flips(found: Recommendation) -> None:
    """What would have to be true for the runner-up."""
    with st.container(border=True, key="decision_flips", gap="small"):
        st.markdown(f"**What would have to be true for {IN_SENTENCES[found.runner_up.path]} to win**")
        for flip, none, icon in (
            (found.weight_flip, "No change of the weights alone does it.", ":material/balance:"),
            (found.answer_flip, "No change of answers alone does it.", ":material/alt_route:"),
        ):
            st.markdown(f"{icon} {plain(flip.says) if flip else none}")


def points(found: Recommendation) -> None:
    """Every question with its points for each path, and the reason of the path that is looked at."""
    scores = {each.path: each for each in (found.winner, found.runner_up, found.third)}
    st.subheader("What the scores are made of", anchor=False)
    path = st.segmented_control(
        "Reasons of",
        PATHS,
        default=found.winner.path,
        required=True,
        format_func=NAMES.__getitem__,
        label_visibility="collapsed",
        key=f"decision_reasons_{found.winner.path}",
    )
    rows = [_row(found, scores[path], reason) for reason in scores[path].reasons]
    st.table(pd.DataFrame(rows).set_index("Question"))


def evidence(held: Evidence) -> None:
    """What was measured, path by path; what was not says how to."""
    st.subheader("Evidence of this workspace", anchor=False)
    parts = {
        "95 of 100 answers within": held.latency,
        "Answers with receipts": held.receipts,
        "Changed facts answered stale": held.stale,
        "Right answers": held.right,
    }
    rows = [
        {"": title + _measured_by(figures), **{NAMES[path]: _told(figures[path], by=False) for path in PATHS}}
        for title, figures in parts.items()
    ]
    st.table(pd.DataFrame(rows).set_index(""))
    zones = ", ".join(f"{count} {zone}" for zone, count in held.zones.items())
    st.markdown(
        f":material/update: **{plain(held.change.title)}**: {_told(held.change)}  \n"
        f":material/shield: **{plain(held.guarded.title)}**: {_told(held.guarded)}  \n"
        f":material/folder_open: **Documents by zone**: {zones}"
    )


def plan(found: Recommendation) -> None:
    """The plan by kind of question and by zone, what it costs, and what to measure next."""
    st.subheader("The plan", anchor=False)
    st.table(pd.DataFrame([_step("Kind of question", step) for step in found.kinds]).set_index("Kind of question"))
    st.table(pd.DataFrame([_step("Zone", step) for step in found.zones]).set_index("Zone"))
    st.markdown(f":material/payments: **Cost** · {plain(found.cost)}")
    if found.measure_next:
        with st.expander(
            f"What to measure next ({many(len(found.measure_next), 'figure')})", icon=":material/science:"
        ):
            for command, what in to_measure(found):
                st.markdown(f"{plain(what)}  \n`{command}`")


def _line(reason: Reason, gain: str) -> None:
    refs = reason.figure.refs if reason.basis == "measured" and reason.figure else ()
    st.markdown(
        f"**{gain}** {QUESTIONS[reason.question].title} {_BADGE[reason.basis]}  \n"
        f":small[{plain(reason.says)}]{_from(refs)}"
    )


def _row(found: Recommendation, score: Score, reason: Reason) -> dict[str, str]:
    ref = plain(basis(reason).partition(": ")[2]) if reason.basis == "measured" else ""
    return {
        "Question": f"**{QUESTIONS[reason.question].title}**  \n:small[{plain(answered(found, reason.question))}]",
        "Weight": f"{reason.weight:g}",
        "Points": f"{reason.points:.2f}",
        "Basis": f"{_BADGE[reason.basis]} {f':small[{ref}]' if ref else ''}",
        f"Why for {IN_SENTENCES[score.path]}": plain(reason.says),
    }


def _step(of: str, step: Step) -> dict[str, str]:
    return {
        of: plain(step.of),
        "Route": f"**{ROUTES[step.route]}**",
        "Data": plain(step.data),
        "Gate": plain(step.gate),
    }


def _measured_by(figures: Mapping[Path, Figure]) -> str:
    """What measures a row of which something is wanting."""
    commands = dict.fromkeys(each.command for each in figures.values() if each.counted is None and each.command)
    return "".join(f"  \n:small[`{each}`]" for each in commands)


def _told(figure: Figure, by: bool = True) -> str:
    """The figure in words; one that is wanting with the command, where that is not told elsewhere."""
    if figure.known:
        few = "  \n:small[:orange[Too few to count.]]" if figure.few else ""
        return f"{plain(figure.text)}{_from(figure.refs)}{few}"
    return f":gray[{plain(figure.text)}]" + (f"  \n:small[`{figure.command}`]" if by else "")


def _from(refs: tuple[str, ...]) -> str:
    """Where a figure comes from, long ids cut; the report has them whole."""
    short = [_LONG.sub(r"\1…", ref) for ref in refs]
    return f" :gray[:small[{plain(', '.join(short))}]]" if refs else ""
