"""Decision: retrieval, an adapter, or both; a lens with evidence, a workshop for several people, a report."""

import streamlit as st

from core.errors import TouchstoneError
from core.types import Principal
from core.workbench import Workbench
from pages.decision import cost, lens, report, workshop
from pages.shared import frame
from pages.shared.activity import activity
from pages.shared.bench import workbench
from pages.shared.notices import guarded, trouble
from pages.shared.views import switch

PAGE = "decision"
VIEWS = {
    "lens": ":material/tune: Lens",
    "costs": ":material/payments: Costs",
    "workshop": ":material/how_to_vote: Workshop",
    "report": ":material/summarize: Report",
}
SHOW = {"lens": lens.show, "costs": cost.show, "workshop": workshop.show, "report": report.show}


def _draw(bench: Workbench, who: Principal) -> None:
    show = SHOW[switch(PAGE, VIEWS)]
    with guarded():
        show(bench, who)


bench, who = workbench(), frame.principal()
st.title("Decision", anchor=False)
st.markdown(
    "Say what matters; the table of points and what this workspace measured say which path follows, and what would "
    "have to be true for another one."
)
activity(bench, who)
try:
    _draw(bench, who)
except TouchstoneError as error:
    trouble(error)
