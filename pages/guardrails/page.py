"""Guardrails: what was found in documents, what the policy does about it, and the proof that nothing leaks."""

from core.types import Principal
from core.workbench import Workbench
from pages.guardrails import findings, policy, proof, versions
from pages.shared.room import part, room

PAGE = "guardrails"
VIEWS = {
    "findings": ":material/troubleshoot: Findings",
    "policy": ":material/rule: Policy",
    "proof": ":material/science: Proof",
    "versions": ":material/history: Versions",
}
SHOW = {"findings": findings.show, "policy": policy.show, "proof": proof.show, "versions": versions.show}


def _draw(bench: Workbench, who: Principal) -> None:
    part(bench, who, PAGE, VIEWS, SHOW)


room(
    "Guardrails",
    "Documents are looked through once. Your rules decide what becomes of what is found: in a question, in the "
    "passages that a prompt gets, and in an answer, before a character of it is shown.",
    _draw,
)
