"""The router: page config, the frame around every page, navigation, run. It draws no page itself."""

import streamlit as st

from core.errors import TouchstoneError
from pages.shared import frame
from pages.shared.activity import begin_reading
from pages.shared.bench import workbench
from pages.shared.erased import drop
from pages.shared.notices import blocked
from pages.shared.sign_in import admit, configured, require_whole

st.set_page_config(page_title="Touchstone", page_icon=frame.MARK, layout="wide", initial_sidebar_state=272)
st.logo(frame.LOGO, size="large", icon_image=frame.MARK)

try:
    bench = workbench()
    require_whole(bench)
    trouble, person = None, admit(bench) if configured() else None
    outside = configured() and person is None
except TouchstoneError as error:
    trouble, person, outside = error, None, True

page = st.navigation(
    {
        "": [
            st.Page(
                "pages/home/page.py",
                title="Home",
                icon=":material/home:",
                default=True,
                help="What this workspace holds, the sample documents, and what to try next.",
            )
        ],
        "Work": [
            st.Page(
                "pages/documents/page.py",
                title="Documents",
                icon=":material/description:",
                url_path="documents",
                help="Add documents, watch them being read, and look inside each one.",
            ),
            st.Page(
                "pages/chat/page.py",
                title="Chat",
                icon=":material/forum:",
                url_path="chat",
                help="Ask in plain words; every sentence of an answer opens the passage that proves it.",
            ),
            st.Page(
                "pages/recipes/page.py",
                title="Recipes",
                icon=":material/tune:",
                url_path="recipes",
                help="How answers are made: what each recipe does, and a form to make one of your own.",
            ),
        ],
        "Learn": [
            st.Page(
                "pages/adapters/page.py",
                title="Adapters",
                icon=":material/school:",
                url_path="adapters",
                help="Collect and review what a small adapter shall learn, from documents, questions and feedback.",
            ),
        ],
        "Measure": [
            st.Page(
                "pages/inspector/page.py",
                title="Inspector",
                icon=":material/plagiarism:",
                url_path="inspector",
                help="One question, several recipes side by side, and the fate of every passage.",
            ),
            st.Page(
                "pages/chunking/page.py",
                title="Chunking lab",
                icon=":material/content_cut:",
                url_path="chunking",
                help="One text cut in several ways: what each boundary costs, and which way of cutting finds more.",
            ),
            st.Page(
                "pages/embedding/page.py",
                title="Embedding lab",
                icon=":material/scatter_plot:",
                url_path="embedding",
                help="Passages as points on a map, embedders against each other, and what lies near nothing.",
            ),
            st.Page(
                "pages/evaluate/page.py",
                title="Evaluate",
                icon=":material/leaderboard:",
                url_path="evaluate",
                help="Question sets answered by recipes: how good the answers are, how sure that is, and what changed.",
            ),
            st.Page(
                "pages/freshness/page.py",
                title="Freshness",
                icon=":material/update:",
                url_path="freshness",
                help="Facts that answers must go on saying: who still says an old value, where it is stale, alarms.",
            ),
        ],
        "Decide": [
            st.Page(
                "pages/decision/page.py",
                title="Decision",
                icon=":material/alt_route:",
                url_path="decision",
                help="Retrieval, an adapter, or both: by what matters to you, and by what was measured here.",
            ),
        ],
        "Govern": [
            st.Page(
                "pages/guardrails/page.py",
                title="Guardrails",
                icon=":material/shield:",
                url_path="guardrails",
                help="What was found in documents, what the policy does about it, and the proof that nothing leaks.",
            ),
            st.Page(
                "pages/audit/page.py",
                title="Audit",
                icon=":material/policy:",
                url_path="audit",
                help="Who did what, when, in ids and hashes; checked for changes, filtered, and exported.",
            ),
            st.Page(
                "pages/security/page.py",
                title="Security",
                icon=":material/admin_panel_settings:",
                url_path="security",
                help="How this workspace is protected, claim by claim, each with the command that checks it.",
            ),
            st.Page(
                "pages/erasure/page.py",
                title="Erasure",
                icon=":material/ink_eraser:",
                url_path="erasure",
                help="Forget a person, a user's questions or a document, with a proof; and what expires by itself.",
            ),
        ],
    },
    position="hidden" if outside else "sidebar",
    expanded=True,
)
frame.style()
if trouble:
    blocked(trouble)
elif not outside:
    begin_reading()
    drop(bench)
    frame.onward()
    frame.sidebar(bench.recipes.all(), person)
    page.run()
