"""Freshness: facts and who still says them, what changed over time, alarms, and when to check."""

import streamlit as st

from core.types import Principal
from core.workbench import Workbench
from pages.freshness import alarms, facts, plan, timeline
from pages.shared.room import part, room
from pages.shared.words import many

PAGE = "freshness"
VIEWS = {
    "facts": ":material/fact_check: Facts",
    "alarms": ":material/notifications: Alarms",
    "timeline": ":material/timeline: Timeline",
    "plan": ":material/schedule: Schedule",
}
SHOW = {"facts": facts.show, "alarms": alarms.show, "timeline": timeline.show, "plan": plan.show}


def _draw(bench: Workbench, who: Principal) -> None:
    raised = [each for each in bench.freshness.alarms(who) if not each.acknowledged_at]
    if raised:
        names = sorted({each.judgement.fact for each in raised})
        st.warning(
            f"{many(len(names), 'fact')} drifted, and nobody has acknowledged it yet. See Alarms.",
            icon=":material/notifications_active:",
        )
    labels = VIEWS | ({"alarms": f"{VIEWS['alarms']} ({len(raised)})"} if raised else {})
    part(bench, who, PAGE, labels, SHOW)


room(
    "Freshness",
    "A fact is a value that answers must go on saying. See which recipe or adapter still says an old one, where it is "
    "stale, and what to do.",
    _draw,
)
