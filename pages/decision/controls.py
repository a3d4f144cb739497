"""The questions of the lens as controls: an answer and a weight for each, skills, and what one leans to."""

from typing import cast

import streamlit as st

from core.decision.archetypes import ARCHETYPES
from core.decision.lens import HEAVIEST, Lens
from core.decision.questions import ASKED, PATHS, QUESTIONS, SHORT, SKILLS, Path, Skill
from pages.decision import held

_BEGIN = "decision_begin"
_NONE = "not decided"
_ICONS = {
    "cost": ":material/payments:",
    "latency": ":material/timer:",
    "experience": ":material/record_voice_over:",
    "governance": ":material/gavel:",
    "change": ":material/update:",
    "sensitivity": ":material/lock:",
    "skills": ":material/groups:",
    "quality": ":material/verified:",
}


def beginnings() -> None:
    """The archetypes to begin from."""
    st.pills(
        "Begin from a situation",
        list(ARCHETYPES),
        format_func=lambda name: ARCHETYPES[name].title,
        key=_BEGIN,
        on_change=_begin,
        help="Sets every answer and weight; change them as you like.",
    )
    if chosen := st.session_state.get(_BEGIN):
        st.caption(ARCHETYPES[chosen].tells)


def questions() -> Lens:
    """Draw the controls and return the lens that they say, which is kept; raises RequestError where nothing weighs."""
    begun = held.lens()
    answers, weights = {}, {}
    skills = begun.skills
    for key, question in QUESTIONS.items():
        with st.container(border=True, gap="small", key=f"question_{key}"):
            titled, weighed = st.columns([3, 2], gap="medium", vertical_alignment="center")
            titled.markdown(f"{_ICONS[key]} **{question.title}**")
            if question.asks:
                titled.caption(question.asks)
            with weighed:
                weights[key] = _weight(key, float(begun.weights[key]))
            if key in ASKED:
                answers[key] = _answer(key, begun)
            elif key == "skills":
                skills = _skills(begun)
            else:
                st.caption(
                    "Nothing to answer: it counts by what four arms measured over a question set, of ten or more."
                )
    leaning = _leaning(begun)
    made = Lens(answers, weights, skills, leaning)
    held.keep(made)
    return made


def take(lens: Lens) -> None:
    """Make the controls show this lens; before they are drawn."""
    held.keep(lens)
    for key in [key for key in st.session_state if str(key).startswith("lens_")]:
        del st.session_state[key]


def _begin() -> None:
    if chosen := st.session_state.get(_BEGIN):
        take(ARCHETYPES[chosen].lens)


def _weight(key: str, begun: float) -> float:
    _given(f"lens_weight_{key}", begun)
    chosen: float = st.slider(
        f"Weight of {QUESTIONS[key].title.lower()}",
        0.0,
        HEAVIEST,
        step=0.5,
        format="%.1f",
        key=f"lens_weight_{key}",
        label_visibility="collapsed",
    )
    return chosen


def _answer(key: str, begun: Lens) -> str:
    question = QUESTIONS[key]
    _given(f"lens_answer_{key}", begun.answers[key])
    return str(
        st.selectbox(
            question.title,
            list(question.options),
            format_func=lambda option: question.options[option].label,
            key=f"lens_answer_{key}",
            label_visibility="collapsed",
        )
    )


def _skills(begun: Lens) -> frozenset[Skill]:
    _given("lens_skills", [skill for skill in SKILLS if skill in begun.skills])
    chosen = st.multiselect(
        QUESTIONS["skills"].title,
        list(SKILLS),
        key="lens_skills",
        format_func=str.capitalize,
        label_visibility="collapsed",
        placeholder="Nobody said yet",
    )
    lacking = [
        f"**{skill.capitalize()}** {told[0].lower()}{told[1:]}" for skill, told in SKILLS.items() if skill not in chosen
    ]
    if not chosen:
        st.caption("It counts once somebody says what the team can do.")
    elif lacking:
        with st.expander(f"Not on the team: {len(lacking)}"):
            st.markdown("  \n".join(lacking))
    return frozenset(cast(list[Skill], chosen))


def _leaning(begun: Lens) -> Path | None:
    _given("lens_leaning", begun.leaning or _NONE)
    chosen = st.segmented_control(
        "What do you lean to now?",
        [*PATHS, _NONE],
        format_func=lambda path: SHORT[path] if path in PATHS else "Not decided",
        key="lens_leaning",
        required=True,
        help="It changes no score. Where it does not go with your answers, you are told so.",
    )
    return cast(Path | None, None if chosen == _NONE else chosen)


def _given(key: str, value: object) -> None:
    st.session_state.setdefault(key, value)
