"""Home: what Touchstone is, what this workspace holds, and what to try next."""

import streamlit as st

from pages.home.hero import hero
from pages.home.ideas import ideas
from pages.home.status import alarmed, status
from pages.shared import frame
from pages.shared.activity import activity
from pages.shared.bench import warmth, workbench
from pages.shared.notices import guarded

bench, who = workbench(), frame.principal()

with st.container(horizontal_alignment="center"), st.container(width=1060, gap="medium"), guarded():
    state, documents = bench.state(who), bench.documents(who)
    hero(bench, who, documents)
    activity(bench, who, files=True)
    alarmed(bench, who)
    ideas(bench, who, documents)
    status(state, documents, who, warmth())
