"""Guardrails: what was found in documents, what the policy does about it, and the proof that nothing leaks."""

import streamlit as st

from core.errors import TouchstoneError
from core.types import Principal
from core.workbench import Workbench
from pages.guardrails import findings, policy, proof, versions
from pages.shared import frame
from pages.shared.activity import activity
from pages.shared.bench import workbench
from pages.shared.notices import guarded, trouble
from pages.shared.views import switch

PAGE = "guardrails"
VIEWS = {
    "findings": ":material/troubleshoot: Findings",
    "policy": ":material/rule: Policy",
    "proof": ":material/science: Proof",
    "versions": ":material/history: Versions",
}
SHOW = {"findings": findings.show, "policy": policy.show, "proof": proof.show, "versions": versions.show}


def _draw(bench: Workbench, who: Principal) -> None:
    show = SHOW[switch(PAGE, VIEWS)]
    with guarded():
        show(bench, who)


bench, who = workbench(), frame.principal()
st.title("Guardrails", anchor=False)
st.markdown(
    "Documents are looked through once. Your rules decide what becomes of what is found: in a question, in the "
    "passages that a prompt gets, and in an answer, before a character of it is shown."
)
activity(bench, who)
try:
    _draw(bench, who)
except TouchstoneError as error:
    trouble(error)
