"""Every policy that was in force: when, by whom, why, and as a file."""

import streamlit as st

from core.governance.rights import who_may
from core.guardrails.policy import as_json
from core.types import Principal
from core.workbench import Workbench
from pages.shared.words import moment, plain


def show(bench: Workbench, who: Principal) -> None:
    """The versions, newest first."""
    for place, each in enumerate(bench.guarding.policies(who)):
        with (
            st.container(border=True, key=f"policy_{each.policy.version}"),
            st.container(horizontal=True, vertical_alignment="center"),
        ):
            in_force = " :green-badge[in force]" if place == 0 else ""
            set_by = (
                f"set by {plain(each.by)}, {moment(each.at)}" if each.by else "the one that a workspace begins with"
            )
            why = f" “{plain(each.policy.note)}”" if each.policy.note else ""
            broken = f" :red-badge[:material/error: cannot work] {plain(each.broken)}" if each.broken else ""
            st.markdown(f"**Version {each.policy.version}**{in_force} :gray[·] {set_by}.{why}{broken}", width="stretch")
            st.download_button(
                "JSON",
                as_json(each.policy).encode(),
                file_name=f"policy-{each.policy.version}.json",
                mime="application/json",
                icon=":material/download:",
                type="tertiary",
                key=f"policy_file_{each.policy.version}",
                on_click="ignore",
                disabled=not each.whole,
                help="Can be changed and applied by `python -m core guardrails apply FILE`."
                if each.whole
                else f"A file holds listed words and the reason of the version: {who_may('edit policy')} may have it.",
            )
