"""The lines of a bill, opened to the inputs that they come of."""

from typing import TYPE_CHECKING

import streamlit as st

from core.decision.prices import CALLED, INPUTS, PATHS
from core.decision.telling import money
from pages.shared.words import plain

if TYPE_CHECKING:
    from core.decision.cost import Line
    from core.decision.money import Figure
    from core.desks.costs import Costs


def lines(found: "Costs") -> None:
    """Each number of one path, with its formula, its inputs and their sources."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Every number, opened", anchor=False, width="content")
        path = st.segmented_control(
            "Path", PATHS, key="cost_path", default=PATHS[0], required=True, format_func=CALLED.__getitem__,
            label_visibility="collapsed",
        )  # fmt: skip
    bill = next(each for each in found.bills if each.path == path)
    for part in bill.line.lines:
        share = part.amount / bill.total if bill.total else 0.0
        title = plain(f"{part.title}: {money(part.amount)}")
        with st.expander(f"**{title}** · {share:.0%}", key=f"cost_part_{path}_{part.title}"):
            for line in sorted(part.lines, key=lambda each: -abs(each.amount)):
                _line(line)


def _line(line: "Line") -> None:
    told = [f"- {_input(name, figure)}" for name, figure in line.inputs]
    st.markdown(f"**{plain(line.title)}** · {plain(money(line.amount))}  \n{plain(line.words)}")
    if told:
        st.caption("\n".join(told))


def _input(name: str, figure: "Figure") -> str:
    source = figure.source
    sign = ":material/straighten:" if figure.measured else ":material/edit_note:"
    spread = "" if figure.low == figure.high else f" ({figure.low:,.4g} to {figure.high:,.4g})"
    runs = f" [{', '.join(source.runs)}]" if source.runs else ""
    value = plain(f"{INPUTS[name].title}: {figure.value:,.4g} {figure.unit}{spread}")
    return f"{sign} {value} — {plain(f'{source.kind}, {source.at}: {source.told}{runs}')}"
