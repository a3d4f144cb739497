"""What every page has in common: its title, what it is for, the jobs, its parts, and trouble in a sentence."""

from collections.abc import Callable, Mapping

import streamlit as st

from core.errors import TouchstoneError
from core.types import Principal
from core.workbench import Workbench
from pages.shared import frame
from pages.shared.activity import activity
from pages.shared.bench import workbench
from pages.shared.notices import guarded, trouble
from pages.shared.views import switch

Draw = Callable[[Workbench, Principal], None]


def room(title: str, says: str, draw: Draw, *, jobs: bool = True) -> None:
    """Draw a page; `draw` fills it, and with `jobs` the work that runs stands above that."""
    bench, who = workbench(), frame.principal()
    st.title(title, anchor=False)
    st.markdown(says)
    if jobs:
        activity(bench, who)
    try:
        draw(bench, who)
    except TouchstoneError as error:
        trouble(error)


def part(bench: Workbench, who: Principal, page: str, labels: Mapping[str, str], shows: Mapping[str, Draw]) -> None:
    """The control between the parts of a page, and the one that is open; `labels` are of those that may be opened."""
    show = shows[switch(page, labels)]
    with guarded():
        show(bench, who)
