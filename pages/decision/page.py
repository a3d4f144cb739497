"""Decision: retrieval, an adapter, or both; a lens with evidence, a workshop for several people, a report."""

from core.types import Principal
from core.workbench import Workbench
from pages.decision import cost, lens, report, workshop
from pages.shared.room import part, room

PAGE = "decision"
VIEWS = {
    "lens": ":material/tune: Lens",
    "costs": ":material/payments: Costs",
    "workshop": ":material/how_to_vote: Workshop",
    "report": ":material/summarize: Report",
}
SHOW = {"lens": lens.show, "costs": cost.show, "workshop": workshop.show, "report": report.show}


def _draw(bench: Workbench, who: Principal) -> None:
    part(bench, who, PAGE, VIEWS, SHOW)


room(
    "Decision",
    "Say what matters; the table of points and what this workspace measured say which path follows, and what would "
    "have to be true for another one.",
    _draw,
)
