"""The entries as a table, with the answer behind each where there is one, and as files to take away."""

from collections.abc import Sequence
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from core.governance.audit import Query
from core.governance.principals import PERSONAS
from core.governance.trail import Entry
from core.types import Principal
from core.workbench import Workbench
from pages.audit.wording import OUTCOMES, act, details
from pages.shared.words import many, moment

_SHOWN = 500
_FORMS = {"csv": ("CSV", "text/csv"), "jsonl": ("JSON lines", "application/jsonl")}


def listing(bench: Workbench, who: Principal, query: Query) -> None:
    """The table and the two downloads, over the same entries."""
    found = bench.audit.search(who, query, _SHOWN + 1)
    if not found:
        st.info("No entry fits these filters.", icon=":material/filter_alt_off:")
        return
    shown = found[:_SHOWN]
    with st.container(horizontal=True, vertical_alignment="center"):
        more = len(found) > _SHOWN
        told = (
            f"The newest {_SHOWN} entries; the files hold all that fit."
            if more
            else many(len(shown), "entry", "entries")
        )
        st.caption(told, width="stretch")
        for form, (label, mime) in _FORMS.items():
            st.download_button(
                label,
                lambda form=form: bench.audit.export(who, form, query).encode(),  # type: ignore[misc]
                file_name=f"audit.{form}",
                mime=mime,
                icon=":material/download:",
                type="tertiary",
                key=f"audit_{form}",
                on_click="ignore",
                help="The entries that fit the filters, each with its MAC. The export is noted in the trail.",
            )
    names = {saved.recipe.hash: saved.name for saved in reversed(bench.recipes.all())}
    st.dataframe(
        pd.DataFrame([_row(entry, names, who) for entry in shown]),
        hide_index=True,
        height="content" if len(shown) <= 12 else 520,
        key="audit_entries",
        placeholder="",
        column_config={
            "#": st.column_config.NumberColumn(width=40),
            "Time": st.column_config.TextColumn(width=120),
            "Who": st.column_config.TextColumn(width=94),
            "Act": st.column_config.TextColumn(width=118),
            "Outcome": st.column_config.TextColumn(width=74),
            "Answer": st.column_config.LinkColumn(
                width=58, display_text="Open", help="The whole trace, while it is kept and may be seen."
            ),
            "Details": st.column_config.TextColumn(width=212),
            "Documents": st.column_config.ListColumn(
                width=148, help="Ids, the first of several; the files hold all. Names are never kept here."
            ),
        },
        alt="Entries of the audit trail, newest first",
    )


def _first(documents: Sequence[str]) -> list[str]:
    """The first id with the number of those that there is no room for."""
    return [*documents[:1], *([f"+{len(documents) - 1}"] if len(documents) > 1 else [])]


def _row(entry: Entry, recipes: dict[str, str], who: Principal) -> dict[str, object]:
    recipe = str(entry.facts.get("recipe", ""))
    link = urlencode({"trace": entry.trace} | ({"as": who.name} if who.name in PERSONAS else {}))
    return {
        "#": entry.seq,
        "Time": moment(entry.at),
        "Who": entry.who,
        "Act": act(entry.act),
        "Outcome": OUTCOMES[entry.outcome],
        "Answer": f"/inspector?{link}" if entry.trace else None,
        "Details": details(entry, recipes.get(recipe, recipe)),
        "Documents": _first(entry.documents),
    }
