"""Security: how this workspace is protected, claim by claim, with the command that checks each. For auditors."""

import streamlit as st

from core.governance.principals import may_audit
from core.governance.rights import who_may
from core.outward import Serving
from core.security import TITLE, Outcome, posture
from core.types import Principal
from core.workbench import Workbench
from pages.security.cards import cards
from pages.security.checking import checking
from pages.shared.activity import activity
from pages.shared.room import room
from pages.shared.words import called


def _draw(bench: Workbench, who: Principal) -> None:
    if not may_audit(who):
        st.info(
            f"{called(who).capitalize()} may not see how this workspace is protected; {who_may('audit')} may.",
            icon=":material/lock:",
        )
        return
    serving = Serving(
        bool(st.get_option("browser.gatherUsageStats")), str(st.get_option("server.address") or "")
    )  # as it is served now, whatever the files say
    activity(bench, who)
    own = [job for job in bench.work.all(who) if job.title == TITLE]
    done = next((job for job in own if job.state == "done"), None)
    found: tuple[Outcome, ...] = done.result if done else ()
    claims = posture(bench, who, serving)
    checking(bench, who, claims, found, serving)
    cards(claims, {each.topic: each for each in found})


room(
    "Security",
    "How this workspace is protected now, in plain words. Every claim has a command that checks it.",
    _draw,
    jobs=False,
)
